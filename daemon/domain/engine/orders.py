"""Orders: from a changed target to a wanted position, through the queue, to fills.

An order that crosses zero is two: one that closes (and ends the trade) and one that opens.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from daemon.domain.compiled import constant, inlined
from daemon.domain.engine.exits import set_levels, start_watch
from daemon.domain.engine.ledger import (
    allowed,
    fee_of,
    market_price,
    settle_entry,
    settle_exit,
    start_leg,
)
from daemon.domain.engine.simulation import ExitReason
from daemon.domain.engine.state import (
    BY_SHARES,
    BY_SLOT,
    CHANGED,
    DRIFTED,
    DUST,
    LEAVING,
    MICRO,
    NO_LEG,
    NO_ORDER,
    OPENING,
    REDUCING,
    sign,
)
from daemon.domain.trading.costs import SAME_CLOSE, whole

TARGET_CHANGED = constant(ExitReason.TARGET_CHANGED)
REVERSED = constant(ExitReason.REVERSED)
HALF_MICRO = 0.5e-6


@inlined
def decide(desk: Any, book: npt.NDArray[Any], queue: npt.NDArray[Any]) -> None:
    """At the close: an order where the target changed, enters again, or the held weight drifted."""
    if desk.fill != SAME_CLOSE and desk.bar + 1 >= desk.bars:
        return
    equity = desk.cash / MICRO
    for n in range(len(book)):
        equity += book[n].position * book[n].close
    share = equity / len(book) if desk.sizing == BY_SLOT else equity
    for n in range(len(book)):
        slot = book[n]
        kind = NO_ORDER
        if slot.changed or resumes(desk, slot):
            kind = CHANGED
            slot.locked = slot.resuming = 0
        elif may_drift(desk, slot):
            weight = slot.position * slot.close / share
            kind = DRIFTED if abs(weight - slot.goal) > desk.band else NO_ORDER
        if kind != NO_ORDER:
            _place(desk, slot, queue[n], kind, share)


@inlined
def resumes(desk: Any, slot: Any) -> bool:
    """True on a session's last bar if its end exit has left the symbol flat."""
    last = desk.bar + 1 == desk.session_stop and desk.session_stop < desk.bars
    return bool(slot.resuming and slot.position == 0.0 and last)


@inlined
def may_drift(desk: Any, slot: Any) -> bool:
    """True if the symbol's weight is held against its target now."""
    if desk.band <= 0.0 or desk.sizing == BY_SHARES or slot.goal == 0.0:
        return False
    idle = slot.working == NO_ORDER and slot.under_way == 0 and slot.leaving == 0
    return bool(idle and slot.locked == 0)


@inlined
def activate(desk: Any, book: npt.NDArray[Any], queue: npt.NDArray[Any]) -> None:
    """Send the orders whose delay is over to the market; each replaces what was left there.

    One for a drift is dropped if the trade has been left by a protective exit since.
    """
    place = desk.bar % queue.shape[1]
    for n in range(len(book)):
        slot, order = book[n], queue[n, place]
        if order.kind != NO_ORDER:
            if order.kind == CHANGED or slot.left_bar <= order.bar:
                _send(slot, order.kind, order.desired, order.atr)
            order.kind = NO_ORDER
            slot.under_way -= 1


@inlined
def work(desk: Any, trades: npt.NDArray[Any], book: npt.NDArray[Any]) -> None:
    """Fill what the bar allows: sales that reduce, purchases that cover, then what opens."""
    for purchase in range(2):
        side = 2.0 * purchase - 1.0
        for n in range(len(book)):
            slot = book[n]
            towards = side * (slot.desired - slot.position)
            reduces = slot.working and side * slot.position < 0.0 and towards > 0.0
            if reduces and slot.prints:
                _reduce(desk, trades, slot)
    needed = _want(desk, book)
    if needed > 0.0:
        _open(desk, book, needed)


@inlined
def _place(desk: Any, slot: Any, row: npt.NDArray[Any], kind: int, share: float) -> None:
    desired = slot.goal
    if desk.sizing != BY_SHARES:
        desired = whole(desk, slot.goal * share / slot.close) if share > 0.0 else 0.0
    if desired < 0.0 and not desk.shortable:
        desired = 0.0
        if kind == CHANGED:
            desk.orders += 1
            desk.rejected += 1
    if kind == DRIFTED and desired == slot.position:
        return
    if desk.fill == SAME_CLOSE or desk.delay == 0:
        _send(slot, kind, desired, slot.range_mean)
    else:
        order = row[desk.bar % len(row)]
        order.kind = kind
        order.bar = desk.bar
        order.desired = desired
        order.atr = slot.range_mean
        slot.under_way += 1


