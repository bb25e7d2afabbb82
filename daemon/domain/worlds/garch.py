"""Returns with clustered volatility and fat tails, and no drift: the raw stuff of made-up worlds.

GARCH(1,1) with Student t innovations of 6 degrees of freedom, for a common factor and for what is
each symbol's own (Bollerslev 1986, 1987).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats

_ALPHA: Final = 0.08
_BETA: Final = 0.90
_FREEDOM: Final = 6.0
_WARM_UP: Final = 250
_FACTOR: Final = 0.009
_OWN: Final = 0.012
_LARGEST: Final = 0.35


@dataclass(frozen=True, slots=True)
class Shocks:
    """Returns (T, N) of mean zero given the past, and the deviation known before each session."""

    returns: Floats
    deviation: Floats


def garch(sessions: int, symbols: int, rng: np.random.Generator) -> Shocks:
    """Shocks of `symbols` symbols that share one factor, with betas from 0.5 to 1.5."""
    factor, factor_deviation = _series(sessions, 1, _FACTOR, rng)
    own, own_deviation = _series(sessions, symbols, _OWN, rng)
    beta = rng.uniform(0.5, 1.5, symbols)
    returns = np.clip(beta * factor + own, -_LARGEST, _LARGEST)
    deviation = np.hypot(beta * factor_deviation, own_deviation)
    return Shocks(returns, deviation)


def _series(
    sessions: int, columns: int, usual: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Returns and deviations (T, columns) after a warm-up that is thrown away."""
    scale = math.sqrt((_FREEDOM - 2.0) / _FREEDOM)
    draws = scale * rng.standard_t(_FREEDOM, (sessions + _WARM_UP, columns))
    returns, deviation = np.empty_like(draws), np.empty_like(draws)
    variance = np.full(columns, usual**2)
    for t, draw in enumerate(draws):
        deviation[t] = np.sqrt(variance)
        returns[t] = deviation[t] * draw
        variance = usual**2 * (1.0 - _ALPHA - _BETA) + _ALPHA * returns[t] ** 2 + _BETA * variance
    return returns[_WARM_UP:], deviation[_WARM_UP:]
