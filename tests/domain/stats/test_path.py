"""The path of an account by session: drawdowns bar by bar, sick equity, and what was held."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.path import SessionPath, session_path
from tests.domain.stats.slow import naive_drawdown

EQUITY = st.lists(st.floats(-1e3, 1e6), min_size=1, max_size=400).map(np.array)


def path_of(equity: np.ndarray, ends: list[int]) -> SessionPath:
    return session_path(equity, np.array(ends))


def whole(equity: np.ndarray, opening: float, bars: int = 7) -> float:
    ends = [*range(bars - 1, len(equity) - 1, bars), len(equity) - 1]
    return path_of(equity, ends).max_drawdown(opening, 0, len(ends) - 1)


@given(EQUITY, st.floats(1.0, 1e6), st.data())
@settings(deadline=None, max_examples=100)
def test_a_drawdown_by_sessions_is_the_one_bar_by_bar(
    equity: np.ndarray, opening: float, data: st.DataObject
) -> None:
    cuts = data.draw(st.sets(st.integers(0, len(equity) - 1), max_size=30))
    ends = sorted(cuts | {len(equity) - 1})
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(ends) - 1)] * 2)))
    part = equity[ends[first - 1] + 1 if first else 0 : ends[last] + 1]

    found = path_of(equity, ends).max_drawdown(opening, first, last)

    assert found == pytest.approx(naive_drawdown(part, opening), rel=1e-15, abs=1e-15)


@pytest.mark.parametrize("seed", range(5))
def test_the_drawdown_of_a_long_walk_is_exact(seed: int) -> None:
    steps = np.random.default_rng(seed).normal(0.0, 0.01, 5000)
    equity = 100.0 * np.exp(np.cumsum(steps))

    assert whole(equity, 100.0, 390) == naive_drawdown(equity, 100.0)


@given(st.lists(st.floats(width=32), min_size=1, max_size=300).map(np.array), st.data())
@settings(deadline=None, max_examples=200)
def test_highs_and_lows_are_those_of_each_session(equity: np.ndarray, data: st.DataObject) -> None:
    ends = sorted(data.draw(st.sets(st.integers(0, len(equity) - 1))) | {len(equity) - 1})

    path = path_of(equity, ends)

    parts = np.split(equity, np.array(ends[:-1]) + 1)
    np.testing.assert_array_equal(path.highs, [part.max() for part in parts])
    np.testing.assert_array_equal(path.lows, [part.min() for part in parts])


def test_a_drawdown_counts_from_the_opening_and_beyond_ruin() -> None:
    assert whole(np.array([90.0, 95.0]), 100.0) == pytest.approx(-0.1)
    assert whole(np.array([50.0, -10.0]), 100.0) == pytest.approx(-1.1)
    assert whole(np.array([100.0, 101.0]), 100.0) == 0.0


def test_a_debt_before_a_new_high_is_measured_from_the_high_before_it() -> None:
    assert whole(np.array([-10.0, 200.0]), 100.0) == pytest.approx(-1.1)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", [0, 700, 999])
def test_a_drawdown_of_what_is_not_finite_is_no_number(bad: float, place: int) -> None:
    equity = np.full(1000, 100.0)
    equity[place] = bad

    assert math.isnan(whole(equity, 100.0))
    assert math.isnan(whole(np.full(9, 100.0), bad))


def test_what_is_not_finite_spoils_the_sessions_that_hold_it_only() -> None:
    path = path_of(np.array([100.0, 90.0, math.nan, 80.0]), [1, 2, 3])

    assert path.max_drawdown(100.0, 0, 0) == pytest.approx(-0.1)
    assert path.max_drawdown(100.0, 2, 2) == pytest.approx(-0.2)
    assert math.isnan(path.max_drawdown(100.0, 0, 2))


def test_sessions_have_a_first_and_a_last_bar() -> None:
    path = path_of(np.full(6, 100.0), [1, 3, 5])

    assert (path.bars(0, 0), path.bars(1, 2)) == ((0, 1), (2, 5))
