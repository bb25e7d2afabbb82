"""Rows that go back in time, and rows that stand twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.kinds import kind_named
from daemon.domain.market.scan.findings import Code
from daemon.domain.market.scan.order import in_order, order_findings
from tests.domain.market.scan.made import MONDAY, chosen, minutes_of, sessions, where
from tests.domain.market.sessions import rows

GRID = sessions(3)
CLEAN = minutes_of(GRID)


def days(of):
    return kind_named("minute").days(of.open_time)


def test_a_step_back_and_a_repeated_time_are_two_findings() -> None:
    start = int(GRID.open_time[0])
    broken = rows([start, start + 2, start + 1, start + 1], [10, 11, 12, 13])

    found = order_findings(broken, days(broken))

    assert where(found, Code.UNSORTED) == [(MONDAY, 1)]
    assert where(found, Code.DUPLICATED) == [(MONDAY, 1)]


def test_of_two_bars_of_one_time_the_later_one_holds() -> None:
    start = int(GRID.open_time[0])

    mended = in_order(rows([start, start + 2, start + 1, start + 1], [10, 11, 12, 13]))

    assert mended.open_time.tolist() == [start, start + 1, start + 2]
    assert mended.close.tolist() == [10, 13, 11]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, len(CLEAN) - 1), st.integers(1, 20))
def test_a_bar_that_is_told_again_is_found_on_its_day(at: int, times: int) -> None:
    doubled = chosen(CLEAN, np.sort(np.append(np.arange(len(CLEAN)), [at] * times)))

    found = order_findings(doubled, days(doubled))

    assert where(found, Code.DUPLICATED) == [(int(days(CLEAN)[at]), times)]
    assert len(in_order(doubled)) == len(CLEAN)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, len(CLEAN) - 2))
def test_two_bars_that_change_places_are_found(at: int) -> None:
    order = np.arange(len(CLEAN))
    order[[at, at + 1]] = order[[at + 1, at]]
    swapped = chosen(CLEAN, order)

    found = order_findings(swapped, days(swapped))

    assert where(found, Code.UNSORTED) == [(int(days(swapped)[at + 1]), 1)]
    assert in_order(swapped).close.tolist() == CLEAN.close.tolist()


def test_clean_bars_are_in_order() -> None:
    assert order_findings(CLEAN, days(CLEAN)) == []
