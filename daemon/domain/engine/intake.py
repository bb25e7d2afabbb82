"""The check of what a genome answered, before anything is priced with it.

Positions come in block by block, so that a long answer is read once while it lies in the nearest
cache: each block is checked and only its changes are kept.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from daemon.domain.compiled import constant, entry, inlined
from daemon.domain.engine.positions import Positions, append_changes, by_symbol
from daemon.domain.genome.contract import Kind
from daemon.domain.market.bars import Bools, Floats, Ints
from daemon.errors import GenomeRefused, Reason

TOLERANCE: Final = 1e-9
BLOCK_VALUES: Final = 65_536
"""Values of a block, half a megabyte."""

FINE, NOT_FINITE, OUT_OF_RANGE, GROSS = constant(0), constant(1), constant(2), constant(3)
_FEWEST_BARS: Final = 512


class _Carried(NamedTuple):
    """From block to block, (N,): the last position, and whether a column is still warming up."""

    last: Floats
    warming: Bools


class _Changes(NamedTuple):
    """Room for the changes of a block, (N x B,) each."""

    bar: Ints
    value: Floats
    symbol: npt.NDArray[np.int32]

    def copied(self, count: int) -> _Changes:
        """The first so many."""
        return _Changes(
            self.bar[:count].copy(), self.value[:count].copy(), self.symbol[:count].copy()
        )

    @staticmethod
    def room(count: int) -> _Changes:
        return _Changes(
            np.empty(count, dtype=np.int64), np.empty(count), np.empty(count, dtype=np.int32)
        )


class Intake:
    """Takes the answer of one run in blocks of bars, in order."""

    def __init__(self, shape: tuple[int, int], kind: Kind) -> None:
        self._shape = shape
        self._gross_matters = kind == "rotate" and shape[1] > 1
        self._carried = _Carried(np.full(shape[1], np.nan), np.ones(shape[1], dtype=np.bool_))
        self._room = _Changes.room(0)
        self._parts: list[_Changes] = [self._room]
        self._taken = 0

    def take(self, block: Floats) -> None:
        """The next bars, float64 (N, B), C order, B > 0; warm-up NaNs become zeros in place.

        GenomeRefused with the code `not_finite`, `out_of_range` (beyond [-1, 1]) or, for rotate,
        `gross_above_one`; all with a tolerance of 1e-9.
        """
        if block.size > len(self._room.bar):
            self._room = _Changes.room(block.size)
        code, symbol, at = _take(block, self._taken, self._gross_matters, self._carried, self._room)
        if code != FINE:
            raise GenomeRefused([_reason(code, symbol, at, block, self._taken)])
        self._parts.append(self._room.copied(at))
        self._taken += block.shape[1]

    def positions(self) -> Positions:
        """What was taken; ValueError if it was not the whole answer."""
        if self._taken != self._shape[0]:
            raise ValueError(f"expected {self._shape[0]} bars of positions, was {self._taken}")
        bar, value, symbol = (np.concatenate(parts) for parts in zip(*self._parts, strict=True))
        return by_symbol(self._shape, bar, value, symbol)


def block_bars(symbols: int) -> int:
    """Bars of a block of so many symbols."""
    return max(_FEWEST_BARS, BLOCK_VALUES // max(symbols, 1))


def checked(raw: Floats, kind: Kind) -> Positions:
    """The positions (T, N), the leading NaNs of each column (warm-up) being zeros.

    GenomeRefused as in `Intake.take`, or with the code `contract` where it is not float64 (T, N).
    """
    if raw.ndim != 2 or raw.dtype != np.float64:
        message = f"expected float64 positions of bars and symbols, was {raw.dtype} {raw.shape}"
        raise GenomeRefused([Reason("contract", 0, message)])
    intake = Intake((raw.shape[0], raw.shape[1]), kind)
    step = block_bars(raw.shape[1])
    for start in range(0, len(raw), step):
        intake.take(np.array(raw[start : start + step].T, order="C"))
    return intake.positions()


def _reason(code: int, symbol: int, place: int, block: Floats, start: int) -> Reason:
    where = f"at bar {start + place} of symbol {symbol}"
    value = block[symbol, place]
    if code == NOT_FINITE:
        return Reason("not_finite", 0, f"expected a number after the warm-up, was {value} {where}")
    if code == OUT_OF_RANGE:
        return Reason("out_of_range", 0, f"expected a position in [-1, 1], was {value:g} {where}")
    gross = np.abs(block[:, place]).sum()
    message = f"expected gross weights of at most 1, was {gross:g} at bar {start + place}"
    return Reason("gross_above_one", 0, message)


@entry
def _take(
    block: Floats, first: int, gross_matters: bool, carried: _Carried, room: _Changes
) -> tuple[int, int, int]:
    """(FINE, 0, changes written), or (fault, symbol, place in the block) and nothing of use."""
    for n in range(len(block)):
        row = block[n]
        if carried.warming[n] and _warm_up(row) < len(row):
            carried.warming[n] = False
        if _beyond(row) > 0:
            fault, place = _located(row)
            return fault, n, place
    if gross_matters:
        place = _gross_beyond(block)
        if place >= 0:
            return GROSS, 0, place
    count = 0
    for n in range(len(block)):
        stop = append_changes(block[n], carried.last[n], first, room.bar, room.value, count)
        for k in range(count, stop):
            room.symbol[k] = n
        count = stop
        carried.last[n] = block[n, -1]
    return FINE, 0, count


@inlined
def _warm_up(row: Floats) -> int:
    """Make the leading NaNs zeros; how many there were."""
    k = 0
    while k < len(row) and np.isnan(row[k]):
        row[k] = 0.0
        k += 1
    return k


@inlined
def _beyond(row: Floats) -> int:
    """How many values are not within [-1, 1]; NaN is not."""
    count = 0
    for k in range(len(row)):
        count += not (abs(row[k]) <= 1.0 + TOLERANCE)
    return count


@inlined
def _located(row: Floats) -> tuple[int, int]:
    for k in range(len(row)):
        if not np.isfinite(row[k]):
            return NOT_FINITE, k
        if abs(row[k]) > 1.0 + TOLERANCE:
            return OUT_OF_RANGE, k
    return FINE, 0


@inlined
def _gross_beyond(block: Floats) -> int:
    """First bar where the absolute weights add up to more than one, or -1."""
    for k in range(block.shape[1]):
        gross = 0.0
        for n in range(len(block)):
            gross += abs(block[n, k])
        if gross > 1.0 + TOLERANCE:
            return k
    return -1
