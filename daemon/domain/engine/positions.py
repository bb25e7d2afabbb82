"""Target positions kept as their changes, which is all that the engine, the hash and a sweep need.

A genome's answer is a number for each bar, but positions seldom change. `changes_of` reads them
in one pass; the check of what a stranger answered is `intake`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from daemon.domain.compiled import constant, entry, inlined
from daemon.domain.engine import buffers
from daemon.domain.engine.segments import next_change
from daemon.domain.market.bars import Floats, Ints

_SECOND = constant(1)


@dataclass(frozen=True, slots=True)
class Positions:
    """Positions of T bars and N symbols, K changes in all, those of a symbol one after the other.

    shape: (T, N). bar: int64 (K,); value: float64 (K,), the position from that bar on, without
    negative zeros. starts: int64 (N + 1,); the changes of symbol n are starts[n]:starts[n + 1],
    the first of them on bar 0.
    """

    shape: tuple[int, int]
    bar: Ints
    value: Floats
    starts: Ints

    @property
    def hash(self) -> str:
        """SHA-256 of the shape and, symbol by symbol, of where a position begins and what it is.

        Equal positions, and only those, have equal changes.
        """
        digest = hashlib.sha256(repr(self.shape).encode())
        for first, stop in zip(self.starts, self.starts[1:], strict=False):
            later = self.bar[first:stop][1:]
            digest.update(len(later).to_bytes(8, "little"))
            digest.update(later.astype("<i8").tobytes())
            digest.update(self.value[first:stop].astype("<f8").tobytes())
        return digest.hexdigest()

    def dense(self) -> Floats:
        """One position for each bar and symbol: float64 (T, N), Fortran order."""
        columns = np.empty(self.shape[::-1])
        lengths = np.diff(self.bar, append=self.shape[0])
        for n, (first, stop) in enumerate(zip(self.starts, self.starts[1:], strict=False)):
            span = lengths[first:stop].copy()
            span[-1:] = self.shape[0] - self.bar[first:stop][-1:]
            columns[n] = np.repeat(self.value[first:stop], span)
        return columns.T

    def since(self, bar: int) -> Positions:
        """Those from that bar on, as positions of a market that begins with it."""
        return changes_of(self.dense()[bar:])


def changes_of(dense: Floats) -> Positions:
    """The positions (T, N), float64 and finite, as their changes."""
    columns = np.ascontiguousarray(dense.T)
    bars = buffers.empty(columns.size).view(np.int64)
    values = buffers.empty(columns.size)
    starts = np.zeros(len(columns) + 1, dtype=np.int64)
    _changes(columns, bars, values, starts)
    count = int(starts[-1])
    symbols, length = columns.shape
    return Positions((length, symbols), bars[:count].copy(), values[:count].copy(), starts)


@entry
def _changes(columns: Floats, bars: Ints, values: Floats, starts: Ints) -> None:
    for n in range(len(columns)):
        starts[n + 1] = append_changes(columns[n], np.nan, 0, bars, values, starts[n])


@inlined
def append_changes(
    row: Floats, before: float, first: int, bars: Ints, values: Floats, count: int
) -> int:
    """Write the changes of a stretch that begins with bar `first`; `before`: the value before it.

    Answers the new count; a not-a-number before makes the first value a change.
    """
    if len(row) > 0 and row[0] != before:
        bars[count], values[count] = first, row[0] + 0.0
        count += 1
    k = next_change(row, _SECOND)
    while k < len(row):
        bars[count], values[count] = first + k, row[k] + 0.0
        count += 1
        k = next_change(row, k + 1)
    return count
