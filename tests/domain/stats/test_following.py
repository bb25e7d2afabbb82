"""Windows that are walked through, and what a ranking told of the period after each."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.following import (
    expanding_windows,
    matched_difference,
    over_windows,
    rank_correlation,
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 8000), st.integers(1, 24), st.integers(0, 60), st.integers(1, 200))
def test_windows_test_every_late_session_once_and_train_only_before_a_gap(
    sessions: int, wanted: int, memory: int, least: int
) -> None:
    windows = expanding_windows(sessions, wanted, memory, least)

    assert len(windows) in {0, wanted}
    assert not windows or windows[-1].last == sessions - 1
    assert all(b.first == a.last + 1 for a, b in pairwise(windows))
    for window in windows:
        assert window.train >= least
        assert window.first - window.train >= max(memory, window.first / 100)
        assert window.last - window.first + 1 <= 252


def test_a_long_history_is_tested_year_by_year_and_a_short_one_by_a_share_of_it() -> None:
    long = expanding_windows(7000, 6, 20, 40)
    short = expanding_windows(146, 2, 20, 40)

    assert [w.last - w.first + 1 for w in long] == [252] * 6
    assert long[0].first == 7000 - 6 * 252
    assert long[0].train == long[0].first - 55  # a hundredth of 5,488 sessions, rounded up
    assert [(w.train, w.first, w.last) for w in short] == [(68, 88, 116), (97, 117, 145)]


def test_a_history_too_short_for_the_first_training_has_no_windows() -> None:
    assert expanding_windows(146, 5, 20, 40) == ()
    assert expanding_windows(0, 1, 0, 1) == ()


def test_the_rank_correlation_is_that_of_the_ranks_with_ties_in_the_middle() -> None:
    first = np.array([1.0, 2.0, 2.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0])
    second = np.array([3.0, 1.0, 2.0, 2.5, 9.0, 4.0, 8.0, 7.0, 6.0, 5.0])
    ranks = np.array([1, 2.5, 2.5, 4, 5, 6, 7, 8, 9, 10]), np.array([4, 1, 2, 3, 10, 5, 9, 8, 7, 6])

    found = rank_correlation(first, second)

    assert found == pytest.approx(np.corrcoef(*ranks)[0, 1])
    assert rank_correlation(np.exp(first), second**3) == pytest.approx(found)
    assert rank_correlation(first, -second) == pytest.approx(-found)


def test_too_few_pairs_or_a_column_of_one_value_have_no_rank_correlation() -> None:
    ten = np.arange(10.0)

    assert rank_correlation(ten[:9], ten[:9]) is None
    assert rank_correlation(ten, np.zeros(10)) is None
    assert rank_correlation(np.ones(10), ten) is None


def test_only_groups_that_both_have_are_compared_and_each_by_its_share() -> None:
    values, groups = np.array([1.0, 3.0, 10.0, 50.0]), np.array([0, 0, 1, 2])
    others, other_groups = np.array([0.0, 4.0, 6.0, 99.0]), np.array([0, 1, 1, 3])

    found = matched_difference(values, groups, others, other_groups)

    assert found == (pytest.approx((2 * (2.0 - 0.0) + 1 * (10.0 - 5.0)) / 3), 0.75)
    assert matched_difference(values, groups, others, other_groups + 10) is None


def test_an_interval_needs_five_windows_and_lies_around_their_mean() -> None:
    rng = np.random.default_rng(1)

    four = over_windows([0.1, None, 0.2, 0.3, 0.4], rng)
    many = over_windows([0.1, 0.2, 0.3, 0.4, 0.5] * 4, rng)

    assert four is not None
    assert (four.mean, four.interval) == (pytest.approx(0.25), None)
    assert four.of_windows == (0.1, None, 0.2, 0.3, 0.4)
    assert many is not None
    assert many.interval is not None
    low, high = many.interval
    error = np.std([0.1, 0.2, 0.3, 0.4, 0.5]) / np.sqrt(20)
    assert low == pytest.approx(0.3 - 1.96 * error, abs=0.01)
    assert high == pytest.approx(0.3 + 1.96 * error, abs=0.01)
    assert over_windows([None, None], rng) is None
