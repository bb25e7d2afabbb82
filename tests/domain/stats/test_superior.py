"""Superior predictive ability: the sign, the size, the power, and the two flaws allowed for."""

from __future__ import annotations

import numpy as np
import pytest
from arch.bootstrap import StepM

from daemon.domain.stats.superior import (
    Bootstrap,
    Superiority,
    block_length,
    long_run_deviation,
    superiority,
)

QUICK = Bootstrap(block=5, resamples=200)


def noise(seed: int, columns: int, periods: int = 500) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.01, (periods, columns))


def judged(
    returns: np.ndarray, benchmark: np.ndarray | None = None, rules: Bootstrap = QUICK
) -> Superiority:
    against = np.zeros(len(returns)) if benchmark is None else benchmark
    found = superiority(returns, against, rules, np.random.default_rng(1))
    assert found is not None
    return found


def test_gains_are_superior_and_losses_are_not() -> None:
    returns = noise(1, 4) + np.array([0.0, 0.003, -0.003, 0.0])

    found, mirrored = judged(returns), judged(-returns)

    assert (found.superior, mirrored.superior) == ((1,), (2,))
    assert found.p_value == pytest.approx(1 / 201)
    assert found.p_lower <= found.p_value <= found.p_upper


def test_only_the_difference_from_the_benchmark_counts() -> None:
    returns, market = noise(2, 3), noise(3, 1)[:, 0] + 0.004

    found = judged(returns + market[:, None], benchmark=market)

    assert found == judged(returns)
    assert found.superior == ()


def test_the_same_draws_give_the_same_answer_and_leverage_none_other() -> None:
    returns = noise(4, 5) + 0.0006

    plain, levered = judged(returns), judged(returns * np.array([1.0, 20.0, 1.0, 0.1, 3.0]))

    assert plain == judged(returns)
    assert levered == plain


def test_a_wild_strategy_without_skill_does_not_hide_a_calm_one_with_skill() -> None:
    calm, wild = 0.1 * noise(5, 1) + 0.0003, 30.0 * noise(6, 1)

    found = judged(np.column_stack((wild, calm)))

    assert found.superior == (1,)
    assert found.p_value < 0.05


def test_hopeless_strategies_do_not_water_a_good_one_down() -> None:
    good, hopeless = noise(12, 1) + 0.0011, noise(13, 60) - 0.004

    found = judged(np.column_stack((good, hopeless)))

    assert found.superior == (0,)
    assert found.p_lower <= found.p_value < 0.05 < found.p_upper


def step_down(returns: np.ndarray) -> StepM:
    """The library's own, on the same scores and draws."""
    scores = returns / long_run_deviation(returns, QUICK.block)
    against, rng = np.zeros(len(returns)), np.random.default_rng(1)
    return StepM(against, -scores, block_size=QUICK.block, reps=QUICK.resamples, seed=rng)


def test_all_superior_in_steps_is_an_answer_where_the_library_fails() -> None:
    returns = noise(7, 3) + np.array([0.003, 0.003, 0.0011])

    found = judged(returns)

    assert found.superior == (0, 1, 2)
    with pytest.raises(ValueError, match="zero-size"):
        step_down(returns).compute()


def test_the_steps_are_those_of_the_library_where_it_has_an_answer() -> None:
    returns = noise(7, 20) + np.where(np.arange(20) < 6, np.linspace(0.0008, 0.003, 20), 0.0)
    theirs = step_down(returns)
    theirs.compute()

    found = judged(returns)

    assert 1 < len(found.superior) < 20
    assert list(found.superior) == theirs.superior_models


def test_noise_is_called_superior_about_as_often_as_the_level_says() -> None:
    wrong = sum(len(judged(noise(seed, 10, periods=250)).superior) > 0 for seed in range(100, 180))

    assert 1 <= wrong <= 9


def test_p_values_of_noise_are_spread_evenly() -> None:
    values = [judged(noise(seed, 10, periods=250)).p_value for seed in range(200, 240)]

    assert 0.3 < np.mean(values) < 0.7
    assert min(values) < 0.25
    assert max(values) > 0.75


def test_the_long_run_deviation_is_that_of_the_resampled_mean() -> None:
    rng = np.random.default_rng(8)
    shocks = rng.normal(0.0, 0.01, (400, 2))
    shocks[1:, 1] += 0.6 * shocks[:-1, 1]
    slow = np.sqrt([_slow_variance(column, 8) for column in shocks.T])

    found = long_run_deviation(shocks, 8)

    assert found == pytest.approx(slow)
    assert long_run_deviation(shocks, 1) == pytest.approx(shocks.std(axis=0))
    assert found[1] > 1.2 * shocks.std(axis=0)[1]


def _slow_variance(values: np.ndarray, block: int) -> float:
    count, centred, stay = len(values), values - values.mean(), 1 - 1 / block
    total = centred @ centred / count
    for lag in range(1, count):
        share = lag / count
        weight = (1 - share) * stay**lag + share * stay ** (count - lag)
        total += 2 * weight * (centred[lag:] @ centred[:-lag]) / count
    return total


def test_blocks_are_longer_where_returns_hang_together() -> None:
    rough = noise(9, 5, periods=1000)
    smooth = np.cumsum(rough, axis=0)[::1] - np.vstack(
        (np.zeros((40, 5)), np.cumsum(rough, 0)[:-40])
    )

    assert block_length(rough) == 10
    assert block_length(smooth) > 30
    assert block_length(np.zeros((1000, 2))) == 10


def test_strategies_that_equal_the_benchmark_are_left_out() -> None:
    market = noise(1, 1)[:, 0]
    returns = np.column_stack((market, market + noise(2, 1)[:, 0] + 0.004, market))

    found = judged(returns, benchmark=market)

    assert (found.superior, found.left_out) == ((1,), (0, 2))
    assert superiority(returns[:, :1], market, QUICK, np.random.default_rng(1)) is None


def test_a_month_says_nothing_and_no_number_is_refused() -> None:
    sick = noise(1, 3)
    sick[3, 0] = np.inf

    assert superiority(noise(1, 3, 29), np.zeros(29), QUICK, np.random.default_rng(1)) is None
    with pytest.raises(ValueError, match="column 0"):
        judged(sick)
    with pytest.raises(ValueError, match="column 0"):
        block_length(sick)
