"""A compiled signal and a compiled figure: the moving-average cross and the deepest fall.

They are what benchmarks run beside the kernel. Genomes do not come here: they are NumPy and run
in the sandbox, where nothing can be compiled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from daemon.domain.compiled import constant, entry, inlined
from daemon.domain.engine.alarms import best_of
from daemon.domain.market.bars import Floats

BLOCK = constant(2048)
LOOK = constant(256)
GROUP = constant(4)
"""Values that are summed apart, so that the running sum waits for itself once and not each time."""


class Cross(NamedTuple):
    """Hold `size` while mean(fast) - mean(slow) of the closes is above `threshold` dollars."""

    fast: int
    slow: int
    threshold: float
    size: float


def sma_cross(close: Floats, cross: Cross, targets: Floats) -> None:
    """Write the targets (T,) of a cross on closes (T,); 0 until there are `slow` bars."""
    _cross(close, cross, targets, np.empty(int(BLOCK) + cross.slow))


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
def _cross(close: Floats, cross: Cross, targets: Floats, sums: Floats) -> None:
    fast, slow = cross.fast, cross.slow
    level = cross.threshold * fast * slow
    targets[: slow - 1] = 0.0
    if len(close) >= slow:
        gap = close[slow - fast : slow].sum() * slow - close[:slow].sum() * fast
        targets[slow - 1] = cross.size if gap > level else 0.0
    for start in range(slow, len(close), BLOCK):
        stop = min(start + BLOCK, len(close))
        summed = sums[: stop - start + slow]
        _sum_up(close[start - slow : stop], summed)
        answer, here = targets[start:stop], summed[slow:]
        near, far = summed[slow - fast : len(summed) - fast], summed[: stop - start]
        for k in range(len(answer)):
            gap = (here[k] - near[k]) * slow - (here[k] - far[k]) * fast
            answer[k] = cross.size if gap > level else 0.0


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
