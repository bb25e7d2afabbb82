"""Marks of symbols that no source has."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from daemon.domain.market.supply import Failing, failing_after
from daemon.store.store import SqlStore
from daemon.store.supply import FailingSymbols
from tests.store.samples import NOON

HOUR = timedelta(hours=1)
MARK = Failing("minute", "XYZ", {"massive": "it has no bars of XYZ"}, 1, NOON, NOON + HOUR)


def test_a_mark_comes_back_as_it_was_and_goes_when_the_symbol_is_there(store: SqlStore) -> None:
    kept = FailingSymbols(store.database)

    kept.keep([MARK, replace(MARK, kind="day")], [])
    assert kept.all() == (replace(MARK, kind="day"), MARK)

    kept.keep([replace(MARK, attempts=2)], [("day", "XYZ"), ("day", "unknown")])
    assert kept.all() == (replace(MARK, attempts=2),)


def test_the_pause_grows_with_the_attempts_and_the_last_one_stays() -> None:
    pauses = (HOUR, 4 * HOUR)
    mark, pause = None, []
    for attempt in range(4):
        now = NOON + attempt * timedelta(days=1)
        mark = failing_after(mark, "minute", "XYZ", {}, now, pauses)
        pause.append(mark.again - now)

    assert pause == [HOUR, 4 * HOUR, 4 * HOUR, 4 * HOUR]
    assert (mark.attempts, mark.since) == (4, NOON)
