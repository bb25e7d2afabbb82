"""Work on stretches of bars between two events: finding the next change, filling equity.

Loops run over `range(len(view))` of slices, the form that is compiled to vector instructions.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from daemon.domain.compiled import constant, inlined
from daemon.domain.engine.state import MICRO
from daemon.domain.market.bars import Floats

WIDE, NARROW = constant(64), constant(8)
BLOCK = 512
"""Bars that are worked on at once, so that they stay in the nearest cache."""


@inlined
def next_change(row: Floats, start: int) -> int:
    """First index from `start` (at least 1) on whose value differs from the one before."""
    k = _skip_equal(row, _skip_equal(row, start, WIDE), NARROW)
    if k + NARROW <= len(row):
        return k + _first_change(row[k : k + NARROW], row[k - 1 : k - 1 + NARROW])
    while k < len(row) and row[k] == row[k - 1]:
        k += 1
    return k


@inlined
def _skip_equal(row: Floats, start: int, stride: int) -> int:
    """The last of start, start + stride, ... up to which nothing changes, by whole strides."""
    k = start
    while k + stride <= len(row):
        here, before = row[k : k + stride], row[k - 1 : k - 1 + stride]
        changes = 0
        for j in range(len(here)):
            changes += here[j] != before[j]
        if changes:
            return k
        k += stride
    return k


@inlined
def _first_change(here: Floats, before: Floats) -> int:
    """Place of the first difference, without a branch to be guessed wrong."""
    first = NARROW
    for j in range(NARROW):
        back = NARROW - 1 - j
        first = back if here[back] != before[back] else first
    return first


@inlined
def hold(desk: Any, book: npt.NDArray[Any], close: Floats, first: int, equity: Floats) -> None:
    """Write the equity (S,) in dollars of a stretch on which nothing is traded.

    close: (N, T). first: bar on which the stretch begins.
    """
    cash = desk.cash / MICRO
    held, only = 0, 0
    for n in range(len(book)):
        if book[n].position != 0.0:
            held += 1
            only = n
    if held == 0:
        _hold_nothing(cash, equity)
    elif held == 1:
        row = close[only, first : first + len(equity)]
        _hold_one(cash, book[only].position, row, equity)
    else:
        for start in range(0, len(equity), BLOCK):
            _hold_many(cash, book, close, first + start, equity[start : start + BLOCK])


@inlined
def _hold_nothing(cash: float, equity: Floats) -> None:
    for k in range(len(equity)):
        equity[k] = cash


@inlined
def _hold_one(cash: float, position: float, close: Floats, equity: Floats) -> None:
    for k in range(len(equity)):
        equity[k] = cash + position * close[k]


@inlined
def _hold_many(
    cash: float,
    book: npt.NDArray[Any],
    close: Floats,
    start: int,
    equity: Floats,
) -> None:
    _hold_nothing(cash, equity)
    for n in range(len(book)):
        position = book[n].position
        if position != 0.0:
            row = close[n, start : start + len(equity)]
            for k in range(len(equity)):
                equity[k] += position * row[k]
