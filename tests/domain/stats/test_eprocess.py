"""The e-process: a fair game without an edge, evidence with one, and a value that goes on."""

from __future__ import annotations

import math
from dataclasses import astuple
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.eprocess import EProcess, loss_bound, periods_to_evidence

DAILY = 0.01
YEARS = 252


def fat_tailed(rng: np.random.Generator, paths: int, periods: int) -> np.ndarray:
    """Student t5 returns of daily deviation 0.01 and mean zero, redrawn beyond 7 deviations."""
    drawn = rng.standard_t(5, (paths, periods))
    while (far := np.abs(drawn) > 9.0).any():
        drawn[far] = rng.standard_t(5, int(far.sum()))
    return drawn * DAILY / math.sqrt(5 / 3)


def drift(annual_sharpe: float) -> float:
    return annual_sharpe * DAILY / math.sqrt(YEARS)


def test_three_bets_by_hand() -> None:
    process = EProcess(bound=0.5, hurdle=0.01).extend([0.03, 0.02, -0.03])

    second, third = 0.5 * 0.02 / 0.0004 * 1 / 64, 0.5 * 0.03 / 0.0005 * 2 / 65
    assert (second, third) == pytest.approx((0.390625, 0.9230769))
    high = 1.0 + second * 0.01
    assert process.e_value == pytest.approx(high * (1.0 - third * 0.04))
    assert process.p_value == pytest.approx(1.0 / high)
    assert (process.seen, process.total) == (3, pytest.approx(-0.01))
    assert process.bet == 0.0


def test_a_bet_is_never_more_than_half_of_what_the_bound_allows() -> None:
    sure = EProcess(bound=0.2).extend([0.01, 0.011] * 200)

    assert sure.bet == 2.5
    assert sure.e_value > EProcess(bound=0.4).extend([0.01, 0.011] * 200).e_value > 20


def test_nothing_is_bet_while_the_candidate_loses() -> None:
    loser = EProcess(bound=0.5).extend([-0.01] * 50)

    assert (loser.bet, loser.e_value, loser.p_value) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(("up", "chance"), [(0.1, 0.5), (0.3, 0.25), (0.05, 2 / 3)])
def test_without_an_edge_the_game_is_fair_over_all_that_can_happen(
    up: float, chance: float
) -> None:
    down = -up * chance / (1 - chance)

    mean = sum(
        chance ** sum(path)
        * (1 - chance) ** (12 - sum(path))
        * EProcess(bound=0.2).extend(up if won else down for won in path).e_value
        for path in product((True, False), repeat=12)
    )

    assert mean == pytest.approx(1.0, abs=1e-12)


@given(
    st.lists(st.floats(-0.3, 0.5), max_size=40),
    st.integers(0, 40),
    st.floats(-0.01, 0.01),
)
@settings(max_examples=60, deadline=None)
def test_it_goes_on_from_its_fields_to_the_bit(
    returns: list[float], cut: int, hurdle: float
) -> None:
    start = EProcess(bound=0.25, hurdle=hurdle)

    whole, first = start.extend(returns), start.extend(returns[:cut])
    stored = EProcess(*astuple(first))

    assert stored.extend(returns[cut:]) == whole
    assert whole.p_value <= 1.0
    assert whole.breach or math.exp(-whole.log_peak) <= 1.0 / whole.e_value + 1e-12


@given(st.lists(st.floats(-0.2, 0.4), min_size=1, max_size=40), st.sampled_from([0.25, 2.0, 8.0]))
@settings(max_examples=30, deadline=None)
def test_the_unit_of_returns_plays_no_part(returns: list[float], unit: float) -> None:
    plain = EProcess(bound=0.2).extend(returns)
    other = EProcess(bound=0.2 * unit).extend(unit * each for each in returns)

    assert other.log_wealth == pytest.approx(plain.log_wealth, abs=1e-9)


@pytest.mark.parametrize("sick", [-0.2001, math.nan, math.inf, -math.inf])
def test_a_broken_bound_fails_for_good(sick: float) -> None:
    good = EProcess(bound=0.2).extend([0.01, 0.012] * 100)
    assert good.e_value > 20

    broken = good.extend([sick])

    assert broken.breach == 201
    assert (broken.e_value, broken.p_value) == (0.0, 1.0)
    assert broken.extend([0.01] * 500) == broken


def test_a_loss_of_exactly_the_bound_is_none_too_large() -> None:
    bound = loss_bound(gross=1.0, gap=0.2, hurdle=0.0)
    process = EProcess(bound).extend([0.01] * 300)

    hit = process.extend([-0.2])

    assert hit.breach is None
    assert hit.e_value == pytest.approx(process.e_value / 2)
    assert loss_bound(1.5, 0.2, 0.01) == pytest.approx(0.31)


@pytest.mark.parametrize(
    ("sharpe", "after_three_years", "around"),
    [(0, 0.005, 0.02), (1, 0.08, 0.06), (2, 0.62, 0.1), (3, 0.97, 0.04), (4, 1.0, 0.01)],
)
def test_evidence_after_three_years_and_none_after_three_months(
    sharpe: float, after_three_years: float, around: float
) -> None:
    paths = fat_tailed(np.random.default_rng(20 + sharpe), 200, 3 * YEARS) + drift(sharpe)
    quarter = [EProcess(bound=8 * DAILY).extend(path[:63]) for path in paths.tolist()]

    years = [each.extend(path[63:]) for each, path in zip(quarter, paths.tolist(), strict=True)]

    assert not any(each.breach for each in years)
    assert np.mean([each.p_value <= 0.05 for each in quarter]) == 0.0
    found = np.mean([each.p_value <= 0.05 for each in years])
    assert found == pytest.approx(after_three_years, abs=around)


def test_whoever_stops_when_it_suits_him_is_rarely_fooled_by_changing_volatility() -> None:
    rng = np.random.default_rng(9)
    calm = np.exp(0.5 * np.cumsum(rng.normal(0.0, 0.2, (600, 500)), axis=1)).clip(0.2, 3.0)
    paths = calm * DAILY * rng.choice([-1.0, 1.0], calm.shape)

    fooled = [EProcess(bound=0.03).extend(path).p_value <= 0.2 for path in paths.tolist()]

    assert 0.01 < np.mean(fooled) <= 0.2


@pytest.mark.parametrize(("annual", "years"), [(1.0, 6.0), (2.0, 1.5), (3.0, 8 / 12)])
def test_the_time_to_evidence_agrees_with_the_rule_of_thumb(annual: float, years: float) -> None:
    periods = periods_to_evidence(annual / math.sqrt(YEARS), 20.0)

    assert periods / YEARS == pytest.approx(years, rel=0.01)
    assert periods_to_evidence(0.0, 20.0) == math.inf


@pytest.mark.parametrize("bound", [0.0, -0.1, math.inf, math.nan])
def test_a_bound_that_bounds_nothing_is_refused(bound: float) -> None:
    with pytest.raises(ValueError, match="positive finite bound"):
        EProcess(bound)
