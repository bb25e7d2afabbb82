"""Oscillators: where the price stands within its own recent range or balance.

An oscillator that divides one fading sum by another never forgets a calm market: after a long
stretch without a move the ratio of two vanishing sums would still be that of the last move. Below
`_CALM` of the price a bar they count as no move at all, and the answer is the neutral one.
"""

from __future__ import annotations

import math

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.market.indicators import columns
from daemon.domain.market.indicators.averages import talib_wilder_memory, wilder, wilder_memory
from daemon.domain.market.indicators.columns import change, divided, window_max, window_min
from daemon.domain.market.indicators.registry import Series, indicator
from daemon.domain.market.indicators.talib_door import talib

_CALM = 1e-6
_EXACT = 1e-12
_RSI, _CCI, _MAXINDEX = talib("RSI"), talib("CCI"), talib("MAXINDEX")


@indicator("oscillator", "oscillator", lambda n: talib_wilder_memory(n, _EXACT))
def rsi(x: Series, n: int = 14) -> Floats:
    """Relative strength index, 0 to 100: Wilder's share of rises in all moves; 50 in calm.

    Source: Wilder 1978, TA-Lib RSI.
    """
    out = _RSI(x, n)
    moves = columns.undefined(x)
    moves[1:] = wilder(np.abs(np.diff(x)), n)
    out[moves < _CALM * np.abs(x)] = 50.0
    return out


@indicator("oscillator", "oscillator", lambda n: n)
def cmo(x: Series, n: int = 14) -> Floats:
    """Chande momentum, -100 to 100: rises less falls over rises and falls of the last n bars.

    Source: Chande and Kroll 1994.
    """
    step = change(x, 1)
    out = columns.undefined(x)
    rises = columns.window_sum(np.abs(step[1:]), n)
    out[1:] = 100 * divided(columns.window_sum(step[1:], n), rises, 0.0)
    return np.clip(out, -100, 100, out=out)


@indicator("position_in_range", "oscillator", lambda n: n - 1)
def stoch(high: Series, low: Series, close: Series, n: int = 14) -> Floats:
    """Stochastic %K, 0 to 100: place of the close in the range of n bars; 50 without range.

    Source: Lane 1984.
    """
    top, bottom = window_max(high, n), window_min(low, n)
    return 100 * divided(close - bottom, top - bottom, 0.5)


@indicator("position_in_range_smoothed", "oscillator", lambda n, smooth: n + smooth - 2)
def stoch_d(high: Series, low: Series, close: Series, n: int = 14, smooth: int = 3) -> Floats:
    """Stochastic %D, 0 to 100: mean of %K over `smooth` bars. Source: Lane 1984."""
    top, bottom = window_max(high, n), window_min(low, n)
    out = columns.undefined(close)
    quick = 100 * divided(close - bottom, top - bottom, 0.5)
    out[n - 1 :] = columns.window_sum(quick[n - 1 :], smooth) / smooth
    return out


@indicator("position_in_range_negative", "oscillator", lambda n: n - 1)
def willr(high: Series, low: Series, close: Series, n: int = 14) -> Floats:
    """Williams %R, -100 to 0: how far the close is below the top of its range of n bars.

    Source: Williams 1973.
    """
    top, bottom = window_max(high, n), window_min(low, n)
    return -100 * divided(top - close, top - bottom, 0.5)


@indicator("deviation", "oscillator", lambda n: n - 1)
def cci(high: Series, low: Series, close: Series, n: int = 20) -> Floats:
    """Commodity channel index: typical price less its mean, over 0.015 mean deviations.

    Source: Lambert 1980, TA-Lib CCI.
    """
    return _CCI(high, low, close, n)


@indicator("oscillator_of_three", "oscillator", lambda **windows: max(windows.values()))
def ultosc(
    high: Series, low: Series, close: Series, n: int = 7, middle: int = 14, slow: int = 28
) -> Floats:
    """Ultimate oscillator, 0 to 100: buying pressure over three horizons. Source: Williams 1985."""
    before = columns.shifted(close, 1)
    bottom, top = np.fmin(low, before)[1:], np.fmax(high, before)[1:]
    pressure, span = close[1:] - bottom, top - bottom
    shares = [
        divided(columns.window_sum(pressure, k), columns.window_sum(span, k), 0.5)
        for k in (n, middle, slow)
    ]
    out = columns.undefined(close)
    out[1:] = 100 * (4 * shares[0] + 2 * shares[1] + shares[2]) / 7
    return out


