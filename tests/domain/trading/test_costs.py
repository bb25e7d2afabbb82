"""The arithmetic of one fill, called from Python as shadow trading calls it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.trading.costs import (
    commission,
    fill_price,
    half_spread,
    is_guessed,
    regulatory_fee,
    set_day,
    terms_of,
    whole,
)
from daemon.domain.trading.fees import schedule
from daemon.domain.trading.friction import Friction


def terms(**values: Any) -> Any:
    """One writable TERMS record."""
    return terms_of(Friction("test", **values)).copy()[0]


def test_half_the_spread_is_paid() -> None:
    assert half_spread(terms(spread_bps=10), 200.0, -1.0) == pytest.approx(0.1)


def test_a_quoted_spread_comes_first() -> None:
    quoted = terms(spread_bps=10, spread_from_quotes=True)

    assert half_spread(quoted, 200.0, 0.04) == pytest.approx(0.02)
    assert half_spread(quoted, 200.0, float("nan")) == pytest.approx(0.1)
    assert half_spread(terms(spread_bps=10), 200.0, 0.04) == pytest.approx(0.1)


def test_costs_go_against_both_sides() -> None:
    wide = terms(spread_bps=20, slippage_bps=10, impact=0.1)

    assert fill_price(wide, 1.0, 100.0, -1.0, 0.1) == pytest.approx(100.3)
    assert fill_price(wide, -1.0, 100.0, -1.0, 0.1) == pytest.approx(99.7)


def test_a_sale_never_pays_for_being_sold() -> None:
    assert fill_price(terms(impact=1.0), -1.0, 100.0, -1.0, 3.0) == 0.0


def test_commission_counts_on_within_one_order() -> None:
    broker = terms(commission_per_share=0.01, commission_minimum=1.0, commission_per_order=0.5)

    first = commission(broker, 0.0, 60.0, 600.0, True)
    second = commission(broker, 60.0, 60.0, 600.0, True)

    assert first == pytest.approx(1.5)
    assert second == pytest.approx(0.2)


@given(st.floats(1, 1e5), st.floats(0.01, 0.99))
@settings(max_examples=100, deadline=None)
def test_an_order_in_two_parts_costs_what_it_costs_in_one(quantity: float, cut: float) -> None:
    broker = terms(commission_per_share=0.01, commission_minimum=1.0, commission_per_order=0.5)
    part = quantity * cut

    halves = commission(broker, 0.0, part, 0.0, True)
    halves += commission(broker, part, quantity - part, 0.0, True)

    assert halves == pytest.approx(commission(broker, 0.0, quantity, 0.0, True))


def test_commission_on_entry_is_nothing_on_exit() -> None:
    entry = terms(commission_per_order=1.0, commission_on="entry")

    assert commission(entry, 0.0, 10.0, 100.0, False) == 0.0
    assert commission(entry, 0.0, 10.0, 100.0, True) == 1.0


def test_the_trading_activity_fee_has_its_cap() -> None:
    regulated = terms(regulatory_fees=True)
    set_day(regulated, schedule(), 20_515)  # 2026-03-03, section 31 is 0

    assert regulatory_fee(regulated, -1.0, 1_000.0, 1e4) == pytest.approx(0.195 + 0.003)
    assert regulatory_fee(regulated, -1.0, 1_000_000.0, 1e7) == pytest.approx(9.79 + 3.0)


def test_a_purchase_pays_for_the_audit_trail_alone() -> None:
    regulated = terms(regulatory_fees=True)
    set_day(regulated, schedule(), 20_560)  # 2026-04-17, section 31 is 20.60 per million

    assert regulatory_fee(regulated, 1.0, 1_000.0, 1e4) == pytest.approx(0.003)
    assert regulatory_fee(regulated, -1.0, 1_000.0, 1e4) == pytest.approx(0.003 + 0.206 + 0.195)


def test_a_side_is_estimated_by_the_fees_that_it_pays() -> None:
    regulated, free = terms(regulatory_fees=True), terms()
    for profile in (regulated, free):
        set_day(profile, schedule(), 16_560)  # 2015-05-05: section 31 is not known

    assert (is_guessed(regulated, -1.0), is_guessed(regulated, 1.0)) == (True, False)
    assert not is_guessed(free, -1.0)


def test_a_profile_without_regulatory_fees_pays_none() -> None:
    free = terms()
    set_day(free, schedule(), 18_000)

    assert regulatory_fee(free, -1.0, 1_000.0, 1e4) == 0.0


def test_whole_shares_are_rounded_toward_zero() -> None:
    assert whole(terms(whole_shares=True), -2.9) == -2.0
    assert whole(terms(), -2.9) == -2.9


def test_terms_are_shared_and_cannot_be_changed() -> None:
    shared = terms_of(Friction("test"))

    assert shared is terms_of(Friction("test"))
    assert not shared.flags.writeable
