"""The dated fee tables: every row is used on its days, and no day is without a rate."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.trading.costs import set_day, terms_of
from daemon.domain.trading.fees import (
    AUDIT_TRAIL,
    ESTIMATED_SALE,
    SECTION_31,
    START,
    TRADING_ACTIVITY,
    Row,
    schedule,
)
from daemon.domain.trading.friction import RETAIL


def fees_on(day: date) -> tuple[float, float, float, bool]:
    """(section 31, trading activity, its cap, estimated) of a sale on a day."""
    terms = terms_on(day)
    names = ("section_31", "activity", "activity_cap", "guessed_sale")
    section, activity, cap, guessed = (terms[name] for name in names)
    return float(section), float(activity), float(cap), bool(guessed)


def audit_trail_on(day: date) -> tuple[float, bool]:
    """(audit trail, estimated) of a purchase on a day."""
    terms = terms_on(day)
    return float(terms["audit_trail"]), bool(terms["guessed_purchase"])


def terms_on(day: date) -> Any:
    terms = terms_of(RETAIL).copy()
    set_day(terms[0], schedule(), (day - date(1970, 1, 1)).days)
    return terms[0]


@pytest.mark.parametrize("rows", [SECTION_31, TRADING_ACTIVITY, AUDIT_TRAIL])
def test_rows_are_in_order_and_do_not_overlap(rows: tuple[Row, ...]) -> None:
    for earlier, later in itertools.pairwise(rows):
        assert earlier.first <= earlier.last < later.first


@pytest.mark.parametrize("rows", [SECTION_31, TRADING_ACTIVITY, AUDIT_TRAIL])
def test_every_row_has_a_source(rows: tuple[Row, ...]) -> None:
    assert all(row.source for row in rows)


def test_a_rate_changes_on_its_first_day() -> None:
    assert fees_on(date(2021, 2, 24))[0] == pytest.approx(22.10e-6)
    assert fees_on(date(2021, 2, 25))[0] == pytest.approx(5.10e-6)


def test_a_covered_zero_is_zero_and_not_estimated() -> None:
    assert fees_on(date(2026, 3, 2)) == pytest.approx((0.0, 0.000195, 9.79, False))
    assert audit_trail_on(date(2021, 3, 1)) == (0.0, False)


def test_both_sides_pay_for_the_audit_trail_since_it_is_charged() -> None:
    assert audit_trail_on(date(2024, 8, 30)) == (0.0, False)
    assert audit_trail_on(date(2024, 9, 3)) == (pytest.approx(35e-6), False)
    assert audit_trail_on(date(2024, 11, 1)) == (pytest.approx(48e-6), False)
    assert audit_trail_on(date(2026, 3, 2)) == (pytest.approx(3e-6), False)


def test_a_year_whose_audit_trail_fee_is_not_known_is_estimated_on_both_sides() -> None:
    assert audit_trail_on(date(2025, 2, 3)) == (pytest.approx(48e-6), True)
    assert audit_trail_on(date(2025, 12, 1)) == (pytest.approx(3e-6), True)
    assert audit_trail_on(date(2027, 1, 4)) == (pytest.approx(3e-6), True)
    assert fees_on(date(2025, 6, 2))[3]


def test_a_day_before_the_tables_takes_their_first_rates_and_is_flagged() -> None:
    assert fees_on(date(2005, 1, 3)) == (
        pytest.approx(22.10e-6),
        pytest.approx(0.000119),
        5.95,
        True,
    )


def test_a_day_after_the_tables_takes_their_last_rates_and_is_flagged() -> None:
    assert fees_on(date(2031, 1, 2)) == (
        pytest.approx(20.60e-6),
        pytest.approx(0.000195),
        9.79,
        True,
    )


def test_a_gap_is_halved_between_its_neighbours() -> None:
    assert fees_on(date(2015, 3, 2))[0] == pytest.approx(22.10e-6)
    assert fees_on(date(2016, 3, 1))[0] == pytest.approx(21.80e-6)
    assert fees_on(date(2015, 3, 2))[3]


def test_the_schedule_begins_before_every_day_and_is_read_only() -> None:
    table = schedule()

    assert table[0, START] == -np.inf
    assert bool(np.all(np.diff(table[1:, START]) > 0))
    assert not table.flags.writeable


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)))
@settings(max_examples=200, deadline=None)
def test_a_day_is_flagged_exactly_when_a_table_does_not_cover_it(day: date) -> None:
    covered = all(
        any(row.first <= day <= row.last for row in rows)
        for rows in (SECTION_31, TRADING_ACTIVITY, AUDIT_TRAIL)
    )

    assert fees_on(day)[3] == (not covered)


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)))
@settings(max_examples=200, deadline=None)
def test_an_uncovered_day_takes_the_rate_of_the_nearest_row(day: date) -> None:
    def distance(row: Row) -> timedelta:
        return max(row.first - day, day - row.last, timedelta(0))

    nearest = min(distance(row) for row in SECTION_31)

    rates = [row.rate for row in SECTION_31 if distance(row) == nearest]
    assert any(fees_on(day)[0] == pytest.approx(rate) for rate in rates)
    assert schedule()[:, ESTIMATED_SALE].sum() > 0
