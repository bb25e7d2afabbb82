"""Two tellings of the same bars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.kinds import kind_named
from daemon.domain.market.scan.agreement import Tolerance, day_against_minutes, disagreement
from daemon.domain.market.scan.findings import Code, Severity
from tests.domain.market.scan.made import (
    MONDAY,
    chosen,
    days_of,
    minutes_of,
    sessions,
    where,
    with_bar,
)

GRID = sessions(4)
ONE = minutes_of(GRID)
DAYS = kind_named("minute").days(ONE.open_time)


def test_a_telling_agrees_with_itself_and_with_a_part_of_it() -> None:
    part = chosen(ONE, np.arange(0, len(ONE), 3))

    assert disagreement(ONE, ONE, DAYS, Tolerance()) == []
    assert disagreement(ONE, part, DAYS, Tolerance()) == []


def test_a_cent_is_no_disagreement_and_two_are() -> None:
    cheap = replace(ONE, **{name: getattr(ONE, name) / 50 for name in ("open", "high", "low")})

    def other(cents: int):
        return with_bar(cheap, 5, open=float(cheap.open[5]) + cents / 100)

    assert disagreement(cheap, other(1), DAYS, Tolerance()) == []
    assert where(disagreement(cheap, other(2), DAYS, Tolerance()), Code.SOURCES_DISAGREE) == [
        (MONDAY, 1)
    ]


@pytest.mark.parametrize(
    ("wrong", "severity"), [(3, Severity.INFO), (15, Severity.WARN), (30, Severity.BAD)]
)
def test_the_share_of_a_day_decides_how_bad_it_is(wrong: int, severity: Severity) -> None:
    close = ONE.close.copy()
    close[390 : 390 + wrong] *= 1.01

    (finding,) = disagreement(ONE, replace(ONE, close=close), DAYS, Tolerance())

    assert (finding.day, finding.count, finding.severity) == (MONDAY + 1, wrong, severity)


def test_another_volume_is_good_to_know() -> None:
    (finding,) = disagreement(
        ONE,
        replace(ONE, volume=np.where(DAYS == MONDAY, ONE.volume * 0.7, ONE.volume)),
        DAYS,
        Tolerance(),
    )

    assert (finding.severity, finding.count) == (Severity.INFO, 390)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["open", "high", "low", "close"]),
    st.integers(0, len(ONE) - 1),
    st.floats(0.002, 1.0),
    st.booleans(),
)
def test_a_price_beyond_the_tolerance_is_found_from_either_side(
    name: str, at: int, size: float, first: bool
) -> None:
    other = with_bar(ONE, at, **{name: float(getattr(ONE, name)[at]) * (1 + size)})
    pair = (ONE, other) if first else (other, ONE)

    found = disagreement(*pair, DAYS, Tolerance())

    assert where(found, Code.SOURCES_DISAGREE) == [(int(DAYS[at]), 1)]


def daily_of():
    daily = days_of(GRID)
    ends = np.searchsorted(ONE.open_time, GRID.close_time) - 1
    return replace(daily, close=ONE.close[ends])


def test_a_day_that_closes_with_its_minutes_agrees() -> None:
    assert day_against_minutes(ONE, daily_of(), GRID) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 3), st.floats(0.012, 2.0), st.booleans())
def test_a_day_that_closes_elsewhere_is_found(session: int, size: float, up: bool) -> None:
    daily = daily_of()
    factor = float(np.exp(size if up else -size))

    (finding,) = day_against_minutes(
        ONE, with_bar(daily, session, close=float(daily.close[session]) * factor), GRID
    )

    assert finding.day == MONDAY + session
    assert finding.severity is (Severity.BAD if size > 0.05 else Severity.WARN)


def test_a_day_without_minutes_is_not_compared() -> None:
    first = chosen(ONE, DAYS == MONDAY)

    assert day_against_minutes(first, days_of(GRID, 3), GRID) == [
        one for one in day_against_minutes(ONE, days_of(GRID, 3), GRID) if one.day == MONDAY
    ]
