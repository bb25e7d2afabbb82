"""The pure parts of the look-ahead check: where to cut, and what differs.

Two tests, neither enough alone. *Truncation*: positions up to a cut must not change when the bars
after it are gone; it catches genomes that use the length. *Replaced future*: nor when those bars
are others, of the same number (`futures`); it catches statistics over the whole series, trends of
the whole, back-filled warm-ups, and genomes that recognise a shortened series. Cuts are drawn from
a seed that no genome can know. Who runs the genome is `daemon.sandbox`: `probe` and `proof`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from daemon.domain.genome.contract import Manifest
from daemon.domain.market.bars import Floats, Ints, Market
from daemon.errors import Reason

TOLERANCE: Final = 1e-9
EARLY_CUTS: Final = (4, 17, 46)
"""A back-filled warm-up leaks here only; no truncation, a short series may rightly raise."""
_LEAST_CHANGES: Final = 10
_LEAST_APART: Final = 0.3
PRICE_LEVELS: Final = "price_levels"
"""Flag of a genome whose positions hang on dollars and shares, not on relative moves alone."""

ON_THE_MARKET: Final = "on the market that it was priced on: "
"""How every reason of a proof begins."""

Occasion = Literal["niche", "screening", "graduation"]
"""What a genome is proved for: the more it stands to gain, the more it is asked."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What the probe market showed: the behaviour hash, or why the genome is refused."""

    behaviour: str
    reasons: tuple[Reason, ...]
    lookahead: bool = False
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Causality:
    """What a proof on a market showed: why the genome is refused, and what is only noted."""

    reasons: tuple[Reason, ...] = ()
    flags: tuple[str, ...] = ()


