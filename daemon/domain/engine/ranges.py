"""The average true range of Wilder, brought forward only when a decision asks for it."""

from __future__ import annotations

from typing import Any

from daemon.domain.compiled import constant, inlined
from daemon.domain.engine.tape import Tape, prints

GROUP = constant(8)
"""Bars whose ranges are weighted together, so that the mean waits for itself only once."""


@inlined
def bring_range(tape: Tape, desk: Any, slot: Any, n: int, bar: int) -> None:
    """Bring the slot's ATR up to `bar`: dollars, over the bars on which the symbol traded.

    Mean of the first ranges until there are `atr` of them, then (mean * (atr - 1) + range) / atr
    (Wilder 1978). The first bar has no previous close: its high less its low stands in until the
    second. 0 before any bar.
    """
    k = slot.range_bar + 1
    while k <= bar:
        settled = slot.range_count >= desk.atr and k + GROUP <= bar + 1
        if settled and _all_print(tape, n, k):
            _take_group(tape, desk, slot, n, k)
            k += GROUP
        else:
            if prints(tape, n, k):
                _take(tape, desk, slot, n, k)
            k += 1
    slot.range_bar = max(slot.range_bar, bar)


@inlined
def _all_print(tape: Tape, n: int, start: int) -> bool:
    volume, stale = tape.volume[n, start : start + GROUP], tape.stale[n, start : start + GROUP]
    printed = 0
    for k in range(GROUP):
        printed += (volume[k] > 0.0) & (stale[k] == 0)
    return printed == GROUP


@inlined
def _take_group(tape: Tape, desk: Any, slot: Any, n: int, start: int) -> None:
    high, low = tape.high[n, start : start + GROUP], tape.low[n, start : start + GROUP]
    close = tape.close[n, start : start + GROUP]
    share = 1.0 / desk.atr
    keep = 1.0 - share
    added, kept, last = 0.0, 1.0, slot.range_close
    for k in range(GROUP):
        reach = max(high[k], last) - min(low[k], last)
        added = added * keep + reach * share
        kept *= keep
        last = close[k]
    slot.range_mean = slot.range_mean * kept + added
    slot.range_count += GROUP
    slot.range_close = last


@inlined
def _take(tape: Tape, desk: Any, slot: Any, n: int, bar: int) -> None:
    high, low = tape.high[n, bar], tape.low[n, bar]
    if slot.range_count > 0:
        reach = max(high, slot.range_close) - min(low, slot.range_close)
        slot.range_mean += (reach - slot.range_mean) / min(slot.range_count, desk.atr)
    else:
        slot.range_mean = high - low
    slot.range_count += 1
    slot.range_close = tape.close[n, bar]
