"""Postings: every flow of cash is booked to the desk and to the trade that caused it.

The sum of the trades' flows is therefore the change of cash, to the micro-dollar.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from daemon.domain.compiled import constant, inlined
from daemon.domain.engine.simulation import ExitReason
from daemon.domain.engine.state import DUST, MICRO, OPENING, micro, sign
from daemon.domain.trading.costs import commission, fill_price, is_guessed, regulatory_fee, whole

STILL_OPEN = constant(ExitReason.OPEN)


@inlined
def start_leg(desk: Any, slot: Any, leg: int) -> None:
    """Begin a part of an order, unless it is being filled already; each counts as an order."""
    if slot.leg != leg:
        slot.leg = leg
        slot.leg_shares = 0.0
        desk.orders += 1


@inlined
def allowed(desk: Any, slot: Any) -> float:
    """Shares that the volume cap still allows on the bar."""
    return whole(desk, slot.free) if slot.free > DUST else 0.0


@inlined
def market_price(desk: Any, slot: Any, side: float, reference: float, quantity: float) -> float:
    """Price of a market order on the bar, around a reference price."""
    share = quantity / slot.volume if desk.impact > 0.0 else 0.0
    return fill_price(desk, side, reference, slot.quoted, share)


@inlined
def fee_of(desk: Any, slot: Any, side: float, quantity: float, price: float) -> float:
    """Dollars of commission and regulatory fees for a fill of the leg under way."""
    value = quantity * price
    fee = commission(desk, slot.leg_shares, quantity, value, slot.leg == OPENING)
    return float(fee + regulatory_fee(desk, side, quantity, value))


@inlined
def post(desk: Any, slot: Any, flow: float) -> None:
    """Book micro-dollars to the account and to the symbol's open trade."""
    desk.cash += flow
    slot.flow += flow


@inlined
def charge(desk: Any, slot: Any, fee: float) -> None:
    """Book a fee in micro-dollars."""
    desk.fees += fee
    slot.fees += fee
    post(desk, slot, -fee)


@inlined
def settle_entry(desk: Any, slot: Any, side: float, quantity: float, price: float) -> None:
    """Book a fill that opens or enlarges a position; a flat symbol starts a trade."""
    starts = slot.trade < 0
    if starts:
        slot.trade = desk.trades
        desk.trades += 1
        slot.entry_bar = desk.bar
        slot.entered = slot.entered_value = slot.exited = slot.exited_value = 0.0
        slot.flow = slot.fees = 0.0
        slot.ambiguous = 0
    slot.entered += quantity
    slot.entered_value += quantity * price
    slot.average = slot.entered_value / slot.entered
    if starts:
        slot.extreme = side * slot.average
    slot.position += side * quantity
    _settle(desk, slot, side, quantity, price)


@inlined
def settle_exit(
    desk: Any, trades: npt.NDArray[Any], slot: Any, quantity: float, price: float, reason: int
) -> None:
    """Book a fill that makes a position smaller; one that takes all of it ends the trade."""
    direction = sign(slot.position)
    last = quantity > abs(slot.position) - DUST
    if last:
        quantity = abs(slot.position)
    slot.exited += quantity
    slot.exited_value += quantity * price
    slot.position = 0.0 if last else slot.position - direction * quantity
    _settle(desk, slot, -direction, quantity, price)
    if last:
        trade = trades[slot.trade]
        trade.exit_bar = desk.bar
        trade.exit_price = slot.exited_value / slot.exited
        _write(trade, slot, direction * slot.entered, slot.flow / MICRO, reason)
        slot.trade = -1


@inlined
def mark_open(trades: npt.NDArray[Any], book: npt.NDArray[Any]) -> None:
    """List the positions held after the last bar, at its closes."""
    for n in range(len(book)):
        slot = book[n]
        if slot.trade >= 0:
            trade = trades[slot.trade]
            trade.exit_bar = -1
            trade.exit_price = slot.close
            pnl = slot.flow / MICRO + slot.position * slot.close
            _write(trade, slot, slot.position, pnl, STILL_OPEN)


@inlined
def _settle(desk: Any, slot: Any, side: float, quantity: float, price: float) -> None:
    value = quantity * price
    fee = micro(fee_of(desk, slot, side, quantity, price))
    desk.traded += value
    slot.leg_shares += quantity
    slot.free -= quantity
    if is_guessed(desk, side):
        desk.estimated = 1
    post(desk, slot, -side * micro(value))
    charge(desk, slot, fee)


@inlined
def _write(trade: Any, slot: Any, quantity: float, pnl: float, reason: int) -> None:
    trade.symbol = slot.symbol
    trade.quantity = quantity
    trade.entry_bar = slot.entry_bar
    trade.entry_price = slot.average
    trade.pnl = pnl
    trade.fees = slot.fees / MICRO
    trade.reason = reason
    trade.ambiguous = slot.ambiguous