def seed_of(*parts: str | int) -> int:
    """A seed of 63 bits made of what names a trial (night's seed, hash of genome, market)."""
    digest = hashlib.sha256(repr(parts).encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


def fixed_cuts(bars: int, count: int) -> tuple[int, ...]:
    """About evenly spread cuts from bar 61 to the last but one, never twice the same."""
    if bars < 64:
        return ()
    return tuple(int(cut) for cut in np.unique(np.linspace(61, bars - 2, count).astype(int)))


def drawn_cuts(bars: int, count: int, generator: np.random.Generator) -> tuple[int, ...]:
    """One cut drawn from each of `count` equal stretches, in order; none where it is too short."""
    if bars < 2 * count:
        return ()
    edges = np.linspace(1, bars, count + 1).astype(int)
    return tuple(int(cut) for cut in generator.integers(edges[:-1], edges[1:]))


def change_cuts(positions: Floats, count: int, generator: np.random.Generator) -> tuple[int, ...]:
    """Cuts one bar after position changes: the bar of the change is the last one left.

    positions: raw float64 (T, N). One change is drawn from each of `count` equal parts of them.
    """
    previous, current = positions[:-1], positions[1:]
    same = (current == previous) | (np.isnan(current) & np.isnan(previous))
    changes = np.flatnonzero(~same.all(axis=1)) + 1
    changes = changes[changes < len(positions) - 1]
    chosen: Ints = np.arange(len(changes))
    if len(changes) > count:
        edges = np.linspace(0, len(changes), count + 1).astype(int)
        chosen = generator.integers(edges[:-1], edges[1:])
    return tuple(int(bar) + 1 for bar in changes[chosen])


def lucky_cuts(positions: Floats, close: Floats, count: int) -> tuple[int, ...]:
    """Cuts one bar after the changes that gained most on the next bar, in order of bars.

    A genome that peeks now and then gains there. positions, close: float64 (T, N), raw prices.
    """
    best = _best(_gains(positions, close).sum(axis=1), count)
    return tuple(int(bar) + 2 for bar in np.sort(best))


def lucky_symbols(positions: Floats, close: Floats, count: int) -> tuple[tuple[int, int], ...]:
    """`lucky_cuts` for each symbol alone: (cut, symbol), the best of all of them."""
    gains = _gains(positions, close)
    bars, symbols = np.unravel_index(_best(gains.ravel(), count), gains.shape)
    return tuple((int(bar) + 2, int(symbol)) for bar, symbol in zip(bars, symbols, strict=True))


def best_symbol(positions: Floats, close: Floats) -> int:
    """The symbol on which the positions earned most, the first of equals.

    positions, close: float64 (T, N), raw prices; what is unknown counts as nothing.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = close[1:] / close[:-1] - 1.0
    earned = np.nan_to_num(positions[:-1]) * np.where(np.isfinite(ahead), ahead, 0.0)
    return int(np.argmax(earned.sum(axis=0)))


def _gains(positions: Floats, close: Floats) -> Floats:
    """What each change of a position gained on the next bar, (T - 2, N); 0 where unknown."""
    changes = positions[1:-1] - positions[:-2]
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = close[2:] / close[1:-1] - 1.0
    return np.nan_to_num(changes * np.where(np.isfinite(ahead), ahead, 0.0))


def _best(gains: Floats, count: int) -> Ints:
    """Places of the greatest gains (K,) above zero, the greatest first, the first of equals."""
    above = np.flatnonzero(gains > 0.0)
    return above[np.argsort(-gains[above], kind="stable")[:count]]


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


def first_difference(reference: Floats, other: Floats) -> int:
    """First row where raw positions differ by more than 1e-9, or -1; NaN equals NaN."""
    if np.array_equal(reference, other):
        return -1
    with np.errstate(invalid="ignore"):
        near = np.abs(reference - other) <= TOLERANCE
    same = near | (reference == other) | (np.isnan(reference) & np.isnan(other))
    rows = np.flatnonzero(~same.all(axis=1))
    return int(rows[0]) if len(rows) else -1


def symbol_to_cut(positions: Floats, cut: int) -> int:
    """The symbol whose position changes most on the last bar before a cut; any where none does."""
    moves = np.abs(np.diff(np.nan_to_num(positions[max(0, cut - 2) : cut]), axis=0)).sum(axis=0)
    return int(np.argmax(moves)) if moves.any() else cut % positions.shape[1]


def share_of_differences(reference: Floats, other: Floats) -> float:
    """Share of the positions (T, N) that differ by more than 1e-9, NaN being no position."""
    one, two = np.nan_to_num(reference), np.nan_to_num(other)
    return float(np.mean(np.abs(one - two) > TOLERANCE)) if one.size else 0.0


def apart(reference: Floats, other: Floats) -> tuple[float, float]:
    """Sums over (T, N) of what differs and of what both hold, NaN being no position.

    The first over the second is 0 for the same positions and 1 where they have nothing in common.
    """
    one, two = np.nan_to_num(reference), np.nan_to_num(other)
    return float(np.abs(one - two).sum()), float((np.abs(one) + np.abs(two)).sum())


def unrelated(reference: Floats, other: Floats) -> float:
    """How little of the turns of positions (T, N) is kept: 1 minus their correlation, 0 to 2.

    Each symbol is taken about its own mean, over all of them together; NaN is no position. 0 where
    there are too few changes to say, or where most of what was held is held still: of weights that
    hardly vary the noise alone would be compared.
    """
    one, two = np.nan_to_num(reference), np.nan_to_num(other)
    moved, held = apart(one, two)
    changes = np.count_nonzero(np.diff(one, axis=0))
    if changes < _LEAST_CHANGES or moved <= _LEAST_APART * held:
        return 0.0
    one, two = one - one.mean(axis=0), two - two.mean(axis=0)
    size = float(np.sqrt(np.square(one).sum() * np.square(two).sum()))
    return 1.0 - float((one * two).sum()) / size if size else 1.0


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


def behaviour(positions: Floats, manifest: Manifest, version: int, stated: int = 0) -> str:
    """SHA-256 of what a genome does on the probe: its positions to three decimals, and its exits.

    Also in it: kind, time frame, universe and the version of the probe. stated: the WARMUP of a
    genome whose memory nobody could work out, so that one with a longer one is another. A genome
    that never takes a position is not refused here; it behaves like every other one that does not.
    """
    said = (version, manifest.kind, manifest.timeframe, manifest.universe, manifest.exits)
    told = (*said, stated) if stated else said
    steps = np.round(np.ascontiguousarray(positions.T) * 1000.0).astype(np.int16)
    return hashlib.sha256(repr(told).encode() + steps.tobytes()).hexdigest()
