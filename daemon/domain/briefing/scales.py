"""Axes of pictures: round ticks, thinning of long series, and curves as block characters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats, Ints

POINTS: Final = 400
_MONTHS: Final = 4
_YEARS: Final = 6
"""Dates of months and of years that stand beside each other on a telephone."""
_BLOCKS: Final = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], width: int) -> str:
    """The curve as block characters, one for each of `width` equal parts of it."""
    if len(values) == 0:
        return ""
    cuts = np.linspace(0, len(values) - 1, width).round().astype(np.int64)
    picked = np.asarray(values, dtype=np.float64)[cuts]
    spread = float(picked.max() - picked.min())
    levels = (picked - picked.min()) / spread * (len(_BLOCKS) - 1) if spread else 0 * picked
    return "".join(_BLOCKS[round(float(level))] for level in levels)


def thinned(columns: Sequence[Floats], limit: int = POINTS) -> Ints:
    """Sorted indices of at most `limit` rows that keep each column's lows, highs and both ends."""
    length = len(columns[0])
    if length <= limit:
        return np.arange(length)
    buckets = (limit - 2) // (2 * len(columns))
    edges = np.linspace(0, length, buckets + 1).astype(np.int64)
    keep = {0, length - 1}
    for column in columns:
        for start, stop in pairwise(edges):
            part = column[start:stop]
            keep |= {int(start + part.argmin()), int(start + part.argmax())}
    return np.array(sorted(keep), dtype=np.int64)


def nice_ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers (1, 2 or 5 times a power of ten) inside [low, high]."""
    rough = (high - low) / about
    power = 10.0 ** np.floor(np.log10(rough))
    step = float(min((m * power for m in (1, 2, 5, 10)), key=lambda s: abs(s - rough)))
    first, last = int(np.ceil(low / step - 1e-9)), int(np.floor(high / step + 1e-9))
    return [round(k * step, 10) for k in range(first, last + 1)]


def steep_ticks(low: float, high: float) -> list[float]:
    """Round multiples (such as 1, 2 or 5 times a power of ten) inside [low, high], at most six."""
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    for steps in ((1, 1.5, 2, 3, 5, 7), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        ticks = [float(f"{step}e{power}") for power in powers for step in steps]
        inside = [tick for tick in ticks if low <= tick <= high]
        if len(inside) <= 6:
            break
    return inside


def date_ticks(first: date, last: date) -> list[tuple[date, str]]:
    """Round dates from first to last, with labels: at most four months, or six years."""
    for step in (1, 3, 6, 12, 24, 60, 120, 240):
        ticks = _every(step, first, last)
        if len(ticks) <= (_MONTHS if step < 12 else _YEARS):
            break
    return ticks


def _every(step: int, first: date, last: date) -> list[tuple[date, str]]:
    """The starts of so many months that lie in between; of years only those that it divides."""
    begin = first.year * 12 // step * step
    months = range(begin, last.year * 12 + 12, step)
    starts = (date(month // 12, month % 12 + 1, 1) for month in months)
    form = "%b ’%y" if step < 12 else "%Y"
    return [(day, day.strftime(form)) for day in starts if first <= day <= last]
