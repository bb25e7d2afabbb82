"""Splits that nobody recorded, and recorded ones that the price does not show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Events, Rows
from daemon.domain.market.kinds import kind_named
from daemon.domain.market.scan.findings import Code, Severity
from daemon.domain.market.scan.splits import RATIOS, Sessions, split_findings
from tests.domain.market.scan.made import MONDAY, days_of, scaled, sessions, where
from tests.domain.market.sessions import splits

GRID = sessions(40)
CLEAN = days_of(GRID)


def found_in(rows: Rows, recorded: Events | None = None) -> list:  # type: ignore[type-arg]
    days = kind_named("day").days(rows.open_time)
    return split_findings(Sessions(days, rows.open, rows.close), recorded or Events.none())


@pytest.mark.parametrize("seed", range(20))
def test_quiet_prices_show_no_split(seed: int) -> None:
    assert found_in(days_of(GRID, seed)) == []


def test_four_for_one_without_a_record_is_bad() -> None:
    (finding,) = found_in(scaled(CLEAN, 20, 0.25))

    assert (finding.day, finding.code, finding.severity) == (
        MONDAY + 20,
        Code.UNRECORDED_SPLIT,
        Severity.BAD,
    )
    assert "a split of 4 for 1" in finding.sentence


def test_three_for_two_may_be_a_fall_and_is_a_warning() -> None:
    (finding,) = found_in(scaled(CLEAN, 20, 2 / 3))

    assert finding.severity is Severity.WARN
    assert "3 for 2" in finding.sentence


def test_a_recorded_split_that_shows_is_no_finding() -> None:
    assert found_in(scaled(CLEAN, 20, 0.25), splits(MONDAY + 20, 4.0, 1.0)) == []


def test_a_recorded_split_on_adjusted_prices_is_bad() -> None:
    (finding,) = found_in(CLEAN, splits(MONDAY + 20, 1.0, 10.0))

    assert (finding.code, finding.severity) == (Code.SPLIT_NOT_SHOWN, Severity.BAD)
    assert "1 for 10" in finding.sentence


def test_a_record_a_day_late_is_two_findings() -> None:
    found = found_in(scaled(CLEAN, 20, 0.25), splits(MONDAY + 21, 4.0, 1.0))

    assert where(found, Code.UNRECORDED_SPLIT) == [(MONDAY + 20, 1)]
    assert where(found, Code.SPLIT_NOT_SHOWN) == [(MONDAY + 21, 1)]


def test_a_small_ratio_drowns_and_is_not_judged() -> None:
    assert found_in(CLEAN, splits(MONDAY + 20, 1.05, 1.0)) == []


def test_a_crash_that_recovers_within_the_day_is_no_split() -> None:
    opens = CLEAN.open.copy()
    opens[20] *= 0.5

    days = kind_named("day").days(CLEAN.open_time)

    assert split_findings(Sessions(days, opens, CLEAN.close), Events.none()) == []


def test_a_factor_of_eighty_eight_is_found_though_it_is_no_ratio() -> None:
    (finding,) = found_in(scaled(CLEAN, 20, 88.0))

    assert finding.code is Code.UNRECORDED_SPLIT


def test_nothing_is_judged_across_a_gap_of_more_than_a_week() -> None:
    days = kind_named("day").days(CLEAN.open_time)
    halved = scaled(CLEAN, 20, 0.5)
    late = days + np.where(np.arange(len(days)) >= 20, 10, 0)

    assert split_findings(Sessions(late, halved.open, halved.close), Events.none()) == []


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(RATIOS),
    st.booleans(),
    st.integers(1, 39),
    st.integers(0, 9),
    st.floats(-0.015, 0.015),
)
def test_a_split_is_found_where_it_is_and_gone_once_it_is_recorded(
    ratio: float, forward: bool, at: int, seed: int, night: float
) -> None:
    new, old = (ratio, 1.0) if forward else (1.0, ratio)
    base = days_of(GRID, seed)
    assume(abs(np.log(base.close[at] / base.close[at - 1]) + night) < 0.03)
    rows = scaled(base, at, old / new * float(np.exp(night)))

    assert where(found_in(rows), Code.UNRECORDED_SPLIT) == [(MONDAY + at, 1)]
    assert found_in(rows, splits(MONDAY + at, new, old)) == []


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(RATIOS), st.booleans(), st.integers(1, 39), st.integers(0, 9))
def test_a_split_that_does_not_show_is_found(
    ratio: float, forward: bool, at: int, seed: int
) -> None:
    new, old = (ratio, 1.0) if forward else (1.0, ratio)

    found = found_in(days_of(GRID, seed), splits(MONDAY + at, new, old))

    assert [(one.day, one.code) for one in found] == [(MONDAY + at, Code.SPLIT_NOT_SHOWN)]
