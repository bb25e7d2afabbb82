"""Bars that cannot be, bars that repeat themselves, and prices that jump away and come back.

A spike is judged by how far a bar reaches beyond both of its neighbours, so that a gap which
stays, up or down, is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Bools, Floats, Ints
from daemon.domain.market.quality import value_faults
from daemon.domain.market.scan.findings import (
    Code,
    Finding,
    Severity,
    by_day,
    plural,
    run_lengths,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """When bars of one length count as suspicious.

    repeated: identical bars in a row, where they have a range; flat: where open, high, low and
    close are one price. spike: smallest reach beyond the neighbours, as a log ratio; ranges: and
    as a multiple of the usual range.
    """

    repeated: int
    flat: int
    spike: float
    ranges: float


MINUTES: Final = Limits(repeated=3, flat=10, spike=0.03, ranges=20.0)
DAYS: Final = Limits(repeated=2, flat=4, spike=0.10, ranges=4.0)

_ABSURD: Final = 0.5
_Marked = tuple[Bools, list[Finding]]
"""Which rows something is wrong with, and the findings that name them."""


def value_findings(rows: Rows, days: Ints, limits: Limits) -> list[Finding]:
    """Impossible, repeated and spiking bars of ascending rows. days: int64 (R,), exchange dates."""
    return [one for _, found in _marked(rows, days, limits) for one in found]


def wrong_values(rows: Rows, days: Ints, limits: Limits) -> Bools:
    """bool (R,): the bars that bad findings of `value_findings` name."""
    wrong = np.zeros(len(rows), dtype=bool)
    for named, found in _marked(rows, days, limits):
        bad = [one.day for one in found if one.severity is Severity.BAD]
        wrong |= named & np.isin(days, bad)
    return wrong


def _marked(rows: Rows, days: Ints, limits: Limits) -> list[_Marked]:
    impossible = value_faults(rows)
    good = ~impossible
    possible, own = _rows(rows, good), days[good]
    marks = (
        _outside(possible, own),
        _repeated(possible, own, limits),
        _spikes(possible, own, limits),
    )
    return [(impossible, _impossible(days, impossible)), *(_spread(one, good) for one in marks)]


def _spread(marked: _Marked, kept: Bools) -> _Marked:
    """The marks of chosen rows as marks of all."""
    named = np.zeros(len(kept), dtype=bool)
    named[kept] = marked[0]
    return named, marked[1]


def _impossible(days: Ints, broken: Bools) -> list[Finding]:
    return [
        Finding(
            day,
            Code.IMPOSSIBLE,
            Severity.BAD,
            count,
            f"{plural(count, 'bar')} with a price that cannot be: not above 0, no number, "
            "or the high below the low",
        )
        for day, count in by_day(days, broken)
    ]


def _rows(rows: Rows, kept: Bools) -> Rows:
    if kept.all():
        return rows
    return Rows(rows.open_time[kept], *(getattr(rows, name)[kept] for name in FIELDS))


def _outside(rows: Rows, days: Ints) -> _Marked:
    top, bottom = np.maximum(rows.open, rows.close), np.minimum(rows.open, rows.close)
    outside = (rows.high < top) | (rows.low > bottom)
    return outside, [
        Finding(
            day,
            Code.OUTSIDE_RANGE,
            Severity.INFO,
            count,
            f"{plural(count, 'bar')} whose open or close lies outside its high and low, "
            "as odd trades leave it",
        )
        for day, count in by_day(days, outside)
    ]


def _repeated(rows: Rows, days: Ints, limits: Limits) -> _Marked:
    if len(rows) < 2:
        return np.zeros(len(rows), dtype=bool), []
    same = rows.volume[1:] > 0
    for name in FIELDS:
        column = getattr(rows, name)
        same &= column[1:] == column[:-1]
    repeats = run_lengths(same) + 1
    wide = rows.high[1:] > rows.low[1:]
    stale = np.append(False, same & (repeats >= np.where(wide, limits.repeated, limits.flat)))
    return stale, [
        Finding(
            day,
            Code.STALE,
            Severity.BAD if count >= 10 * limits.flat else Severity.WARN,
            count,
            f"{plural(count, 'bar')} repeat the one before in every price and the volume",
        )
        for day, count in by_day(days, stale)
    ]


def _spikes(rows: Rows, days: Ints, limits: Limits) -> _Marked:
    if len(rows) < 3:
        return np.zeros(len(rows), dtype=bool), []
    reach = _reach(rows)
    limit = np.maximum(limits.spike, limits.ranges * _usual_range(rows, days, limits))
    spiking = reach > limit
    found = []
    for day, count in by_day(days, spiking):
        most = float(np.expm1(reach[days == day].max()))
        severity = Severity.BAD if most >= _ABSURD else Severity.WARN
        sentence = (
            f"{plural(count, 'bar')} reach beyond both neighbours by more than bars here do, "
            f"at most {100 * most:.1f} %"
        )
        found.append(Finding(day, Code.SPIKE, severity, count, sentence))
    return spiking, found


def _reach(rows: Rows) -> Floats:
    """float64 (R,): log ratio by which each bar passes its two neighbours; 0 at the ends."""
    high, low = np.log(rows.high), np.log(rows.low)
    up = high[1:-1] - np.maximum(high[:-2], high[2:])
    down = np.minimum(low[:-2], low[2:]) - low[1:-1]
    reach = np.zeros(len(rows))
    reach[1:-1] = np.maximum(np.maximum(up, down), 0.0)
    return reach


def _usual_range(rows: Rows, days: Ints, limits: Limits) -> Floats:
    """float64 (R,): mean log range of the bars around, the widest of them left out.

    Around are the bars of the day; for daily bars the 20 before.
    """
    span = np.log(rows.high) - np.log(rows.low)
    if limits is DAYS:
        return _trailing(span, 20)
    starts = np.flatnonzero(np.diff(days, prepend=days[0] - 1))
    counts = np.diff(np.append(starts, len(days)))
    rest = np.add.reduceat(span, starts) - np.maximum.reduceat(span, starts)
    usual = rest / np.maximum(counts - 1, 1)
    return np.repeat(np.where(counts > 1, usual, np.inf), counts)


def _trailing(span: Floats, bars: int) -> Floats:
    """Mean of up to so many values before each; infinite where there are fewer than five."""
    total = np.append(0.0, np.cumsum(span))
    end = np.arange(len(span))
    start = np.maximum(end - bars, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (total[end] - total[start]) / (end - start)
    return np.where(end - start >= 5, mean, np.inf)
