"""The pass over the bars: from event to event, with everything in between filled at once.

The order of things on a bar, which is the order in which they happen:

1. before the open: borrow for the days since the last bar, dividends, splits
2. at the open: orders whose delay is over are sent; exits that were carried, held long enough or
   end the session; orders that reduce; orders that open, within the room there is
3. inside the bar: stops, targets and trailing stops of every open trade
4. at the close: session-end exits where no bar is late enough for an open; decisions; fills at
   the close where the profile says so
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy.typing as npt

from daemon.domain.compiled import entry, inlined
from daemon.domain.engine.actions import Events, pay_borrow, take_effect
from daemon.domain.engine.alarms import next_alarm
from daemon.domain.engine.exits import NEVER, guard, leave_at_close, leave_at_open
from daemon.domain.engine.ledger import mark_open
from daemon.domain.engine.orders import activate, decide, may_drift, work
from daemon.domain.engine.ranges import bring_range
from daemon.domain.engine.segments import hold
from daemon.domain.engine.tape import (
    Axis,
    Tape,
    await_change,
    enter_session,
    load,
    load_change,
    load_fill,
)
from daemon.domain.market.bars import Floats
from daemon.domain.trading.costs import NEXT_OPEN, SAME_CLOSE

TRADES_A_BAR = 2
"""Trades that one symbol can start on one bar: one at the open, one at the close."""


class Course(NamedTuple):
    """What a run writes: equity (T,), trades TRADE (K,)."""

    equity: Floats
    trades: npt.NDArray[Any]


@entry
def run(
    tape: Tape,
    axis: Axis,
    events: Events,
    desks: npt.NDArray[Any],
    book: npt.NDArray[Any],
    queue: npt.NDArray[Any],
    course: Course,
) -> bool:
    """Trade the tape's targets; False if there is no room for another trade.

    desks: one DESK. book: SLOT (N,), zeroed at first. queue: ORDER (N, delay + 1), likewise.
    After False, call again with larger `trades` that begin as the old ones do: it goes on.
    """
    desk, trades = desks[0], course.trades
    plain = _is_plain(events, desk, book)
    bar = desk.next_bar
    if bar == 0:
        _start(tape, desk, book)
    while bar < desk.bars:
        desk.next_bar = bar
        if desk.trades + TRADES_A_BAR * len(book) > len(trades):
            return False
        if plain:
            bar = _trade_plainly(tape, desk, book, queue, course)
            continue
        load(tape, desk, book, bar)
        desk.days = 0
        if desk.dated and bar >= desk.session_stop:
            enter_session(axis, desk)
        if _holdings_may_change(events, desk):
            _hold_until(tape, desk, book, course, bar)
        _before_open(tape, events, desk, book, queue)
        _trade(desk, trades, book, queue)
        bar = _next_event(tape, events, desk, book)
    _hold_until(tape, desk, book, course, desk.bars)
    if desk.bars > 0:
        load(tape, desk, book, desk.bars - 1)
        mark_open(trades, book)
    return True


@inlined
def _is_plain(events: Events, desk: Any, book: npt.NDArray[Any]) -> bool:
    """True if nothing but changes of one target can happen, each filled at the next open."""
    alone = len(book) == 1 and len(events.bar) == 0
    at_once = desk.fill == NEXT_OPEN and desk.delay == 0
    return bool(alone and at_once and not desk.watched and not desk.dated and desk.band <= 0.0)


@inlined
def _trade_plainly(
    tape: Tape, desk: Any, book: npt.NDArray[Any], queue: npt.NDArray[Any], course: Course
) -> int:
    """The same steps, without those that can do nothing in a plain run; the bar to go on with."""
    slot, bar = book[0], desk.next_bar
    while bar < desk.bars and desk.trades + TRADES_A_BAR <= len(course.trades):
        desk.bar = bar
        if slot.working:
            _hold_until(tape, desk, book, course, bar)
            load_fill(tape, desk, slot)
            work(desk, course.trades, book)
        if slot.next_change == bar:
            load_change(tape, desk, slot)
            decide(desk, book, queue)
        bar = bar + 1 if slot.working else slot.next_change
    return int(bar)


@inlined
def _start(tape: Tape, desk: Any, book: npt.NDArray[Any]) -> None:
    """Every symbol begins flat: a first target of zero is no change."""
    for n in range(len(book)):
        slot, first = book[n], tape.first_change[n]
        slot.symbol = n
        slot.trade = -1
        slot.range_bar = -1
        slot.left_bar = -1
        begins_flat = first < tape.first_change[n + 1] and tape.change_goal[first] == 0.0
        slot.change = first + 1 if begins_flat else first
        await_change(tape, desk, slot, n)


@inlined
def _holdings_may_change(events: Events, desk: Any) -> bool:
    pays_borrow = desk.borrow > 0.0 and desk.days > 0
    acts = desk.bar == _next_action(events, desk)
    return bool(desk.at_work or desk.watched or pays_borrow or acts)


@inlined
def _hold_until(tape: Tape, desk: Any, book: npt.NDArray[Any], course: Course, bar: int) -> None:
    """Fill the equity of the bars since the last that may have changed the holdings."""
    first = desk.held_from
    hold(desk, book, tape.close, first, course.equity[first:bar])
    desk.held_from = bar


@inlined
def _before_open(
    tape: Tape, events: Events, desk: Any, book: npt.NDArray[Any], queue: npt.NDArray[Any]
) -> None:
    if desk.borrow > 0.0 and desk.days > 0:
        pay_borrow(desk, book)
    if desk.bar == _next_action(events, desk):
        take_effect(tape, events, desk, book, queue)
    if desk.uses_atr:
        ends = desk.session_end and desk.bar + 1 == desk.session_stop
        for n in range(len(book)):
            if book[n].changed or desk.band > 0.0 or ends:
                bring_range(tape, desk, book[n], n, desk.bar)


@inlined
def _trade(
    desk: Any, trades: npt.NDArray[Any], book: npt.NDArray[Any], queue: npt.NDArray[Any]
) -> None:
    at_close = desk.fill == SAME_CLOSE
    desk.closed = 0
    if desk.session_end and desk.flat_bar >= 0 and desk.bar >= desk.flat_bar:
        desk.closed = 1 if at_close or not desk.flat_at_close else 0
    if desk.at_work:
        activate(desk, book, queue)
    if desk.watched:
        leave_at_open(desk, trades, book)
    if desk.at_work and not at_close:
        work(desk, trades, book)
    if desk.guarded:
        guard(desk, trades, book)
    if desk.session_end:
        leave_at_close(desk, trades, book)
    if desk.deciding:
        decide(desk, book, queue)
    if at_close:
        work(desk, trades, book)


@inlined
def _next_event(tape: Tape, events: Events, desk: Any, book: npt.NDArray[Any]) -> int:
    """The next bar on which anything but the passing of time can happen."""
    following = min(desk.bars, _next_action(events, desk))
    for n in range(len(book)):
        slot = book[n]
        following = min(following, slot.next_change)
        if slot.working or slot.under_way or slot.leaving or may_drift(desk, slot):
            return int(desk.bar + 1)
        if slot.position != 0.0:
            following = min(following, _next_duty(desk, slot))
        elif slot.resuming and desk.session_stop > desk.bar + 1:
            following = min(following, desk.session_stop - 1)
    if desk.guarded:
        for n in range(len(book)):
            if book[n].position != 0.0:
                following = min(following, _next_touch(tape, desk, book[n], n, following))
    return int(following)


@inlined
def _next_action(events: Events, desk: Any) -> int:
    pending = desk.next_action < len(events.bar)
    return int(events.bar[desk.next_action]) if pending else NEVER


@inlined
def _next_duty(desk: Any, slot: Any) -> int:
    """The bar on which the position is left for its age or the session, or pays its borrow."""
    following = slot.due
    if desk.session_end and desk.flat_bar > desk.bar:
        following = min(following, desk.flat_bar)
    if desk.session_end or (slot.position < 0.0 and desk.borrow > 0.0):
        following = min(following, desk.session_stop)
    return int(following)


@inlined
def _next_touch(tape: Tape, desk: Any, slot: Any, n: int, stop: int) -> int:
    if slot.moved or slot.alarm <= desk.bar:
        slot.alarm = next_alarm(tape, slot, n, desk.bar + 1, stop)
        slot.moved = 0
    return int(slot.alarm)
