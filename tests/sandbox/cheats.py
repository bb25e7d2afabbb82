"""Look-ahead cheats and benign rules as plain functions of one symbol's bars, for the probe tests.

Each takes bars (open, high, low, close, volume: float64 (T,)) and answers T positions. Between
them the cheats use the length, the whole sample, the next bar, the order, the spectrum, or a
future that matters only now and then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rule = Callable[[Any], Floats]


def _hold(condition: Any) -> Floats:
    return np.where(condition, 1.0, 0.0)


def _next(values: Floats, bars: int = 1) -> Floats:
    """Each value replaced by the one `bars` later; the last ones repeat."""
    return np.concatenate([values[bars:], np.repeat(values[-1:], min(bars, len(values)))])


def _sma(values: Floats, n: int) -> Floats:
    """Past-only mean; NaN before n bars."""
    out = np.full(len(values), np.nan)
    if len(values) >= n:
        out[n - 1 :] = np.lib.stride_tricks.sliding_window_view(values, n).mean(axis=1)
    return out


def _centred(values: Floats, n: int) -> Floats:
    padded = np.pad(values, n // 2, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, n).mean(axis=1)[: len(values)]


def _crash_ahead(b: Any) -> Floats:
    """Benign but for the bars before a fall of more than 8 %."""
    ahead = _next(b.close) / b.close - 1.0
    return np.where(ahead < -0.08, 0.0, _hold(b.close > np.nan_to_num(_sma(b.close, 10))))


def _surge_ahead_in_uptrend(b: Any) -> Floats:
    rising = b.close > np.nan_to_num(_sma(b.close, 50), nan=np.inf)
    ahead = _next(b.close) / b.close - 1.0
    return _hold(rising & (ahead > 0.0))


def _knows_short_series(b: Any) -> Floats:
    """Honest where it sees a shortened array, else looks one bar ahead."""
    honest = _hold(b.close > b.open)
    return honest if len(b.close) != 1500 else _hold(_next(b.close) > b.close)


def _only_near_the_end(b: Any) -> Floats:
    position = _hold(b.close > b.open)
    position[len(position) - len(position) // 4 :] = 1.0
    return position


def _back_filled(b: Any) -> Floats:
    mean = _sma(b.close, 40)
    known = np.flatnonzero(~np.isnan(mean))
    if len(known):
        mean[: known[0]] = mean[known[0]]
    return _hold(b.close > mean)


def _filled_backwards(b: Any) -> Floats:
    """Holds before an up day that is still to come, by filling from the right."""
    event = np.where(b.close / b.open > 1.02, 1.0, np.nan)
    filled = event[::-1].copy()
    last = np.nan
    for bar, value in enumerate(filled):
        last = value if not np.isnan(value) else (last if bar % 5 else np.nan)
        filled[bar] = last
    return np.nan_to_num(filled[::-1])


def _smooth_fft(b: Any) -> Floats:
    spectrum = np.fft.rfft(b.close)
    spectrum[max(3, len(spectrum) // 20) :] = 0
    smooth = np.fft.irfft(spectrum, len(b.close))
    return _hold(np.diff(smooth, append=smooth[-1]) > 0)


def _fitted_line(b: Any) -> Floats:
    x = np.arange(len(b.close))
    slope, level = np.polyfit(x, b.close, 1)
    return _hold(b.close < slope * x + level)


def _ranked(b: Any) -> Floats:
    ranks = np.argsort(np.argsort(b.close))
    return ranks / len(ranks)


def _two_sided_ema(b: Any) -> Floats:
    smooth = b.close.copy()
    for bar in range(len(smooth) - 2, -1, -1):
        smooth[bar] = 0.2 * smooth[bar] + 0.8 * smooth[bar + 1]
    return _hold(smooth > b.close)


def _drawdown_ahead(b: Any) -> Floats:
    lowest = np.minimum.accumulate(b.low[::-1])[::-1]
    return _hold(lowest > 0.95 * b.close)


def _volatility_of_all(b: Any) -> Floats:
    changes = np.diff(np.log(b.close), prepend=np.log(b.close[0]))
    return np.clip(0.01 / (changes.std() + 1e-9), 0, 1) * _hold(changes > 0)


CHEATS: dict[str, Rule] = {
    "next close": lambda b: _hold(_next(b.close) > b.close),
    "next open": lambda b: _hold(_next(b.open) > b.close),
    "next high": lambda b: _hold(_next(b.high) > 1.01 * b.close),
    "next volume": lambda b: _hold(_next(b.volume) > b.volume),
    "rolled round": lambda b: _hold(np.roll(b.close, -1) > b.close),
    "five bars ahead": lambda b: _hold(_next(b.close, 5) > b.close),
    "fifty bars ahead": lambda b: _hold(_next(b.close, 50) > b.close),
    "centred mean": lambda b: _hold(_centred(b.close, 21) > b.close),
    "mean of all": lambda b: _hold(b.close > b.close.mean()),
    "median of all": lambda b: _hold(b.close > np.median(b.close)),
    "maximum of all": lambda b: _hold(b.close > 0.8 * b.close.max()),
    "minimum of all": lambda b: _hold(b.close < 1.2 * b.close.min()),
    "z-score of all": lambda b: np.clip((b.close - b.close.mean()) / b.close.std() / 3, -1, 1),
    "quantile of all": lambda b: _hold(b.close < np.quantile(b.close, 0.2)),
    "volume of all": lambda b: _hold(b.volume > b.volume.mean()),
    "volatility of all": _volatility_of_all,
    "trend of all": lambda b: np.full(len(b.close), float(b.close[-1] > b.close[0])),
    "scaled to the last price": lambda b: np.clip(b.close / b.close[-1] - 0.5, 0, 1),
    "ranked": _ranked,
    "sorted": lambda b: _hold(np.sort(b.close) > b.close),
    "reversed sum": lambda b: _hold(b.close[::-1].cumsum()[::-1] > 1e5),
    "reversed extreme": lambda b: _hold(np.maximum.accumulate(b.high[::-1])[::-1] > 1.2 * b.close),
    "drawdown ahead": _drawdown_ahead,
    "fitted line": _fitted_line,
    "smoothed spectrum": _smooth_fft,
    "two-sided average": _two_sided_ema,
    "back-filled warm-up": _back_filled,
    "filled backwards": _filled_backwards,
    "crash ahead": _crash_ahead,
    "surge ahead in an uptrend": _surge_ahead_in_uptrend,
    "knows a short series": _knows_short_series,
    "other near the end": _only_near_the_end,
    "share of the length": lambda b: np.arange(len(b.close)) / len(b.close),
    "bars to go": lambda b: _hold(np.arange(len(b.close))[::-1] > 700),
    "same bar of the second half": lambda b: _hold(np.roll(b.close, len(b.close) // 2) > b.close),
}


def _momentum(b: Any) -> Floats:
    past = np.concatenate([np.full(min(20, len(b.close)), np.nan), b.close[:-20]])
    return _hold(b.close > past[: len(b.close)])


def _ema_cross(b: Any) -> Floats:
    fast, slow = b.close.copy(), b.close.copy()
    for bar in range(1, len(fast)):
        fast[bar] = 0.9 * fast[bar - 1] + 0.1 * b.close[bar]
        slow[bar] = 0.97 * slow[bar - 1] + 0.03 * b.close[bar]
    return np.where(fast > slow, 1.0, -1.0)


def _raises_when_short(b: Any) -> Floats:
    if len(b.close) < 400:
        raise ValueError("too short")
    return _hold(b.close > b.open)


BENIGN: dict[str, Rule] = {
    "always": lambda b: np.ones(len(b.close)),
    "never": lambda b: np.zeros(len(b.close)),
    "up bar": lambda b: _hold(b.close > b.open),
    "mean with a NaN warm-up": lambda b: np.where(
        np.isnan(_sma(b.close, 20)), np.nan, np.sign(b.close - np.nan_to_num(_sma(b.close, 20)))
    ),
    "running maximum": lambda b: _hold(b.close > 0.95 * np.maximum.accumulate(b.high)),
    "momentum": _momentum,
    "exponential averages": _ema_cross,
    "running sum of volume": lambda b: _hold(np.cumsum(np.sign(b.close - b.open) * b.volume) > 0),
    "raises on a short series": _raises_when_short,
    "tenth bar": lambda b: _hold(np.arange(len(b.close)) % 10 == 0),
}
