"""Convexity: against a regression written out in full, on archetypes, and on sick inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.convexity import (
    Convexity,
    convexity,
    newey_west_lags,
    volatile_sessions,
)
from tests.domain.stats.slow import slow_curvature


def garch(seed: int, sessions: int = 2016) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shocks = rng.standard_t(6, sessions) * math.sqrt(4 / 6)
    variance, moves = 1e-4, np.zeros(sessions)
    for t, shock in enumerate(shocks):
        moves[t] = math.sqrt(variance) * shock
        variance = 2e-6 + 0.08 * moves[t] ** 2 + 0.90 * variance
    return moves


def curvature_by_regression(returns: np.ndarray, market: np.ndarray) -> float:
    """Ordinary least squares with Newey-West errors, matrix by matrix."""
    x = np.clip(market / np.std(market), -4, 4)
    y = returns / np.std(returns)
    design = np.column_stack((np.ones(len(x)), x, x**2 - 1))
    inverse = np.linalg.inv(design.T @ design)
    error = y - design @ (inverse @ design.T @ y)
    scores = design * error[:, None]
    meat = scores.T @ scores
    lags = newey_west_lags(len(x))
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    slope = (inverse @ design.T @ y)[2]
    t_value = slope / math.sqrt((inverse @ meat @ inverse)[2, 2])
    without = design[:, :2]
    residuals = [
        v - without @ np.linalg.lstsq(without, v, rcond=None)[0] for v in (y, design[:, 2])
    ]
    partial = float(np.corrcoef(*residuals)[0, 1])
    return partial * max(0.0, 1 - 1 / t_value**2)


def factor(returns: np.ndarray, market: np.ndarray) -> float:
    return convexity(returns, market, volatile_sessions(market)).factor


@pytest.mark.parametrize("seed", range(4))
def test_curvature_is_that_of_the_full_regression(seed: int) -> None:
    market = garch(seed, 500)
    noise = np.random.default_rng(seed + 50).normal(0, 0.01, 500)
    returns = 0.4 * market + 8.0 * market**2 + noise

    found = convexity(returns, market, volatile_sessions(market))

    assert found.curvature == pytest.approx(curvature_by_regression(returns, market), abs=1e-10)


@given(st.integers(0, 10_000), st.integers(30, 400), st.floats(-8.0, 8.0))
@settings(deadline=None, max_examples=60)
def test_curvature_is_that_of_whole_arrays(seed: int, sessions: int, bend: float) -> None:
    market = garch(seed, sessions)
    noise = np.random.default_rng(seed + 50).normal(0, 0.005, sessions)
    returns = 0.4 * market + bend * market**2 + noise

    found = convexity(returns, market, volatile_sessions(market))

    assert found.curvature == pytest.approx(slow_curvature(returns, market), abs=1e-12)


def test_gains_in_volatile_sessions_by_hand() -> None:
    returns = np.array([9.0, 0.03, -0.01, 0.02, 9.0])
    marks = np.array([False, True, True, True, False])

    found = convexity(returns, np.zeros(5), marks)

    asymmetry, error = 0.04 / 0.06, math.sqrt(0.0014) / 0.06
    assert found.gains == pytest.approx(asymmetry * (1 - (error / asymmetry) ** 2))


def test_the_factor_by_hand() -> None:
    both = (math.tanh(0.5) + math.tanh(-2.0)) / 2

    assert Convexity(0.05, -0.2).factor == pytest.approx(2**both)
    assert Convexity(0.0, 0.0).factor == 1.0
    assert Convexity(1.0, 1.0).factor == pytest.approx(2.0)
    assert Convexity(-1.0, -1.0).factor == pytest.approx(0.5)


def test_archetypes_are_told_apart() -> None:
    markets = [garch(seed) for seed in range(6)]
    straddle = [factor(np.abs(m) - np.mean(np.abs(m)), m) for m in markets]
    short_volatility = [factor(np.mean(np.abs(m)) - np.abs(m), m) for m in markets]
    protective_put = [factor(np.maximum(m, -0.01) - 0.002, m) for m in markets]
    covered_call = [factor(np.minimum(m, 0.01) + 0.002, m) for m in markets]

    assert min(straddle) > 1.5
    assert max(short_volatility) < 0.67
    assert np.mean(protective_put) > 1.2
    assert np.mean(covered_call) < 0.83


def test_noise_is_neutral_on_average_and_shrunk_at_times() -> None:
    factors = []
    for seed in range(40):
        noise = np.random.default_rng(seed + 900).standard_t(6, 1000) * 0.01
        factors.append(factor(noise, garch(seed, 1000)))

    assert np.mean(np.log2(factors)) == pytest.approx(0.0, abs=0.08)
    assert np.median(np.abs(np.log2(factors))) < 0.25


def test_size_of_position_and_unit_of_the_market_do_not_matter() -> None:
    market = garch(1, 400)
    returns = 5 * market**2 + 0.3 * market + np.random.default_rng(2).normal(0, 0.005, 400)

    plain = factor(returns, market)

    assert factor(0.01 * returns, market) == pytest.approx(plain)
    assert factor(returns, 100 * market) == pytest.approx(plain)


def test_a_shift_of_returns_leaves_the_curvature() -> None:
    market = garch(4, 400)
    returns = 5 * market**2 + np.random.default_rng(2).normal(0, 0.005, 400)
    marks = volatile_sessions(market)

    assert convexity(returns + 0.01, market, marks).curvature == pytest.approx(
        convexity(returns, market, marks).curvature
    )


def test_volatile_sessions_know_only_the_past() -> None:
    market = garch(3, 600)
    other = market.copy()
    other[300:] = 0.5

    assert np.array_equal(volatile_sessions(market)[:301], volatile_sessions(other)[:301])


def test_about_three_in_ten_sessions_are_volatile_and_they_are_wilder() -> None:
    market = garch(5)

    marks = volatile_sessions(market)

    assert 0.2 < np.mean(marks) < 0.45
    assert np.std(market[marks]) > 1.2 * np.std(market[~marks])


@pytest.mark.parametrize(
    ("returns", "market"),
    [
        (np.full(100, 0.01), np.random.default_rng(0).normal(0, 0.01, 100)),
        (np.random.default_rng(0).normal(0, 0.01, 100), np.zeros(100)),
        (np.random.default_rng(0).normal(0, 0.01, 100), np.tile([0.01, -0.01], 50)),
        (np.array([0.01]), np.array([0.02])),
        (np.zeros(0), np.zeros(0)),
    ],
)
def test_what_cannot_be_measured_is_neutral(returns: np.ndarray, market: np.ndarray) -> None:
    found = convexity(returns, market, np.zeros(len(market), dtype=bool))

    assert found == Convexity(0.0, 0.0)
    assert found.factor == 1.0


def test_the_lag_rule_by_hand() -> None:
    assert [newey_west_lags(count) for count in (100, 252, 2016)] == [5, 5, 8]
