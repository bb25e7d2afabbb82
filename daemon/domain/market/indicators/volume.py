"""Volume: how much was traded, in which direction, and at what effect on the price."""

from __future__ import annotations

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.market.indicators import columns
from daemon.domain.market.indicators.columns import divided, logarithm, window_sum
from daemon.domain.market.indicators.registry import Series, indicator


@indicator("volume_flow", "oscillator", lambda n: n)
def mfi(high: Series, low: Series, close: Series, volume: Series, n: int = 14) -> Floats:
    """Money flow index, 0 to 100: dollars on rising over all typical prices; 50 without any.

    Source: Quong and Soudack 1989.
    """
    typical = (high + low + close) / 3
    step, flow = np.diff(typical), (typical * volume)[1:]
    rising = window_sum(np.where(step > 0, flow, 0.0), n)
    falling = window_sum(np.where(step < 0, flow, 0.0), n)
    out = columns.undefined(close)
    out[1:] = 100 * divided(rising, rising + falling, 0.5)
    return out


@indicator("volume_balance", "ratio", lambda n: n)
def obv(close: Series, volume: Series, n: int = 20) -> Floats:
    """On-balance volume of n bars, -1 to 1: volume of rises less falls over all volume.

    Source: Granville 1963, over a window.
    """
    signed = np.sign(np.diff(close)) * volume[1:]
    out = columns.undefined(close)
    out[1:] = divided(window_sum(signed, n), window_sum(volume[1:], n), 0.0)
    return out


@indicator("money_flow", "ratio", lambda n: n - 1)
def cmf(high: Series, low: Series, close: Series, volume: Series, n: int = 20) -> Floats:
    """Chaikin money flow, -1 to 1: place of the close in its bar, weighted by volume."""
    place = divided(2 * close - high - low, high - low, 0.0)
    return divided(window_sum(place * volume, n), window_sum(volume, n), 0.0)


@indicator("money_flow", "ratio", lambda n: n - 1)
def intraday_intensity(
    high: Series, low: Series, close: Series, volume: Series, n: int = 20
) -> Floats:
    """Intraday intensity, -1 to 1: mean place of the close in its bar, each bar weighted by volume
    relative to the largest of the window.

    Source: Bostian, over a window.
    """
    place = divided(2 * close - high - low, high - low, 0.0)
    return divided(window_sum(place * volume, n), n * columns.window_max(volume, n), 0.0)


@indicator("volume_level", "ratio", lambda n: n - 1)
def relative_volume(volume: Series, n: int = 20) -> Floats:
    """Volume over its mean of the last n bars; 1 where nothing was traded."""
    return divided(volume, window_sum(volume, n) / n, 1.0)


@indicator("volume_level", "ratio", lambda n: n - 1)
def volume_zscore(volume: Series, n: int = 20) -> Floats:
    """Volume less its mean of n bars, in their standard deviations; 0 if all are equal."""
    level = window_sum(volume, n) / n
    return divided(volume - level, np.sqrt(columns.window_variance(volume, n)), 0.0)


@indicator("liquidity", "ratio", lambda n: n)
def amihud(close: Series, volume: Series, n: int = 20) -> Floats:
    """Illiquidity: mean of |log return| per million dollars traded; 0 for bars without volume.

    Source: Amihud 2002.
    """
    dollars = (close * volume)[1:] / 1e6
    out = columns.undefined(close)
    out[1:] = window_sum(divided(np.abs(np.diff(logarithm(close))), dollars, 0.0), n) / n
    return out


@indicator("volume_average", "price", lambda n: n - 1)
def vwma(close: Series, volume: Series, n: int = 20) -> Floats:
    """Volume-weighted mean price of n bars; the last price where nothing was traded."""
    total = window_sum(volume, n)
    return np.where(
        total > 0, divided(window_sum(close * volume, n), total, 0.0), close + 0 * total
    )


@indicator("traded", "scale", lambda n: n)
def dollar_volume(close: Series, volume: Series, n: int = 20) -> Floats:
    """Mean dollars traded a bar over the last n bars."""
    return window_sum(close * volume, n) / n


@indicator("force", "scale", lambda n: n)
def force_index(close: Series, volume: Series, n: int = 13) -> Floats:
    """Mean of change times volume over n bars. Source: Elder 1993, with a simple mean."""
    out = columns.undefined(close)
    out[1:] = window_sum(np.diff(close) * volume[1:], n) / n
    return out
