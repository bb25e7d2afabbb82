"""Alpaca's bars and corporate actions come whole, or one sentence says why not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.kinds import Rank
from daemon.errors import AccessError, BadDataError, MissingError, NightShiftError, UsageError
from daemon.plugin.retry import TryAgain
from daemon.plugin.roles import Batch, Request
from plugins.alpaca.source import AlpacaSource
from tests.plugins.alpaca.service import DAYS, NOW, asked, everything, minute_bars, source, vendor
from tests.servers.alpaca import KEYS, AlpacaServer, bar
from tests.servers.faults import Fault, FaultyServer, json_answer


@pytest.fixture
def service() -> AlpacaServer:
    """Three sessions of A and B."""
    return vendor()


@pytest.fixture
def server(service: AlpacaServer) -> Iterator[FaultyServer]:
    """The service on loopback."""
    with FaultyServer(service) as running:
        yield running


def same(left: list[Batch], right: list[Batch]) -> bool:
    return [one.symbol for one in left] == [one.symbol for one in right] and all(
        np.array_equal(a.columns[name], b.columns[name])
        for a, b in zip(left, right, strict=True)
        for name in a.columns
    )


def test_bars_are_asked_for_raw_from_the_feed_and_as_many_as_fit(server: FaultyServer) -> None:
    everything(source(server.url), asked())

    query = server.asked[0].query
    assert query["symbols"] == "A,B"
    assert (query["adjustment"], query["feed"], query["limit"]) == ("raw", "iex", "10000")
    assert (query["start"], query["end"]) == ("2023-01-05T09:00:00Z", "2023-01-06T00:59:00Z")


def test_a_bar_keeps_its_numbers(server: FaultyServer) -> None:
    first = everything(source(server.url), asked())[0]

    assert (first.symbol, first.origin) == ("A", "alpaca iex 1Min")
    opened = int(datetime(2023, 1, 5, 14, 30, tzinfo=UTC).timestamp()) * 1_000_000_000
    assert first.columns["open_time"][0] == opened
    row = [first.columns[name][0] for name in ("open", "high", "low", "close", "volume")]
    assert row == [10.0, 11.0, 9.5, 10.5, 100.0]
    assert first.columns["transactions"].tolist() == [3] * 5


@pytest.mark.parametrize(("feed", "rank"), [("iex", Rank.FEED), ("sip", Rank.ANSWER)])
def test_bars_of_one_exchange_are_believed_less(
    server: FaultyServer, feed: str, rank: Rank
) -> None:
    batches = everything(source(server.url, feed=feed), asked())

    assert {(batch.origin, batch.rank) for batch in batches} == {(f"alpaca {feed} 1Min", rank)}


@pytest.mark.parametrize("page", [1, 2, 3, 7])
@pytest.mark.parametrize("misbehave", ["", "shuffle", "repeat"])
def test_pages_in_any_order_and_overlapping_give_the_same_bars(
    server: FaultyServer, service: AlpacaServer, page: int, misbehave: str
) -> None:
    whole = everything(source(server.url), asked())

    service.page, service.misbehave = page, misbehave

    assert same(everything(source(server.url), asked()), whole)


def test_page_tokens_in_a_circle_end_in_a_sentence(
    server: FaultyServer, service: AlpacaServer
) -> None:
    service.misbehave, service.page = "loop", 2

    with pytest.raises(BadDataError, match="pages that come to an end"):
        everything(source(server.url), asked())
    assert server.count() < 10


@pytest.mark.parametrize(
    ("misbehave", "sentence", "kept"),
    [
        ("contradict", "A at 2023-01-05T14:30:00Z: expected one bar, found two different", []),
        ("stranger", "alpaca, XXX: nobody asked for it", ["A", "B"]),
        ("late", "B at 2030-01-02T15:00:00Z: expected bars from 2023-01-05T09:00Z to", ["A"]),
    ],
)
def test_what_is_wrong_costs_its_symbol_and_is_told(
    server: FaultyServer, service: AlpacaServer, misbehave: str, sentence: str, kept: list[str]
) -> None:
    service.misbehave = misbehave
    one, request = source(server.url), asked(end=DAYS[0])
    batches: list[Batch] = []

    with pytest.raises(BadDataError, match=sentence):
        batches.extend(one.rows(one.parts(request)[0], request))

    assert [batch.symbol for batch in batches] == kept


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"o": 0}, "expected open a number above 0, found open 0"),
        ({"h": 1.0, "l": 2.0}, "expected high at least the low of 2, found high 1"),
        ({"v": -1}, "volume"),
        ({"n": -1}, "expected a count of trades"),
        ({"c": None}, "expected bars with the numbers o, h, l, c, v"),
        ({"c": float("nan")}, "close"),
        ({"t": "2023-01-05T14:30:30Z"}, "whole minute"),
        ({"t": "yesterday"}, "an instant such as"),
        ({"t": "2023-13-05T14:30:00Z"}, "alpaca, A"),
    ],
)
def test_a_broken_value_is_named(change: dict[str, object], sentence: str) -> None:
    broken = {**bar("2023-01-05T14:30:00Z", 10), **change}
    page = {"bars": {"A": [broken]}, "next_page_token": None}

    with (
        FaultyServer(lambda _: json_answer(page)) as server,
        pytest.raises(BadDataError, match=sentence),
    ):
        everything(source(server.url), asked(end=DAYS[0]))


@pytest.mark.parametrize(
    "fault",
    [
        Fault("cut"),
        Fault("stall"),
        Fault("garbage"),
        Fault("short"),
        Fault("drip", seconds=0.1),
        Fault("status", status=429),
        Fault("status", status=500),
        Fault("status", status=503),
        Fault("refuse"),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status}",
)
def test_faults_on_the_way_change_nothing(
    server: FaultyServer, service: AlpacaServer, fault: Fault
) -> None:
    whole = everything(source(server.url), asked())
    service.page = 3

    server.fail("/v2/stocks/bars", fault, times=2)

    assert same(everything(source(server.url), asked()), whole)


def test_a_service_that_stays_down_is_one_sentence(server: FaultyServer) -> None:
    server.fail("/v2/stocks/bars", Fault("status", status=503), times=None)

    with pytest.raises(TryAgain, match=r"^alpaca, 127\.0\.0\.1.*status 503; try again later$"):
        everything(source(server.url), asked())


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_its_settings_and_not_itself(server: FaultyServer, status: int) -> None:
    body = f'{{"message": "key {KEYS["APCA-API-KEY-ID"]} is forbidden"}}'.encode()
    server.fail("/", Fault("status", status=status, body=body), times=None)

    with pytest.raises(AccessError) as refusal:
        everything(source(server.url), asked())

    assert refusal.value.exit_code == 3
    assert "ALPACA_API_KEY_ID and ALPACA_API_SECRET_KEY" in str(refusal.value)
    assert not any(value in str(refusal.value) for value in KEYS.values())
    assert server.count() == 1


def test_no_log_ever_shows_a_key(server: FaultyServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.fail("/", Fault("garbage"))

    everything(source(server.url), asked())

    assert caplog.records
    assert "canary" not in caplog.text


def test_without_a_key_nothing_is_asked(server: FaultyServer) -> None:
    with pytest.raises(MissingError, match="set ALPACA_API_KEY_ID and ALPACA_API_SECRET_KEY"):
        source(server.url, keys={}).parts(asked())
    assert server.asked == []


def test_what_the_plan_does_not_hold_is_missing_and_the_rest_is_not(service: AlpacaServer) -> None:
    service.plan, service.now = "basic", NOW
    today = asked(start=NOW.date(), end=NOW.date())
    with FaultyServer(service) as server:
        with pytest.raises(MissingError, match="recent SIP data; choose"):
            everything(source(server.url, feed="sip", sip_delay_minutes=0), today)

        assert everything(source(server.url, feed="sip"), today) == []
        assert len(everything(source(server.url, feed="sip"), asked())) == 6


def test_a_question_refused_is_told_in_the_vendors_words(server: FaultyServer) -> None:
    with pytest.raises(BadDataError, match=r"status 400 \(invalid symbol or time frame: \['\$'\]"):
        everything(source(server.url), asked(symbols=("A", "$")))


def test_symbols_have_to_be_named(server: FaultyServer) -> None:
    with pytest.raises(UsageError, match="name them with --symbols"):
        source(server.url).parts(asked(symbols=()))


def test_a_rate_limit_is_spread_out_before_it_is_reached(service: AlpacaServer) -> None:
    service.limit, service.page, slept = 12, 1, list[float]()
    service.reset = int(NOW.timestamp()) + 30
    with FaultyServer(service) as server:
        everything(source(server.url, slept), asked(end=DAYS[0]))

        assert server.count() == 8
    assert slept == []
    with FaultyServer(service) as server:
        everything(source(server.url, slept), asked(start=DAYS[2], symbols=("B",)))

        assert server.count() == 3
    assert slept[0] == pytest.approx(30 / 2, rel=0.1)


def test_a_used_up_limit_is_waited_out(service: AlpacaServer) -> None:
    service.limit, service.used, slept = 5, 5, list[float]()
    service.reset = int(NOW.timestamp()) + 42

    with FaultyServer(service) as server, pytest.raises(TryAgain, match="status 429"):
        everything(source(server.url, slept), asked())

    assert max(slept) == pytest.approx(42, abs=0.5)


def test_splits_and_dividends_are_exact(service: AlpacaServer) -> None:
    def event(symbol: str, **values: object) -> dict[str, object]:
        return {"symbol": symbol, "ex_date": "2020-08-31", "process_date": "2020-09-20", **values}

    service.actions = {
        "forward_splits": [
            event("A", new_rate=4, old_rate=1),
            event("B", new_rate=1.5, old_rate=1),
        ],
        "reverse_splits": [event("C", new_rate=1, old_rate=8)],
        "stock_dividends": [event("D", rate=0.05)],
        "cash_dividends": [event("A", rate=0.505), event("A", rate=0.505, special=True)],
        "name_changes": [event("E", old_symbol="F")],
    }
    with FaultyServer(service) as server:
        splits = source(server.url).actions(Request("splits"))
        dividends = source(server.url).actions(Request("dividends", ("A",)))

    ratios = {row.symbol: (row.new, row.old) for row in splits}
    assert ratios == {"A": (4, 1), "B": (3, 2), "C": (1, 8), "D": (21, 20)}
    assert [row.cash for row in dividends] == [0.505, 0.505]


def test_actions_are_chosen_by_ex_date_although_the_vendor_chooses_by_another(
    service: AlpacaServer,
) -> None:
    dates = {"2023-01-05": "2023-02-20", "2023-01-04": "2023-01-05", "2023-01-10": "2023-01-10"}
    service.actions = {
        "cash_dividends": [
            {"symbol": "A", "ex_date": ex, "process_date": process, "rate": 1}
            for ex, process in dates.items()
        ]
    }
    with FaultyServer(service) as server:
        rows = source(server.url).actions(asked("dividends"))

    assert [row.ex_date for row in rows] == [DAYS[0]]


def test_a_broken_action_is_named(service: AlpacaServer) -> None:
    service.actions["reverse_splits"][0] = {**service.actions["reverse_splits"][0], "old_rate": 0}

    with FaultyServer(service) as server, pytest.raises(BadDataError, match="rates above 0"):
        source(server.url).actions(asked("splits"))


def test_many_symbols_are_asked_for_in_groups(server: FaultyServer) -> None:
    one = source(server.url, symbols_per_call=1)
    request = asked(start=DAYS[0], end=DAYS[0])

    parts = one.parts(request)

    assert [part.key for part in parts] == [
        "iex/minute/2023-01-05/A..A",
        "iex/minute/2023-01-05/B..B",
    ]
    assert same(everything(one, request), everything(source(server.url), request))


def test_day_bars_come_by_month(server: FaultyServer) -> None:
    one, request = source(server.url), asked("day", start=date(2022, 12, 20), end=None)

    parts = one.parts(request)

    assert [part.key for part in parts] == [
        "iex/day/2022-12-20..2022-12-31",
        "iex/day/2023-01-01..2023-01-31",
    ]
    assert [len(batch.columns["close"]) for batch in everything(one, request)] == [3, 3]


def test_todays_bars_come_up_to_the_last_one_that_is_over(service: AlpacaServer) -> None:
    today = NOW.date()
    service.bars["1Min"]["A"] += minute_bars(today, "11:50", 10, 30)
    with FaultyServer(service) as server:
        one, request = source(server.url), asked(start=today, end=None, symbols=("A",))
        (batch,) = everything(one, request)

    last = datetime.fromtimestamp(batch.columns["open_time"][-1] / 1e9, UTC)
    assert last == NOW.replace(minute=58, second=0, hour=16)


def test_a_day_stays_open_until_the_next_morning(server: FaultyServer) -> None:
    day = date(2023, 1, 20)
    request = asked(start=day, end=day)
    moments = {
        "before its first minute": datetime(2023, 1, 20, 9, 1, tzinfo=UTC),
        "in the session": datetime(2023, 1, 20, 17, 0, tzinfo=UTC),
        "a minute later": datetime(2023, 1, 20, 17, 1, tzinfo=UTC),
        "at night": datetime(2023, 1, 21, 8, 59, tzinfo=UTC),
        "the next morning": datetime(2023, 1, 21, 9, 0, tzinfo=UTC),
        "a year later": datetime(2024, 1, 20, 17, 0, tzinfo=UTC),
    }

    stamps = {
        name: [part.stamp for part in source(server.url, now=now).parts(request)]
        for name, now in moments.items()
    }

    assert stamps["before its first minute"] == []
    assert len({*stamps["in the session"], *stamps["a minute later"], *stamps["at night"]}) == 3
    assert stamps["the next morning"] == stamps["a year later"] == ["iex final"]


@given(st.integers(0, 60 * 24 * 40), st.sampled_from(["minute", "day"]))
@settings(max_examples=60, deadline=None)
def test_what_is_final_never_changes_its_stamp_again(minutes: int, kind: str) -> None:
    then = NOW + timedelta(minutes=minutes)
    request = asked(kind, start=date(2023, 1, 1), end=date(2023, 2, 20))
    before = {part.key: part.stamp for part in source("http://127.0.0.1:9", now=NOW).parts(request)}
    after = {part.key: part.stamp for part in source("http://127.0.0.1:9", now=then).parts(request)}

    assert before.keys() <= after.keys()
    for key, stamp in before.items():
        if stamp == "iex final":
            assert after[key] == stamp


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["t", "o", "h", "l", "c", "v", "A", "symbol"]), inner)
    ),
    max_leaves=8,
)


_PAGE: dict[str, object] = {}


@pytest.fixture(scope="module")
def any_page() -> Iterator[AlpacaSource]:
    """A source whose service answers everything with the page of the moment."""
    with FaultyServer(lambda _: json_answer(_PAGE)) as running:
        yield source(running.url)


@given(_JSON, st.sampled_from(["bars", "corporate_actions"]), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_document_ends_in_rows_or_in_a_sentence(
    any_page: AlpacaSource, content: object, name: str, nested: bool
) -> None:
    _PAGE.clear()
    _PAGE[name] = {"A": content, "forward_splits": content} if nested else content
    told = "alpaca"

    try:
        everything(any_page, asked(end=DAYS[0]))
        any_page.actions(asked("splits"))
    except NightShiftError as error:
        told = str(error)

    assert "alpaca" in told


_FAULTS = ("cut", "garbage", "short", "refuse", "status")


@pytest.fixture(scope="module")
def steady() -> Iterator[tuple[FaultyServer, AlpacaSource]]:
    """A service with few bars a page, and a source of it."""
    with FaultyServer(vendor(page=3, limit=100_000)) as running:
        yield running, source(running.url)


@given(st.lists(st.tuples(st.sampled_from(_FAULTS), st.floats(0, 0.99)), max_size=8))
@settings(max_examples=25, deadline=None)
def test_whatever_goes_wrong_on_the_way_bars_are_the_same_or_absent(
    steady: tuple[FaultyServer, AlpacaSource], sequence: list[tuple[Any, float]]
) -> None:
    server, one = steady
    server.heal()
    whole = everything(one, asked())
    for number, (kind, share) in enumerate(sequence):
        server.fail(f"page_token=page-{number % 3}|end=2023-01-0{number}", Fault(kind, share))

    try:
        found = everything(one, asked())
    except TryAgain:
        found = whole

    assert same(found, whole)
