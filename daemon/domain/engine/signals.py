"""A compiled signal and a compiled figure: the moving-average cross and the deepest fall.

They are what benchmarks run beside the kernel. Genomes do not come here: they are NumPy and run
in the sandbox, where nothing can be compiled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from daemon.domain.compiled import constant, entry, inlined
from daemon.domain.engine import buffers
from daemon.domain.engine.alarms import best_of
from daemon.domain.engine.positions import Positions, append_changes
from daemon.domain.market.bars import Floats, Ints

BLOCK = constant(2048)
FIRST, COUNTED = constant(0), constant(0)
LOOK = constant(256)
GROUP = constant(4)
"""Values that are summed apart, so that the running sum waits for itself once and not each time."""


class Cross(NamedTuple):
    """Hold `size` while mean(fast) - mean(slow) of the closes is above `threshold` dollars."""

    fast: int
    slow: int
    threshold: float
    size: float


def sma_cross(close: Floats, cross: Cross) -> Positions:
    """The positions (T, 1) of a cross on closes (T,); 0 until there are `slow` bars."""
    bars, values = buffers.empty(len(close)).view(np.int64), buffers.empty(len(close))
    sums, block = np.empty(int(BLOCK) + cross.slow), np.empty(int(BLOCK))
    count = _cross(close, cross, _Room(sums, block, bars, values))
    starts = np.array([0, count])
    return Positions((len(close), 1), bars[:count].copy(), values[:count].copy(), starts)


class _Room(NamedTuple):
    """What the cross is worked out in: running sums, a block of positions, its changes (T,)."""

    sums: Floats
    block: Floats
    bars: Ints
    values: Floats


@entry
def deepest_fall(equity: Floats, capital: float) -> float:
    """Largest fall from a high, as a fraction of the high (<= 0); the capital is the first high."""
    peak, worst, floor = capital, 0.0, capital
    for start in range(0, len(equity), LOOK):
        block = equity[start : start + LOOK]
        above, below = 0, 0
        for k in range(len(block)):
            above += block[k] > peak
            below += block[k] < floor
        if above == 0:
            if below > 0:
                floor = -best_of(block, -1.0)
                worst = floor / peak - 1.0
            continue
        for k in range(len(block)):
            if block[k] > peak:
                peak = block[k]
                floor = peak * (1.0 + worst)
            elif block[k] < floor:
                floor = block[k]
                worst = floor / peak - 1.0
    return worst


@entry
def _cross(close: Floats, cross: Cross, room: _Room) -> int:
    """How many changes there are; a block is searched for them while it lies in the cache."""
    fast, slow = cross.fast, cross.slow
    level = cross.threshold * fast * slow
    flat, first = room.block[:1], room.block[1:2]
    flat[0] = 0.0
    count = append_changes(flat[: len(close)], np.nan, FIRST, room.bars, room.values, COUNTED)
    if len(close) < slow:
        return count
    gap = close[slow - fast : slow].sum() * slow - close[:slow].sum() * fast
    before = cross.size if gap > level else 0.0
    first[0] = before
    count = append_changes(first, 0.0, slow - 1, room.bars, room.values, count)
    for start in range(slow, len(close), BLOCK):
        stop = min(start + BLOCK, len(close))
        summed = room.sums[: stop - start + slow]
        _sum_up(close[start - slow : stop], summed)
        answer, here = room.block[: stop - start], summed[slow:]
        near, far = summed[slow - fast : len(summed) - fast], summed[: stop - start]
        for k in range(len(answer)):
            gap = (here[k] - near[k]) * slow - (here[k] - far[k]) * fast
            answer[k] = cross.size if gap > level else 0.0
        count = append_changes(answer, before, start, room.bars, room.values, count)
        before = answer[-1]
    return count


@inlined
def _sum_up(values: Floats, summed: Floats) -> None:
    groups = len(values) // GROUP
    grouped = values[: groups * GROUP].reshape((groups, GROUP))
    answer = summed[: groups * GROUP].reshape((groups, GROUP))
    total = 0.0
    for k in range(groups):
        two = grouped[k, 0] + grouped[k, 1]
        answer[k, 0] = total + grouped[k, 0]
        answer[k, 1] = total + two
        answer[k, 2] = total + (two + grouped[k, 2])
        total += two + (grouped[k, 2] + grouped[k, 3])
        answer[k, 3] = total
    for k in range(groups * GROUP, len(values)):
        total += values[k]
        summed[k] = total
