"""The lake as shifts see it: what is made up and what is real never meet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from daemon.config import load_config
from daemon.domain.evolution.seal import SealRules
from daemon.domain.market.scan.score import MarketQuality
from daemon.errors import MissingError, UsageError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.lock import single_writer
from daemon.plugin.roles import Request
from daemon.settings import MarketTable
from daemon.supervisor.markets import LakeMarkets
from daemon.supervisor.places import database_path, rehearsing
from tests.lake.flatfiles import FakeSource, batch, opening

MONDAY, TUESDAY = date(2023, 1, 9), date(2023, 1, 10)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("calendar")


@pytest.fixture
def lake(tmp_path: Path, cache: Path) -> Lake:
    """Real bars of A and B, made-up ones of SIM."""
    lake = Lake(tmp_path / "lake", hot=tmp_path / "hot", cache=cache)
    bring(lake, {"A": 10.0, "B": 20.0})
    bring(lake, {"SIM": 5.0}, simulated=True)
    return lake


def bring(lake: Lake, prices: Mapping[str, float], simulated: bool = False) -> None:
    name = "simulated" if simulated else "fake"
    origin = "simulated seed 1" if simulated else "fake"
    days = {
        day: [batch(symbol, [opening(day)], [price], origin) for symbol, price in prices.items()]
        for day in (MONDAY, TUESDAY)
    }
    ingest(lake, FakeSource(days, name=name, stamp=str(prices)), Request("minute"))


def markets(
    lake: Lake,
    rehearsal: bool = False,
    universes: Mapping[str, tuple[str, ...]] | None = None,
    table: MarketTable | None = None,
    now: datetime = NOW,
) -> LakeMarkets:
    return LakeMarkets(lake, table or MarketTable(), universes or {}, now, rehearsal)


def test_a_rehearsal_sees_made_up_symbols_only_and_a_real_night_real_ones_only(lake: Lake) -> None:
    rehearsal, real = markets(lake, rehearsal=True), markets(lake)

    assert rehearsal.symbols("") == ("SIM",)
    assert real.symbols("") == ("A", "B")
    assert rehearsal.market("1m").simulated
    assert rehearsal.market("1m").symbols == ("SIM",)
    assert not real.market("1m").simulated
    assert real.market("1m").symbols == ("A", "B")


def test_the_two_are_never_priced_together(lake: Lake) -> None:
    mixed = {"mixed": ("SIM", "A", "ZZZ")}
    real, rehearsal = markets(lake, universes=mixed), markets(lake, True, mixed)

    assert real.market("1m", "mixed").symbols == ("A",)
    assert real.skipped("1m", "mixed") == ("SIM", "ZZZ")
    assert rehearsal.market("1m", "mixed").symbols == ("SIM",)
    assert rehearsal.skipped("1m", "mixed") == ("A", "ZZZ")


def test_a_universe_of_the_other_half_is_missing_and_says_why(lake: Lake) -> None:
    with pytest.raises(MissingError, match="the data of SIM is made up and this night's market"):
        markets(lake, universes={"made": ("SIM",)}).market("1m", "made")


@pytest.mark.parametrize(
    ("source", "holds", "expected"),
    [
        ("auto", "nothing", True),
        ("auto", "made up", True),
        ("auto", "both", False),
        ("lake", "nothing", False),
        ("lake", "made up", False),
        ("simulated", "both", True),
    ],
)
def test_which_market_the_nights_use(
    source: str, holds: str, expected: bool, tmp_path: Path, cache: Path
) -> None:
    (tmp_path / "daemon.toml").write_text(f'[market]\nsource = "{source}"\n')
    loaded = load_config(tmp_path / "daemon.toml")
    lake = Lake(loaded.lake, cache=cache)
    if holds != "nothing":
        bring(lake, {"SIM": 5.0}, simulated=True)
    if holds == "both":
        bring(lake, {"A": 10.0})

    assert rehearsing(loaded, lake) is expected
    assert database_path(loaded).name == ("rehearsal.db" if expected else "nightshift.db")


def test_an_unknown_universe_has_a_suggestion(lake: Lake) -> None:
    with pytest.raises(UsageError, match=r'no universe "levraged".*did you mean "leveraged"\?'):
        markets(lake, universes={"leveraged": ("A",)}).market("1m", "levraged")


def test_an_unknown_universe_without_a_neighbour_is_told_what_there_is(lake: Lake) -> None:
    with pytest.raises(UsageError, match=r"known: default, leveraged"):
        markets(lake, universes={"leveraged": ("A",)}).symbols("zzz")


def test_symbols_without_data_are_skipped_and_named(lake: Lake) -> None:
    wide = markets(lake, universes={"wide": ("A", "ZZZ", "B", "QQQ")})

    assert wide.market("1m", "wide").symbols == ("A", "B")
    assert wide.skipped("1m", "wide") == ("ZZZ", "QQQ")
    assert wide.skipped("1m") == ()


def test_a_universe_without_any_data_is_missing(lake: Lake) -> None:
    with pytest.raises(MissingError, match="no 1m bars of ZZZ"):
        markets(lake, universes={"none": ("ZZZ",)}).market("1m", "none")


def test_an_empty_lake_says_how_it_is_filled(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(MissingError, match="the lake is empty"):
        markets(Lake(tmp_path / "empty", cache=cache)).market("1m")


def test_a_market_is_loaded_once(lake: Lake) -> None:
    held = markets(lake)

    assert held.market("1m") is held.market("1m")


def test_the_fingerprint_is_of_the_data_and_the_dates_and_of_nothing_else(
    lake: Lake, tmp_path: Path, cache: Path
) -> None:
    before = markets(lake).fingerprint()
    rehearsed = markets(lake, rehearsal=True).fingerprint()

    later = datetime(2027, 1, 1, tzinfo=UTC)
    assert markets(lake, now=later, universes={"x": ("A",)}).fingerprint() == before
    assert markets(lake, table=MarketTable(source="lake")).fingerprint() == before
    assert markets(lake, table=MarketTable(start=TUESDAY)).fingerprint() != before
    twin = Lake(tmp_path / "twin", cache=cache)
    bring(twin, {"A": 10.0, "B": 20.0})
    assert markets(twin).fingerprint() == before
    assert rehearsed != before


def test_made_up_data_does_not_change_the_fingerprint_of_the_real(lake: Lake) -> None:
    real, rehearsed = markets(lake).fingerprint(), markets(lake, rehearsal=True).fingerprint()

    bring(lake, {"SIM2": 7.0}, simulated=True)
    assert markets(lake).fingerprint() == real
    assert markets(lake, rehearsal=True).fingerprint() != rehearsed

    bring(lake, {"A": 11.0})
    assert markets(lake).fingerprint() != real


def test_the_announcement_is_the_briefings(lake: Lake) -> None:
    rehearsal = markets(lake, rehearsal=True)
    rehearsal.announcement = "an edge is planted"

    assert rehearsal.health()["simulation"] == "an edge is planted"


def test_a_symbol_whose_part_breaks_is_left_out_and_told(lake: Lake) -> None:
    earlier = date(2022, 1, 10)
    days = {earlier: [batch(symbol, [opening(earlier)], [9.0], "fake") for symbol in ("A", "B")]}
    ingest(lake, FakeSource(days), Request("minute"))
    (part,) = lake.layout.folder("minute", "A").glob("2022-*.parquet")
    part.write_bytes(b"torn")
    held = markets(lake, universes={"A": ("A",)})

    assert held.market("1m").symbols == ("B",)
    assert held.skipped("1m") == ("A",)
    (warning,) = [one for one in held.health()["warnings"] if one.startswith("A is left out")]
    assert "1 days of 2022 are in quarantine and not back yet" in warning
    with pytest.raises(MissingError, match="of A are in quarantine, which leaves no symbol"):
        held.market("1m", "A")

    ingest(lake, FakeSource(days), Request("minute"))
    held.renew(NOW)
    assert held.market("1m").symbols == ("A", "B")
    assert not [one for one in held.health()["warnings"] if "left out" in one]


def test_a_symbol_whose_part_breaks_beside_a_writer_is_left_out(lake: Lake) -> None:
    (part,) = lake.layout.folder("minute", "A").glob("2023-*.parquet")
    part.write_bytes(b"torn")

    with single_writer(lake.layout):
        held = markets(lake)

        assert (held.market("1m").symbols, held.skipped("1m")) == (("B",), ("A",))
        assert "until the next writer has settled it" in str(held.health()["warnings"])


def test_a_manifest_that_breaks_before_a_market_is_made_stops_no_other(lake: Lake) -> None:
    held = markets(lake, universes={"both": ("A", "B")})
    held.judge(MarketQuality(0.0, (), 0), {}, "")
    lake.layout.manifest("minute", "A").write_bytes(b"torn")

    with single_writer(lake.layout):
        assert held.market("1d", "both").symbols == ("B",)
        assert held.skipped("1d", "both") == ("A",)


def test_no_market_reaches_the_sealed_sessions_and_none_is_sealed_of_a_short_history(
    tmp_path: Path, cache: Path
) -> None:
    lake = Lake(tmp_path / "sealed", hot=tmp_path / "hot", cache=cache)
    days = {
        day: [batch("A", [opening(day)], [10.0], "fake")]
        for day in (date(2023, 1, 3) + timedelta(n) for n in range(200))
        if day.weekday() < 5
    }
    ingest(lake, FakeSource(days), Request("minute"))
    rules = SealRules(share=0.25, most=252, least_open=60)

    sealed = LakeMarkets(lake, MarketTable(), {}, NOW, False, rules)
    whole = LakeMarkets(lake, MarketTable(), {}, NOW, False)
    short = LakeMarkets(lake, MarketTable(end=date(2023, 3, 1)), {}, NOW, False, rules)

    seal = sealed.sealed()
    assert seal is not None
    border = np.datetime64(seal.first, "D")
    assert border == np.datetime64("2023-06-01")
    shown = sealed.market("1d").axis.session_date
    assert np.datetime64(int(shown[-1]), "D") < border
    assert len(whole.market("1d").axis) > len(shown)
    assert short.sealed() is None
    assert whole.sealed() is None
