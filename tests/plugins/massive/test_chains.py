"""Option chains and open interest: what a snapshot becomes, and what of it is left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import massive as official
import pytest

from daemon.domain.market.contracts import Contract
from daemon.domain.market.kinds import KINDS
from daemon.errors import AccessError, BadDataError, MissingError, UsageError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin import Secret
from daemon.plugin.roles import Batch, Request
from plugins.massive.listing import NotInPlan
from plugins.massive.source import MassiveSource
from tests.plugins.massive.conftest import NOW, Massive
from tests.servers.massive_rest import KEY, MassiveRest, Row

CHAIN = Request("option_chains", ("SPY",))
OPEN_INTEREST = Request("option_open_interest", ("SPY",))
TODAY = date(2024, 1, 9)


def contract(name: str, **changes: object) -> Row:
    """A contract as the vendor shows it."""
    found: dict[str, object] = {
        "details": {"ticker": name, "contract_type": "call", "shares_per_contract": 100},
        "implied_volatility": 0.25,
        "open_interest": 1200,
        "day": {"close": 2.5, "volume": 40, "last_updated": 1},
        "greeks": {"delta": 0.5, "gamma": 0.01, "theta": -0.03, "vega": 0.4},
        "last_quote": {"bid": 2.4, "bid_size": 10, "ask": 2.6, "ask_size": 12},
        "last_trade": {"price": 2.55, "size": 1},
        "underlying_asset": {"ticker": "SPY", "price": 470.25},
    }
    merged = {**found, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def numbered(number: int, name: str) -> Row:
    """A contract whose figures are its own."""
    return contract(
        name,
        implied_volatility=0.2 + number / 100,
        open_interest=1000 + number,
        day={"close": 1, "volume": number},
        greeks={"delta": number / 10, "gamma": 0, "theta": 0, "vega": 0},
        last_quote={"bid": 2.0 + number, "bid_size": 1, "ask": 20, "ask_size": 1},
        last_trade={"price": 3.0 + number, "size": 1},
    )


NAMES = [
    f"O:SPY{day}{right}{strike:08d}"
    for day in ("240119", "240216")
    for strike in (470_000, 472_500)
    for right in "CP"
]


@pytest.fixture
def vendor(massive: Massive, rest: MassiveRest) -> Massive:
    """Eight contracts of SPY, the pages in the order of their names."""
    rest.chains = {"SPY": [contract(name) for name in sorted(NAMES)]}
    return massive


def read(source: MassiveSource, request: Request = CHAIN) -> tuple[list[Batch], str]:
    """All batches, and what was left out."""
    batches: list[Batch] = []
    try:
        for part in source.parts(request):
            batches.extend(source.rows(part, request))
    except BadDataError as error:
        return batches, str(error)
    return batches, ""


def test_a_chain_comes_whole_over_many_pages_sorted_and_stamped(vendor: Massive) -> None:
    (batch,), left_out = read(vendor.source())

    found = [(name, column.dtype.str) for name, column in batch.columns.items()]
    assert tuple(found) == KINDS["option_chains"].columns
    assert (batch.symbol, batch.origin, left_out) == ("SPY", "massive:rest/snapshot", "")
    assert set(batch.columns["taken_at"].tolist()) == {int(NOW.timestamp()) * 10**9}
    assert batch.columns["strike"].tolist() == [470, 470, 472.5, 472.5] * 2
    assert batch.columns["right"].tolist() == [-1, 1] * 4
    assert len(set(batch.columns["expiration"].tolist())) == 2
    row = {name: column[0].item() for name, column in batch.columns.items()}
    assert (row["bid_price"], row["ask_size"], row["last_price"]) == (2.4, 12, 2.55)
    assert (row["delta"], row["theta"], row["implied_volatility"]) == (0.5, -0.03, 0.25)
    assert (row["volume"], row["open_interest"], row["underlying_price"]) == (40, 1200, 470.25)
    asked = [a for a in vendor.server.asked if "snapshot" in a.path]
    assert (len(asked), asked[0].query["limit"]) == (3, "250")


def test_what_is_not_known_is_nan_or_nothing(vendor: Massive, rest: MassiveRest) -> None:
    bare = contract(
        NAMES[0],
        greeks={},
        implied_volatility=None,
        open_interest=None,
        last_quote=None,
        last_trade=None,
        underlying_asset={"ticker": "SPY"},
    )
    rest.chains["SPY"] = [bare]

    (batch,), _ = read(vendor.source())

    row = {name: column[0].item() for name, column in batch.columns.items()}
    assert (row["bid_price"], row["bid_size"], row["last_price"]) == (0, 0, 2.5)
    unknown = ("delta", "vega", "implied_volatility", "open_interest", "underlying_price")
    assert all(math.isnan(row[name]) for name in unknown)
    assert read(vendor.source(), OPEN_INTEREST) == ([], "")


def test_open_interest_lies_under_the_day_it_was_asked_for(vendor: Massive) -> None:
    (batch,), _ = read(vendor.source(), OPEN_INTEREST)

    assert list(batch.columns) == [name for name, _ in KINDS["option_open_interest"].columns]
    assert set(batch.columns["date"].tolist()) == {(TODAY - date(1970, 1, 1)).days}
    assert batch.columns["open_interest"].tolist() == [1200] * 8


def test_a_broken_contract_costs_itself_and_is_named(vendor: Massive, rest: MassiveRest) -> None:
    rest.chains["SPY"] = [
        *(contract(name) for name in NAMES[:3]),
        contract(NAMES[3], day={"close": "much"}, last_trade=None),
        contract(NAMES[4], open_interest=-5),
        contract("O:SPY???", open_interest=1),
    ]

    (batch,), left_out = read(vendor.source())

    assert len(batch.columns["strike"]) == 3
    assert left_out.startswith("massive, SPY: 3 contracts of the chain were left out")
    assert "close is 'much', no number" in left_out


def test_delayed_data_say_so_in_their_origin(vendor: Massive, rest: MassiveRest) -> None:
    delayed = contract(NAMES[1], last_trade={"price": 2.5, "timeframe": "DELAYED"})
    rest.chains["SPY"] = [contract(NAMES[0]), delayed]

    (batch,), _ = read(vendor.source())

    assert batch.origin == "massive:rest/snapshot delayed"


def test_one_contract_may_be_asked_for_and_foreign_roots_stay_out(
    vendor: Massive, rest: MassiveRest
) -> None:
    rest.chains["SPY"] = [contract("O:SPY1240119C00470000"), *rest.chains["SPY"]]

    (one,), _ = read(vendor.source(), replace(CHAIN, symbols=(NAMES[5],)))
    (every,), _ = read(vendor.source(), replace(CHAIN, symbols=("SPY", "SPY1")))

    assert len(one.columns["strike"]) == 1
    assert len(every.columns["strike"]) == len(NAMES)


def test_an_underlying_without_options_has_no_rows(vendor: Massive) -> None:
    assert read(vendor.source(), replace(CHAIN, symbols=("XYZ",))) == ([], "")


def test_only_now_can_be_asked_for(vendor: Massive) -> None:
    source = vendor.source()

    with pytest.raises(MissingError, match="now only, expected dates with 2024-01-09"):
        source.parts(replace(CHAIN, end=date(2024, 1, 8)))
    with pytest.raises(UsageError, match="--symbols"):
        source.parts(replace(CHAIN, symbols=()))
    assert len(source.parts(replace(CHAIN, start=date(2023, 1, 1), end=TODAY))) == 1


def test_keys_and_plan_are_told_before_anything_is_read(vendor: Massive, rest: MassiveRest) -> None:
    rest.refused = ("/v3/snapshot",)
    with pytest.raises(NotInPlan):
        read(vendor.source())
    vendor.secrets = {"MASSIVE_API_KEY": Secret("wrong")}
    with pytest.raises(AccessError, match="MASSIVE_API_KEY"):
        vendor.source().parts(CHAIN)
    vendor.secrets = {"MASSIVE_AWS_ACCESS_KEY": Secret("x"), "MASSIVE_AWS_SECRET_KEY": Secret("x")}
    with pytest.raises(MissingError, match="MASSIVE_API_KEY"):
        vendor.source().parts(CHAIN)


def test_snapshots_of_a_day_stand_beside_each_other_in_the_lake(
    vendor: Massive, rest: MassiveRest, tmp_path: Path
) -> None:
    lake = Lake(tmp_path / "lake")
    first = ingest(lake, vendor.source(), CHAIN)
    same_minute = ingest(lake, vendor.source(), CHAIN)
    vendor.clock.move(3600)
    rest.chains["SPY"] = [contract(name, open_interest=7) for name in NAMES]
    later = ingest(lake, vendor.source(), CHAIN)
    ingest(lake, vendor.source(), OPEN_INTEREST)
    again = ingest(lake, vendor.source(), OPEN_INTEREST, force=True)

    assert (first.rows, same_minute.skipped, later.rows, again.rows) == (8, 1, 8, 0)
    (answer,) = lake.sql("select count(*), count(distinct taken_at) from option_chains").rows
    assert answer == (16, 2)
    held = lake.sql("select distinct date, open_interest from option_open_interest").rows
    assert held == ((TODAY, 7.0),)
    assert {one.origins[0].text for one in lake.parts()} == {"massive:rest/snapshot"}


def test_a_snapshot_after_midnight_in_london_belongs_to_the_session_of_new_york(
    vendor: Massive,
) -> None:
    vendor.clock.move((datetime(2024, 1, 10, 1, 0, tzinfo=UTC) - NOW).total_seconds())

    (part,) = vendor.source().parts(CHAIN)

    assert part.day == TODAY


SHOWN: dict[str, Callable[[Any], float]] = {
    "bid_price": lambda one: one.last_quote.bid,
    "delta": lambda one: one.greeks.delta,
    "implied_volatility": lambda one: one.implied_volatility,
    "open_interest": lambda one: one.open_interest,
    "last_price": lambda one: one.last_trade.price,
    "volume": lambda one: one.day.volume,
}


@pytest.fixture
def client(vendor: Massive) -> Iterator[official.RESTClient]:
    """The vendor's own REST client."""
    made = official.RESTClient(KEY, base=vendor.server.url, retries=0)
    yield made
    made.client.clear()


def test_the_official_client_sees_the_same_chain(
    vendor: Massive, rest: MassiveRest, client: official.RESTClient
) -> None:
    rest.chains["SPY"] = [numbered(number, name) for number, name in enumerate(sorted(NAMES))]

    (ours,), _ = read(vendor.source())
    theirs = list(client.list_snapshot_options_chain("SPY", params={"limit": 250}))

    names = ("expiration", "strike", "right")
    found = zip(*(ours.columns[name].tolist() for name in names), strict=True)
    tickers = [Contract("SPY", day, strike, right).ticker for day, strike, right in found]
    assert sorted(tickers) == sorted(one.details.ticker for one in theirs) == sorted(NAMES)
    for name, shown in SHOWN.items():
        by_ticker = {one.details.ticker: shown(one) for one in theirs}
        assert [by_ticker[ticker] for ticker in tickers] == ours.columns[name].tolist()
        assert len(set(by_ticker.values())) == len(NAMES)
