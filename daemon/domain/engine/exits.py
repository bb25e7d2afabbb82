"""Protective exits: the levels of a trade, their test inside a bar, and the way out.

Prices are compared after multiplication with the trade's sign, so that a short reads as a long.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from daemon.domain.compiled import constant, inlined
from daemon.domain.engine.ledger import allowed, market_price, settle_exit, start_leg
from daemon.domain.engine.simulation import ExitReason
from daemon.domain.engine.state import LEAVING, NO_LEG, NO_ORDER, sign
from daemon.domain.trading.costs import MIDPOINT, SAME_CLOSE

STOP = constant(ExitReason.STOP)
PROFIT_TARGET = constant(ExitReason.PROFIT_TARGET)
TRAILING_STOP = constant(ExitReason.TRAILING_STOP)
MAX_BARS = constant(ExitReason.MAX_BARS)
SESSION_END = constant(ExitReason.SESSION_END)
NEVER = constant(2**62)


@inlined
def set_levels(desk: Any, slot: Any) -> None:
    """Stop, target and trail of the open trade from its average entry price and its ATR.

    Where a level is given in ATR and in per cent, the nearer one holds.
    """
    entry = sign(slot.position) * slot.average
    slot.stop = entry - _distance(desk.stop_atr, slot.atr, desk.stop_pct, slot.average)
    slot.target = entry + _distance(desk.target_atr, slot.atr, desk.target_pct, slot.average)
    slot.trail = _distance(desk.trail_atr, slot.atr, desk.trail_pct, slot.average)
    slot.moved = 1


@inlined
def start_watch(desk: Any, slot: Any) -> None:
    """Set what a new trade is watched for, from its first fill on."""
    slot.atr = slot.order_atr
    slot.seen = desk.bar
    first = desk.bar + 1 if desk.fill == SAME_CLOSE else desk.bar
    slot.due = first + desk.max_bars if desk.max_bars > 0 else NEVER


@inlined
def leave_at_open(desk: Any, trades: npt.NDArray[Any], book: npt.NDArray[Any]) -> None:
    """Exits that go to the market at the open: carried ones, held long enough, session end."""
    ends = desk.session_end and desk.bar == desk.flat_bar and not desk.flat_at_close
    for n in range(len(book)):
        slot = book[n]
        if slot.position == 0.0:
            continue
        if not slot.leaving and desk.bar >= slot.due:
            _leave(desk, slot, MAX_BARS)
        if not slot.leaving and ends:
            _leave(desk, slot, SESSION_END)
        if slot.leaving and slot.prints:
            _sell_out(desk, trades, slot, slot.open)


@inlined
def leave_at_close(desk: Any, trades: npt.NDArray[Any], book: npt.NDArray[Any]) -> None:
    """Session-end exits at the close of the last bar; without a print they wait for an open."""
    if not (desk.session_end and desk.bar == desk.flat_bar and desk.flat_at_close):
        return
    for n in range(len(book)):
        slot = book[n]
        if slot.position != 0.0 and not slot.leaving:
            _leave(desk, slot, SESSION_END)
            if slot.prints:
                _sell_out(desk, trades, slot, slot.close)


@inlined
def guard(desk: Any, trades: npt.NDArray[Any], book: npt.NDArray[Any]) -> None:
    """Test the levels of every open trade against the bar."""
    for n in range(len(book)):
        slot = book[n]
        if slot.position == 0.0 or slot.leaving:
            continue
        if slot.prints:
            _test(desk, trades, slot)
        else:
            slot.extreme = max(slot.extreme, slot.high if slot.position > 0.0 else -slot.low)


@inlined
def _test(desk: Any, trades: npt.NDArray[Any], slot: Any) -> None:
    direction = sign(slot.position)
    worst = direction * (slot.low if direction > 0.0 else slot.high)
    best = direction * (slot.high if direction > 0.0 else slot.low)
    entered_inside = slot.entry_bar == desk.bar and desk.fill == MIDPOINT
    first = direction * (slot.reference if entered_inside else slot.open)
    level = max(slot.stop, slot.extreme - slot.trail)
    reached = best > slot.target
    if worst <= level and (first <= level or first <= slot.target):
        slot.ambiguous = 1 if reached and first > level else 0
        _leave(desk, slot, TRAILING_STOP if level > slot.stop else STOP)
        _sell_out(desk, trades, slot, direction * min(first, level))
    elif reached:
        _leave(desk, slot, PROFIT_TARGET)
        _close_out(desk, trades, slot, direction * max(first, slot.target))
    else:
        slot.extreme = max(slot.extreme, best)


@inlined
def _leave(desk: Any, slot: Any, reason: int) -> None:
    """Decide to leave a position whole: an order that would keep it or bring it back is dropped."""
    slot.leaving = reason
    slot.leg = NO_LEG
    slot.locked = 1
    slot.resuming = 1 if reason == SESSION_END else 0
    slot.left_bar = desk.bar
    desk.deciding = 1
    if slot.desired * slot.position >= 0.0:
        slot.working = NO_ORDER


@inlined
def _sell_out(desk: Any, trades: npt.NDArray[Any], slot: Any, reference: float) -> None:
    """Leave at the market, around a reference price."""
    quantity = min(abs(slot.position), allowed(desk, slot))
    price = market_price(desk, slot, -sign(slot.position), reference, quantity)
    _close_out(desk, trades, slot, price)


@inlined
def _close_out(desk: Any, trades: npt.NDArray[Any], slot: Any, price: float) -> None:
    """Fill what the bar allows of an exit; the rest is carried to the next opens."""
    start_leg(desk, slot, LEAVING)
    quantity = min(abs(slot.position), allowed(desk, slot))
    if quantity > 0.0:
        settle_exit(desk, trades, slot, quantity, price, slot.leaving)
    if slot.position == 0.0:
        slot.leaving = 0


@inlined
def _distance(in_ranges: float, mean_range: float, in_shares: float, entry: float) -> float:
    nearest = np.inf
    if in_ranges > 0.0:
        nearest = in_ranges * mean_range
    if in_shares > 0.0:
        nearest = min(nearest, in_shares * entry)
    return float(nearest)
