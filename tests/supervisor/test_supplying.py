"""The lake filled through the port that shifts have: real lake, real store, sources in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from loguru import logger

from daemon.domain.market.supply import Failing, Want, failing_sentences
from daemon.errors import UsageError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.lock import single_writer
from daemon.plugin.roles import Request
from daemon.settings import QualityTable
from daemon.store.store import SqlStore
from daemon.supervisor.mending import REPAIR
from daemon.supervisor.supplying import LakeSupply
from tests.domain.market.test_trade_bars import Trade
from tests.fakes import FakeClock
from tests.lake.flatfiles import MINUTE, FakeSource, batch, opening
from tests.lake.test_trade_bars import put_trades

HOUR = timedelta(hours=1)
MONDAY, TUESDAY = date(2014, 12, 1), date(2014, 12, 2)
EVENING = datetime(2014, 12, 2, 22, 0, tzinfo=UTC)


def source(name: str, *days: date) -> FakeSource:
    return FakeSource({day: [batch("SPY", [opening(day)], [100.0])] for day in days}, name=name)


def thin(symbol: str, name: str, *days: date) -> FakeSource:
    """Day bars, stamped by the midnight before."""
    midnight = 570 * MINUTE
    bars = {
        day: [batch(symbol, [opening(day) - midnight], [100.0 + day.day], name)] for day in days
    }
    return FakeSource(bars, name=name)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake", hot=tmp_path / "hot", cache=tmp_path / "cache")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    opened = SqlStore.open(tmp_path / "nightshift.db")
    yield opened
    opened.close()


def port(lake: Lake, store: SqlStore, clock: FakeClock, *sources: FakeSource) -> LakeSupply:
    return LakeSupply(lake, {one.name: one for one in sources}, store, clock)


def want(symbol: str) -> Want:
    return Want("minute", MONDAY, TUESDAY, {symbol: ("old", "new")})


def test_a_repair_asks_so_many_questions_and_no_more(lake: Lake, store: SqlStore) -> None:
    days = [date(2014, 12, day) for day in (1, 2, 3, 4, 5)]
    for symbol in ("SPY", "QQQ"):
        held = [days[0], days[2], days[4]] if symbol == "SPY" else [days[0], days[4]]
        ingest(lake, thin(symbol, f"old {symbol}", *held), Request("day"))
    supply = port(lake, store, FakeClock(EVENING), thin("SPY", "new", *days))

    told = asyncio.run(supply.repair(("SPY",), 1))
    again = asyncio.run(supply.repair(("SPY",), 9))
    nothing = asyncio.run(supply.repair(("SPY",), 9))

    assert told == (
        "repair asked 1 question for 2 symbol-days and brought 1 row; 1 of them is as it was"
    )
    assert again.startswith("repair asked 1 question for 1 symbol-day and brought 1 row; 0 of")
    assert nothing == ""
    assert len(lake.times("day", "QQQ")) == 2
    assert [event.detail["days"] for _, event in store.journal(REPAIR, 9)] == [1, 2]


def test_a_repair_by_a_source_that_is_not_loaded_is_a_sentence(lake: Lake, store: SqlStore) -> None:
    quality = QualityTable(sources=("nobody",))
    supply = LakeSupply(lake, {}, store, FakeClock(EVENING), quality=quality)

    told = asyncio.run(supply.repair(("SPY",), 9))

    assert told.startswith('nothing was repaired: [quality] sources: no source "nobody" is loaded')


def test_what_the_first_source_lacks_comes_from_the_next(lake: Lake, store: SqlStore) -> None:
    old, new = source("old", MONDAY), source("new", MONDAY, TUESDAY)
    supply = port(lake, store, FakeClock(EVENING), old, new)

    found = asyncio.run(supply.fill(want("SPY"), [HOUR]))

    assert (found.rows, new.read) == (2, ["day 2014-12-02"])
    assert supply.failing() == ()


def test_who_has_no_source_is_marked_until_one_has_it(lake: Lake, store: SqlStore) -> None:
    clock = FakeClock(EVENING)
    old, new = source("old", MONDAY), source("new", TUESDAY)
    supply = port(lake, store, clock, old, new)

    asyncio.run(supply.fill(want("XYZ"), [HOUR, 3 * HOUR]))
    clock.move(3600)
    asyncio.run(supply.fill(want("XYZ"), [HOUR, 3 * HOUR]))

    (mark,) = supply.failing()
    assert (mark.kind, mark.symbol, mark.attempts) == ("minute", "XYZ", 2)
    assert (mark.since, mark.again) == (EVENING, EVENING + 4 * HOUR)
    assert set(mark.said) == {"old", "new"}
    (sentence,) = failing_sentences(supply.failing(), lake.symbols())
    assert sentence.startswith("XYZ: minute data came from no source (")
    assert sentence.count("source old has no") == sentence.count("source new has no") == 1
    assert ": source" not in sentence

    new.days[TUESDAY].append(batch("XYZ", [opening(TUESDAY)], [5.0]))
    new.stamp = "2"
    asyncio.run(supply.fill(want("XYZ"), [HOUR]))

    assert supply.failing() == ()


def test_who_retries_asks_anew_although_no_stamp_has_changed_and_reads_no_file(
    lake: Lake, store: SqlStore
) -> None:
    old, new = source("old", MONDAY), source("new", MONDAY, TUESDAY)
    new.by_asking = True
    supply = port(lake, store, FakeClock(EVENING), old, new)
    asyncio.run(supply.fill(want("XYZ"), [HOUR]))
    new.days[TUESDAY].append(batch("XYZ", [opening(TUESDAY)], [5.0]))

    asyncio.run(supply.fill(want("XYZ"), [HOUR]))
    assert [mark.symbol for mark in supply.failing()] == ["XYZ"]
    asyncio.run(supply.fill(replace(want("XYZ"), again=True), [HOUR]))

    assert supply.failing() == ()
    assert (len(old.read), len(new.read)) == (1, 4)


def test_bars_are_made_of_trades_that_are_in_the_lake(lake: Lake, store: SqlStore) -> None:
    put_trades(lake.layout, [Trade(1, 10.0), Trade(61, 11.0)], "SPY")
    wanted = replace(want("SPY"), trade_bars=True)

    found = asyncio.run(
        port(lake, store, FakeClock(EVENING), source("old"), source("new")).fill(wanted, [HOUR])
    )

    assert (found.rows, found.lacking) == (2, 1)
    assert lake.read_symbol("minute", "SPY")["close"].tolist() == [10.0, 11.0]


def test_a_source_that_is_not_loaded_is_told(lake: Lake, store: SqlStore) -> None:
    supply = port(lake, store, FakeClock(EVENING), source("old", MONDAY), source("knew", MONDAY))

    with pytest.raises(UsageError, match='"new", not loaded; did you mean "knew"'):
        asyncio.run(supply.fill(want("SPY"), [HOUR]))


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (datetime(2014, 12, 2, 14, 29, tzinfo=UTC), False),
        (datetime(2014, 12, 2, 14, 30, tzinfo=UTC), True),
        (datetime(2014, 12, 2, 21, 5, tzinfo=UTC), True),
        (datetime(2014, 12, 2, 21, 30, tzinfo=UTC), False),
        (datetime(2014, 11, 28, 18, 30, tzinfo=UTC), False),  # a half day, over since 18:00
        (datetime(2014, 12, 6, 17, 0, tzinfo=UTC), False),
    ],
)
def test_a_session_is_on_by_the_exchange_s_calendar(
    lake: Lake, store: SqlStore, at: datetime, on: bool
) -> None:
    supply = port(lake, store, FakeClock(at))

    assert supply.in_session(at, timedelta(minutes=10)) is on


def test_what_is_older_than_it_is_kept_is_removed(lake: Lake, store: SqlStore) -> None:
    old = date(2012, 1, 10)
    supply = LakeSupply(
        lake, {"old": source("old", old, MONDAY)}, store, FakeClock(EVENING), {"minute": 365}
    )
    asyncio.run(supply.fill(Want("minute", old, TUESDAY, {"SPY": ("old",)}), [HOUR]))

    told = asyncio.run(supply.retire())
    with single_writer(lake.layout):
        locked = asyncio.run(supply.retire())

    assert told.startswith("1 minute bars of 1 symbols from before 2013-12-01 removed")
    assert [part.period for part in lake.parts()] == ["2014"]
    assert locked.startswith("nothing old was removed: ")
    assert asyncio.run(supply.retire()) == ""


def test_alike_answers_on_a_symbol_that_is_held_are_one_sentence() -> None:
    said = {"old": "old: no key; set OLD_KEY", "new": "out of order"}
    marks = [
        Failing(kind, symbol, said, 1, EVENING, EVENING)
        for kind in ("day", "minute")
        for symbol in ("QQQ", "SPY")
    ]

    assert failing_sentences(marks, {"QQQ", "SPY"}) == (
        "QQQ, SPY: day, minute data could not be renewed "
        "(old: no key; set OLD_KEY; new: out of order)",
    )


def test_sources_without_a_key_are_warned_of_once(
    lake: Lake, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeSource, "unready", lambda self: f"{self.name}: no key", raising=False)
    told: list[str] = []
    sink = logger.add(told.append, level="WARNING", format="{message}")
    supply = port(lake, store, FakeClock(EVENING), source("old", MONDAY), source("new"))

    for symbol in ("SPY", "QQQ"):
        asyncio.run(supply.fill(want(symbol), [HOUR]))
    logger.remove(sink)

    assert told == ["old: no key; new: no key\n"]
    assert supply.unready(["new"]) == ["new: no key"]
