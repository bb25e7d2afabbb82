"""What a ranking told about the period that followed it, and windows in which to find that out.

The history is walked through: train on all that came before a period, leave a gap, test on the
period once. Strategies of one window are relatives and share its luck, so a window is one
observation: intervals come from drawing windows anew, never strategies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats, Ints
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.stats.purged import embargo

FEWEST_PAIRS: Final = 10
FEWEST_WINDOWS: Final = 5
"""Windows below which drawing them anew says nothing of how far their mean may be off."""

_RESAMPLES: Final = 2000
_HELD_BACK: Final = 3
"""Test periods' worth of sessions, at the least, before the first of them."""


@dataclass(frozen=True, slots=True)
class Window:
    """Sessions by number: 0..train-1 are trained on, first..last (inclusive) are tested on."""

    train: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Mean:
    """Of one value a window. interval: the middle 95 % of resampled means, None below 5 windows."""

    mean: float
    interval: tuple[float, float] | None
    of_windows: tuple[float | None, ...]


def expanding_windows(sessions: int, wanted: int, memory: int, least: int) -> tuple[Window, ...]:
    """Windows in order of time, the last of which ends with the last session.

    A test period is a year, shorter where the history would leave less than three such periods
    to train on; the gap before it is `embargo` of the sessions before it and of `memory`, the
    sessions for which a position is held. Empty where the first would train on less than `least`.
    """
    tested = min(SESSIONS_A_YEAR, sessions // (wanted + _HELD_BACK))
    starts = [sessions - (wanted - place) * tested for place in range(wanted)]
    found = [Window(s - embargo(s, memory), s, s + tested - 1) for s in starts]
    return tuple(found) if tested and found[0].train >= least else ()


def rank_correlation(first: Floats, second: Floats) -> float | None:
    """Spearman's: that of the ranks of two columns (K,), ties at their mean rank.

    None below ten pairs, or where a column has one value only.
    """
    if len(first) < FEWEST_PAIRS or np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return None
    from scipy.stats import spearmanr  # half a second to import

    return float(spearmanr(first, second).statistic)


def matched_difference(
    values: Floats, groups: Ints, others: Floats, other_groups: Ints
) -> tuple[float, float] | None:
    """How much higher the mean of `values` (K,) is than that of `others` in the same groups.

    Beside it the share of the values that lies in a group that both have. Each group counts by its
    share of the values. None where no group is shared.
    """
    shared = np.intersect1d(groups, other_groups)
    counts = np.array([np.count_nonzero(groups == g) for g in shared])
    if not counts.sum():
        return None
    apart = [values[groups == g].mean() - others[other_groups == g].mean() for g in shared]
    return float(np.average(apart, weights=counts)), float(counts.sum() / len(values))


def over_windows(values: Sequence[float | None], rng: np.random.Generator) -> Mean | None:
    """The mean of the windows that have a value; None where none has."""
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    if not len(known):
        return None
    interval = None
    if len(known) >= FEWEST_WINDOWS:
        drawn = rng.choice(known, (_RESAMPLES, len(known))).mean(axis=1)
        low, high = np.quantile(drawn, (0.025, 0.975))
        interval = float(low), float(high)
    return Mean(float(known.mean()), interval, tuple(values))
