"""A compiled signal and a compiled figure: the moving-average cross and the deepest fall.

They are what benchmarks run beside the kernel. Genomes do not come here: they are NumPy and run
in the sandbox, where nothing can be compiled.
"""

from __future__ import annotations

from typing import NamedTuple

from daemon.domain.engine.segments import highest, lowest
from daemon.domain.market.bars import Floats
from daemon.domain.trading.compiled import entry, inlined

GROUP = 4
"""Bars whose sums are taken together: a running sum has to wait for itself only once for them."""

BLOCK = 1024


class Cross(NamedTuple):
    """Hold `size` while mean(fast) - mean(slow) of the closes is above `threshold` dollars."""

    fast: int
    slow: int
    threshold: float
    size: float


@entry
def sma_cross(close: Floats, cross: Cross, targets: Floats) -> None:
    """Write the targets (T,) of a cross on closes (T,); 0 until there are `slow` bars."""
    fast, slow = cross.fast, cross.slow
    level = cross.threshold * fast * slow
    targets[: slow - 1] = 0.0
    if len(close) < slow:
        return
    near, far = _sum(close[slow - fast : slow]), _sum(close[:slow])
    targets[slow - 1] = cross.size if near * slow - far * fast > level else 0.0
    groups = (len(close) - slow) // GROUP
    stop = slow + GROUP * groups
    here = close[slow:stop].reshape((groups, GROUP))
    near_left = close[slow - fast : stop - fast].reshape((groups, GROUP))
    far_left = close[: stop - slow].reshape((groups, GROUP))
    answer = targets[slow:stop].reshape((groups, GROUP))
    for k in range(groups):
        near_0, near_1, near_2, near = _advance(near, here[k], near_left[k])
        far_0, far_1, far_2, far = _advance(far, here[k], far_left[k])
        answer[k, 0] = cross.size if near_0 * slow - far_0 * fast > level else 0.0
        answer[k, 1] = cross.size if near_1 * slow - far_1 * fast > level else 0.0
        answer[k, 2] = cross.size if near_2 * slow - far_2 * fast > level else 0.0
        answer[k, 3] = cross.size if near * slow - far * fast > level else 0.0
    for k in range(stop, len(close)):
        near += close[k] - close[k - fast]
        far += close[k] - close[k - slow]
        targets[k] = cross.size if near * slow - far * fast > level else 0.0


@entry
def deepest_fall(equity: Floats, capital: float) -> float:
    """Largest fall from a high, as a fraction of the high (<= 0); the capital is the first high."""
    peak, worst = capital, 0.0
    for start in range(0, len(equity), BLOCK):
        block = equity[start : start + BLOCK]
        low, high = lowest(block), highest(block)
        if high <= peak:
            worst = min(worst, low / peak - 1.0)
        elif low / high - 1.0 < worst:
            for k in range(len(block)):
                peak = max(peak, block[k])
                worst = min(worst, block[k] / peak - 1.0)
        peak = max(peak, high)
    return worst


@inlined
def _sum(values: Floats) -> float:
    total = 0.0
    for k in range(len(values)):
        total += values[k]
    return total


@inlined
def _advance(total: float, entering: Floats, leaving: Floats) -> tuple[float, float, float, float]:
    """The running sum after each bar of a group."""
    first = entering[0] - leaving[0]
    second = entering[1] - leaving[1]
    third = entering[2] - leaving[2]
    fourth = entering[3] - leaving[3]
    pair = first + second
    return total + first, total + pair, total + (pair + third), total + (pair + (third + fourth))
