"""Is the best of a fixed set better than a benchmark, and which of the set are?

Hansen's test of superior predictive ability (2005) and the step-down of Romano and Wolf (2005)
over the stationary bootstrap of `arch`. They hold for a set that was fixed before looking; a
search that went where the results led has to be counted instead (see `sharpe`).

Two properties of arch 8.0 are allowed for. Its `studentize` changes no p-value, so that the most
volatile column would rule: columns are divided by their long-run deviation here. Its `StepM`
fails once every column has been found superior in steps: the steps are taken here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.stats.columns import finite_columns
from daemon.domain.stats.path import STILL

if TYPE_CHECKING:
    from arch.bootstrap import SPA

FEWEST = 30
"""Periods below which a bootstrap of the mean says nothing."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """block: mean length of the stationary bootstrap's blocks, periods. level: family-wise."""

    block: int
    resamples: int = 1000
    level: float = 0.05


@dataclass(frozen=True, slots=True)
class Superiority:
    """p_lower <= p_value <= p_upper: liberal, consistent (the one to use) and conservative.

    Each counts the sample itself as a resample, so that none is ever zero. superior: columns
    better than the benchmark at the level, the chance that any is not held to it. left_out:
    columns whose difference from the benchmark never varies; they are not judged.
    """

    p_lower: float
    p_value: float
    p_upper: float
    superior: tuple[int, ...]
    left_out: tuple[int, ...]


def superiority(
    returns: Floats, benchmark: Floats, rules: Bootstrap, rng: np.random.Generator
) -> Superiority | None:
    """Test the columns of returns (T, N) against the benchmark's returns (T,).

    None below 30 periods, or where no column differs from the benchmark.
    """
    ahead = finite_columns(returns - benchmark[:, None])
    deviations = long_run_deviation(ahead, rules.block)
    judged = np.flatnonzero(deviations > STILL)
    if len(ahead) < FEWEST or len(judged) == 0:
        return None
    test = _test(ahead[:, judged] / deviations[judged], rules, rng)
    values = (test.pvalues * rules.resamples + 1.0) / (rules.resamples + 1.0)
    left_out = np.setdiff1d(np.arange(ahead.shape[1]), judged)
    return Superiority(
        p_lower=float(values["lower"]),
        p_value=float(values["consistent"]),
        p_upper=float(values["upper"]),
        superior=tuple(int(judged[k]) for k in _steps(test, len(judged), rules.level)),
        left_out=tuple(int(k) for k in left_out),
    )


def block_length(returns: Floats) -> int:
    """Mean block length for columns of returns (T, N): the middle one of the optimal lengths.

    Politis and White (2004, corrected 2009) per column, of those that vary; at least T^(1/3), so
    that clustered volatility is kept where no autocorrelation shows.
    """
    from arch.bootstrap import optimal_block_length  # 2 s to import

    varying = finite_columns(returns)[:, np.std(returns, axis=0) > STILL]
    least = math.ceil(math.cbrt(len(returns)))
    if varying.shape[1] == 0:
        return least
    return max(least, math.ceil(float(optimal_block_length(varying)["stationary"].median())))


def long_run_deviation(values: Floats, block: int) -> Floats:
    """Deviation (N,) of sqrt(T) times the mean of columns (T, N) under the stationary bootstrap.

    Politis and Romano (1994), blocks of that mean length; autocovariances by Fourier transform.
    """
    count = len(values)
    centred = values - np.mean(values, axis=0)
    power = np.abs(np.fft.rfft(centred, 2 * count, axis=0)) ** 2
    covariances = np.fft.irfft(power, axis=0)[:count] / count
    lag, stay = np.arange(count) / count, 1.0 - 1.0 / block
    weights = (1.0 - lag) * stay ** np.arange(count) + lag * stay ** (count - np.arange(count))
    weights[0] = 0.5
    return np.sqrt(np.maximum(2.0 * (weights @ covariances), 0.0))


def _test(scores: Floats, rules: Bootstrap, rng: np.random.Generator) -> SPA:
    from arch.bootstrap import SPA  # 2 s to import

    # arch takes losses, and the benchmark's are taken off already.
    test = SPA(np.zeros(len(scores)), -scores, rules.block, rules.resamples, seed=rng)
    test.compute()
    return test


def _steps(test: SPA, columns: int, level: float) -> list[int]:
    """Columns found superior, those found before left out of each further step."""
    left = np.ones(columns, dtype=bool)
    while left.any():
        test.subset(left)
        test.compute()
        better = test.better_models(level)
        if len(better) == 0:
            break
        left[better] = False
    return [int(k) for k in np.flatnonzero(~left)]
