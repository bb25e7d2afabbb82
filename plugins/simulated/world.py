"""Sessions of the simulated market: who moves how much, overnight, in the first half hour, after.

1. `_shocks`: Student-t (6) draws for one common factor and for each symbol, in three parts.
2. `_deviations`: GJR-GARCH(1,1) of each: turbulence clusters, and the factor's losses raise it.
3. Each symbol is beta times the factor plus its own part, with rare jumps overnight. Returns are
   simple returns with mean zero: without an edge every price is a martingale.
4. `edge.plant` adds the drift, if one is wanted.
Minutes inside a session are drawn in `paths`, in such a way that they add up to these figures. How
wild a session is, tail included, shows in its first minutes and its volume; which way it goes does
not: volume follows how wide moves could have been, and never how wide they became.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats
from plugins.simulated import characters
from plugins.simulated.edge import PlantedEdge, Unplanted, plant
from plugins.simulated.sessions import Sessions, sessions
from plugins.simulated.settings import LAST_YEAR, SimulatedSettings

OVERNIGHT_SHARE: Final = 0.25
FIRST_SHARE: Final = 0.20
"""Share of the variance inside a session that falls into its first half hour."""
FACTOR_DEVIATION: Final = 0.009
_TAILS: Final = 6.0
_LARGEST_SHOCK: Final = 6.0
_ARCH, _LEVERAGE, _GARCH = 0.10, 0.18, 0.87
_LARGEST_VARIANCE: Final = 9.0
_JUMP_CHANCE, _JUMP_SIZE = 0.008, 4.0
_LARGEST_GAP: Final = 0.45
_VOLUME_MEMORY, _VOLUME_NOISE = 0.9, 0.15


@dataclass(frozen=True, slots=True)
class World:
    """S sessions of N symbols; returns are simple, overnight of the last close, others of the open.

    overnight: (S, N). factor_first, factor_rest: (S,) and own_first, own_rest: (S, N) noise inside
    the session; a symbol's is beta times the factor's plus its own. factor_deviation (S,),
    own_deviation (S, N): of a whole session, known before it. factor_width, own_width: the same
    times the tail that was drawn for it. drift: (S, N) planted, on top. open: (S, N) dollars.
    volume: (S, N) shares.
    """

    sessions: Sessions
    overnight: Floats
    factor_first: Floats
    factor_rest: Floats
    own_first: Floats
    own_rest: Floats
    factor_deviation: Floats
    own_deviation: Floats
    factor_width: Floats
    own_width: Floats
    drift: Floats
    open: Floats
    volume: Floats
    planted: PlantedEdge


@lru_cache(maxsize=2)
def world(settings: SimulatedSettings) -> World:
    """The sessions of these settings; the last two worlds are remembered."""
    days = sessions(settings.first_year, LAST_YEAR)
    rng = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(0,)))
    count = len(settings.symbols)
    beta = characters.column("beta", range(count))
    shocks, tails = _shocks(rng, len(days), count + 1)
    scale = np.concatenate(([FACTOR_DEVIATION], characters.column("own", range(count))))
    deviations = _deviations(np.sum(shocks, axis=0)) * scale
    widths = deviations * tails
    overnight, first, rest = shocks * deviations
    rest = rest + settings.intraday_edge * first
    overnight[:, 1:] += _jumps(rng, overnight[:, 1:].shape) * deviations[:, 1:]
    gap, early, late = (part[:, :1] * beta + part[:, 1:] for part in (overnight, first, rest))
    gap = np.clip(gap, -_LARGEST_GAP, _LARGEST_GAP)
    spread, width = (np.hypot(each[:, :1] * beta, each[:, 1:]) for each in (deviations, widths))
    usual = np.hypot(scale[0] * beta, scale[1:])
    bare = Unplanted(gap, early, late, spread, usual)
    planted, drift = plant(bare, settings.edge, settings.intraday_edge)
    return World(
        sessions=days,
        overnight=gap,
        factor_first=first[:, 0],
        factor_rest=rest[:, 0],
        own_first=first[:, 1:],
        own_rest=rest[:, 1:],
        factor_deviation=deviations[:, 0],
        own_deviation=deviations[:, 1:],
        factor_width=widths[:, 0],
        own_width=widths[:, 1:],
        drift=drift,
        open=_opens(gap, early + late + drift, characters.column("price", range(count))),
        volume=_volumes(
            rng,
            (0.6 * spread + 0.4 * width) / usual,
            characters.column("shares", range(count)),
        ),
        planted=planted,
    )


def _shocks(rng: np.random.Generator, days: int, count: int) -> tuple[Floats, Floats]:
    """Overnight, first half hour, rest: (3, S, 1 + N), variances adding up to 1; tails (S, 1 + N).

    A tail widens all three of its session.
    """
    inside = 1.0 - OVERNIGHT_SHARE
    shares = np.array([OVERNIGHT_SHARE, inside * FIRST_SHARE, inside * (1.0 - FIRST_SHARE)])
    tails = np.sqrt((_TAILS - 2.0) / rng.chisquare(_TAILS, (days, count)))
    draws = rng.standard_normal((3, days, count)) * tails * np.sqrt(shares)[:, None, None]
    return np.clip(draws, -_LARGEST_SHOCK, _LARGEST_SHOCK), tails


def _deviations(shocks: Floats) -> Floats:
    """(S, 1 + N) around 1, each known before its session; only the factor has the leverage."""
    leverage = np.zeros(shocks.shape[1])
    leverage[0] = _LEVERAGE
    arch = _ARCH - leverage / 2.0
    floor = 1.0 - _ARCH - _GARCH
    variance = np.ones(shocks.shape[1])
    deviations = np.empty(shocks.shape)
    for day, shock in enumerate(shocks):
        deviations[day] = np.sqrt(variance)
        reaction = (arch + leverage * (shock < 0.0)) * shock * shock
        variance = np.minimum(floor + variance * (reaction + _GARCH), _LARGEST_VARIANCE)
    return deviations


def _jumps(rng: np.random.Generator, shape: tuple[int, ...]) -> Floats:
    """Rare overnight surprises in deviations of a session."""
    return np.where(rng.random(shape) < _JUMP_CHANCE, 1.0, 0.0) * rng.normal(0.0, _JUMP_SIZE, shape)


def _opens(overnight: Floats, inside: Floats, start: Floats) -> Floats:
    closes = start * np.cumprod((1.0 + overnight) * (1.0 + inside), axis=0)
    return np.asarray(np.vstack((start, closes[:-1])) * (1.0 + overnight))


def _volumes(rng: np.random.Generator, turbulence: Floats, usual: Floats) -> Floats:
    """Shares a session: slowly wandering around the usual, more in turbulence."""
    noise = rng.normal(0.0, _VOLUME_NOISE, turbulence.shape)
    level = np.zeros(turbulence.shape[1])
    levels = np.empty(turbulence.shape)
    for day, step in enumerate(noise):
        level = _VOLUME_MEMORY * level + step
        levels[day] = level
    settled = _VOLUME_NOISE**2 / (1.0 - _VOLUME_MEMORY**2)
    return np.asarray(usual * turbulence * np.exp(levels - settled / 2.0))
