"""The check of what a genome answered, before anything is priced with it.

An answer comes as a number for each bar, or as its changes. Either way it is passed over once: it
is checked, and what is kept are its changes, each different from the one before.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from daemon.domain.compiled import constant, entry, inlined
from daemon.domain.engine import buffers
from daemon.domain.engine.positions import Positions, append_changes
from daemon.domain.genome.contract import Kind
from daemon.domain.market.bars import Floats, Ints
from daemon.errors import GenomeRefused, Reason

TOLERANCE: Final = 1e-9
BLOCK: Final = constant(4096)
"""Bars that are looked at together, 32 KB of one symbol."""

FINE, NOT_FINITE, OUT_OF_RANGE, DISORDER = constant(0), constant(1), constant(2), constant(3)


class Changes(NamedTuple):
    """An answer of N symbols as it came: how many changes each has (N,), their bars and values."""

    counts: Ints
    bars: Ints
    values: Floats


class _Room(NamedTuple):
    """Where the changes that are kept are written: see `Positions`."""

    bars: Ints
    values: Floats
    starts: Ints


def checked(raw: Floats, kind: Kind) -> Positions:
    """The positions (T, N), the leading NaNs of each column (warm-up) being zeros.

    GenomeRefused with the code `contract` (not a (T, N) array of float64), `not_finite`,
    `out_of_range` (beyond [-1, 1]) or, for rotate, `gross_above_one`; all with a tolerance of 1e-9.
    """
    if raw.ndim != 2 or raw.dtype != np.float64:
        message = f"expected float64 positions of bars and symbols, was {raw.dtype} {raw.shape}"
        raise GenomeRefused([Reason("contract", 0, message)])
    return taken_in(np.array(raw.T, order="C"), kind)


def taken_in(columns: Floats, kind: Kind) -> Positions:
    """`checked` for columns (N, T), C order, that nobody else can write; warm-ups become zeros."""
    room = _Room(
        buffers.empty(columns.size).view(np.int64),
        buffers.empty(columns.size),
        np.zeros(len(columns) + 1, dtype=np.int64),
    )
    fault, symbol, bar = _take(columns, room)
    if fault != FINE:
        raise GenomeRefused([_reason(fault, symbol, bar, float(columns[symbol, bar]))])
    if kind == "rotate":
        _check_gross(columns)
    return _kept(room, (columns.shape[1], columns.shape[0]))


def changes_taken_in(changes: Changes, shape: tuple[int, int], kind: Kind) -> Positions:
    """`checked` for an answer (T, N) that came as changes.

    GenomeRefused as there; with the code `contract` where bars do not ascend from 0 to below T.
    """
    room = _Room(
        np.empty_like(changes.bars),
        np.empty_like(changes.values),
        np.zeros(shape[1] + 1, dtype=np.int64),
    )
    fault, symbol, at = _take_changes(changes, shape[0], room)
    if fault != FINE:
        bar, value = int(changes.bars[at]), float(changes.values[at])
        raise GenomeRefused([_reason(fault, symbol, bar, value)])
    found = _kept(room, shape)
    if kind == "rotate":
        _check_gross(found.dense().T)
    return found


def _kept(room: _Room, shape: tuple[int, int]) -> Positions:
    count = int(room.starts[-1])
    return Positions(shape, room.bars[:count].copy(), room.values[:count].copy(), room.starts)


def _check_gross(columns: Floats) -> None:
    bar = _gross_beyond(columns)
    if bar >= 0:
        gross = np.abs(columns[:, bar]).sum()
        message = f"expected gross weights of at most 1, was {gross:g} at bar {bar}"
        raise GenomeRefused([Reason("gross_above_one", 0, message)])


def _reason(fault: int, symbol: int, bar: int, value: float) -> Reason:
    where = f"at bar {bar} of symbol {symbol}"
    if fault == DISORDER:
        return Reason("contract", 0, f"expected changes in order of bars, was another {where}")
    if fault == NOT_FINITE:
        return Reason("not_finite", 0, f"expected a number after the warm-up, was {value} {where}")
    return Reason("out_of_range", 0, f"expected a position in [-1, 1], was {value:g} {where}")


@entry
def _take(columns: Floats, room: _Room) -> tuple[int, int, int]:
    """(fault, symbol, bar) of the first fault, or FINE and the changes written."""
    for n in range(len(columns)):
        row, count, before = columns[n], room.starts[n], np.nan
        _warm_up(row)
        for start in range(0, len(row), BLOCK):
            block = row[start : start + BLOCK]
            if _beyond(block) > 0:
                fault, place = _located(block)
                return fault, n, start + place
            count = append_changes(block, before, start, room.bars, room.values, count)
            before = block[-1]
        room.starts[n + 1] = count
    return FINE, 0, 0


@entry
def _take_changes(changes: Changes, length: int, room: _Room) -> tuple[int, int, int]:
    """(fault, symbol, index of the change) of the first fault, or FINE and the changes written."""
    k, count = 0, 0
    for n in range(len(changes.counts)):
        last_bar, before, warming = -1, np.nan, True
        for own in range(changes.counts[n]):
            bar, value = changes.bars[k], changes.values[k]
            if bar <= last_bar or bar >= length or (own == 0 and bar != 0):
                return DISORDER, n, k
            if warming and np.isnan(value):
                value = 0.0
            else:
                warming = False
            fault = _fault_of(value)
            if fault != FINE:
                return fault, n, k
            if value != before:
                room.bars[count], room.values[count] = bar, value + 0.0
                count += 1
            last_bar, before = bar, value
            k += 1
        room.starts[n + 1] = count
    return FINE, 0, 0


@inlined
def _warm_up(row: Floats) -> None:
    """Make the leading NaNs zeros."""
    k = 0
    while k < len(row) and np.isnan(row[k]):
        row[k] = 0.0
        k += 1


@inlined
def _beyond(block: Floats) -> int:
    """How many values are not within [-1, 1]; NaN is not."""
    count = 0
    for k in range(len(block)):
        count += not (abs(block[k]) <= 1.0 + TOLERANCE)
    return count


@inlined
def _located(block: Floats) -> tuple[int, int]:
    for k in range(len(block)):
        fault = _fault_of(block[k])
        if fault != FINE:
            return fault, k
    return FINE, 0


@inlined
def _fault_of(value: float) -> int:
    if not np.isfinite(value):
        return NOT_FINITE
    return OUT_OF_RANGE if abs(value) > 1.0 + TOLERANCE else FINE


@entry
def _gross_beyond(columns: Floats) -> int:
    """First bar where the absolute weights of more than one symbol exceed one together, or -1."""
    if len(columns) > 1:
        for k in range(columns.shape[1]):
            gross = 0.0
            for n in range(len(columns)):
                gross += abs(columns[n, k])
            if gross > 1.0 + TOLERANCE:
                return k
    return -1
