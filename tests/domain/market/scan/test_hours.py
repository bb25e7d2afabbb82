"""Bars on closed days, after an early close, and hours off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.scan.findings import Code, Severity
from daemon.domain.market.scan.hours import after_close, closed_days, shifted_hours
from tests.domain.market.scan.made import HALF_DAY, MONDAY, minutes_of, sessions, where
from tests.domain.market.sessions import DAY, MINUTE, table

GRID = sessions(8)
CLEAN = minutes_of(GRID)
WIDE = table([390] * 8)


def merged(one: Rows, other: Rows) -> Rows:
    columns = {
        name: np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("open_time", *FIELDS)
    }
    order = np.argsort(columns["open_time"], kind="stable")
    return Rows(**{name: column[order] for name, column in columns.items()})


def extended(grid: SessionTable, seed: int = 1, quieter: int = 50) -> Rows:
    """04:00 to 20:00, with a fiftieth of the volume out of hours."""
    opens, closes = grid.open_time - 330 * MINUTE, grid.open_time + 630 * MINUTE
    rows = minutes_of(SessionTable(grid.session_date, opens, closes), seed)
    regular = minutes_of(grid, seed)
    quiet = grid.of_instants(rows.open_time) < 0
    volume = np.where(quiet, np.round(rows.volume / quieter), 0.0)
    volume[~quiet] = regular.volume
    return replace(rows, volume=volume)


def moved(rows: Rows, session: int, hours: int, grid: SessionTable = GRID) -> Rows:
    """The rows of one session moved by hours."""
    middle = grid.open_time[session] + 195 * MINUTE
    own = np.abs(rows.open_time - middle) < 720 * MINUTE
    time = rows.open_time + np.where(own, hours * 60 * MINUTE, 0)
    order = np.argsort(time, kind="stable")
    return Rows(time[order], *(getattr(rows, name)[order] for name in FIELDS))


def test_bars_on_a_closed_day_are_found() -> None:
    sunday = SessionTable(GRID.session_date - 1, GRID.open_time - DAY, GRID.close_time - DAY).rows(
        0, 1
    )
    rows = merged(CLEAN, minutes_of(sunday))
    days = (rows.open_time - 240 * MINUTE) // DAY

    assert where(closed_days(days, GRID), Code.CLOSED_DAY) == [(MONDAY - 1, 390)]


def test_a_source_that_does_not_know_the_half_day_is_found() -> None:
    rows = minutes_of(WIDE)

    (finding,) = after_close(rows, GRID)

    assert (finding.day, finding.count) == (MONDAY + HALF_DAY, 179)
    assert finding.severity is Severity.WARN


def test_trading_after_hours_goes_on_after_an_early_close() -> None:
    (finding,) = after_close(extended(GRID), GRID)

    assert finding.severity is Severity.INFO


def test_the_closing_auction_of_a_half_day_is_no_finding() -> None:
    closes = GRID.close_time.copy()
    closes[HALF_DAY] += MINUTE

    assert after_close(minutes_of(replace(GRID, close_time=closes)), GRID) == []


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("density", [0.3, 1.0])
def test_hours_that_fit_are_no_shift(seed: int, density: float) -> None:
    assert shifted_hours(minutes_of(GRID, seed, density), GRID) == []
    assert shifted_hours(extended(GRID, seed), GRID) == []
    assert shifted_hours(extended(GRID, seed, 5_000), GRID) == []
    assert shifted_hours(minutes_of(WIDE, seed), GRID) == []


def test_an_hour_late_is_told_in_words() -> None:
    (finding,) = shifted_hours(moved(CLEAN, 2, 1), GRID)

    assert (finding.day, finding.severity) == (MONDAY + 2, Severity.BAD)
    assert finding.sentence.startswith("the session's bars stand 1 hour too late: 100 %")


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 7),
    st.sampled_from([-5, -4, -2, -1, 1, 2, 4, 5]),
    st.booleans(),
)
def test_a_session_moved_by_hours_is_found(session: int, hours: int, wide: bool) -> None:
    rows = extended(GRID) if wide else CLEAN

    found = shifted_hours(moved(rows, session, hours), GRID)

    assert [one.day for one in found] == [MONDAY + session]


def test_one_day_of_a_thin_symbol_proves_nothing_and_two_do() -> None:
    thin = minutes_of(GRID, density=0.3)

    one = shifted_hours(moved(thin, 2, 1), GRID)
    two = shifted_hours(moved(moved(thin, 2, 1), 3, 1), GRID)

    assert one == []
    assert [finding.day for finding in two] == [MONDAY + 2, MONDAY + 3]


def test_large_prints_after_the_close_are_no_shift() -> None:
    thin = minutes_of(GRID, density=0.3)
    prints = SessionTable(GRID.session_date, GRID.close_time, GRID.close_time + MINUTE)
    large = minutes_of(prints)
    large = replace(large, volume=large.volume * 2_000)

    assert shifted_hours(merged(thin, large), GRID) == []
