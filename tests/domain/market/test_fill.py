"""Minutes made from their neighbours."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Rows
from daemon.domain.market.fill import made_minutes
from tests.domain.market.scan.made import chosen, minutes_of
from tests.domain.market.sessions import MINUTE, rows, table

GRID = table([6, 6])
OPEN = int(GRID.open_time[0])


def bars(*minutes: int) -> Rows:
    """Bars at those minutes, 10 and 20 and so on for closes."""
    return rows([OPEN + m * MINUTE for m in minutes], [10.0 * (k + 1) for k in range(len(minutes))])


def minutes_in(made: Rows) -> list[int]:
    return [(int(time) - OPEN) // MINUTE for time in made.open_time]


def test_one_minute_is_the_mean_of_its_neighbours() -> None:
    made = made_minutes(bars(1, 3), GRID, 1)

    assert minutes_in(made) == [2]
    assert (made.open[0], made.high[0], made.low[0], made.close[0]) == (14.0, 15.5, 13.5, 15.0)
    assert made.volume[0] == 0.0


def test_the_next_one_is_the_mean_of_the_made_bar_and_the_next_real_one() -> None:
    made = made_minutes(bars(1, 4), GRID, 2)

    assert minutes_in(made) == [2, 3]
    assert made.close.tolist() == [15.0, 17.5]


def test_a_longer_run_stays_as_it_is() -> None:
    assert len(made_minutes(bars(0, 1, 5), GRID, 2)) == 0
    assert minutes_in(made_minutes(bars(0, 2, 5), GRID, 1)) == [1]


def test_the_ends_of_a_session_and_the_night_are_not_filled() -> None:
    apart = rows([OPEN + 2 * MINUTE, int(GRID.open_time[1]) + 2 * MINUTE], [10.0, 20.0])

    assert len(made_minutes(apart, GRID, 10_000)) == 0


def test_bars_out_of_hours_are_no_neighbours() -> None:
    early = rows([OPEN - MINUTE, OPEN + MINUTE], [10.0, 20.0])
    before = rows([OPEN - 9 * MINUTE, OPEN - 7 * MINUTE], [10.0, 20.0])

    assert len(made_minutes(early, GRID, 5)) == 0
    assert len(made_minutes(before, GRID, 5)) == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 99), st.floats(0.05, 1.0), st.integers(0, 12))
def test_made_bars_are_possible_new_and_within_their_neighbours(
    seed: int, density: float, most: int
) -> None:
    grid = table([390, 210])
    real = minutes_of(grid, seed, density)

    made = made_minutes(real, grid, most)

    assert not np.isin(made.open_time, real.open_time).any()
    assert np.all(np.diff(made.open_time) > 0)
    assert np.all(made.low <= np.minimum(made.open, made.close))
    assert np.all(made.high >= np.maximum(made.open, made.close))
    at = np.searchsorted(real.open_time, made.open_time)
    assert np.all(made.close <= np.maximum(real.close[at - 1], real.close[at]))
    assert np.all(made.close >= np.minimum(real.close[at - 1], real.close[at]))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 99), st.floats(0.3, 1.0), st.integers(1, 12))
def test_after_filling_only_longer_runs_are_left(seed: int, density: float, most: int) -> None:
    grid = table([390, 210])
    real = minutes_of(grid, seed, density)
    made = made_minutes(real, grid, most)

    every = np.sort(np.append(real.open_time, made.open_time))
    session = grid.of_instants(every)
    lacking = (np.diff(every) // MINUTE - 1)[np.diff(session) == 0]

    assert np.all((lacking == 0) | (lacking > most))
    assert len(made_minutes(chosen(real, np.zeros(0, dtype=int)), grid, most)) == 0
