"""Convexity: does a strategy gain when the market moves a lot, or does it sell insurance?

Two bounded measures, each shrunk by its own error (positive-part James-Stein):

1. `curvature`: partial correlation of the strategy with the squared market move (Treynor and
   Mazuy 1966), shrunk by its Newey-West t-value.
2. `gains`: (gains - losses) / (gains + losses) in the sessions that were *expected* to be
   volatile: variance forecast known the evening before, threshold from the past only.

`C = (tanh(curvature / 0.1) + tanh(gains / 0.1)) / 2`, and the factor is `K = 2^C`, in [1/2, 2].
"""

from __future__ import annotations

import math
from bisect import insort
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.compiled import either, entry, inlined
from daemon.domain.market.bars import Bools, Floats

DECAY: Final = 0.94
VOLATILE_SHARE: Final = 0.30
WARM_SESSIONS: Final = 20
_SCALE: Final = 0.1
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Convexity:
    """curvature and gains after shrinkage, each in [-1, 1]."""

    curvature: float
    gains: float

    @property
    def factor(self) -> float:
        """K = 2^C, in [1/2, 2]; 1 is neutral."""
        return float(
            2.0 ** ((math.tanh(self.curvature / _SCALE) + math.tanh(self.gains / _SCALE)) / 2)
        )


def convexity(returns: Floats, market: Floats, volatile: Bools) -> Convexity:
    """Of session returns (S,) against the market's (S,); `volatile` from `volatile_sessions`."""
    work = np.empty((3, len(market)))
    return Convexity(_curvature(returns, market, *work), _gains(returns[volatile]))


def volatile_sessions(market: Floats) -> Bools:
    """Sessions whose variance forecast is in the top 30 % of all forecasts so far: bool (S,).

    The forecast is an exponential average (0.94) of squared returns up to the session before. The
    first 20 sessions never count.
    """
    marks = np.zeros(len(market), dtype=np.bool_)
    forecast = 0.0
    seen: list[float] = []
    for session, move in enumerate(market.tolist()):
        if session > 0:
            insort(seen, forecast)
            threshold = seen[int((1.0 - VOLATILE_SHARE) * (len(seen) - 1))]
            marks[session] = session >= WARM_SESSIONS and forecast > threshold
        weight = DECAY if session else 0.0
        forecast = weight * forecast + (1.0 - weight) * move * move
    return marks


@either
def newey_west_lags(count: int) -> int:
    """floor(4 (T/100)^(2/9)) + 1."""
    return int(4.0 * (count / 100.0) ** (2.0 / 9.0)) + 1


@entry
def _curvature(returns: Floats, market: Floats, move: Floats, bend: Floats, rest: Floats) -> float:
    """Curvature after shrinkage; move, bend, rest: (S,) to work in."""
    count = len(market)
    own, deviation = _deviation(returns), _deviation(market)
    if count <= 3 or not (deviation > _TINY and own > _TINY):
        return 0.0
    for k in range(count):
        move[k] = min(max(market[k] / deviation, -4.0), 4.0)
        bend[k] = move[k] * move[k]
        rest[k] = returns[k] / own
    _centre(move)
    _without(bend, move)
    _without(rest, move)
    bend_power, rest_power = _dot(bend, bend), _dot(rest, rest)
    if bend_power < 1e-9 * count or rest_power < 1e-9 * count:
        return 0.0
    slope = _dot(bend, rest) / bend_power
    partial = slope * math.sqrt(bend_power / rest_power)
    for k in range(count):
        rest[k] = bend[k] * (rest[k] - slope * bend[k])
    error = _newey_west(rest) / bend_power
    return _shrunk(partial, error * error / (slope * slope) if slope != 0.0 else math.inf)


def _gains(returns: Floats) -> float:
    total = float(np.sum(np.abs(returns)))
    if not total > _TINY:
        return 0.0
    asymmetry = float(np.sum(returns)) / total
    error = float(np.sum(returns * returns)) / (total * total)
    return _shrunk(asymmetry, error / (asymmetry * asymmetry) if asymmetry else math.inf)


@either
def _shrunk(value: float, squared_error_ratio: float) -> float:
    return value * max(0.0, 1.0 - squared_error_ratio)


@inlined
def _without(values: Floats, move: Floats) -> None:
    """Centre, then take away what a centred move explains (Frisch and Waugh 1933)."""
    _centre(values)
    slope = _dot(values, move) / _dot(move, move)
    for k in range(len(values)):
        values[k] -= slope * move[k]


@inlined
def _newey_west(scores: Floats) -> float:
    """Long-run deviation of the sum of scores, Bartlett weights."""
    count = len(scores)
    lags = min(newey_west_lags(count), count - 1)
    total = _dot(scores, scores)
    for lag in range(1, lags + 1):
        later, earlier = scores[lag:], scores[: count - lag]
        total += 2.0 * (1.0 - lag / (lags + 1.0)) * _dot(later, earlier)
    return math.sqrt(max(total, 0.0))


@inlined
def _deviation(values: Floats) -> float:
    mean, total = _mean(values), 0.0
    for k in range(len(values)):
        total += (values[k] - mean) ** 2
    return math.sqrt(total / len(values))


@inlined
def _centre(values: Floats) -> None:
    mean = _mean(values)
    for k in range(len(values)):
        values[k] -= mean


@inlined
def _mean(values: Floats) -> float:
    total = 0.0
    for k in range(len(values)):
        total += values[k]
    return total / len(values)


@inlined
def _dot(one: Floats, other: Floats) -> float:
    total = 0.0
    for k in range(len(one)):
        total += one[k] * other[k]
    return total
