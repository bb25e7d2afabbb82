"""Moving averages: a level that follows the series."""

from __future__ import annotations

import math
from typing import Final

from daemon.domain.market.bars import Floats
from daemon.domain.market.indicators.columns import decay, undefined
from daemon.domain.market.indicators.registry import Series, indicator
from daemon.domain.market.indicators.talib_door import talib

_SMA, _EMA, _WMA, _TRIMA = talib("SMA"), talib("EMA"), talib("WMA"), talib("TRIMA")
_DEMA, _TEMA, _KAMA = talib("DEMA"), talib("TEMA"), talib("KAMA")
_KAMA_SLOWEST = (2 / 31) ** 2
FADED: Final = 2e-8
"""What may be left of the seed: a plain mean, within a twentieth of the scale: 1e-9 of it."""


def smoothing(n: int, precision: float = FADED) -> int:
    """Memory of an exponential average of period n: its seed, then its fading."""
    return n - 1 + decay(2 / (n + 1), precision)


def wilder(x: Floats, n: int) -> Floats:
    """Wilder's smoothing of period n: an exponential average of period 2n - 1."""
    return x.copy() if n == 1 else _EMA(x, 2 * n - 1)


def wilder_memory(n: int, precision: float = 1e-9) -> int:
    """Memory of `wilder`: its seed, then its fading."""
    return 2 * n - 2 + decay(1 / n, precision)


def talib_wilder_memory(n: int, precision: float = 1e-9) -> int:
    """Memory of Wilder's smoothing of changes in TA-Lib, which begins with a mean of n."""
    return n + decay(1 / n, precision)


@indicator("average", "price", lambda n: n - 1)
def sma(x: Series, n: int) -> Floats:
    """Simple moving average: the mean of the last n values. Source: TA-Lib SMA."""
    return _SMA(x, n)


@indicator("average", "price", smoothing)
def ema(x: Series, n: int) -> Floats:
    """Exponential moving average of weight 2 / (n + 1), begun with a simple one.

    Source: TA-Lib EMA.
    """
    return _EMA(x, n)


@indicator("average", "price", lambda n: n - 1)
def wma(x: Series, n: int) -> Floats:
    """Weighted moving average: weights n, n - 1, ..., 1 from the newest back.

    Source: TA-Lib WMA.
    """
    return _WMA(x, n)


@indicator("average", "price", lambda n: smoothing(n, 1e-12) + n - 1)
def dema(x: Series, n: int) -> Floats:
    """Double exponential average: 2 EMA - EMA of EMA. Source: Mulloy 1994, TA-Lib DEMA."""
    return _DEMA(x, n)


@indicator("average", "price", lambda n: smoothing(n, 1e-14) + 2 * (n - 1))
def tema(x: Series, n: int) -> Floats:
    """Triple exponential average: 3 EMA - 3 EMA of EMA + EMA of EMA of EMA.

    Source: Mulloy 1994, TA-Lib TEMA.
    """
    return _TEMA(x, n)


@indicator("average", "price", lambda n: n - 1)
def trima(x: Series, n: int) -> Floats:
    """Triangular average: weights rise to the middle of the window and fall again.

    Source: TA-Lib TRIMA.
    """
    return _TRIMA(x, n)


@indicator("average", "price", lambda n: n + decay(_KAMA_SLOWEST))
def kama(x: Series, n: int = 10) -> Floats:
    """Adaptive average: quick (2) in a straight move, slow (30) in noise, judged over n bars.

    Source: Kaufman 1995, TA-Lib KAMA.
    """
    return _KAMA(x, n)


@indicator("average", "price", lambda n: n - 2 + math.isqrt(n), lowest=4)
def hma(x: Series, n: int) -> Floats:
    """Hull average: WMA over sqrt(n) of 2 WMA(n / 2) - WMA(n). Source: Hull 2005."""
    out = undefined(x)
    raw = 2 * _WMA(x, n // 2) - _WMA(x, n)
    out[n - 1 :] = _WMA(raw[n - 1 :], math.isqrt(n))
    return out
