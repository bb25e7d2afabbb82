"""Where a strategy earns and where it loses: by the volatility and the trend of its market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.bars import Bools, Floats
from daemon.domain.stats.metrics import sharpe

DECAY: Final = 0.94
TREND: Final = 60
"""Sessions whose sum of returns says whether the market rises."""

FEWEST: Final = 20
"""Sessions below which a quadrant says nothing."""


@dataclass(frozen=True, slots=True)
class Quadrant:
    """A state of the market. share: of all sessions; sharpe: annual, None where it says nothing."""

    volatile: bool
    rising: bool
    share: float
    sharpe: float | None


def quadrants(returns: Floats, market: Floats) -> tuple[Quadrant, ...]:
    """The four states, by what was known the evening before each session.

    returns, market: float64 (S,), by session. Volatile: the exponentially weighted variance is
    above its median over the period; rising: so is the sum of the last sessions' returns above 0.
    """
    volatile, rising = _volatile(market), _rising(market)
    found = []
    for is_volatile in (False, True):
        for is_rising in (False, True):
            mine = (volatile == is_volatile) & (rising == is_rising)
            own = sharpe(returns[mine]) if mine.sum() >= FEWEST else None
            found.append(Quadrant(is_volatile, is_rising, float(mine.mean()), own))
    return tuple(found)


def _volatile(market: Floats) -> Bools:
    variance, seen = np.zeros(len(market)), 0.0
    for session, square in enumerate(np.square(market[:-1]), start=1):
        seen = square if session == 1 else DECAY * seen + (1.0 - DECAY) * square
        variance[session] = seen
    above: Bools = variance > np.median(variance)
    return above


def _rising(market: Floats) -> Bools:
    sums = np.concatenate([[0.0], np.cumsum(market)])
    ends = np.arange(len(market))
    above: Bools = sums[ends] - sums[np.maximum(ends - TREND, 0)] > 0.0
    return above
