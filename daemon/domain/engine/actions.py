"""What happens to holdings between two bars: borrow fees, dividends and splits."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy.typing as npt

from daemon.domain.compiled import inlined
from daemon.domain.engine.exits import set_levels
from daemon.domain.engine.ledger import charge, post
from daemon.domain.engine.ranges import bring_range
from daemon.domain.engine.state import micro
from daemon.domain.engine.tape import Tape
from daemon.domain.market.bars import Floats, Ints

BORROW_DAYS = 360.0


class Events(NamedTuple):
    """Corporate actions as columns, see `market.bars.Actions`."""

    bar: Ints
    symbol: Ints
    cash: Floats
    new: Floats
    old: Floats


@inlined
def pay_borrow(desk: Any, book: npt.NDArray[Any]) -> None:
    """Rate a year / 360 on the last close's value of shorts, for each day since that bar."""
    rate = desk.borrow * desk.days / BORROW_DAYS
    for n in range(len(book)):
        slot = book[n]
        if slot.position < 0.0:
            charge(desk, slot, micro(-slot.position * slot.last_close * rate))


@inlined
def take_effect(
    tape: Tape, events: Events, desk: Any, book: npt.NDArray[Any], queue: npt.NDArray[Any]
) -> None:
    """Dividends of this bar to who held at the close before (a short pays them), then splits."""
    first = desk.next_action
    last = first
    while last < len(events.bar) and events.bar[last] == desk.bar:
        last += 1
    for k in range(first, last):
        slot = book[events.symbol[k]]
        if desk.dividends and slot.position != 0.0:
            post(desk, slot, micro(slot.position * events.cash[k]))
    for k in range(first, last):
        n, new, old = events.symbol[k], events.new[k], events.old[k]
        if new != old:
            if desk.uses_atr:
                bring_range(tape, desk, book[n], n, desk.bar - 1)
            _split(desk, book[n], new, old)
            for place in range(queue.shape[1]):
                queue[n, place].desired = queue[n, place].desired * new / old
                queue[n, place].atr = queue[n, place].atr * old / new
    desk.next_action = last


@inlined
def _split(desk: Any, slot: Any, new: float, old: float) -> None:
    """Turn every count of shares and every price of the symbol to the new basis."""
    slot.range_mean = slot.range_mean * old / new
    slot.range_close = slot.range_close * old / new
    slot.position = slot.position * new / old
    slot.desired = slot.desired * new / old
    slot.order_atr = slot.order_atr * old / new
    if slot.trade >= 0:
        slot.entered = slot.entered * new / old
        slot.exited = slot.exited * new / old
        slot.average = slot.entered_value / slot.entered
        slot.atr = slot.atr * old / new
        slot.extreme = slot.extreme * old / new
        set_levels(desk, slot)
