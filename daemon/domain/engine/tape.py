"""The market as rows, and what is read from it: the bar at work, and its session."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from daemon.domain.compiled import inlined, prefetch
from daemon.domain.engine.state import sign
from daemon.domain.market.bars import Bools, Floats, Ints
from daemon.domain.trading.costs import MIDPOINT, SAME_CLOSE, set_day

LINE, LINES = 8, 5
"""Values in a line of the cache, and lines after which the processor reads ahead by itself."""

LATE_MINUTES = 2
MINUTE_NS = 60_000_000_000


class Tape(NamedTuple):
    """Prices, volume and stale marks (N, T), C-contiguous; spread (0, 0) if unknown.

    change_bar, change_goal (K,), first_change (N + 1,): targets, see `positions.Positions`.
    """

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    stale: Bools
    spread: Floats
    change_bar: Ints
    change_goal: Floats
    first_change: Ints


class Axis(NamedTuple):
    """The times of the bars (T,), see `market.bars.TimeAxis`, and the fee schedule (K, 5)."""

    open_time: Ints
    close_time: Ints
    session: Ints
    session_date: npt.NDArray[np.int32]
    minutes_left: Ints
    schedule: Floats


@inlined
def load(tape: Tape, desk: Any, book: npt.NDArray[Any], bar: int) -> None:
    """Put into the slots what the bar may be asked for, and nothing else, since most of the time
    of a sparse run is spent waiting for memory. Extremes are brought up to the bar before.
    """
    desk.bar = bar
    desk.at_work = desk.fill == SAME_CLOSE
    desk.deciding = desk.band > 0.0
    for n in range(len(book)):
        slot = book[n]
        if slot.working or slot.under_way or slot.leaving:
            desk.at_work = 1
    for n in range(len(book)):
        slot = book[n]
        slot.prints = 0
        slot.close = tape.close[n, bar]
        slot.changed = 1 if slot.next_change == bar else 0
        if slot.resuming:
            desk.deciding = 1
        if slot.changed:
            desk.deciding = 1
            _take_change(tape, desk, slot, n)
        if slot.position != 0.0:
            _load_held(tape, desk, slot, n, bar)
        if desk.at_work or (desk.watched and slot.position != 0.0):
            _load_traded(tape, desk, slot, n, bar)


@inlined
def enter_session(axis: Axis, desk: Any) -> None:
    """Find the session of the bar: its date, where the next one starts, where its end exit is.

    The exit is at the open of the first late bar, else at the close of the last bar. A session
    that the tape cuts off before its close has none.
    """
    bar = desk.bar
    stop = _session_stop(axis, bar)
    desk.session_stop = stop
    desk.days = axis.session_date[bar] - axis.session_date[bar - 1] if bar > 0 else 0
    if desk.regulatory:
        set_day(desk, axis.schedule, axis.session_date[bar])
    desk.flat_bar = -1
    desk.flat_at_close = 0
    if not desk.session_end:
        return
    last = stop - 1
    if _is_late(axis, last):
        while last > bar and _is_late(axis, last - 1):
            last -= 1
        desk.flat_bar = last
    elif stop < desk.bars or axis.minutes_left[last] == 0:
        desk.flat_bar = last
        desk.flat_at_close = 1


@inlined
def prints(tape: Tape, n: int, bar: int) -> bool:
    """True if the symbol traded on the bar; nothing fills on any other."""
    return bool(tape.volume[n, bar] > 0.0 and not tape.stale[n, bar])


@inlined
def load_change(tape: Tape, desk: Any, slot: Any) -> None:
    """`load` for the only symbol of a plain run, on a bar on which its target changes."""
    slot.close = tape.close[0, desk.bar]
    slot.changed = 1
    _take_change(tape, desk, slot, 0)


@inlined
def load_fill(tape: Tape, desk: Any, slot: Any) -> None:
    """`load` for the only symbol of a plain run, on a bar on which an order may fill."""
    _load_traded(tape, desk, slot, 0, desk.bar)


@inlined
def await_change(tape: Tape, desk: Any, slot: Any, n: int) -> None:
    """Note the bar of the symbol's next change, the end of the run where there is none."""
    more = slot.change < tape.first_change[n + 1]
    slot.next_change = tape.change_bar[slot.change] if more else desk.bars


