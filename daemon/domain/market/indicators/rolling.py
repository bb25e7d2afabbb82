"""Rolling statistics: sums, extremes, orders and relations of the last n values."""

from __future__ import annotations

import math

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.market.indicators import columns
from daemon.domain.market.indicators.columns import divided, window_max, window_min, window_sum
from daemon.domain.market.indicators.registry import Series, WrongArgument, indicator


@indicator("total", "scale", lambda n: n - 1)
def rolling_sum(x: Series, n: int) -> Floats:
    """Sum of the last n values."""
    return window_sum(x, n)


@indicator("average", "price", lambda n: n - 1)
def rolling_mean(x: Series, n: int) -> Floats:
    """Mean of the last n values, exact also for a series of very different sizes."""
    return window_sum(x, n) / n


@indicator("average", "price", lambda n: n - 1)
def rolling_median(x: Series, n: int) -> Floats:
    """Median of the last n values."""
    return columns.by_window(lambda windows: _quantile(windows, 0.5), x, n)


@indicator("quantile", "price", lambda n: n - 1)
def rolling_quantile(x: Series, n: int, q: float) -> Floats:
    """Value below which a share q (0 to 1) of the last n values lies, interpolated linearly."""
    if not 0 <= q <= 1:
        raise WrongArgument("ta.rolling_quantile needs a share from 0 to 1 as q")
    return columns.by_window(lambda windows: _quantile(windows, q), x, n)


def _quantile(windows: Floats, q: float) -> Floats:
    place = q * (windows.shape[1] - 1)
    below, above = math.floor(place), math.ceil(place)
    ordered = np.partition(windows, (below, above), axis=1)
    low, high = ordered[:, below], ordered[:, above]
    return np.asarray(low + (place - below) * (high - low))


@indicator("extreme", "price", lambda n: n - 1, lowest=1)
def highest(x: Series, n: int) -> Floats:
    """Largest of the last n values, the newest among them. Source: TA-Lib MAX."""
    return window_max(x, n)


@indicator("extreme", "price", lambda n: n - 1, lowest=1)
def lowest(x: Series, n: int) -> Floats:
    """Smallest of the last n values, the newest among them. Source: TA-Lib MIN."""
    return window_min(x, n)


@indicator("extreme", "price", lambda n: n - 1, lowest=1)
def midpoint(x: Series, n: int) -> Floats:
    """Middle between the largest and the smallest of the last n values. Source: TA-Lib MIDPOINT."""
    return (window_max(x, n) + window_min(x, n)) / 2


@indicator("age", "count", lambda n: n - 1)
def bars_since_highest(x: Series, n: int) -> Floats:
    """Bars since the largest of the last n values, the newest of equal ones."""
    return columns.by_window(lambda rows: rows[:, ::-1].argmax(axis=1).astype(float), x, n)


@indicator("age", "count", lambda n: n - 1)
def bars_since_lowest(x: Series, n: int) -> Floats:
    """Bars since the smallest of the last n values, the newest of equal ones."""
    return columns.by_window(lambda rows: rows[:, ::-1].argmin(axis=1).astype(float), x, n)


@indicator("skewness", "ratio", lambda n: n - 1, lowest=3)
def rolling_skewness(x: Series, n: int) -> Floats:
    """Skewness (population) of the last n values; 0 where they do not move."""

    def skewness(windows: Floats) -> Floats:
        centred = windows - windows.mean(axis=1, keepdims=True)
        spread = (centred**2).mean(axis=1)
        spread[windows.max(axis=1) == windows.min(axis=1)] = 0.0
        return divided((centred**3).mean(axis=1), spread**1.5, 0.0)

    return columns.by_window(skewness, x, n)


@indicator("relation", "ratio", lambda n: n - 1)
def correlation(x: Series, y: Series, n: int) -> Floats:
    """Pearson correlation of the last n pairs; 0 where one does not move. Source: TA-Lib CORREL."""
    return columns.window_correlation(x, y, n)


@indicator("relation", "ratio", lambda n: n - 1)
def beta(x: Series, y: Series, n: int) -> Floats:
    """Slope of x on y over the last n pairs: covariance over variance of y; 0 where y stands."""
    spread = np.sqrt(columns.window_variance(x, n))
    reference = np.sqrt(columns.window_variance(y, n))
    return columns.window_correlation(x, y, n) * divided(spread, reference, 0.0)


@indicator("windows", "windows", lambda n: n - 1, mode="column")
def windows(x: Series, n: int) -> Floats:
    """The last n values of every bar as a row, (T, n), oldest first; NaN before the first bar."""
    if len(x) == 0:
        return np.empty((0, n))
    padded = np.concatenate((np.full(n - 1, np.nan), x))
    return np.lib.stride_tricks.sliding_window_view(padded, n)
