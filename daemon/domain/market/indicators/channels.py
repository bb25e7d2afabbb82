"""Channels: a level with an edge above and below it."""

from __future__ import annotations

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.market.indicators import columns
from daemon.domain.market.indicators.averages import smoothing, talib_wilder_memory
from daemon.domain.market.indicators.columns import divided, shifted, window_max, window_min
from daemon.domain.market.indicators.registry import Series, indicator
from daemon.domain.market.indicators.talib_door import talib

_EMA, _SMA, _ATR = talib("EMA"), talib("SMA"), talib("ATR")


@indicator("bands_all", "tuple", lambda n: n - 1, results=3)
def bbands(x: Series, n: int = 20, width: float = 2.0) -> tuple[Floats, Floats, Floats]:
    """Bollinger bands as a tuple: mean of n values plus, without and minus width deviations.

    Source: Bollinger 1983, TA-Lib BBANDS.
    """
    middle, reach = _SMA(x, n), width * np.sqrt(columns.window_variance(x, n))
    return middle + reach, middle, middle - reach


@indicator("band", "price", lambda n: n - 1)
def bbands_upper(x: Series, n: int = 20, width: float = 2.0) -> Floats:
    """Upper Bollinger band. Source: Bollinger 1983."""
    return _SMA(x, n) + width * np.sqrt(columns.window_variance(x, n))


@indicator("band", "price", lambda n: n - 1)
def bbands_lower(x: Series, n: int = 20, width: float = 2.0) -> Floats:
    """Lower Bollinger band. Source: Bollinger 1983."""
    return _SMA(x, n) - width * np.sqrt(columns.window_variance(x, n))


@indicator("band_place", "ratio", lambda n: n - 1)
def bbands_percent(x: Series, n: int = 20, width: float = 2.0) -> Floats:
    """Place of x between the Bollinger bands: 0 at the lower, 1 at the upper, 0.5 without width.

    Source: Bollinger 1983 (%b).
    """
    reach = width * np.sqrt(columns.window_variance(x, n))
    return divided(x - _SMA(x, n) + reach, 2 * reach, 0.5)


@indicator("band_width", "ratio", lambda n: n - 1)
def bbands_width(x: Series, n: int = 20, width: float = 2.0) -> Floats:
    """Distance of the Bollinger bands as a share of their middle. Source: Bollinger 1983."""
    reach = width * np.sqrt(columns.window_variance(x, n))
    return divided(2 * reach, _SMA(x, n), 0.0)


def _keltner_memory(n: int) -> int:
    return max(smoothing(n), talib_wilder_memory(n))


@indicator("keltner", "price", _keltner_memory)
def keltner_upper(
    high: Series, low: Series, close: Series, n: int = 20, width: float = 2.0
) -> Floats:
    """Upper Keltner channel: EMA of n bars plus width average true ranges. Source: Keltner 1960."""
    return _EMA(close, n) + width * _ATR(high, low, close, n)


@indicator("keltner", "price", _keltner_memory)
def keltner_lower(
    high: Series, low: Series, close: Series, n: int = 20, width: float = 2.0
) -> Floats:
    """Lower Keltner channel: EMA of n bars less width average true ranges. Source: Keltner 1960."""
    return _EMA(close, n) - width * _ATR(high, low, close, n)


@indicator("donchian_high", "price", lambda n: n, lowest=1)
def donchian_upper(high: Series, n: int = 20) -> Floats:
    """Highest high of the n bars before this one, so that a bar can break it. Source: Donchian."""
    return shifted(window_max(high, n), 1)


@indicator("donchian_low", "price", lambda n: n, lowest=1)
def donchian_lower(low: Series, n: int = 20) -> Floats:
    """Lowest low of the n bars before this one, so that a bar can break it. Source: Donchian."""
    return shifted(window_min(low, n), 1)
