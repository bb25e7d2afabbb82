"""Windowed sums, deviations and orders of one finite column, exact for every window.

TA-Lib keeps running sums, whose rounding never forgets: a variance near zero drowns in it. Here a
column is cut into chunks that are centred on their own level, so that a value depends on the bars
of its window, and on a few windows before them only in the last digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from daemon.domain.market.bars import Bools, Floats
from daemon.domain.market.indicators.talib_door import talib

_SUM, _MAX, _MIN = talib("SUM"), talib("MAX"), talib("MIN")
_VAR, _CORREL = talib("VAR"), talib("CORREL")
_SMALLEST: Final = 1e-12
_LARGEST: Final = 1e300
_CHUNK: Final = 2_048
_CELLS: Final = 1 << 20


def decay(alpha: float, precision: float = 1e-9) -> int:
    """Bars after which a smoothing of weight alpha has forgotten all but `precision`."""
    return 0 if alpha >= 1 else math.ceil(math.log(precision) / math.log1p(-alpha))


def undefined(x: Floats) -> Floats:
    """NaN for every bar of x."""
    return np.full(len(x), np.nan)


def logarithm(x: Floats) -> Floats:
    """Natural logarithm of positive values; what is not positive counts as the smallest, 1e-12.

    An infinite value in the middle would spoil every window after it.
    """
    return np.asarray(np.log(np.fmin(np.fmax(x, _SMALLEST), _LARGEST)))


def shifted(x: Floats, n: int) -> Floats:
    """x of n bars ago, NaN before."""
    out = undefined(x)
    if n < len(x):
        out[n:] = x[: len(x) - n]
    return out


def change(x: Floats, n: int) -> Floats:
    """x minus x of n bars ago, NaN before."""
    out = undefined(x)
    np.subtract(x[n:], x[: max(len(x) - n, 0)], out=out[n:])
    return out


def window_sum(x: Floats, n: int) -> Floats:
    """Sum of the last n values, NaN before there are n."""
    return _chunked(lambda part: _SUM(part, n), x, n)


def window_max(x: Floats, n: int) -> Floats:
    """Largest of the last n values."""
    return x.copy() if n == 1 else np.asarray(_MAX(x, n))


def window_min(x: Floats, n: int) -> Floats:
    """Smallest of the last n values."""
    return x.copy() if n == 1 else np.asarray(_MIN(x, n))


def window_variance(x: Floats, n: int) -> Floats:
    """Population variance of the last n values; exactly 0 where they are all equal."""
    variance = _chunked(lambda part: _VAR(part - part[0], n), x, n)
    np.maximum(variance, 0.0, out=variance)
    variance[_constant(x, n)] = 0.0
    return variance


def window_correlation(x: Floats, y: Floats, n: int) -> Floats:
    """Pearson correlation of the last n pairs; 0 where one of them does not move."""
    out = undefined(x)
    for start, stop in _chunks(len(x), n):
        begin = max(start - n + 1, 0)
        a, b = x[begin:stop], y[begin:stop]
        out[start:stop] = _CORREL(a - a[0], b - b[0], n)[start - begin :]
    out[_constant(x, n) | _constant(y, n)] = 0.0
    return np.clip(out, -1.0, 1.0, out=out)


def by_window(answer: Callable[[Floats], Floats], x: Floats, n: int) -> Floats:
    """answer((k, n) windows) -> (k,) for every full window, a bounded block at a time."""
    out = undefined(x)
    if len(x) < n:
        return out
    windows = np.lib.stride_tricks.sliding_window_view(x, n)
    step = max(_CELLS // n, 1)
    for start in range(0, len(windows), step):
        block = windows[start : start + step]
        out[n - 1 + start : n - 1 + start + len(block)] = answer(block)
    return out


def bars_since(condition: Bools) -> Floats:
    """Bars since the condition was last true; infinite before its first time."""
    index = np.arange(len(condition), dtype=np.float64)
    last = np.maximum.accumulate(np.where(condition, index, -np.inf))
    return np.asarray(index - last)


def divided(numerator: Floats, denominator: Floats, otherwise: float) -> Floats:
    """The quotient, `otherwise` where the denominator is 0, NaN where an operand is NaN."""
    zero = denominator == 0
    out = np.full(len(numerator), otherwise)
    np.divide(numerator, denominator, out=out, where=~zero)
    out[zero & np.isnan(numerator)] = np.nan
    return out


def _constant(x: Floats, n: int) -> Bools:
    return np.asarray(window_max(x, n) == window_min(x, n))


def _chunks(length: int, n: int) -> list[tuple[int, int]]:
    size = max(_CHUNK, 8 * n)
    return [(start, min(start + size, length)) for start in range(0, length, size)]


def _chunked(answer: Callable[[Floats], Floats], x: Floats, n: int) -> Floats:
    out = np.empty(len(x))
    for start, stop in _chunks(len(x), n):
        begin = max(start - n + 1, 0)
        out[start:stop] = answer(x[begin:stop])[start - begin :]
    return out
