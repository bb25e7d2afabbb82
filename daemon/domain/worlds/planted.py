"""Worlds with a planted edge of known kind and strength: whoever searches them can be measured.

Every session has the drift `strength * deviation * signal`, where the signal in [-1, 1] is a rule
of earlier returns. The oracle holds the signal itself in equal slots. The mean that any positions
earn is taken from the drift, without noise, so that a *true* Sharpe ratio is known for each genome
(statistics: planted-alpha ladder).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from daemon.domain.market.bars import Bools, Floats, Market
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.worlds.daily import daily_market
from daemon.domain.worlds.garch import Shocks, garch

_TRIES: Final = 16
_TOLERANCE: Final = 0.005
_SLOW: Final = 0.95
_FAST: Final = 0.7
_LATELY: Final = 60
_USUALLY: Final = 250
"""Sessions whose moves are compared: calm is who moved less lately than usually."""

_WEEK: Final = 5

Rule = Callable[[Floats, Bools, int], Floats]


class EdgeKind(StrEnum):
    """What gives the drift away."""

    MOMENTUM = "momentum"
    REVERSAL = "reversal"
    GATED = "gated"
    LEAD_LAG = "lead_lag"
    SEASONAL = "seasonal"


@dataclass(frozen=True, slots=True)
class Planted:
    """A market, its drift (T, N), and the oracle's positions, decided at the close before.

    oracle: (T, N); row t is decided at the close of session t for session t + 1, as a genome's.
    sharpe: the oracle's, annual, before costs, its mean without noise.
    """

    kind: EdgeKind
    market: Market
    drift: Floats
    oracle: Floats
    sharpe: float

    @property
    def z(self) -> float:
        """How many standard errors the oracle's Sharpe ratio is from zero on this market."""
        return self.sharpe * math.sqrt(len(self.drift) / SESSIONS_A_YEAR)

    def earned(self, positions: Floats) -> Floats:
        """Return of each session but the first that positions (T, N) earn before costs, (T - 1)."""
        moves = self.market.close[1:] / self.market.close[:-1] - 1.0
        return np.asarray(np.sum(_held(positions) * moves, axis=1))

    def true_sharpe(self, positions: Floats) -> float:
        """Annual Sharpe ratio of positions (T, N) before costs: mean from the drift alone; 0.0

        where nothing was ever held.
        """
        deviation = float(np.std(self.earned(positions)))
        mean = float(np.mean(np.sum(_held(positions) * self.drift[1:], axis=1)))
        return math.sqrt(SESSIONS_A_YEAR) * mean / deviation if deviation > 0.0 else 0.0


def planted(
    kind: EdgeKind, shape: tuple[int, int], sharpe: float, rng: np.random.Generator
) -> Planted:
    """A world of (sessions, symbols) whose oracle has that annual Sharpe ratio before costs."""
    shocks = garch(*shape, rng)
    strength = 0.05 * sharpe
    for _ in range(_TRIES):
        signal = signals(kind, shocks, strength)
        drift = strength * shocks.deviation * signal
        found = _oracle_sharpe(signal, drift, shocks.returns)
        if abs(found / sharpe - 1.0) < _TOLERANCE:
            break
        strength *= sharpe / found
    market = daily_market(shocks.returns + drift, rng)
    oracle = np.vstack((signal[1:], np.zeros((1, shape[1]))))
    return Planted(kind, market, drift, oracle, found)


def signals(kind: EdgeKind, shocks: Shocks, strength: float) -> Floats:
    """What gives the drift of each session away, (T, N) in [-1, 1], from sessions before it."""
    rule, (sessions, symbols) = _RULES[kind], shocks.returns.shape
    seen = shocks.returns / shocks.deviation
    signal, moves = np.zeros((sessions, symbols)), np.zeros((sessions, symbols))
    slow, fast = np.zeros(symbols), np.zeros(symbols)
    for t in range(1, sessions):
        last = seen[t - 1] + strength * signal[t - 1]
        moves[t - 1] = last * shocks.deviation[t - 1]
        slow = _SLOW * slow + math.sqrt(1.0 - _SLOW**2) * last
        fast = _FAST * fast + math.sqrt(1.0 - _FAST**2) * last
        calm = _size(moves[max(0, t - _LATELY) : t]) < _size(moves[max(0, t - _USUALLY) : t])
        signal[t] = rule(np.stack((slow, fast, last)), calm, t)
    return signal


def _held(positions: Floats) -> Floats:
    """What is held over each session but the first, as shares of the account, (T - 1, N)."""
    return np.asarray(positions[:-1] / positions.shape[1])


def _size(moves: Floats) -> Floats:
    """Root mean square of each column."""
    return np.asarray(np.sqrt(np.mean(moves * moves, axis=0)))


def _oracle_sharpe(signal: Floats, drift: Floats, noise: Floats) -> float:
    earned = np.mean(signal * (noise + drift), axis=1)
    return math.sqrt(SESSIONS_A_YEAR) * float(np.mean(signal * drift)) / float(np.std(earned))


def _momentum(past: Floats, calm: Bools, session: int) -> Floats:
    return np.asarray(np.tanh(past[0]))


def _reversal(past: Floats, calm: Bools, session: int) -> Floats:
    return np.asarray(-np.tanh(1.5 * past[1]))


def _gated(past: Floats, calm: Bools, session: int) -> Floats:
    return np.asarray(np.where(calm, np.tanh(past[0]), 0.0))


def _lead_lag(past: Floats, calm: Bools, session: int) -> Floats:
    led = np.full(past.shape[1], np.tanh(past[2][0]))
    led[0] = 0.0
    return led


def _seasonal(past: Floats, calm: Bools, session: int) -> Floats:
    return np.full(past.shape[1], 1.0 if session % _WEEK == _WEEK - 1 else -0.25)


_RULES: Final[dict[EdgeKind, Rule]] = {
    EdgeKind.MOMENTUM: _momentum,
    EdgeKind.REVERSAL: _reversal,
    EdgeKind.GATED: _gated,
    EdgeKind.LEAD_LAG: _lead_lag,
    EdgeKind.SEASONAL: _seasonal,
}
