"""Positions as a child writes them and the daemon reads them: where they change, and to what.

A block holds int64 (N,) numbers of changes, then all bars as int64 and all values as float64,
symbol by symbol, the first change of each on bar 0. Positions seldom change, so that this is a
hundredth of one number for each bar. What is read is *not* trusted: `daemon.domain.engine.intake`
checks it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from daemon.domain.market.bars import Floats, Ints

Copy = Callable[[Floats | Ints, int], None]
"""Fills an array with what lies so many bytes into the block; OSError where it ends before."""


def write_changes(columns: Sequence[Floats], block: memoryview) -> bool:
    """Puts columns (T,) into a block; False if they change too often for it, or have no bars."""
    if not columns or not len(columns[0]):
        return False
    places = [_places(row) for row in columns]
    counts = np.array([len(place) for place in places], dtype=np.int64)
    total = int(counts.sum())
    if most_changes(len(columns), len(block)) < total:
        return False
    values = [row[place] for row, place in zip(columns, places, strict=True)]
    offset = 0
    for array in (counts, np.concatenate(places), np.concatenate(values)):
        block[offset : offset + array.nbytes] = array.tobytes()
        offset += array.nbytes
    return True


def _places(row: Floats) -> Ints:
    """Bars at which a symbol's positions change, the first one among them; a NaN always does."""
    moved = np.empty(len(row), dtype=np.bool_)
    moved[0] = True
    np.not_equal(row[1:], row[:-1], out=moved[1:])
    return np.flatnonzero(moved)


def read_changes(symbols: int, size: int, copy: Copy) -> tuple[Ints, Ints, Floats] | None:
    """Private copies of counts (N,), bars (K,), values (K,); None where the counts make no sense.

    size: bytes of the block.
    """
    counts = np.empty(symbols, dtype=np.int64)
    copy(counts, 0)
    most = most_changes(symbols, size)
    if np.any(counts < 1) or np.any(counts > most) or counts.sum() > most:
        return None
    total = int(counts.sum())
    bars, values = np.empty(total, dtype=np.int64), np.empty(total)
    copy(bars, counts.nbytes)
    copy(values, counts.nbytes + bars.nbytes)
    return counts, bars, values


def most_changes(symbols: int, size: int) -> int:
    """How many changes a block of so many bytes has room for."""
    return (size - 8 * symbols) // 16
