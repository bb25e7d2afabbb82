"""False discovery rates: the paper's example, a hand-made lifetime, and simulated ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.discoveries import ErrorBudget, discoveries

SMALL = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
PAPER_1995 = np.array([*SMALL, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000])


def test_the_example_of_benjamini_and_hochberg() -> None:
    assert discoveries(PAPER_1995, 0.05, dependent=False).tolist() == [True] * 4 + [False] * 11
    assert discoveries(PAPER_1995, 0.05, dependent=True).tolist() == [True] * 3 + [False] * 12


def test_a_small_one_carries_larger_ones_over_their_own_line() -> None:
    assert discoveries(np.array([0.04, 0.03, 0.05]), 0.05, dependent=False).all()
    assert not discoveries(np.array([0.04, 0.03, 0.06]), 0.05, dependent=False).any()


@given(
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30),
    st.floats(0.01, 0.5),
    st.booleans(),
    st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_believed_are_those_whose_adjusted_value_is_small_in_any_order(
    values: list[float], rate: float, dependent: bool, seed: int
) -> None:
    from scipy.stats import false_discovery_control

    p_values = np.array(values)
    order = np.random.default_rng(seed).permutation(len(values))
    adjusted = false_discovery_control(p_values, method="by" if dependent else "bh")
    clear = np.abs(adjusted - rate) > 1e-12

    found = discoveries(p_values, rate, dependent)

    assert (found == (adjusted <= rate))[clear].all()
    moved = discoveries(p_values[order], rate, dependent)
    assert sorted(p_values[order][moved]) == sorted(p_values[found])


def test_what_is_no_number_is_never_believed_and_still_counted() -> None:
    assert discoveries(np.array([0.02, np.nan]), 0.05, dependent=False).tolist() == [True, False]
    assert not discoveries(np.array([0.03, np.nan]), 0.05, dependent=False).any()
    assert discoveries(np.array([]), 0.05, dependent=False).tolist() == []


def test_a_lifetime_by_hand() -> None:
    budget = ErrorBudget(0.1).admit()
    assert budget.needed(1) == pytest.approx(20.0)

    budget = budget.judge(1, 19.9).judge(1, 20.1).admit().admit()

    assert budget.accepted == (1,)
    assert [budget.needed(place) for place in (2, 3)] == pytest.approx([30.0, 60.0])
    budget = budget.judge(3, 61.0)
    assert budget.accepted == (1, 3)
    assert budget.needed(2) == pytest.approx(20.0)


def test_all_shares_of_the_budget_together_are_the_rate() -> None:
    budget = ErrorBudget(0.05)
    for _ in range(2000):
        budget = budget.admit()

    spent = sum(1.0 / budget.needed(place) for place in range(1, 2001))

    assert 0.999 * 0.05 < spent < 0.05


def test_nothing_is_taken_back_and_nothing_is_counted_twice() -> None:
    budget = ErrorBudget(0.1).admit().judge(1, 50.0)

    assert budget.judge(1, 0.0) == budget
    assert budget.judge(1, 1e9) == budget


def test_a_budget_continues_from_its_fields() -> None:
    before = ErrorBudget(0.1).admit().judge(1, 50.0).admit()
    after = ErrorBudget(before.rate, before.admitted, before.accepted)

    assert after.judge(2, 31.0) == before.judge(2, 31.0)
    assert after.judge(2, 31.0).accepted == (1, 2)


def test_lifetimes_without_an_edge_accept_hardly_any_even_if_watched_every_day() -> None:
    rng = np.random.default_rng(4)
    wrong = [_ever_accepts(rng, edge=0.0) for _ in range(300)]

    assert np.mean(wrong) <= 0.1


def test_a_lifetime_with_an_edge_accepts() -> None:
    rng = np.random.default_rng(5)

    assert np.mean([_ever_accepts(rng, edge=0.35) for _ in range(40)]) > 0.9


def _ever_accepts(rng: np.random.Generator, edge: float) -> bool:
    """Ten candidates admitted at the start, each looked at on every one of 200 days."""
    budget = ErrorBudget(0.1)
    for _ in range(10):
        budget = budget.admit()
    wealth = np.cumprod(1.0 + 0.25 * rng.choice([-1.0, 1.0], (200, 10), p=_odds(edge)), axis=0)
    for day in wealth:
        for place, e_value in enumerate(day, start=1):
            budget = budget.judge(place, float(e_value))
        if budget.accepted:
            return True
    return False


def _odds(edge: float) -> list[float]:
    return [0.5 - edge / 2, 0.5 + edge / 2]


def test_what_is_no_number_is_not_accepted() -> None:
    assert ErrorBudget(0.1).admit().judge(1, float("nan")).accepted == ()


def test_rates_and_places_that_cannot_be_are_refused() -> None:
    for rate in (0.0, 1.0, float("nan")):
        with pytest.raises(ValueError, match="rate between 0 and 1"):
            ErrorBudget(rate)
    for place in (0, 2):
        with pytest.raises(ValueError, match="place up to 1"):
            ErrorBudget(0.1).admit().judge(place, 5.0)


def test_a_budget_is_settled_when_nobody_more_is_accepted_in_whatever_order() -> None:
    three = ErrorBudget(0.1, 3)

    assert three.settle({1: 19.9, 2: 59.9, 3: 119.9}).accepted == ()
    assert three.settle({1: 20.0, 2: 30.0, 3: 40.0}).accepted == (1, 2, 3)
    assert three.settle({3: 120.0, 1: 10.0}).accepted == (3, 1)
    assert three.settle({3: 120.0, 1: 9.9}).accepted == (3,)
    assert three.settle({}) == three
