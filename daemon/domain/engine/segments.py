"""Work on stretches of bars between two events: finding the next change, filling equity.

Loops run over `range(len(view))` of slices, the form that is compiled to vector instructions.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from daemon.domain.engine.state import MICRO
from daemon.domain.market.bars import Floats
from daemon.domain.trading.compiled import inlined

STRIDE = 64


@inlined
def next_change(row: Floats, start: int) -> int:
    """First index from `start` (at least 1) on whose value differs from the one before."""
    size = len(row)
    k = start
    while k + STRIDE <= size:
        here, before = row[k : k + STRIDE], row[k - 1 : k - 1 + STRIDE]
        changes = 0
        for j in range(len(here)):
            changes += here[j] != before[j]
        if changes:
            break
        k += STRIDE
    while k < size and row[k] == row[k - 1]:
        k += 1
    return k


@inlined
def hold(
    desk: Any, book: npt.NDArray[Any], closes: Floats, equity: Floats, exposure: Floats
) -> None:
    """Equity in dollars and exposure (both written) of a stretch on which nothing is traded.

    closes: (N, S); equity, exposure: (S,).
    """
    cash = desk.cash / MICRO
    for k in range(len(equity)):
        equity[k] = cash
        exposure[k] = 0.0
    for n in range(len(book)):
        position = book[n].position
        if position != 0.0:
            close = closes[n]
            for k in range(len(equity)):
                value = position * close[k]
                equity[k] += value
                exposure[k] += abs(value)
    for k in range(len(equity)):
        exposure[k] = exposure[k] / equity[k] if equity[k] > 0.0 else 0.0
