"""The path of an account by session: its highs and lows.

Every drawdown (of the whole, of Calmar's three years, of each block) is taken from the highs and
lows of the sessions; bars are looked at one by one only in a session that both made a new high
and may hold the deepest fall.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.compiled import constant, entry, inlined
from daemon.domain.market.bars import Floats, Ints

LOOK: Final = constant(64)
"""Bars that are compared with the extremes so far at once: most hold no new one."""

STILL: Final = 1e-9
"""A session deviation or a share of the capital below this is none: rounding at rest."""


@dataclass(frozen=True, slots=True)
class SessionPath:
    """T bars in S sessions; dollars.

    equity: (T,). ends: int64 (S,) index of each session's last bar. highs, lows: (S,) extremes of
    equity, not a number where any of the session's is not.
    """

    equity: Floats
    ends: Ints
    highs: Floats
    lows: Floats

    def bars(self, first: int, last: int) -> tuple[int, int]:
        """The first and the last bar of sessions first..last."""
        return int(self.ends[first - 1]) + 1 if first else 0, int(self.ends[last])

    def max_drawdown(self, opening: float, first: int, last: int) -> float:
        """min over t of E_t / max(opening, E_u for u <= t) - 1 (<= 0), t in sessions first..last.

        Not a number where the opening or any of these equities is not finite.
        """
        return _max_drawdown(self.equity, self.ends, self.highs, self.lows, opening, first, last)


def session_path(equity: Floats, ends: Ints) -> SessionPath:
    """The path of equity (T,), cut at `ends` (S,)."""
    highs, lows = np.empty(len(ends)), np.empty(len(ends))
    _extremes(equity, ends, highs, lows)
    return SessionPath(equity, ends, highs, lows)


@entry
def _extremes(equity: Floats, ends: Ints, highs: Floats, lows: Floats) -> None:
    """Write the extremes of each session, in one pass."""
    start = 0
    for session in range(len(ends)):
        high, low, odd = -math.inf, math.inf, 0
        for first in range(start, ends[session] + 1, LOOK):
            block = equity[first : min(first + LOOK, ends[session] + 1)]
            above, below = 0, 0
            for k in range(len(block)):
                above += block[k] > high
                below += block[k] < low
                odd += block[k] != block[k]
            if above > 0:
                high = _highest(block, high)
            if below > 0:
                low = _lowest(block, low)
        highs[session] = math.nan if odd > 0 else high
        lows[session] = math.nan if odd > 0 else low
        start = ends[session] + 1


@inlined
def _highest(block: Floats, high: float) -> float:
    for k in range(len(block)):
        high = max(high, block[k])
    return high


@inlined
def _lowest(block: Floats, low: float) -> float:
    for k in range(len(block)):
        low = min(low, block[k])
    return low


@entry
def _max_drawdown(
    equity: Floats, ends: Ints, highs: Floats, lows: Floats, opening: float, first: int, last: int
) -> float:
    peak, worst = opening, 0.0
    for session in range(first, last + 1):
        high, low = highs[session], lows[session]
        if not (abs(high) < math.inf and abs(low) < math.inf and abs(peak) < math.inf):
            return math.nan
        if high <= peak:
            worst = min(worst, low / peak - 1.0)
        elif low < 0.0 or low / high - 1.0 < worst:
            start = ends[session - 1] + 1 if session > 0 else 0
            worst = min(worst, _deepest(equity[start : ends[session] + 1], peak))
        peak = max(peak, high)
    return worst


@inlined
def _deepest(equity: Floats, peak: float) -> float:
    worst = 0.0
    for k in range(len(equity)):
        peak = max(peak, equity[k])
        worst = min(worst, equity[k] / peak - 1.0)
    return worst
