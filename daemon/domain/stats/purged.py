"""Splits into training and test samples between which nothing leaks.

A sample is a period whose result rests on its own and some later periods (a label, a holding
interval). *Purged*: no training sample rests on a period that a test sample rests on.
*Embargoed*: none begins in the periods right after such a one. *Combinatorial*: the time is cut
into G groups and every k of them are tested together, which gives several whole paths out of
sample (Lopez de Prado, "Advances in Financial Machine Learning", 2018, chapters 7 and 12).

This is for what is fitted in each split. A genome without fitting is judged on the blocks of
`splits`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from daemon.domain.market.bars import Bools, Ints

EMBARGO_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Folds:
    """groups: G contiguous groups of samples. tested: k of them at once, 1 for plain k-fold.

    embargo: periods after each tested interval in which no training sample begins. A ValueError
    unless 1 <= k < G and embargo >= 0.
    """

    groups: int
    tested: int
    embargo: int

    def __post_init__(self) -> None:
        if not 1 <= self.tested < self.groups:
            was = f"{self.tested} of {self.groups}"
            raise ValueError(f"folds: expected to test from 1 to all but one group, was {was}")
        if self.embargo < 0:
            raise ValueError(f"folds: expected an embargo from 0 on, was {self.embargo}")

    @property
    def splits(self) -> int:
        """C(G, k)."""
        return math.comb(self.groups, self.tested)

    @property
    def paths(self) -> int:
        """k / G * C(G, k): how often each group is tested."""
        return math.comb(self.groups - 1, self.tested - 1)


@dataclass(frozen=True, slots=True)
class Split:
    """groups: those tested. train, test: int64 indices of samples, ascending."""

    groups: tuple[int, ...]
    train: Ints
    test: Ints


def embargo(periods: int, memory: int) -> int:
    """Periods to keep apart: a hundredth of all, or the longest indicator or holding if longer."""
    return max(math.ceil(EMBARGO_SHARE * periods), memory)


def purged_splits(ends: Ints, folds: Folds) -> Iterator[Split]:
    """Every split of T samples, in lexicographic order of the tested groups.

    ends: int64 (T,), the last period that each sample's result rests on, not before its own. A
    ValueError where one lies before its sample or after the last, or a group would be empty.
    """
    count = len(ends)
    if np.any(ends < np.arange(count)) or np.any(ends >= count):
        raise ValueError("purged splits: expected each end from its own sample to the last one")
    if count < folds.groups:
        raise ValueError(f"purged splits: expected {folds.groups} samples or more, was {count}")
    group = np.searchsorted(_starts(count, folds.groups), np.arange(count), side="right") - 1
    for tested in combinations(range(folds.groups), folds.tested):
        test = np.isin(group, tested)
        train = free_of(test, ends, folds.embargo)
        yield Split(tested, np.flatnonzero(train), np.flatnonzero(test))


def free_of(test: Bools, ends: Ints, embargo: int) -> Bools:
    """Samples (T,) that may be trained on beside the tested ones: purged, then embargoed."""
    count = len(ends)
    used = _covered(np.flatnonzero(test), ends[test], count)
    before = np.concatenate(([0], np.cumsum(used)))
    rests_on_used = before[ends + 1] > before[np.arange(count)]
    last = np.flatnonzero(used & ~np.append(used[1:], False))
    embargoed = _covered(last, np.minimum(last + embargo, count - 1), count)
    return ~(rests_on_used | embargoed)


def paths(folds: Folds) -> Ints:
    """The split that each path takes each group from: int64 (paths, groups).

    Path j takes a group from the j-th split that tests it; numbers as `purged_splits` yields them.
    """
    tested = list(combinations(range(folds.groups), folds.tested))
    rows = [[n for n, own in enumerate(tested) if g in own] for g in range(folds.groups)]
    return np.array(rows, dtype=np.int64).T


def _starts(count: int, groups: int) -> Ints:
    return np.arange(groups) * count // groups


def _covered(first: Ints, last: Ints, count: int) -> Bools:
    """Periods that lie in any of the intervals first..last, inclusive."""
    steps = np.zeros(count + 1, dtype=np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, last + 1, -1)
    return np.asarray(np.cumsum(steps)[:count] > 0)