@indicator("aroon", "oscillator", lambda n: n)
def aroon_up(high: Series, n: int = 25) -> Floats:
    """Aroon up, 0 to 100: 100 when the highest high of n + 1 bars is now, 0 when n bars ago.

    Source: Chande 1995, TA-Lib AROON.
    """
    return 100 - 100 * _bars_since_extreme(high, n) / n


@indicator("aroon", "oscillator", lambda n: n)
def aroon_down(low: Series, n: int = 25) -> Floats:
    """Aroon down, 0 to 100: 100 when the lowest low of n + 1 bars is now, 0 when n bars ago.

    Source: Chande 1995, TA-Lib AROON.
    """
    return 100 - 100 * _bars_since_extreme(-low, n) / n


def _bars_since_extreme(x: Floats, n: int) -> Floats:
    since = np.arange(len(x), dtype=np.float64) - _MAXINDEX(x, n + 1)
    since[:n] = np.nan  # an index has no NaN: TA-Lib answers 0 there
    return since


@indicator("oscillator", "oscillator", lambda n: n - 1)
def percent_rank(x: Series, n: int = 100) -> Floats:
    """Percentile of the newest value among the last n, 0 to 100 (ties count half)."""

    def rank(windows: Floats) -> Floats:
        newest = windows[:, -1:]
        below = (windows < newest).sum(axis=1) + 0.5 * ((windows == newest).sum(axis=1) - 1)
        return np.asarray(100 * below / max(n - 1, 1))

    return columns.by_window(rank, x, n)


@indicator("bar_position", "oscillator", lambda: 0)
def ibs(high: Series, low: Series, close: Series) -> Floats:
    """Internal bar strength, 0 to 1: place of the close in its own bar; 0.5 without range."""
    return divided(close - low, high - low, 0.5)


@indicator("directional", "oscillator", lambda n: 1 + wilder_memory(n, _EXACT))
def plus_di(high: Series, low: Series, close: Series, n: int = 14) -> Floats:
    """Positive directional index, 0 to 100: Wilder's share of up moves in the true range.

    Source: Wilder 1978.
    """
    return _directional(high, low, close, n)[0]


@indicator("directional", "oscillator", lambda n: 1 + wilder_memory(n, _EXACT))
def minus_di(high: Series, low: Series, close: Series, n: int = 14) -> Floats:
    """Negative directional index, 0 to 100: Wilder's share of down moves in the true range.

    Source: Wilder 1978.
    """
    return _directional(high, low, close, n)[1]


@indicator(
    "trend_strength",
    "oscillator",
    lambda n: 1 + wilder_memory(n, _EXACT) + wilder_memory(n),
)
def adx(high: Series, low: Series, close: Series, n: int = 14) -> Floats:
    """Average directional index, 0 to 100: how one-sided the moves are, whichever side.

    Source: Wilder 1978.
    """
    plus, minus = _directional(high, low, close, n)
    strength = 100 * divided(np.abs(plus - minus), plus + minus, 0.0)
    out = columns.undefined(close)
    first = 2 * n - 1
    out[first:] = wilder(strength[first:], n)
    return out


def _directional(high: Floats, low: Floats, close: Floats, n: int) -> tuple[Floats, Floats]:
    up, down = np.diff(high), -np.diff(low)
    span = np.maximum(high[1:], close[:-1]) - np.minimum(low[1:], close[:-1])
    average = wilder(span, n)
    average[average < _CALM * np.abs(close[1:])] = 0.0
    plus, minus = columns.undefined(close), columns.undefined(close)
    plus[1:] = divided(wilder(np.where((up > down) & (up > 0), up, 0.0), n), average, 0.0)
    minus[1:] = divided(wilder(np.where((down > up) & (down > 0), down, 0.0), n), average, 0.0)
    return 100 * plus, 100 * minus


@indicator("trend_or_range", "oscillator", lambda n: n)
def choppiness(high: Series, low: Series, close: Series, n: int = 14) -> Floats:
    """Choppiness, 0 to 100: high in a range, low in a trend; log of summed to total range.

    Source: Dreiss 1993.
    """
    span = np.maximum(high[1:], close[:-1]) - np.minimum(low[1:], close[:-1])
    total = (window_max(high, n) - window_min(low, n))[1:]
    ratio = divided(columns.window_sum(span, n), total, 1.0)
    out = columns.undefined(close)
    out[1:] = 100 * np.log10(np.maximum(ratio, 1.0)) / math.log10(n)
    return out
