"""The pure parts of the look-ahead check: where to cut, what to put after a cut, what differs.

Two tests, neither enough alone. *Truncation*: positions up to a cut must not change when the bars
after it are gone; it catches genomes that use the length. *Replaced future*: nor when those bars
are others, of the same number; it catches statistics over the whole series, trends of the whole,
back-filled warm-ups, and genomes that recognise a shortened series. The replaced future differs
violently from its first bar on (crash, surge, noise, drift), because a cheat that fires only on a
crash of the next bar is blind to a gentle one. Who runs the genome is `daemon.sandbox.probe`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from daemon.domain.genome.contract import Manifest
from daemon.domain.market.bars import PRICES, Bools, Floats, Ints, Market
from daemon.errors import Reason

TOLERANCE: Final = 1e-9
EARLY_CUTS: Final = (4, 17, 46)
"""A back-filled warm-up leaks here only; no truncation, a short series may rightly raise."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What the probe market showed: the behaviour hash, or why the genome is refused."""

    behaviour: str
    reasons: tuple[Reason, ...]
    lookahead: bool = False


def fixed_cuts(bars: int, count: int) -> tuple[int, ...]:
    """About evenly spread cuts from bar 61 to the last but one, never twice the same."""
    if bars < 64:
        return ()
    return tuple(int(cut) for cut in np.unique(np.linspace(61, bars - 2, count).astype(int)))


def change_cuts(positions: Floats, count: int) -> tuple[int, ...]:
    """Cuts one bar after position changes: the bar of the change is the last one left.

    positions: raw float64 (T, N). The sample is spread over all changes, first and last included.
    """
    previous, current = positions[:-1], positions[1:]
    same = (current == previous) | (np.isnan(current) & np.isnan(previous))
    changes = np.flatnonzero(~same.all(axis=1)) + 1
    changes = changes[changes < len(positions) - 1]
    if len(changes) == 0:
        return ()
    chosen = np.unique(np.linspace(0, len(changes) - 1, count).astype(int))
    return tuple(int(bar) + 1 for bar in changes[chosen])


def lucky_cuts(positions: Floats, close: Floats, count: int) -> tuple[int, ...]:
    """Cuts one bar after the changes that gained most on the next bar, in order of bars.

    A genome that peeks now and then gains there. positions, close: float64 (T, N), raw prices.
    """
    changes = positions[1:-1] - positions[:-2]
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = close[2:] / close[1:-1] - 1.0
    gains = np.nansum(changes * np.where(np.isfinite(ahead), ahead, 0.0), axis=1)
    best = np.argsort(-gains, kind="stable")[:count]
    return tuple(int(bar) + 2 for bar in np.sort(best[gains[best] > 0.0]))


def parity_ends(market: Market, warmup: int, count: int) -> tuple[int, ...]:
    """Ends (excluded) of `warmup` bars that are compared with the full history, () if too short.

    Bars in a flat stretch are left out: there an exact tie with an average is decided by rounding.
    """
    flat = np.zeros(len(market.axis), dtype=bool)
    flat[1:] = np.any(market.close[1:] == market.close[:-1], axis=1)
    candidates = np.flatnonzero(~flat) + 1
    candidates = candidates[candidates > warmup]
    if len(candidates) == 0:
        return ()
    chosen = np.unique(np.linspace(0, len(candidates) - 1, count).astype(int))
    return tuple(int(bar) for bar in candidates[chosen])


def replaced_future(market: Market, cut: int, generator: np.random.Generator) -> Market:
    """The market with other bars from `cut` on; symbols in turn crash, surge, jump about, drift.

    Every symbol gets every future as cuts go by. Volumes are new, no bar is stale, times stay.
    """
    bars, symbols = market.shape
    rows = bars - cut
    kinds = (np.arange(symbols) + cut) % 4
    shocks = generator.normal(0.0, 0.004, (rows, symbols))
    shocks[:, kinds == 2] *= 12.0
    shocks[:, kinds == 3] += 0.006
    shocks[0, kinds == 0] = -0.12
    shocks[0, kinds == 1] = 0.14
    shocks[0, kinds == 2] = 0.09 * np.sign(shocks[0, kinds == 2])
    paths = np.cumsum(np.clip(shocks, -0.2, 0.2), axis=0)
    paths = np.clip(paths, -3.0, 3.0)
    close = market.close[cut - 1] * np.exp(paths)
    opened = np.vstack([close[:1], close[:-1]]) * (1.0 + generator.normal(0.0, 0.002, close.shape))
    spread = 1.0 + generator.uniform(0.001, 0.02, close.shape)
    volume = market.volume.mean(axis=0) * generator.uniform(0.2, 6.0, close.shape)
    tails = {
        "open": opened,
        "high": np.maximum(opened, close) * spread,
        "low": np.minimum(opened, close) / spread,
        "close": close,
        "volume": np.round(volume),
        "stale": np.zeros(close.shape, dtype=bool),
    }
    return replace(
        market, **{name: _joined(market, name, cut, tail) for name, tail in tails.items()}
    )


def side_by_side(markets: list[Market]) -> Market:
    """Markets of the same bars as one, their symbols after each other (not sealed, no actions)."""
    arrays: dict[str, Any] = {
        name: np.asfortranarray(np.hstack([getattr(market, name) for market in markets]))
        for name in (*PRICES, "volume", "stale")
    }
    symbols = tuple(symbol for market in markets for symbol in market.symbols)
    return replace(markets[0], symbols=symbols, hash="", **arrays)


def first_difference(reference: Floats, other: Floats) -> int:
    """First row where raw positions differ by more than 1e-9, or -1; NaN equals NaN."""
    with np.errstate(invalid="ignore"):
        near = np.abs(reference - other) <= TOLERANCE
    same = near | (reference == other) | (np.isnan(reference) & np.isnan(other))
    rows = np.flatnonzero(~same.all(axis=1))
    return int(rows[0]) if len(rows) else -1


def same_bits(one: Floats, other: Floats) -> bool:
    """True if two answers are equal bit for bit; a NaN is a NaN, whatever its sign and payload.

    Which of two NaNs a sum keeps hangs on where the arrays lie in memory.
    """
    if one.shape != other.shape:
        return False
    if one.tobytes() == other.tobytes():
        return True
    plain, again = (np.where(np.isnan(answer), np.nan, answer) for answer in (one, other))
    return plain.tobytes() == again.tobytes()


def behaviour(positions: Floats, manifest: Manifest, version: int) -> str:
    """SHA-256 of what a genome does on the probe: its positions to three decimals, and its exits.

    Also in it: kind, time frame, universe and the version of the probe. A genome that never takes
    a position is not refused here; it behaves like every other one that does not.
    """
    said = (version, manifest.kind, manifest.timeframe, manifest.universe, manifest.exits)
    steps = np.round(np.ascontiguousarray(positions.T) * 1000.0).astype(np.int16)
    return hashlib.sha256(repr(said).encode() + steps.tobytes()).hexdigest()


def _joined(market: Market, name: str, cut: int, tail: Floats | Bools | Ints) -> Any:
    joined = np.array(getattr(market, name), order="F")
    joined[cut:] = tail
    return joined
