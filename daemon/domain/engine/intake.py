"""The check of what a genome answered, before anything is priced with it.

One pass over private memory: each stretch of bars is checked, and its changes are kept, while it
lies in the nearest cache.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from daemon.domain.compiled import constant, entry, inlined
from daemon.domain.engine import buffers
from daemon.domain.engine.positions import Positions, append_changes
from daemon.domain.genome.contract import Kind
from daemon.domain.market.bars import Floats, Ints
from daemon.errors import GenomeRefused, Reason

TOLERANCE: Final = 1e-9
BLOCK: Final = constant(4096)
"""Bars of a stretch, 32 KB of one symbol."""

FINE, NOT_FINITE, OUT_OF_RANGE, GROSS = constant(0), constant(1), constant(2), constant(3)


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
    symbols, length = columns.shape
    bars = buffers.empty(columns.size).view(np.int64)
    values = buffers.empty(columns.size)
    starts = np.zeros(symbols + 1, dtype=np.int64)
    gross_matters = kind == "rotate" and symbols > 1
    fault, symbol, bar = _take(columns, gross_matters, bars, values, starts)
    if fault != FINE:
        raise GenomeRefused([_reason(fault, symbol, bar, columns)])
    count = int(starts[-1])
    return Positions((length, symbols), bars[:count].copy(), values[:count].copy(), starts)


def _reason(fault: int, symbol: int, bar: int, columns: Floats) -> Reason:
    where = f"at bar {bar} of symbol {symbol}"
    value = columns[symbol, bar]
    if fault == NOT_FINITE:
        return Reason("not_finite", 0, f"expected a number after the warm-up, was {value} {where}")
    if fault == OUT_OF_RANGE:
        return Reason("out_of_range", 0, f"expected a position in [-1, 1], was {value:g} {where}")
    gross = np.abs(columns[:, bar]).sum()
    message = f"expected gross weights of at most 1, was {gross:g} at bar {bar}"
    return Reason("gross_above_one", 0, message)


@entry
def _take(
    columns: Floats, gross_matters: bool, bars: Ints, values: Floats, starts: Ints
) -> tuple[int, int, int]:
    """(fault, symbol, bar) of the first fault, or FINE and the changes written."""
    for n in range(len(columns)):
        row, count, before = columns[n], starts[n], np.nan
        _warm_up(row)
        for start in range(0, len(row), BLOCK):
            block = row[start : start + BLOCK]
            if _beyond(block) > 0:
                fault, place = _located(block)
                return fault, n, start + place
            count = append_changes(block, before, start, bars, values, count)
            before = block[-1]
        starts[n + 1] = count
    if gross_matters:
        bar = _gross_beyond(columns)
        if bar >= 0:
            return GROSS, 0, bar
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
        if not np.isfinite(block[k]):
            return NOT_FINITE, k
        if abs(block[k]) > 1.0 + TOLERANCE:
            return OUT_OF_RANGE, k
    return FINE, 0


@inlined
def _gross_beyond(columns: Floats) -> int:
    """First bar where the absolute weights add up to more than one, or -1."""
    for k in range(columns.shape[1]):
        gross = 0.0
        for n in range(len(columns)):
            gross += abs(columns[n, k])
        if gross > 1.0 + TOLERANCE:
            return k
    return -1
