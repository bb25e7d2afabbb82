"""What a scan of bars can find: a code, how bad it is, how often, and one sentence about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Bools, Ints


class Code(StrEnum):
    """What is wrong with the bars of a symbol on a day."""

    MISSING_DAY = "missing_day"
    MISSING_MINUTES = "missing_minutes"
    MARKET_HOLE = "market_hole"
    CLOSED_DAY = "closed_day"
    AFTER_CLOSE = "after_close"
    DUPLICATED = "duplicated"
    UNSORTED = "unsorted"
    STALE = "stale"
    IMPOSSIBLE = "impossible"
    OUTSIDE_RANGE = "outside_range"
    SPIKE = "spike"
    UNRECORDED_SPLIT = "unrecorded_split"
    SPLIT_NOT_SHOWN = "split_not_shown"
    TIME_SHIFT = "time_shift"
    SOURCES_DISAGREE = "sources_disagree"
    DAY_DISAGREES = "day_disagrees"


class Severity(IntEnum):
    """INFO: good to know. WARN: look at it. BAD: the day cannot be relied on."""

    INFO = 1
    WARN = 2
    BAD = 3


REFETCHABLE = frozenset(Code) - {
    Code.CLOSED_DAY,
    Code.AFTER_CLOSE,
    Code.UNRECORDED_SPLIT,
    Code.SPLIT_NOT_SHOWN,
}
"""What another answer of a source may mend; the rest lies in the calendar or in the splits."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong on one day. day: exchange date, days since 1970-01-01. count: bars, minutes
    or days, as the sentence says."""

    day: int
    code: Code
    severity: Severity
    count: int
    sentence: str


def by_day(days: Ints, broken: Bools) -> Iterator[tuple[int, int]]:
    """(day, how many rows are broken on it) of the rows' days, in order."""
    found, counts = np.unique(days[broken], return_counts=True)
    yield from zip(found.tolist(), counts.tolist(), strict=True)


def plural(count: int, noun: str) -> str:
    """1 bar, 2 bars."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def run_lengths(same: Bools) -> npt.NDArray[np.int64]:
    """int64 (R,): length of the run of true values that each row is part of, 0 for false ones."""
    edges = np.diff(same.astype(np.int8), prepend=0, append=0)
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    lengths = np.zeros(len(same), dtype=np.int64)
    lengths[same] = np.repeat(stops - starts, stops - starts)
    return lengths