@inlined
def _send(slot: Any, kind: int, desired: float, atr: float) -> None:
    slot.working = kind
    slot.desired = desired
    slot.order_atr = atr
    if slot.leg != LEAVING:
        slot.leg = NO_LEG


@inlined
def _reduce(desk: Any, trades: npt.NDArray[Any], slot: Any) -> None:
    crosses = slot.desired * slot.position < 0.0
    excess = abs(slot.position)
    if not crosses:
        excess -= abs(slot.desired)
    start_leg(desk, slot, REDUCING)
    quantity = min(excess, allowed(desk, slot))
    if quantity <= 0.0:
        return
    price = market_price(desk, slot, -sign(slot.position), slot.reference, quantity)
    settle_exit(desk, trades, slot, quantity, price, REVERSED if crosses else TARGET_CHANGED)
    if quantity > excess - DUST and not crosses:
        slot.working = NO_ORDER


@inlined
def _want(desk: Any, book: npt.NDArray[Any]) -> float:
    """Note the shares that each order would open on this bar; the room needed for all of them."""
    needed = 0.0
    for n in range(len(book)):
        slot = book[n]
        slot.wanted = 0.0
        if not slot.working or desk.closed or not slot.prints:
            continue
        if slot.desired == slot.position:
            slot.working = NO_ORDER
        elif slot.desired * slot.position >= 0.0 and abs(slot.desired) > abs(slot.position):
            start_leg(desk, slot, OPENING)
            missing = abs(slot.desired) - abs(slot.position)
            slot.wanted = min(missing, allowed(desk, slot))
            if slot.wanted > 0.0:
                needed += _need(desk, slot, slot.wanted)
    return needed


@inlined
def _open(desk: Any, book: npt.NDArray[Any], needed: float) -> None:
    room = _room(desk, book)
    factor = 1.0
    if needed > room + HALF_MICRO:
        factor = max(0.0, room - 2 * (len(book) + 1) * HALF_MICRO) / needed
    for n in range(len(book)):
        if book[n].wanted > 0.0:
            room -= _enter(desk, book[n], factor, room)


@inlined
def _enter(desk: Any, slot: Any, factor: float, room: float) -> float:
    """Fill the opening part of an order; how much of the room that took, where it is short."""
    missing = abs(slot.desired) - abs(slot.position)
    quantity = slot.wanted
    if factor < 1.0:
        quantity = _fitting(desk, slot, factor, room)
    if factor < 1.0 or quantity > missing - DUST:
        slot.working = NO_ORDER
    if quantity <= DUST:
        desk.rejected += 1
        return 0.0
    needed = _need(desk, slot, quantity) if factor < 1.0 else 0.0
    starts = slot.trade < 0
    settle_entry(desk, slot, sign(slot.desired), quantity, _entry_price(desk, slot, quantity))
    if starts:
        start_watch(desk, slot)
    if desk.guarded:
        set_levels(desk, slot)
    return needed


@inlined
def _fitting(desk: Any, slot: Any, factor: float, room: float) -> float:
    """Shares after scaling to the room; a commission that does not scale asks for another cut.

    A share takes at least its price of room, so one cut is enough.
    """
    quantity = whole(desk, slot.wanted * factor)
    excess = _need(desk, slot, quantity) - room if quantity > 0.0 else 0.0
    if excess > 0.0:
        quantity = whole(desk, quantity - (excess + 2 * HALF_MICRO) / slot.reference)
    return max(0.0, quantity)


@inlined
def _entry_price(desk: Any, slot: Any, quantity: float) -> float:
    return market_price(desk, slot, sign(slot.desired), slot.reference, quantity)


@inlined
def _need(desk: Any, slot: Any, quantity: float) -> float:
    """Room that an entry takes: its value, and its costs as often as the margin multiplies them."""
    side, price = sign(slot.desired), _entry_price(desk, slot, quantity)
    moved = side * (price - slot.reference) * quantity
    costs = moved + fee_of(desk, slot, side, quantity, price)
    return float(quantity * slot.reference + max(1.0, desk.margin) * costs)


@inlined
def _room(desk: Any, book: npt.NDArray[Any]) -> float:
    """Dollars of gross exposure that may be added, at the prices of this moment."""
    equity, gross = desk.cash / MICRO, 0.0
    for n in range(len(book)):
        value = book[n].position * book[n].reference
        equity += value
        gross += abs(value)
    return float(desk.limit * equity - gross)