@inlined
def _take_change(tape: Tape, desk: Any, slot: Any, n: int) -> None:
    slot.goal = tape.change_goal[slot.change]
    slot.change += 1
    await_change(tape, desk, slot, n)
    _read_ahead(tape, desk, slot, n)


@inlined
def _read_ahead(tape: Tape, desk: Any, slot: Any, n: int) -> None:
    """Ask memory for the bar of the next fill; it answers while the bars before are worked on."""
    bar = min(slot.next_change + 1 + desk.delay, desk.bars - 1)
    prefetch(tape.open, n, bar)
    prefetch(tape.volume, n, bar)
    prefetch(tape.stale, n, bar)
    for k in range(bar, min(bar + LINES * LINE, desk.bars), LINE):
        prefetch(tape.close, n, k)
        if desk.guarded:
            prefetch(tape.high, n, k)
            prefetch(tape.low, n, k)


@inlined
def _load_held(tape: Tape, desk: Any, slot: Any, n: int, bar: int) -> None:
    if desk.borrow > 0.0:
        slot.last_close = tape.close[n, bar - 1]
    if desk.guarded and slot.trail < np.inf:
        _catch_up(tape, slot, n, bar)
    slot.seen = bar


@inlined
def _load_traded(tape: Tape, desk: Any, slot: Any, n: int, bar: int) -> None:
    slot.reference = _reference(tape, desk, n, bar)
    slot.open = tape.open[n, bar]
    slot.volume = tape.volume[n, bar]
    slot.prints = 1 if prints(tape, n, bar) else 0
    slot.free = desk.volume_cap * slot.volume
    if desk.guarded:
        slot.high, slot.low = tape.high[n, bar], tape.low[n, bar]
    slot.quoted = -1.0
    if desk.from_quotes and tape.spread.shape[0] > 0:
        slot.quoted = tape.spread[n, bar]


@inlined
def _reference(tape: Tape, desk: Any, n: int, bar: int) -> float:
    if desk.fill == MIDPOINT:
        return float(0.5 * (tape.low[n, bar] + tape.high[n, bar]))
    return float(tape.close[n, bar] if desk.fill == SAME_CLOSE else tape.open[n, bar])


@inlined
def _catch_up(tape: Tape, slot: Any, n: int, bar: int) -> None:
    direction = sign(slot.position)
    best = tape.high[n] if direction > 0.0 else tape.low[n]
    for k in range(slot.seen + 1, bar):
        slot.extreme = max(slot.extreme, direction * best[k])


@inlined
def _is_late(axis: Axis, bar: int) -> bool:
    """True if the bar opens two minutes before its session's close or later."""
    length = axis.close_time[bar] - axis.open_time[bar]
    return bool(axis.minutes_left[bar] * MINUTE_NS + length <= LATE_MINUTES * MINUTE_NS)


@inlined
def _session_stop(axis: Axis, bar: int) -> int:
    """First bar of the next session: where the minutes left say, unless bars are missing."""
    session, number, bars = axis.session, axis.session[bar], len(axis.session)
    length = axis.close_time[bar] - axis.open_time[bar]
    low = min(bar + axis.minutes_left[bar] * MINUTE_NS // length, bars - 1)
    if session[low] != number:
        low = bar
    reach = 1
    while low + reach < bars and session[low + reach] == number:
        low += reach
        reach *= 2
    high = min(low + reach, bars)
    while high - low > 1:
        middle = (low + high) // 2
        if session[middle] == number:
            low = middle
        else:
            high = middle
    return int(high)
