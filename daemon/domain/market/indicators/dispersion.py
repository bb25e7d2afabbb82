"""Dispersion: how far prices move, in their own units or as a share of the price."""

from __future__ import annotations

import math

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.market.indicators import columns
from daemon.domain.market.indicators.averages import talib_wilder_memory
from daemon.domain.market.indicators.columns import logarithm
from daemon.domain.market.indicators.registry import Series, indicator
from daemon.domain.market.indicators.talib_door import talib

_ATR, _TRANGE = talib("ATR"), talib("TRANGE")


@indicator("dispersion", "scale", lambda n: n - 1)
def stdev(x: Series, n: int) -> Floats:
    """Standard deviation (population) of the last n values. Source: TA-Lib STDDEV."""
    return np.sqrt(columns.window_variance(x, n))


@indicator("squared_dispersion", "scale", lambda n: n - 1)
def variance(x: Series, n: int) -> Floats:
    """Variance (population) of the last n values. Source: TA-Lib VAR."""
    return columns.window_variance(x, n)


@indicator("dispersion", "scale", lambda n: 2 * (n - 1))
def mean_deviation(x: Series, n: int) -> Floats:
    """Mean over n bars of the distance to the simple average of n bars then."""
    level = columns.window_sum(x, n) / n
    out = columns.undefined(x)
    out[n - 1 :] = columns.window_sum(np.abs(x - level)[n - 1 :], n) / n
    return out


@indicator("dispersion", "scale", lambda n: n)
def mean_move(x: Series, n: int) -> Floats:
    """Mean absolute change from bar to bar over the last n bars."""
    out = columns.undefined(x)
    out[1:] = columns.window_sum(np.abs(np.diff(x)), n) / n
    return out


@indicator("volatility", "ratio", lambda n: n)
def volatility(x: Series, n: int = 20) -> Floats:
    """Standard deviation (population) of the last n log returns, a bar."""
    out = columns.undefined(x)
    out[1:] = np.sqrt(columns.window_variance(np.diff(logarithm(x)), n))
    return out


@indicator("true_range", "scale", lambda: 1)
def true_range(high: Series, low: Series, close: Series) -> Floats:
    """Largest of high - low and the distances of both to the close before.

    Source: Wilder 1978, TA-Lib TRANGE.
    """
    return _TRANGE(high, low, close)


@indicator("range", "scale", talib_wilder_memory, lowest=1)
def atr(high: Series, low: Series, close: Series, n: int = 14) -> Floats:
    """Average true range: Wilder's smoothing of the true range. Source: Wilder 1978, TA-Lib ATR."""
    return _ATR(high, low, close, n)


@indicator("range", "scale", lambda n: n, lowest=1)
def mean_range(high: Series, low: Series, close: Series, n: int = 14) -> Floats:
    """Simple mean of the true range of the last n bars."""
    out = columns.undefined(close)
    out[1:] = columns.window_sum(_TRANGE(high, low, close)[1:], n) / n
    return out


@indicator("range_ratio", "ratio", talib_wilder_memory, lowest=1)
def natr(high: Series, low: Series, close: Series, n: int = 14) -> Floats:
    """Average true range as a share of the close (not per cent). Source: Wilder 1978."""
    return columns.divided(_ATR(high, low, close, n), close, 0.0)


@indicator(
    "range_change",
    "ratio",
    lambda n, slow: talib_wilder_memory(max(n, slow)),
    lowest=1,
)
def atr_ratio(high: Series, low: Series, close: Series, n: int = 14, slow: int = 50) -> Floats:
    """Average true range of n bars over that of `slow` bars: above 1 where the market wakes up."""
    return columns.divided(_ATR(high, low, close, n), _ATR(high, low, close, slow), 1.0)


@indicator("volatility_of_bars", "ratio", lambda n: n - 1)
def parkinson(high: Series, low: Series, n: int = 20) -> Floats:
    """Volatility a bar from the range: root of the mean of ln(high / low)^2 / (4 ln 2).

    Source: Parkinson 1980.
    """
    squares = logarithm(high / low) ** 2
    return np.sqrt(columns.window_sum(squares, n).clip(min=0) / (n * 4 * math.log(2)))


@indicator("volatility_of_all", "ratio", lambda n: n - 1)
def garman_klass(open: Series, high: Series, low: Series, close: Series, n: int = 20) -> Floats:
    """Volatility a bar from open, high, low and close. Source: Garman and Klass 1980."""
    squares = (
        0.5 * logarithm(high / low) ** 2 - (2 * math.log(2) - 1) * logarithm(close / open) ** 2
    )
    return np.sqrt(columns.window_sum(squares, n).clip(min=0) / n)
