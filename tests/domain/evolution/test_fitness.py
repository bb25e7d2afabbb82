"""Fitness: the properties that the literal product of ratios does not have."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from daemon.domain.evolution.fitness import (
    FitnessRefusal,
    fitness,
    order,
    selection_value,
    shrinkage,
)

RATIO = st.floats(-8.0, 8.0).filter(lambda value: abs(value) > 1e-6)
SIZE = st.floats(1e-3, 30.0)
FACTOR = st.floats(0.5, 2.0)
DRAWDOWN = st.floats(-1.5, 0.0)
HYPOTHESIS = settings(deadline=None, max_examples=150)


def score(sharpe: float, sortino: float | None, factor: float, drawdown: float) -> float:
    found = fitness(sharpe, sortino, factor, drawdown)
    assert isinstance(found, float)
    return found


def test_a_winner_and_a_loser_by_hand() -> None:
    assert fitness(2.0, 3.0, 1.5, -0.2) == pytest.approx(math.sqrt(6) * 1.5 * 0.8)
    assert fitness(-2.0, -3.0, 1.5, -0.2) == pytest.approx(-math.sqrt(6) / (1.5 * 0.8))


def test_sortino_is_capped_at_three_times_sharpe_and_there_when_nothing_was_lost() -> None:
    assert fitness(2.0, 100.0, 1.0, 0.0) == pytest.approx(math.sqrt(2 * 6))
    assert fitness(2.0, None, 1.0, 0.0) == fitness(2.0, 6.0, 1.0, 0.0)


@given(RATIO, SIZE, FACTOR, DRAWDOWN)
@HYPOTHESIS
def test_fitness_has_the_sign_of_the_mean(
    sharpe: float, sortino: float, factor: float, drawdown: float
) -> None:
    found = score(sharpe, math.copysign(sortino, sharpe), factor, drawdown)

    assert math.copysign(1.0, found) == math.copysign(1.0, sharpe)


@given(RATIO, RATIO, SIZE, FACTOR, DRAWDOWN)
@HYPOTHESIS
def test_fitness_never_falls_with_sharpe(
    one: float, two: float, sortino: float, factor: float, drawdown: float
) -> None:
    low, high = sorted((one, two))

    assert score(low, math.copysign(sortino, low), factor, drawdown) <= score(
        high, math.copysign(sortino, high), factor, drawdown
    )


@given(RATIO, SIZE, SIZE, FACTOR, DRAWDOWN)
@HYPOTHESIS
def test_fitness_never_falls_with_sortino(
    sharpe: float, one: float, two: float, factor: float, drawdown: float
) -> None:
    low, high = sorted((math.copysign(one, sharpe), math.copysign(two, sharpe)))

    assert score(sharpe, low, factor, drawdown) <= score(sharpe, high, factor, drawdown)


@given(RATIO, SIZE, FACTOR, FACTOR, DRAWDOWN)
@HYPOTHESIS
def test_fitness_never_falls_with_convexity(
    sharpe: float, sortino: float, one: float, two: float, drawdown: float
) -> None:
    signed, (low, high) = math.copysign(sortino, sharpe), sorted((one, two))

    assert score(sharpe, signed, low, drawdown) <= score(sharpe, signed, high, drawdown)


@given(RATIO, SIZE, FACTOR, DRAWDOWN, DRAWDOWN)
@HYPOTHESIS
def test_fitness_never_falls_with_a_smaller_drawdown(
    sharpe: float, sortino: float, factor: float, one: float, two: float
) -> None:
    signed, (deep, shallow) = math.copysign(sortino, sharpe), sorted((one, two))

    assert score(sharpe, signed, factor, deep) <= score(sharpe, signed, factor, shallow)


@given(st.floats(1e-12, 1e-7), FACTOR, DRAWDOWN)
@HYPOTHESIS
def test_fitness_is_continuous_at_zero(tiny: float, factor: float, drawdown: float) -> None:
    above, below = score(tiny, tiny, factor, drawdown), score(-tiny, -tiny, factor, drawdown)

    assert 0.0 <= above < 1e-6
    assert -1e-3 < below <= 0.0
    assert score(0.0, 0.0, factor, drawdown) == 0.0


def test_a_drawdown_beyond_everything_is_kept_in_bounds() -> None:
    assert fitness(1.0, 1.0, 1.0, -1.7) == pytest.approx(0.001)
    assert fitness(-1.0, -1.0, 1.0, -1.7) == pytest.approx(-1000.0)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", range(4))
def test_an_input_that_is_not_finite_is_refused(bad: float, place: int) -> None:
    inputs = [1.0, 1.0, 1.0, -0.1]
    inputs[place] = bad

    assert fitness(*inputs) is FitnessRefusal.NOT_FINITE


def test_a_refusal_is_no_number() -> None:
    with pytest.raises(TypeError):
        FitnessRefusal.RUINED < 1.0  # type: ignore[operator]  # noqa: B015


@given(st.lists(st.none() | st.floats(-9, 9), min_size=2, max_size=6))
@HYPOTHESIS
def test_the_order_is_total_and_puts_the_refused_last(values: list[float | None]) -> None:
    ranked = sorted(values, key=order, reverse=True)
    refused = [value is None for value in ranked]
    numbers = [value for value in ranked if value is not None]

    assert refused == sorted(refused)
    assert numbers == sorted(numbers, reverse=True)


@given(st.floats(0.01, 8), st.floats(0.01, 8), st.floats(0.05, 3))
@HYPOTHESIS
def test_shrinkage_keeps_order_and_sign(one: float, two: float, error: float) -> None:
    assume(one != two)
    low, high = sorted((one, two))

    assert 0.0 <= low * shrinkage(low, error) <= high * shrinkage(high, error) < high
    assert shrinkage(-one, error) == 1.0
    assert shrinkage(error, error) == 0.0


def test_the_selection_value_is_a_low_quantile_less_the_weight_of_the_code() -> None:
    found = selection_value([3.0, 1.0, 2.0, 0.0, 5.0], 250, 0.25, 0.02)

    assert found == pytest.approx(1.0 - 0.05)
