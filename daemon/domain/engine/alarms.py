"""The search for the next bar that touches a level of an open trade, mostly by whole blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from daemon.domain.engine.segments import span
from daemon.domain.engine.state import sign
from daemon.domain.engine.tape import Tape, prints
from daemon.domain.trading.compiled import constant, inlined

BLOCK = constant(64)


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
    low, high = span(tape.low[n, start:end], tape.high[n, start:end])
    worst, best = (low, high) if slot.position > 0.0 else (-high, -low)
    level, after = slot.stop, extreme
    if slot.trail < np.inf:
        after = max(extreme, best)
        level = max(level, after - slot.trail)
    calm = worst > level and best <= slot.target
    if calm and after > extreme:
        calm = _all_print(tape, n, start, end)
    return calm, after


@inlined
def _first_touch(
    tape: Tape, slot: Any, n: int, start: int, end: int, extreme: float
) -> tuple[int, float]:
    """(first bar that touches a level or `end`, the extreme before it)."""
    direction = sign(slot.position)
    worst = tape.low[n] if direction > 0.0 else tape.high[n]
    best = tape.high[n] if direction > 0.0 else tape.low[n]
    for bar in range(start, end):
        if prints(tape, n, bar):
            level = max(slot.stop, extreme - slot.trail)
            if direction * worst[bar] <= level or direction * best[bar] > slot.target:
                return bar, extreme
            extreme = max(extreme, direction * best[bar])
    return end, extreme


@inlined
def _all_print(tape: Tape, n: int, start: int, end: int) -> bool:
    volume, stale = tape.volume[n, start:end], tape.stale[n, start:end]
    silent = 0
    for k in range(len(volume)):
        silent += stale[k] or not volume[k] > 0.0
    return silent == 0
