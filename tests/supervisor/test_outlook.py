"""What sources say of the market, through the port that shifts have: real lake, real store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from daemon.domain.briefing.market import market_state
from daemon.domain.market.present import Holiday, MarketStatus, Quote
from daemon.errors import TransientError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import ListingRow, Request, Watching
from daemon.settings import MarketTable, Settings
from daemon.store.store import SqlStore
from daemon.supervisor.data_notes import data_notes, keep_note
from daemon.supervisor.markets import LakeMarkets
from daemon.supervisor.outlook import LakeOutlook
from daemon.supervisor.quality import judge_market
from tests.fakes import FakeClock
from tests.lake.flatfiles import FakeSource, batch, opening

MONDAY, TUESDAY = date(2014, 12, 1), date(2014, 12, 2)
NEXT_MONDAY = datetime(2014, 12, 8, 15, 0, tzinfo=UTC)


@dataclass
class Vendor(FakeSource):
    """A source that tells of the market, unless it is down or has no key."""

    market: str = "open"
    lacks: str = ""
    down: bool = False
    gone: list[ListingRow] = field(default_factory=list)

    def unready(self) -> str:
        return self.lacks

    def market_status(self) -> MarketStatus:
        if self.down:
            raise TransientError(f"{self.name}: no answer")
        return MarketStatus(self.market, NEXT_MONDAY, {})

    def holidays(self) -> list[Holiday]:
        return [Holiday(date(2014, 12, 9), "NYSE", "a day off", "closed", None)]

    def last_quote(self, symbol: str) -> Quote:
        return Quote(symbol, 1.0, 1.0, 2.0, 1.0, 0)

    def listings(self, request: Request) -> list[ListingRow]:
        return self.gone


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake", hot=tmp_path / "hot", cache=tmp_path / "cache")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore.open(tmp_path / "nightshift.db")
    yield opened
    opened.close()


def outlook(lake: Lake, store: SqlStore, *sources: FakeSource) -> LakeOutlook:
    named = {one.name: one for one in sources}
    return LakeOutlook(lake, named, store, FakeClock(NEXT_MONDAY))


def test_the_first_source_that_can_tell_is_believed(lake: Lake, store: SqlStore) -> None:
    plain, keyless = FakeSource({}, name="plain"), Vendor({}, name="keyless", lacks="no key")
    down, up = Vendor({}, name="down", down=True), Vendor({}, name="up", market="closed")
    port = outlook(lake, store, plain, keyless, down, up, Vendor({}, name="last"))
    assert isinstance(up, Watching)
    assert not isinstance(plain, Watching)

    told = asyncio.run(port.closed(("plain", "keyless", "none", "down", "up", "last")))

    assert told is not None
    assert told.startswith("on 2014-12-08 up called the market closed although")
    assert asyncio.run(port.closed(("last", "up"))) == ""
    assert asyncio.run(port.closed(("plain", "keyless", "down"))) is None


def test_holidays_are_held_against_the_lake_s_calendar(lake: Lake, store: SqlStore) -> None:
    port = outlook(lake, store, Vendor({}, name="vendor"))

    told = asyncio.run(port.disagreements(("vendor",), NEXT_MONDAY.date()))

    assert told == (
        "2014-12-09, NYSE: vendor says closed, the exchange calendar says a whole session",
    )
    assert asyncio.run(port.disagreements((), NEXT_MONDAY.date())) is None


def test_a_symbol_that_has_no_bars_any_more_is_told_until_it_is_known_to_be_delisted(
    lake: Lake, store: SqlStore
) -> None:
    days = {MONDAY: [batch(symbol, [opening(MONDAY)], [1.0]) for symbol in ("SPY", "QQQ", "OLD")]}
    days[date(2014, 12, 5)] = [batch("QQQ", [opening(date(2014, 12, 5))], [1.0])]
    kinds = ("minute", "listings")
    vendor = Vendor(days, kinds=kinds, name="vendor", gone=[ListingRow("OLD", None, MONDAY)])
    ingest(lake, vendor, Request("minute", ("SPY", "QQQ", "OLD")))
    port = outlook(lake, store, vendor)

    def stopped(sessions: int, *symbols: str) -> list[str]:
        return list(asyncio.run(port.stopped(("minute", "splits"), symbols, sessions)))

    assert stopped(4, "SPY", "QQQ", "OLD") == [
        "SPY: no minute bar since 2014-12-01, and no delisting is known; the sources are behind, "
        "or the ticker has changed"
    ]
    assert stopped(5, "SPY", "QQQ", "OLD") == []
    assert stopped(1, "QQQ") == []


def test_a_note_holds_until_another_one_on_its_topic_and_is_one_line_of_the_journal(
    lake: Lake, store: SqlStore
) -> None:
    port = outlook(lake, store)

    for sentences in (("a", "b"), ["a", "b"], ("c",)):
        port.note("calendar", sentences)
    keep_note(store, "bars", ())
    port.note("bars", ("stopped",))

    assert data_notes(store) == ("stopped", "c")
    lines = [event.detail["sentences"] for _, event in store.journal("calendar", 9)]
    assert lines == [["c"], ["a", "b"]]
    port.note("calendar", ())
    assert data_notes(store) == ("stopped",)
    assert len(store.journal(None, 9)) == 4


def test_what_holds_stands_in_the_data_health_of_the_next_briefing(
    lake: Lake, store: SqlStore
) -> None:
    days = {MONDAY: [batch("SPY", [opening(MONDAY)], [1.0])]}
    ingest(lake, FakeSource(days), Request("minute", ("SPY",)))
    markets = LakeMarkets(lake, MarketTable(), {}, NEXT_MONDAY, rehearsal=False)
    bench = SimpleNamespace(lake=lake, rehearsal=False, markets=markets)
    loaded = SimpleNamespace(settings=Settings())
    started: Any = SimpleNamespace(bench=bench, loaded=loaded, store=store)
    keep_note(store, "bars that stopped", ("XYZ: no minute bar since 2014-11-03",))

    asyncio.run(judge_market(started))

    state = market_state(None, (), markets.health())
    assert "XYZ: no minute bar since 2014-11-03" in state.warnings
