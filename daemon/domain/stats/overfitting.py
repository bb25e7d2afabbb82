"""How often the best of a set in one half of the time is a poor one in the other half.

Combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado and Zhu 2015/2017):

1. `_blocks`: the periods are cut into an even number of contiguous blocks.
2. `_choices`: every way to choose half of the blocks; the other half is out of sample.
3. `_sharpes`: the Sharpe ratio of every column in both halves, from sums over the blocks.
4. `_outcome`: the best column in sample, and where it ranks out of sample.

The result is a property of *choosing from this set*, not of one strategy, and a set of clones
makes it meaningless: pass one column of each cluster (see `clusters`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats
from daemon.domain.stats.columns import finite_columns
from daemon.domain.stats.path import STILL

BLOCKS: Final = 12
_AT_ONCE: Final = 1_000_000
_TIE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Overfitting:
    """What C(S, S/2) splits of `columns` strategies showed; Sharpe ratios are per period.

    probability: PBO, the share of splits in which the best in sample ranks in the lower half (or
    in the middle) out of sample. slope: of its Sharpe out of sample on that in sample (least
    squares), None where the latter never varies. loss: share of splits in which its Sharpe out of
    sample is negative. logits: (splits,) of its relative rank out of sample, 0 in the middle.
    dominates_first, dominates_second: whether the chosen are better out of sample than the middle
    column at every quantile, and at every sum of the lowest quantiles (stochastic dominance).
    """

    probability: float
    slope: float | None
    loss: float
    columns: int
    splits: int
    logits: Floats
    dominates_first: bool
    dominates_second: bool


def overfitting(returns: Floats, blocks: int = BLOCKS) -> Overfitting | None:
    """PBO of choosing the highest Sharpe among the columns of returns (T, N).

    None for fewer than two columns, where nothing is chosen, or where a block would have fewer
    than two periods. A ValueError unless blocks is even, from 2 on, and returns are finite.
    """
    if blocks < 2 or blocks % 2:
        raise ValueError(f"overfitting: expected an even number of blocks from 2 on, was {blocks}")
    periods, columns = finite_columns(returns).shape
    if columns < 2 or periods < 2 * blocks:
        return None
    sums = _blocks(returns, blocks)
    chosen = _choices(blocks)
    parts = np.array_split(chosen, len(chosen) * columns // _AT_ONCE + 1)
    found = np.concatenate([_outcome(sums, part) for part in parts])
    return _judged(found, columns)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Of each block: lengths (S,), sums and sums of squares (S, N) of centred columns, means."""

    lengths: Floats
    totals: Floats
    squares: Floats
    means: Floats


def _blocks(returns: Floats, blocks: int) -> _Sums:
    """Lengths differ by one period at most."""
    starts = np.arange(blocks) * len(returns) // blocks
    means = np.mean(returns, axis=0)
    centred = returns - means
    return _Sums(
        lengths=np.diff(np.append(starts, len(returns))).astype(np.float64),
        totals=np.add.reduceat(centred, starts),
        squares=np.add.reduceat(centred * centred, starts),
        means=means,
    )


def _choices(blocks: int) -> Floats:
    """1 where a block is in sample, (splits, S)."""
    halves = np.array(list(combinations(range(blocks), blocks // 2)))
    chosen = np.zeros((len(halves), blocks))
    np.put_along_axis(chosen, halves, 1.0, axis=1)
    return chosen


def _sharpes(sums: _Sums, chosen: Floats) -> Floats:
    """Per-period Sharpe (splits, N) over the chosen blocks; 0 where a column does not vary."""
    count = (chosen @ sums.lengths)[:, None]
    shift = chosen @ sums.totals / count
    spread = (chosen @ sums.squares / count - shift * shift) * (count / (count - 1.0))
    deviation = np.sqrt(np.maximum(spread, 0.0))
    varies = deviation > STILL
    sharpes: Floats = np.where(varies, shift + sums.means, 0.0) / np.where(varies, deviation, 1.0)
    return sharpes


def _outcome(sums: _Sums, chosen: Floats) -> Floats:
    """A row for each split: Sharpe of the best in sample, its Sharpe and rank out of it, middle."""
    inside, outside = _sharpes(sums, chosen), _sharpes(sums, 1.0 - chosen)
    best = np.argmax(inside, axis=1)[:, None]
    own = np.take_along_axis(outside, best, axis=1)
    worse = np.sum(outside < own - _TIE, axis=1)
    alike = np.sum(np.abs(outside - own) <= _TIE, axis=1)
    ranks = worse + (alike + 1.0) / 2.0
    middle = np.median(outside, axis=1)
    return np.column_stack((np.take_along_axis(inside, best, axis=1), own, ranks, middle))


def _judged(found: Floats, columns: int) -> Overfitting:
    inside, outside, ranks, middle = found.T
    relative = ranks / (columns + 1.0)
    logits = np.log(relative / (1.0 - relative))
    ahead = np.sort(outside) - np.sort(middle)
    return Overfitting(
        probability=float(np.mean(logits <= 0.0)),
        slope=_slope(inside, outside),
        loss=float(np.mean(outside < 0.0)),
        columns=columns,
        splits=len(found),
        logits=logits,
        dominates_first=bool(np.all(ahead >= -_TIE)),
        dominates_second=bool(np.all(np.cumsum(ahead) >= -_TIE)),
    )


def _slope(inside: Floats, outside: Floats) -> float | None:
    centred = inside - np.mean(inside)
    power = float(centred @ centred)
    return float(centred @ outside) / power if power > _TIE else None
