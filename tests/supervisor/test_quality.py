"""Symbols that are too bad for a night: found, kept, left out and told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from daemon.config import Loaded
from daemon.domain.evolution.records import Effects, Event
from daemon.domain.market.scan.score import MarketQuality
from daemon.errors import MissingError
from daemon.lake.lake import Lake
from daemon.settings import MarketTable, QualityTable
from daemon.store.quality import QualityReports
from daemon.store.store import SqlStore
from daemon.supervisor.bootstrap import runtime
from daemon.supervisor.market_setup import ensure_market
from daemon.supervisor.markets import LakeMarkets
from daemon.supervisor.places import open_store
from daemon.supervisor.quality import judge_market, judged, last_repair
from daemon.supervisor.scanned import refresh
from tests.domain.market.scan.made import chosen, days_of, minutes_of
from tests.lake.test_survey import put

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("calendar")


@pytest.fixture
def lake(tmp_path: Path, cache: Path) -> Lake:
    """Twenty sessions: A is whole; B lacks minutes of five sessions, its daily bars are whole."""
    lake = Lake(tmp_path / "lake", hot=tmp_path / "hot", cache=cache)
    table = lake.sessions.between(16_405, 16_433)
    rows = minutes_of(table)
    session = table.of_instants(rows.open_time)
    put(lake, "A", rows)
    put(lake, "B", chosen(rows, ~np.isin(session, [3, 4, 5, 6, 7])))
    last = np.searchsorted(rows.open_time, table.close_time) - 1
    put(lake, "B", replace(days_of(table), close=rows.close[last]), "day")
    return lake


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore.open(tmp_path / "nightshift.db")
    yield store
    store.close()


def quality_of(
    lake: Lake, store: SqlStore, minimum: float = 0.9, market: MarketTable | None = None
) -> MarketQuality:
    reports, _ = refresh(lake, store)
    return judged(lake, reports, QualityTable(minimum=minimum), market or MarketTable())


def markets(
    lake: Lake, quality: MarketQuality, broken: dict[str, str] | None = None
) -> LakeMarkets:
    made = LakeMarkets(lake, MarketTable(), {"worst": ("B",)}, NOW, False)
    made.judge(quality, broken or {}, "")
    return made


def test_a_symbol_with_too_many_bad_sessions_is_refused_in_that_kind_only(
    lake: Lake, store: SqlStore
) -> None:
    quality = quality_of(lake, store)

    assert quality.refused("minute") == {"B"}
    assert quality.refused("day") == frozenset()
    (bad,) = [one for one in quality.symbols if one.refused]
    assert (bad.score.sessions, bad.score.bad) == (20, 5)
    assert quality.waiting == 5


def test_a_lower_minimum_and_other_dates_let_it_pass(lake: Lake, store: SqlStore) -> None:
    later = MarketTable(start=date(2014, 12, 15))

    assert quality_of(lake, store, minimum=0.7).refused("minute") == frozenset()
    assert quality_of(lake, store, minimum=0.0).refused("minute") == frozenset()
    assert quality_of(lake, store, market=later).refused("minute") == frozenset()


def test_a_refused_symbol_is_skipped_in_the_time_frames_of_its_bad_bars(
    lake: Lake, store: SqlStore
) -> None:
    judged_ = markets(lake, quality_of(lake, store))

    assert judged_.market("1m").symbols == ("A",)
    assert judged_.skipped("1m") == ("B",)
    assert judged_.market("1d").symbols == ("A", "B")


def test_a_universe_of_refused_symbols_is_missing_and_says_what_to_do(
    lake: Lake, store: SqlStore
) -> None:
    with pytest.raises(MissingError, match=r"`nightshift lake gaps`.*or lower \[quality\] minimum"):
        markets(lake, quality_of(lake, store)).market("1m", "worst")


def test_a_symbol_with_a_broken_part_is_skipped_and_told(lake: Lake, store: SqlStore) -> None:
    judged_ = markets(lake, quality_of(lake, store), {"A": "a part is broken"})

    assert judged_.market("1d").symbols == ("B",)
    assert "A is left out: a part is broken" in judged_.health()["warnings"]


def test_the_health_of_the_market_has_what_the_scan_found(lake: Lake, store: SqlStore) -> None:
    quality = quality_of(lake, store)

    assert markets(lake, quality).health()["quality"] == quality


def test_a_broken_part_stops_no_other_symbol(lake: Lake, store: SqlStore) -> None:
    (part,) = (lake.layout.folder("minute", "A")).glob("*.parquet")
    part.write_bytes(b"not parquet")

    reports, survey = refresh(lake, store)

    assert set(survey.broken) == {"A"}
    assert {one.key.symbol for one in reports} == {"B"}


def test_what_was_scanned_is_kept_and_not_scanned_again(lake: Lake, store: SqlStore) -> None:
    first, survey = refresh(lake, store)
    again, nothing = refresh(lake, store)

    assert len(survey.reports) == 3
    assert nothing.reports == ()
    assert again == first


def test_the_newest_repair_is_told_in_a_sentence(store: SqlStore) -> None:
    detail = {"sources": ["files", "massive"], "days": 7, "rows": 2_730, "made": 5}
    store.commit(Effects(events=(Event("repair", "repair", detail),)))

    told = last_repair(store)

    assert told.endswith(
        "asked files, massive for 7 symbol-days and brought 2,730 bars; "
        "5 minutes were made from their neighbours."
    )
    assert told.startswith("The last repair, on 2")


def test_the_simulated_market_has_nothing_bad_in_it(used: Loaded) -> None:
    async def judge() -> MarketQuality:
        async with runtime(used) as started:
            await ensure_market(started)
            await judge_market(started)
            found: MarketQuality = started.bench.markets.health()["quality"]
            return found

    quality = asyncio.run(judge())

    assert {(one.kind, one.symbol) for one in quality.symbols} == {
        (kind, symbol) for kind in ("day", "minute") for symbol in ("SIMA", "SIMB")
    }
    assert [one.score.bad for one in quality.symbols] == [0] * 4
    with open_store(used, daemon=False) as store:
        assert len(QualityReports(store.database, lambda: NOW).inputs()) == 4
