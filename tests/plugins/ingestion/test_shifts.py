"""The daily filling, the retries and the live updater, each with what it asks for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from daemon.domain.evolution.records import Night
from daemon.domain.market.supply import Failing, Supplied
from daemon.plugin.roles import Daily, Every, Turn
from plugins.ingestion.checks import Keys
from plugins.ingestion.settings import IngestionSettings
from plugins.ingestion.shifts import CALENDAR, QUESTIONS, STATUS, STOPPED, Backfill, Live, Retry
from tests.fakes import FakeOutlook, FakeSupply, fake_host

NOON = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # noon in New York
TODAY = date(2026, 11, 20)
MARK = Failing("minute", "XYZ", {"massive": "none"}, 1, NOON, NOON - timedelta(minutes=1))


def turn(now: datetime = NOON) -> Turn:
    return Turn(now, Night("night", 1, 1, "settings", "market", now), 0)


def table(**values: Any) -> IngestionSettings:
    return IngestionSettings(watch=("SPY", "ESZ6"), order={"ESZ6": ("tradovate",)}, **values)


def test_every_kind_of_what_is_watched_is_filled_each_day(tmp_path: Path) -> None:
    supply = FakeSupply(lambda want: Supplied(rows=5, said=("massive: slow",)))
    shift = Backfill(fake_host(tmp_path, supply=supply), table(kinds=("minute", "day")))

    told = asyncio.run(shift.run(turn()))

    assert [want.kind for want in supply.wants] == ["minute", "day"]
    assert (supply.wants[0].start, supply.wants[0].end) == (TODAY - timedelta(days=90), TODAY)
    assert supply.wants[0].orders == {"SPY": ("massive", "alpaca"), "ESZ6": ("tradovate",)}
    assert (told.idle, told.summary) == (False, "10 rows; massive: slow")
    assert shift.trigger == Daily(table().at)


@pytest.mark.parametrize("wished", [True, False])
def test_bars_of_trades_are_wished_by_the_key_and_not_while_the_session_runs(
    tmp_path: Path, wished: bool
) -> None:
    supply = FakeSupply(marks=(replace(MARK, symbol="SPY"),))
    host, settings = fake_host(tmp_path, supply=supply), table(live=True, trade_bars=wished)

    for shift in (Backfill(host, settings), Retry(host, settings), Live(host, settings)):
        asyncio.run(shift.run(turn()))

    told = [want.trade_bars for want in supply.wants]
    assert told == [*[wished] * (len(settings.kinds) + 1), False]
    assert not table().trade_bars


@pytest.mark.parametrize(
    ("kinds", "along"),
    [
        (("minute", "day", "splits", "dividends"), [("listings",), (), (), ()]),
        (("day", "minute"), [("splits", "dividends", "listings"), ()]),
        (("splits", "day"), [(), ("dividends", "listings")]),
    ],
)
def test_splits_and_dividends_are_asked_for_once_a_day(
    tmp_path: Path, kinds: tuple[str, ...], along: list[tuple[str, ...]]
) -> None:
    supply = FakeSupply()

    asyncio.run(Backfill(fake_host(tmp_path, supply=supply), table(kinds=kinds)).run(turn()))

    assert [want.kind for want in supply.wants] == list(kinds)
    assert [want.along for want in supply.wants] == along


@pytest.mark.parametrize("wished", [True, False])
def test_the_day_ends_with_a_small_repair_where_that_is_wished(
    tmp_path: Path, wished: bool
) -> None:
    supply = FakeSupply(lambda want: Supplied(rows=5), retired="9 trades removed")
    shift = Backfill(fake_host(tmp_path, supply=supply), table(kinds=("minute",), repair=wished))

    told = asyncio.run(shift.run(turn()))

    assert supply.repairs == [(("SPY", "ESZ6"), QUESTIONS)] * wished
    assert told.summary == f"5 rows; {'2 days mended; ' * wished}9 trades removed"
    assert not table().repair


def test_what_is_too_old_goes_after_the_day_has_come(tmp_path: Path) -> None:
    supply = FakeSupply(lambda want: Supplied(rows=5), retired="9 trades removed")
    shift = Backfill(fake_host(tmp_path, supply=supply), table(kinds=("minute",)))

    assert asyncio.run(shift.run(turn())).summary == "5 rows; 9 trades removed"


def test_the_day_is_the_exchange_s_own(tmp_path: Path) -> None:
    supply = FakeSupply()
    shift = Backfill(fake_host(tmp_path, supply=supply), table(kinds=("day",)))

    asyncio.run(shift.run(turn(datetime(2026, 11, 21, 2, 0, tzinfo=UTC))))

    assert supply.wants[0].end == TODAY


def test_nothing_is_asked_for_where_nothing_is_watched(tmp_path: Path) -> None:
    supply = FakeSupply(marks=(MARK,))
    host = fake_host(tmp_path, supply=supply)
    none = IngestionSettings(live=True)

    told = [asyncio.run(kind(host, none).run(turn())) for kind in (Backfill, Retry, Live)]

    assert [report.idle for report in told] == [True, True, True]
    assert supply.wants == []


def test_a_symbol_without_a_source_is_asked_for_again_when_its_pause_is_over(
    tmp_path: Path,
) -> None:
    later = replace(MARK, symbol="ESZ6", again=NOON + timedelta(minutes=1))
    unwatched = replace(MARK, symbol="OLD")
    marks = (replace(MARK, symbol="SPY"), later, unwatched, replace(MARK, kind="day"))
    supply = FakeSupply(lambda want: Supplied(failed={"SPY": {}}), marks=marks)
    shift = Retry(fake_host(tmp_path, supply=supply), table())

    told = asyncio.run(shift.run(turn()))

    wants = [(want.kind, list(want.orders), want.again) for want in supply.wants]
    assert wants == [("minute", ["SPY"], True)]
    assert told.summary == "0 rows; no source gave SPY"


def test_live_minutes_join_the_history_at_the_first_look_of_a_day(tmp_path: Path) -> None:
    answers = iter([Supplied(said=("massive: no answer",)), Supplied(rows=3), Supplied(rows=1)])
    supply = FakeSupply(lambda want: next(answers))
    shift = Live(fake_host(tmp_path, supply=supply), table(live=True, live_seconds=30))

    for minute in range(3):
        asyncio.run(shift.run(turn(NOON + timedelta(minutes=minute))))

    back = TODAY - timedelta(days=5)
    assert [want.start for want in supply.wants] == [back, back, TODAY]
    assert {want.kind for want in supply.wants} == {"minute"}
    assert shift.trigger == Every(30)


@pytest.mark.parametrize(("live", "session"), [(False, True), (True, False)])
def test_live_rests_where_it_is_off_and_while_the_exchange_is_closed(
    tmp_path: Path, live: bool, session: bool
) -> None:
    supply = FakeSupply(open=session)

    told = asyncio.run(Live(fake_host(tmp_path, supply=supply), table(live=live)).run(turn()))

    assert (told.idle, supply.wants) == (True, [])


@pytest.mark.parametrize("wrong", [{"kinds": ["trades"]}, {"sources": []}, {"wacth": ["SPY"]}])
def test_a_wrong_setting_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        IngestionSettings(**wrong)


def test_doctor_hears_which_source_of_what_is_watched_has_no_key(tmp_path: Path) -> None:
    supply = FakeSupply(lacks={"alpaca": "alpaca: no key", "files": "not asked"})
    host = fake_host(tmp_path, supply=supply)

    assert Keys(host.supply, table()).run() == ("warn", "alpaca: no key")
    good = Keys(host.supply, table(sources=("massive",))).run()
    assert good == ("ok", "massive, tradovate can be asked for what is watched")


def sessions_of(shift: Live, *minutes: int) -> list[str]:
    """What the live updater says at these minutes after noon."""
    return [asyncio.run(shift.run(turn(NOON + timedelta(minutes=k)))).summary for k in minutes]


def test_a_market_that_a_source_calls_closed_is_not_polled_and_that_is_told_once(
    tmp_path: Path,
) -> None:
    supply, outlook = FakeSupply(lambda want: Supplied(rows=1)), FakeOutlook("massive: closed")
    host = fake_host(tmp_path, supply=supply, outlook=outlook)
    shift = Live(host, table(live=True))

    closed = sessions_of(shift, 0, 1, 4, 5)
    outlook.status = ""
    still, opened = sessions_of(shift, 9, 10)

    assert closed == ["massive: closed"] * 4
    assert (still, opened) == ("massive: closed", "1 rows")
    assert outlook.looks == 3
    assert outlook.told == [(STATUS, ("massive: closed",)), (STATUS, ())]
    assert len(supply.wants) == 1


def test_where_nobody_can_tell_the_calendar_holds(tmp_path: Path) -> None:
    supply, outlook = FakeSupply(lambda want: Supplied(rows=1)), FakeOutlook("massive: closed")
    shift = Live(fake_host(tmp_path, supply=supply, outlook=outlook), table(live=True))

    sessions_of(shift, 0)
    outlook.status = None
    later = sessions_of(shift, 5, 6)

    assert later == ["1 rows", "1 rows"]
    assert outlook.notes == {STATUS: ("massive: closed",)}


def test_after_the_close_no_source_is_asked_whether_the_market_is_open(tmp_path: Path) -> None:
    class Closing(FakeSupply):
        def in_session(self, now: datetime, after: timedelta) -> bool:
            return after > timedelta()

    supply, outlook = Closing(lambda want: Supplied(rows=1)), FakeOutlook("massive: closed")
    shift = Live(fake_host(tmp_path, supply=supply, outlook=outlook), table(live=True))

    assert sessions_of(shift, 0) == ["1 rows"]
    assert outlook.looks == 0


def test_the_day_tells_of_the_calendar_and_of_symbols_that_stopped(tmp_path: Path) -> None:
    outlook = FakeOutlook(apart=("calendars differ",), stops=("SPY stopped",))
    host = fake_host(tmp_path, supply=FakeSupply(), outlook=outlook)

    told = asyncio.run(Backfill(host, table(kinds=("day",))).run(turn()))
    outlook.apart, outlook.stops = None, ()
    asyncio.run(Backfill(host, table(kinds=("day",))).run(turn()))

    assert told.summary == "0 rows; calendars differ; SPY stopped"
    assert outlook.notes == {CALENDAR: ("calendars differ",), STOPPED: ()}


def test_what_was_told_ends_where_nothing_is_watched_any_more(tmp_path: Path) -> None:
    outlook = FakeOutlook()
    host = fake_host(tmp_path, outlook=outlook)

    for kind in (Backfill, Live):
        asyncio.run(kind(host, IngestionSettings()).run(turn()))

    assert outlook.notes == {CALENDAR: (), STOPPED: (), STATUS: ()}
