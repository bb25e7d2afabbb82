"""The search for the next bar that touches a level of an open trade, mostly by whole blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from daemon.domain.compiled import constant, inlined
from daemon.domain.engine.state import sign
from daemon.domain.engine.tape import Tape, prints
from daemon.domain.market.bars import Floats

BLOCK = constant(64)
LANES = constant(8)


@inlined
def next_alarm(tape: Tape, slot: Any, n: int, start: int, stop: int) -> int:
    """First bar from `start` and before `stop` that touches a level of the trade, else `stop`."""
    extreme, bar = slot.extreme, start
    while bar < stop:
        end = min(bar + BLOCK, stop)
        calm, after = _is_calm(tape, slot, n, bar, end, extreme)
        if not calm:
            touched, after = _first_touch(tape, slot, n, bar, end, extreme)
            if touched < end:
                return touched
        extreme, bar = after, end
    return stop


@inlined
def _is_calm(
    tape: Tape, slot: Any, n: int, start: int, end: int, extreme: float
) -> tuple[bool, float]:
    """(surely nothing is touched, the extreme after the bars); False where it needs a look."""
    direction = sign(slot.position)
    worst, best = _rows(tape, direction, n)
    after = extreme
    if slot.trail < np.inf:
        after = max(extreme, best_of(best[start:end], direction))
    level = max(slot.stop, after - slot.trail)
    touches = 0
    low, high = worst[start:end], best[start:end]
    for k in range(len(low)):
        touches += (direction * low[k] <= level) | (direction * high[k] > slot.target)
    return touches == 0, after


@inlined
def _rows(tape: Tape, direction: float, n: int) -> tuple[Floats, Floats]:
    """(prices that may touch the stop, prices that may reach the target)."""
    if direction > 0.0:
        return tape.low[n], tape.high[n]
    return tape.high[n], tape.low[n]


@inlined
def best_of(values: Floats, direction: float) -> float:
    """The largest of the prices times the direction, in lanes: one would wait for itself."""
    groups = len(values) // LANES
    lanes = values[: groups * LANES].reshape((groups, LANES))
    a = b = c = d = e = f = g = h = direction * values[0]
    for k in range(groups):
        a = _larger(direction * lanes[k, 0], a)
        b = _larger(direction * lanes[k, 1], b)
        c = _larger(direction * lanes[k, 2], c)
        d = _larger(direction * lanes[k, 3], d)
        e = _larger(direction * lanes[k, 4], e)
        f = _larger(direction * lanes[k, 5], f)
        g = _larger(direction * lanes[k, 6], g)
        h = _larger(direction * lanes[k, 7], h)
    best = _larger(_larger(a, b), _larger(c, d))
    best = _larger(best, _larger(_larger(e, f), _larger(g, h)))
    rest = values[groups * LANES :]
    for k in range(len(rest)):
        best = _larger(direction * rest[k], best)
    return best


@inlined
def _larger(one: float, other: float) -> float:
    return one if one > other else other


@inlined
def _first_touch(
    tape: Tape, slot: Any, n: int, start: int, end: int, extreme: float
) -> tuple[int, float]:
    """(first bar that touches a level or `end`, the extreme before it)."""
    direction = sign(slot.position)
    worst, best = _rows(tape, direction, n)
    for bar in range(start, end):
        level = max(slot.stop, extreme - slot.trail)
        touched = direction * worst[bar] <= level or direction * best[bar] > slot.target
        if touched and prints(tape, n, bar):
            return bar, extreme
        extreme = max(extreme, direction * best[bar])
    return end, extreme
