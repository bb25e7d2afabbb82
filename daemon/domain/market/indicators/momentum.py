"""Momentum: how far, how straight and how surprisingly a series has moved."""

from __future__ import annotations

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.market.indicators import columns
from daemon.domain.market.indicators.averages import smoothing
from daemon.domain.market.indicators.columns import change, divided, logarithm, shifted, window_sum
from daemon.domain.market.indicators.registry import Series, indicator
from daemon.domain.market.indicators.talib_door import talib

_EMA, _SMA, _WMA, _TRIX = talib("EMA"), talib("SMA"), talib("WMA"), talib("TRIX")


@indicator("change", "scale", lambda n: n, mode="plain", lowest=1)
def momentum(x: Series, n: int = 10) -> Floats:
    """Change over n bars, in the units of x. Source: TA-Lib MOM."""
    return change(x, n)


@indicator("growth", "ratio", lambda n: n, mode="plain", lowest=1)
def returns(x: Series, n: int = 1) -> Floats:
    """Growth over n bars as a fraction: x / x of n bars ago - 1."""
    before = shifted(x, n)
    return divided(x - before, before, np.nan)


@indicator("growth", "ratio", lambda n: n, mode="plain", lowest=1)
def log_return(x: Series, n: int = 1) -> Floats:
    """Natural logarithm of x over x of n bars ago."""
    return np.asarray(np.log(x / shifted(x, n)))


@indicator("growth_percent", "ratio", lambda n: n, mode="plain", lowest=1)
def roc(x: Series, n: int = 10) -> Floats:
    """Rate of change over n bars in per cent. Source: TA-Lib ROC."""
    before = shifted(x, n)
    return 100 * divided(x - before, before, np.nan)


@indicator("shift", "price", lambda n: n, mode="plain", lowest=1)
def lag(x: Series, n: int = 1) -> Floats:
    """The value of n bars ago."""
    return shifted(x, n)


@indicator("slope", "scale", lambda n: n - 1)
def linear_slope(x: Series, n: int = 20) -> Floats:
    """Slope a bar of the least-squares line through the last n values.

    Source: TA-Lib LINEARREG_SLOPE, as 6 (WMA - SMA) / (n - 1).
    """
    return 6 * (_WMA(x, n) - _SMA(x, n)) / (n - 1)


@indicator("score", "ratio", lambda n: n - 1)
def zscore(x: Series, n: int = 20) -> Floats:
    """Distance to the mean of the last n values in standard deviations; 0 if all are equal."""
    level = window_sum(x, n) / n
    return divided(x - level, np.sqrt(columns.window_variance(x, n)), 0.0)


@indicator("straightness", "ratio", lambda n: n)
def efficiency_ratio(x: Series, n: int = 10) -> Floats:
    """Efficiency, 0 to 1: net move of n bars over the length of the path. Source: Kaufman 1995."""
    out = columns.undefined(x)
    out[1:] = window_sum(np.abs(np.diff(x)), n)
    return np.minimum(divided(np.abs(change(x, n)), out, 0.0), 1.0)


@indicator("score", "ratio", lambda n: n)
def vol_adjusted_momentum(x: Series, n: int = 20) -> Floats:
    """Log return of n bars over the standard deviation of its bars times the root of n."""
    out = columns.undefined(x)
    steps = np.diff(logarithm(x))
    risk = np.sqrt(columns.window_variance(steps, n) * n)
    out[1:] = divided(window_sum(steps, n), risk, 0.0)
    return out


@indicator("trix", "ratio", lambda n: 1 + smoothing(n, 1e-15) + 2 * (n - 1))
def trix(x: Series, n: int = 15) -> Floats:
    """Per cent change from bar to bar of a triple exponential average. Source: TA-Lib TRIX."""
    return _TRIX(x, n)


@indicator(
    "macd_all",
    "tuple",
    lambda fast, slow, smooth: smoothing(max(fast, slow), 1e-9) + smoothing(smooth),
    results=3,
)
def macd(
    x: Series, fast: int = 12, slow: int = 26, smooth: int = 9
) -> tuple[Floats, Floats, Floats]:
    """Line (EMA fast - EMA slow), its signal (EMA of the line) and their difference, as a tuple.

    Source: Appel 1979.
    """
    return _macd(x, fast, slow, smooth)


@indicator("macd_line", "scale", lambda fast, slow: smoothing(max(fast, slow), 1e-9))
def macd_line(x: Series, fast: int = 12, slow: int = 26) -> Floats:
    """EMA fast less EMA slow. Source: Appel 1979."""
    return _EMA(x, fast) - _EMA(x, slow)


@indicator(
    "macd_smoothed",
    "scale",
    lambda fast, slow, smooth: smoothing(max(fast, slow), 1e-9) + smoothing(smooth),
)
def macd_signal(x: Series, fast: int = 12, slow: int = 26, smooth: int = 9) -> Floats:
    """EMA of the MACD line. Source: Appel 1979."""
    return _macd(x, fast, slow, smooth)[1]


@indicator(
    "macd_smoothed",
    "scale",
    lambda fast, slow, smooth: smoothing(max(fast, slow), 1e-9) + smoothing(smooth),
)
def macd_hist(x: Series, fast: int = 12, slow: int = 26, smooth: int = 9) -> Floats:
    """MACD line less its signal. Source: Appel 1979."""
    return _macd(x, fast, slow, smooth)[2]


def _macd(x: Floats, fast: int, slow: int, smooth: int) -> tuple[Floats, Floats, Floats]:
    line = _EMA(x, fast) - _EMA(x, slow)
    first = max(fast, slow) - 1
    signal = columns.undefined(x)
    signal[first:] = _EMA(line[first:], smooth)
    return line, signal, line - signal
