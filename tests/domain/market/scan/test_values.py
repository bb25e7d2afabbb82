"""Impossible, repeated and spiking bars."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Rows
from daemon.domain.market.kinds import kind_named
from daemon.domain.market.scan.findings import Code, Severity
from daemon.domain.market.scan.values import DAYS, MINUTES, value_findings
from tests.domain.market.scan.made import (
    MONDAY,
    chosen,
    days_of,
    minutes_of,
    scaled,
    sessions,
    where,
    with_bar,
)

CLEAN = minutes_of(sessions(4))
DAY_OF = kind_named("minute").days(CLEAN.open_time)
DAILY = days_of(sessions(60))
BAR = st.integers(1, len(CLEAN) - 2)


def found_in(rows: Rows, code: Code) -> list[tuple[int, int]]:
    return where(value_findings(rows, kind_named("minute").days(rows.open_time), MINUTES), code)


@pytest.mark.parametrize("seed", range(20))
def test_clean_bars_have_no_finding(seed: int) -> None:
    minutes, daily = minutes_of(sessions(4), seed), days_of(sessions(60), seed)

    assert value_findings(minutes, kind_named("minute").days(minutes.open_time), MINUTES) == []
    assert value_findings(daily, kind_named("day").days(daily.open_time), DAYS) == []


@pytest.mark.parametrize(
    "wrong",
    [{"high": 1.0}, {"close": 0.0}, {"low": -1.0}, {"open": np.nan}, {"volume": -1.0}],
    ids=str,
)
def test_a_bar_that_cannot_be_is_found(wrong: dict[str, float]) -> None:
    broken = with_bar(CLEAN, 7, **wrong)

    assert found_in(broken, Code.IMPOSSIBLE) == [(MONDAY, 1)]


@settings(max_examples=30, deadline=None)
@given(BAR, st.sampled_from(["open", "high", "low", "close"]), st.sampled_from([0.0, np.inf]))
def test_a_price_that_cannot_be_is_found_wherever_it_stands(
    at: int, name: str, value: float
) -> None:
    broken = with_bar(CLEAN, at, **{name: value})

    assert found_in(broken, Code.IMPOSSIBLE) == [(int(DAY_OF[at]), 1)]


def test_an_open_above_the_high_is_good_to_know_and_no_more() -> None:
    broken = with_bar(CLEAN, 7, open=float(CLEAN.high[7]) * 1.001)

    (finding,) = value_findings(broken, DAY_OF, MINUTES)

    assert (finding.code, finding.severity) == (Code.OUTSIDE_RANGE, Severity.INFO)


def repeated(at: int, times: int) -> Rows:
    index = np.arange(len(CLEAN))
    index[at : at + times] = at
    stale = chosen(CLEAN, index)
    return Rows(CLEAN.open_time, stale.open, stale.high, stale.low, stale.close, stale.volume)


def test_three_equal_bars_with_a_range_are_stale() -> None:
    assert found_in(repeated(10, 3), Code.STALE) == [(MONDAY, 2)]


def test_two_equal_bars_may_be_chance() -> None:
    assert found_in(repeated(10, 2), Code.STALE) == []


def test_one_price_may_stand_nine_minutes_with_one_volume() -> None:
    def flat(count: int) -> Rows:
        columns = [getattr(CLEAN, name).copy() for name in ("open", "high", "low", "close")]
        for column in columns:
            column[10 : 10 + count] = CLEAN.close[10]
        volume = CLEAN.volume.copy()
        volume[10 : 10 + count] = 100.0
        return Rows(CLEAN.open_time, *columns, volume)

    assert found_in(flat(9), Code.STALE) == []
    assert found_in(flat(10), Code.STALE) == [(MONDAY, 9)]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 350), st.integers(3, 30), st.integers(0, 3))
def test_repeated_bars_are_found_on_their_day(minute: int, times: int, session: int) -> None:
    assert found_in(repeated(session * 390 + minute, times), Code.STALE) == [
        (MONDAY + session, times - 1)
    ]


def test_a_spike_of_a_tenth_is_found_and_half_the_price_is_bad() -> None:
    up = with_bar(CLEAN, 50, high=float(CLEAN.high[50]) * 1.10)
    down = with_bar(CLEAN, 50, low=float(CLEAN.low[50]) * 0.4)

    found = [value_findings(one, DAY_OF, MINUTES) for one in (up, down)]

    assert [(one.code, one.severity) for (one,) in found] == [
        (Code.SPIKE, Severity.WARN),
        (Code.SPIKE, Severity.BAD),
    ]


@settings(max_examples=30, deadline=None)
@given(BAR, st.floats(0.06, 3.0), st.booleans())
def test_a_spike_is_found_wherever_it_stands(at: int, size: float, up: bool) -> None:
    name, factor = ("high", np.exp(size)) if up else ("low", np.exp(-size))
    spiked = with_bar(CLEAN, at, **{name: float(getattr(CLEAN, name)[at] * factor)})

    assert found_in(spiked, Code.SPIKE) == [(int(DAY_OF[at]), 1)]


@settings(max_examples=30, deadline=None)
@given(BAR, st.floats(0.3, 3.0))
def test_a_gap_that_stays_is_no_spike(at: int, factor: float) -> None:
    assert found_in(scaled(CLEAN, at, factor), Code.SPIKE) == []


def test_a_bad_day_bar_is_found_among_daily_ones() -> None:
    spiked = with_bar(DAILY, 30, low=float(DAILY.low[30]) * 0.7)
    days = kind_named("day").days(spiked.open_time)

    assert where(value_findings(spiked, days, DAYS), Code.SPIKE) == [(int(days[30]), 1)]
