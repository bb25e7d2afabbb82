"""What an observed Sharpe ratio is worth: its variance, and tests that know how often we looked.

Every Sharpe here is **per period** (never annualised), skewness is the third standardised moment,
kurtosis the **raw** fourth one (normal: 3). Sources: Bailey and Lopez de Prado, "The Sharpe Ratio
Efficient Frontier" (2012) and "The Deflated Sharpe Ratio" (2014); Lopez de Prado, Lipton and
Zoonekynd (2026, SSRN 5520741); Bailey et al., Notices of the AMS 61(5) (2014).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.stats.averages import mean

EULER_MASCHERONI: Final = 0.5772156649015329
_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class Moments:
    """Per-period Sharpe, skewness, raw kurtosis and first autocorrelation of T returns."""

    sharpe: float
    skewness: float
    kurtosis: float
    periods: int
    autocorrelation: float = 0.0


def moments(returns: Floats) -> Moments | None:
    """The moments of at least three returns that vary; None otherwise.

    The Sharpe uses the sample deviation, skewness and kurtosis the population one.
    """
    count = len(returns)
    if count < 3:
        return None
    average = mean(returns)
    centred = returns - average
    square = centred * centred
    variance = mean(square)
    if not variance > 1e-18:
        return None
    deviation = math.sqrt(variance)
    return Moments(
        sharpe=average / (deviation * math.sqrt(count / (count - 1))),
        skewness=mean(square * centred) / deviation**3,
        kurtosis=mean(square * square) / variance**2,
        periods=count,
        autocorrelation=float(np.dot(centred[1:], centred[:-1])) / (variance * count),
    )


def variance(seen: Moments) -> float:
    """Variance of the estimate for independent returns (Mertens; 2012): (...) / (T - 1)."""
    return _spread(seen, seen.sharpe, 1.0, 1.0, 1.0) / (seen.periods - 1)


def variance_under(seen: Moments, null: float) -> float:
    """Variance of the estimate if the true Sharpe were `null`, autocorrelation included (2026)."""
    rho = seen.autocorrelation
    square = rho * rho
    first = (1.0 + rho) / (1.0 - rho)
    second = 1.0 + rho / (1.0 - rho) + square / (1.0 - square)
    third = (1.0 + square) / (1.0 - square)
    return _spread(seen, null, first, second, third) / seen.periods


def probabilistic_sharpe(seen: Moments, null: float) -> float:
    """Probability that the true Sharpe exceeds `null`; variance at the observed Sharpe (2012)."""
    return _NORMAL.cdf((seen.sharpe - null) / math.sqrt(variance(seen)))


def probabilistic_sharpe_under(seen: Moments, null: float) -> float:
    """The same with the variance at the null and autocorrelation (2026)."""
    return _NORMAL.cdf((seen.sharpe - null) / math.sqrt(variance_under(seen, null)))


def chance_by_luck(seen: Moments) -> float:
    """Chance that a strategy of true Sharpe zero shows this Sharpe or a higher one.

    The larger of the two forms of 1 - PSR(0), of 2012 and of 2026; exact far out in the tail.
    """
    deviations = math.sqrt(variance(seen)), math.sqrt(variance_under(seen, 0.0))
    return max(0.5 * math.erfc(seen.sharpe / (each * math.sqrt(2.0))) for each in deviations)


def expected_maximum(trials: int) -> float:
    """Expected best of `trials` independent standard normals, M(N); N >= 2, 0 for a single one."""
    if trials < 2:
        return 0.0
    return (1.0 - EULER_MASCHERONI) * _NORMAL.inv_cdf(
        1.0 - 1.0 / trials
    ) + EULER_MASCHERONI * _NORMAL.inv_cdf(1.0 - 1.0 / (trials * math.e))


def trial_variance(sharpes: Floats, periods: int) -> float:
    """Vx of the strict rule: variance over all trials' per-period Sharpe, or 1/T if that is larger.

    sharpes: of every trial that was rated, not of the survivors: over a last population alone the
    rule passes noise every time. periods: T of the trial in question.
    """
    least = 1.0 / periods
    return max(float(np.var(sharpes, ddof=1)), least) if len(sharpes) > 1 else least


def best_by_luck(trial_variance: float, trials: int) -> float:
    """S0*: the per-period Sharpe that the best of `trials` without skill is expected to show.

    trial_variance: cross-sectional variance of the per-period Sharpe over **all** trials.
    """
    return math.sqrt(trial_variance) * expected_maximum(trials)


def luck_bound(trial_variance: float, trials: int, confidence: float = 0.95) -> float:
    """The per-period Sharpe that the best of `trials` without skill stays below, so probable.

    Quantile of the maximum of N independent normals, Phi^-1(confidence^(1/N)); N >= 1.
    """
    return math.sqrt(trial_variance) * _NORMAL.inv_cdf(confidence ** (1.0 / trials))


def deflated_sharpe(seen: Moments, trial_variance: float, trials: int) -> float:
    """Probability that the true Sharpe exceeds what luck alone gives the best of all trials."""
    return probabilistic_sharpe(seen, best_by_luck(trial_variance, trials))


def effective_trials(trials: int, correlation: float) -> float:
    """Independent trials worth `trials` whose average correlation is given."""
    return correlation + (1.0 - correlation) * trials


def minimum_track_record(seen: Moments, null: float, alpha: float = 0.05) -> float:
    """Periods needed to call the Sharpe better than `null` at level alpha (2012)."""
    need = _NORMAL.inv_cdf(1.0 - alpha) / (seen.sharpe - null)
    return 1.0 + _spread(seen, seen.sharpe, 1.0, 1.0, 1.0) * need * need


def minimum_track_record_under(seen: Moments, null: float, alpha: float = 0.05) -> float:
    """The same with the variance at the null and autocorrelation (2026)."""
    need = _NORMAL.inv_cdf(1.0 - alpha) / (seen.sharpe - null)
    return seen.periods * variance_under(seen, null) * need * need


def minimum_backtest_years(trials: int, annual_sharpe: float) -> float:
    """Years of data on which the best of `trials` without skill is expected to show that Sharpe."""
    return (expected_maximum(trials) / annual_sharpe) ** 2


def false_discovery(prior: float, alpha: float, beta: float) -> float:
    """pFDR: share of false among the discoveries, where a share `prior` of ideas is true.

    alpha: chance to accept a false one; beta: chance to miss a true one.
    """
    wrong = (1.0 - prior) * alpha
    return wrong / (wrong + prior * (1.0 - beta))


def observed_false_discovery(seen: Moments, null: float, better: float, prior: float) -> float:
    """oFDR: the same with the observed Sharpe as the bar; `better`: the Sharpe of a true idea."""
    alpha = 1.0 - probabilistic_sharpe_under(seen, null)
    beta = probabilistic_sharpe_under(seen, better)
    return false_discovery(prior, alpha, beta)


def _spread(seen: Moments, at: float, first: float, second: float, third: float) -> float:
    shape = third * (seen.kurtosis - 1.0) / 4.0 * at * at
    return max(first - second * seen.skewness * at + shape, 1e-12)
