"""The planted edge: a drift that past prices give away, of a size that is known.

Between sessions. While a symbol is calm it goes on drifting the way it went in the last weeks;
while it is turbulent it turns against its last days. With z the past returns in deviations,

    slow = 0.94 slow + sqrt(1 - 0.94^2) z       fast = 0.5 fast + sqrt(1 - 0.5^2) z
    signal = tanh(slow) if calm else -tanh(1.5 fast);  drift = strength * deviation * signal

and the drift accrues while the session is open, so that an order at the open does not miss it. A
symbol is calm while its deviation is below 1.1 times the usual one.

Inside sessions. A share of the first half hour's move is added to the rest of the session.

The oracle holds each symbol's signal in an equal slot, trading at the open without costs. Its mean
is taken from the drift itself, without noise; `strength` is searched until its Sharpe is the one
asked for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats

SLOW: Final = 0.94
FAST: Final = 0.5
CALM: Final = 1.1
_SESSIONS_A_YEAR: Final = 252
_TOLERANCE: Final = 0.002
_TRIES: Final = 12


@dataclass(frozen=True, slots=True)
class PlantedEdge:
    """What was planted, in figures: annual Sharpe ratios before costs, of rules that know it.

    oracle_sharpe: between sessions. strength: largest drift, in deviations of a session.
    intraday_share: of the first half hour's move; intraday_sharpe: of following its sign.
    """

    oracle_sharpe: float
    strength: float
    intraday_share: float
    intraday_sharpe: float

    @property
    def words(self) -> str:
        """One or two sentences for the owner."""
        if not (self.strength or self.intraday_share):
            return "no edge is planted: every price is a martingale, and nothing can be found"
        return "; ".join(part for part in (self._daily_words(), self._intraday_words()) if part)

    def _daily_words(self) -> str:
        if not self.strength:
            return ""
        return (
            "an edge is planted: a calm symbol drifts on the way it went in the last weeks, a "
            "turbulent one turns against its last days; a rule that knew the drift exactly would "
            f"have an annual Sharpe ratio of {self.oracle_sharpe:.1f} before costs"
        )

    def _intraday_words(self) -> str:
        if not self.intraday_share:
            return ""
        return (
            f"inside each session {self.intraday_share:.0%} of the first half hour's move is added "
            "to the rest of the day; following its sign in every symbol would have an annual "
            f"Sharpe ratio of {self.intraday_sharpe:.1f} before costs"
        )


@dataclass(frozen=True, slots=True)
class Unplanted:
    """Returns of S sessions and N symbols without drift; deviation known before each session.

    usual: (N,) long-run deviation.
    """

    overnight: Floats
    first: Floats
    rest: Floats
    deviation: Floats
    usual: Floats


def plant(unplanted: Unplanted, sharpe: float, share: float) -> tuple[PlantedEdge, Floats]:
    """The edge of that oracle Sharpe, and its drift (S, N)."""
    strength, drift, found = 0.0, np.zeros(unplanted.first.shape), 0.0
    if sharpe > 0.0:
        strength, drift, found = _searched(unplanted, sharpe)
    return PlantedEdge(found, strength, share, _follower(unplanted, share)), drift


def _searched(unplanted: Unplanted, wanted: float) -> tuple[float, Floats, float]:
    """Strength, drift and Sharpe by the rule of false position; both grow together."""
    strength = 0.05 * wanted
    for _ in range(_TRIES):
        signal = _signal(unplanted, strength)
        drift = strength * unplanted.deviation * signal
        found = _oracle(unplanted, signal, drift)
        if abs(found / wanted - 1.0) < _TOLERANCE:
            break
        strength *= wanted / found
    return strength, drift, found


def _signal(unplanted: Unplanted, strength: float) -> Floats:
    total = unplanted.overnight + unplanted.first + unplanted.rest
    shocks = total / unplanted.deviation
    calm = unplanted.deviation < CALM * unplanted.usual
    slow, fast = np.zeros(shocks.shape[1]), np.zeros(shocks.shape[1])
    slow_gain, fast_gain = math.sqrt(1.0 - SLOW**2), math.sqrt(1.0 - FAST**2)
    signal = np.empty(shocks.shape)
    for day, shock in enumerate(shocks):
        signal[day] = np.where(calm[day], np.tanh(slow), -np.tanh(1.5 * fast))
        seen = shock + strength * signal[day]
        slow = SLOW * slow + slow_gain * seen
        fast = FAST * fast + fast_gain * seen
    return signal


def _oracle(unplanted: Unplanted, signal: Floats, drift: Floats) -> float:
    inside = np.mean(signal * (unplanted.first + unplanted.rest + drift), axis=1)
    carried = np.mean(signal[:-1] * unplanted.overnight[1:], axis=1)
    earned = inside + np.concatenate(([0.0], carried))
    return _annual(float(np.mean(signal * drift)) / float(np.std(earned)))


def _follower(unplanted: Unplanted, share: float) -> float:
    side = np.sign(unplanted.first)
    earned = np.mean(side * unplanted.rest, axis=1)
    return _annual(share * float(np.mean(np.abs(unplanted.first))) / float(np.std(earned)))


def _annual(a_session: float) -> float:
    return math.sqrt(_SESSIONS_A_YEAR) * a_session
