"""Of several tellings of a split or a dividend one is taken, and of two events none is lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Events
from daemon.domain.market.tellings import NEAR, told_once

DAYS = np.array([day for day in range(20_000, 20_400) if day % 7 < 5], dtype=np.int32)
"""Sessions of a calendar of five days a week."""


def splits(*told: tuple[int, float, float]) -> Events:
    """Each by the place of its session, new and old shares."""
    days = np.array([DAYS[place] for place, _, _ in told], dtype=np.int32)
    new, old = (np.array([one[k] for one in told], dtype=np.float64) for k in (1, 2))
    return Events(days, np.zeros(len(told)), new, old)


def dividends(*told: tuple[int, float]) -> Events:
    days = np.array([DAYS[place] for place, _ in told], dtype=np.int32)
    ones = np.ones(len(told))
    return Events(days, np.array([cash for _, cash in told]), ones, ones)


def places(events: Events) -> list[int]:
    found: list[int] = np.searchsorted(DAYS, events.ex_date).tolist()
    return found


def test_the_same_ratio_a_few_sessions_later_is_the_first_source_s_split() -> None:
    one, other = splits((10, 4, 1), (200, 1, 30)), splits((15, 8, 2), (199, 0.03333, 1))

    assert places(told_once([one, other], DAYS)) == [10, 200]
    assert places(told_once([other, one], DAYS)) == [15, 199]


def test_another_ratio_or_a_later_session_is_another_split() -> None:
    one = splits((10, 4, 1))

    assert places(told_once([one, splits((11, 5, 1))], DAYS)) == [10, 11]
    assert places(told_once([one, splits((10 + NEAR + 1, 4, 1))], DAYS)) == [10, 16]
    assert places(told_once([one, splits((10, 4, 1), (12, 4, 1))], DAYS)) == [10, 12]


def test_on_one_day_the_first_source_holds_whatever_the_other_tells() -> None:
    found = told_once([splits((10, 4, 1)), splits((10, 5, 1))], DAYS)

    assert (places(found), found.new.tolist()) == ([10], [4.0])


def test_one_source_alone_is_believed_in_everything() -> None:
    twice = splits((10, 2, 1), (12, 2, 1))

    assert places(told_once([twice], DAYS)) == [10, 12]
    assert places(told_once([], DAYS)) == []


def test_dividends_are_one_where_the_amounts_are_alike() -> None:
    one = dividends((10, 0.2354), (80, 0.5))

    found = told_once([one, dividends((11, 0.235), (80, 0.5), (82, 0.6))], DAYS)

    assert (places(found), found.cash.tolist()) == ([10, 80, 82], [0.2354, 0.5, 0.6])


def test_a_weekly_dividend_that_one_source_lacks_is_not_taken_for_its_neighbour() -> None:
    one, other = dividends((10, 0.1), (30, 0.1)), dividends((5, 0.1), (10, 0.1), (15, 0.1))

    assert places(told_once([one, other], DAYS)) == [5, 10, 15, 30]


def test_three_sources_tell_one_event_once() -> None:
    told = [splits((place, 4, 1)) for place in (10, 12, 8)]

    assert places(told_once(told, DAYS)) == [10]


@given(
    st.lists(st.integers(1, 25), max_size=8, unique=True),
    st.lists(st.integers(-2, 2), min_size=8, max_size=8),
    st.lists(st.booleans(), min_size=8, max_size=8),
)
@settings(max_examples=60, deadline=None)
def test_what_two_sources_tell_a_little_apart_is_told_as_the_first_tells_it(
    weeks: list[int], shifts: list[int], known: list[bool]
) -> None:
    at = sorted(5 * week for week in weeks)
    one = dividends(*((place, 0.1) for place in at))
    moved = [(place + shifts[k], 0.1) for k, place in enumerate(at) if known[k]]

    found = told_once([one, dividends(*moved)], DAYS)

    assert places(found) == at
