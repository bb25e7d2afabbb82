"""The check of what a genome answered, before anything is priced with it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from daemon.domain.genome.contract import Kind
from daemon.domain.market.bars import Floats
from daemon.errors import GenomeRefused, Reason

TOLERANCE: Final = 1e-9
_BLOCK: Final = 1024
_FINE: Final = 0
_NOT_FINITE: Final = 1
_OUT_OF_RANGE: Final = 2
_GROSS: Final = 3


def checked(raw: Floats, kind: Kind) -> Floats:
    """The positions float64 (T, N) with the leading NaNs of each column (warm-up) as zeros.

    Returns `raw` itself where nothing had to change. GenomeRefused with the code `contract` (not
    a (T, N) array of float64), `not_finite`, `out_of_range` (beyond [-1, 1]) or, for rotate,
    `gross_above_one`; all with a tolerance of 1e-9.
    """
    if raw.ndim != 2 or raw.dtype != np.float64:
        message = f"expected float64 positions of bars and symbols, was {raw.dtype} {raw.shape}"
        raise GenomeRefused([Reason("contract", 0, message)])
    columns = np.ascontiguousarray(raw.T)
    warm_up = _leading(columns)
    if np.any(warm_up):
        columns = columns.copy()
        for column, bars in zip(columns, warm_up, strict=True):
            column[:bars] = 0.0
    fault, symbol, bar = _first_fault(columns, kind == "rotate")
    if fault != _FINE:
        raise GenomeRefused([_reason(fault, symbol, bar, columns)])
    return columns.T


def _reason(fault: int, symbol: int, bar: int, columns: Floats) -> Reason:
    where = f"at bar {bar} of symbol {symbol}"
    value = columns[symbol, bar]
    if fault == _NOT_FINITE:
        return Reason("not_finite", 0, f"expected a number after the warm-up, was {value} {where}")
    if fault == _OUT_OF_RANGE:
        return Reason("out_of_range", 0, f"expected a position in [-1, 1], was {value:g} {where}")
    gross = np.abs(columns[:, bar]).sum()
    message = f"expected gross weights of at most 1, was {gross:g} at bar {bar}"
    return Reason("gross_above_one", 0, message)


@njit(cache=True, nogil=True)
def _leading(columns):  # type: ignore[no-untyped-def]
    """How many NaNs each column begins with."""
    found = np.zeros(columns.shape[0], dtype=np.int64)
    for symbol in range(columns.shape[0]):
        column = columns[symbol]
        bar = 0
        while bar < len(column) and np.isnan(column[bar]):
            bar += 1
        found[symbol] = bar
    return found


@njit(cache=True, nogil=True)
def _first_fault(columns, gross_matters):  # type: ignore[no-untyped-def]
    """(fault, symbol, bar) of the first block of bars that holds one; blocks keep it in cache."""
    bars = columns.shape[1]
    for start in range(0, bars, _BLOCK):
        block = columns[:, start : min(start + _BLOCK, bars)]
        if _beyond(block) > 0:
            fault, symbol, bar = _locate(block)
            return fault, symbol, start + bar
        if gross_matters and columns.shape[0] > 1:
            bar = _gross_beyond(block)
            if bar >= 0:
                return _GROSS, 0, start + bar
    return _FINE, 0, 0


@njit(cache=True, nogil=True)
def _beyond(block):  # type: ignore[no-untyped-def]
    """How many values are not within [-1, 1]; NaN is not."""
    count = 0
    for symbol in range(block.shape[0]):
        column = block[symbol]
        for bar in range(len(column)):
            count += not (abs(column[bar]) <= 1.0 + TOLERANCE)
    return count


@njit(cache=True, nogil=True)
def _locate(block):  # type: ignore[no-untyped-def]
    for symbol in range(block.shape[0]):
        for bar in range(block.shape[1]):
            value = block[symbol, bar]
            if not np.isfinite(value):
                return _NOT_FINITE, symbol, bar
            if abs(value) > 1.0 + TOLERANCE:
                return _OUT_OF_RANGE, symbol, bar
    return _FINE, 0, 0


@njit(cache=True, nogil=True)
def _gross_beyond(block):  # type: ignore[no-untyped-def]
    """First bar where the absolute weights add up to more than one, or -1."""
    gross = np.zeros(block.shape[1])
    for symbol in range(block.shape[0]):
        column = block[symbol]
        for bar in range(len(column)):
            gross[bar] += abs(column[bar])
    for bar in range(len(gross)):
        if gross[bar] > 1.0 + TOLERANCE:
            return bar
    return -1
