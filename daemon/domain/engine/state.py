"""The records that the kernel works on: the desk, a slot for each symbol, orders and trades.

Steps of the kernel take the desk and slots and nothing else, which keeps them small to compile;
`tape` loads each bar that needs attention into them. Money is counted in whole micro-dollars,
held in float64, which is exact up to nine billion dollars: sums of cash do not depend on their
order, and every posting has two equal sides.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from daemon.domain.compiled import constant, inlined
from daemon.domain.trading.costs import TERMS

MICRO: Final = 1e6
DUST: Final = 1e-6
"""Shares; a fill that would leave less takes it along, so that rounding never makes an order."""

NO_ORDER, CHANGED, DRIFTED = constant(0), constant(1), constant(2)
"""Kind of an order: none, for a changed target, for a drifted weight."""

NO_LEG, REDUCING, OPENING, LEAVING = constant(0), constant(1), constant(2), constant(3)
"""Part of an order that is being filled; commissions count anew with each."""

BY_SLOT, BY_WEIGHT, BY_SHARES = constant(0), constant(1), constant(2)
"""How a target is turned into shares."""

DESK: Final = np.dtype(
    [
        *TERMS.descr,
        ("sizing", "i8"),
        ("stop_atr", "f8"),
        ("target_atr", "f8"),
        ("trail_atr", "f8"),
        ("stop_pct", "f8"),
        ("target_pct", "f8"),
        ("trail_pct", "f8"),
        ("atr", "i8"),
        ("uses_atr", "i8"),
        ("guarded", "i8"),  # a stop, target or trail is on
        ("watched", "i8"),  # any exit is on
        ("max_bars", "i8"),
        ("session_end", "i8"),
        ("cash", "f8"),  # micro-dollars
        ("fees", "f8"),  # micro-dollars
        ("traded", "f8"),  # dollars
        ("orders", "i8"),
        ("rejected", "i8"),
        ("trades", "i8"),
        ("estimated", "i8"),  # a fee was priced at a nearest known rate
        ("bar", "i8"),  # the bar that is loaded
        ("bars", "i8"),
        ("next_bar", "i8"),  # where a run goes on
        ("held_from", "i8"),  # first bar whose equity is not filled yet
        ("next_action", "i8"),  # index of the next corporate action
        ("session_stop", "i8"),  # first bar of the next session
        ("dated", "i8"),  # sessions or dates matter to this run
        ("days", "i8"),  # calendar days since the bar before, 0 inside a session
        ("flat_bar", "i8"),  # bar of this session's end exit, -1 if it has none
        ("flat_at_close", "i8"),  # that exit is at the bar's close instead of its open
        ("at_work", "i8"),  # an order or an exit is under way, or may be before the bar is over
        ("deciding", "i8"),  # a target changes on this bar, or weights are held
        ("closed", "i8"),  # nothing is opened on this bar any more
    ]
)
"""Terms, rules and account of one run."""

ORDER: Final = np.dtype([("kind", "i8"), ("bar", "i8"), ("desired", "f8"), ("atr", "f8")])

SLOT: Final = np.dtype(
    [
        ("symbol", "i8"),
        ("open", "f8"),  # the loaded bar
        ("high", "f8"),
        ("low", "f8"),
        ("close", "f8"),
        ("volume", "f8"),
        ("prints", "i8"),  # the symbol traded on the bar; nothing fills on any other
        ("quoted", "f8"),  # full quoted spread, -1 where there is none
        ("last_close", "f8"),  # of the bar before
        ("reference", "f8"),  # price around which orders fill
        ("free", "f8"),  # shares that the volume cap still allows
        ("goal", "f8"),  # target
        ("changed", "i8"),  # the target differs from the bar before
        ("change", "i8"),  # index of the next change of the target
        ("next_change", "i8"),  # its bar
        ("position", "f8"),  # shares, signed
        ("trade", "i8"),  # index of the open trade, -1 if flat
        ("entry_bar", "i8"),
        ("entered", "f8"),  # shares bought into (or sold into) the open trade so far
        ("entered_value", "f8"),
        ("exited", "f8"),
        ("exited_value", "f8"),
        ("flow", "f8"),  # micro-dollars of cash that came from the open trade
        ("fees", "f8"),  # micro-dollars
        ("average", "f8"),  # entry price
        ("ambiguous", "i8"),
        ("atr", "f8"),  # at the decision that opened the trade
        ("extreme", "f8"),  # best price since the entry, times the trade's sign
        ("seen", "i8"),  # last bar that is in `extreme`
        ("stop", "f8"),  # levels, times the trade's sign
        ("target", "f8"),
        ("trail", "f8"),  # distance in dollars
        ("due", "i8"),  # bar at whose open the trade has been held long enough
        ("alarm", "i8"),  # next bar on which a level may be touched
        ("moved", "i8"),  # the levels changed since the alarm was set
        ("leaving", "i8"),  # reason of an exit that is under way
        ("locked", "i8"),  # left by a protective exit, and the target has not changed since
        ("resuming", "i8"),  # that exit was the end of the session: the target enters again
        ("left_bar", "i8"),  # bar of the last protective exit
        ("working", "i8"),  # kind of the order in the market
        ("desired", "f8"),  # the position it wants
        ("order_atr", "f8"),
        ("under_way", "i8"),  # orders in the queue
        ("wanted", "f8"),  # shares to open on this bar, before the room there is
        ("leg", "i8"),
        ("leg_shares", "f8"),
        ("range_mean", "f8"),  # Wilder's average of the true ranges up to `range_bar`
        ("range_count", "i8"),
        ("range_bar", "i8"),
        ("range_close", "f8"),  # last close that printed up to `range_bar`
    ]
)
"""The state of one symbol."""

TRADE: Final = np.dtype(
    [
        ("symbol", "i8"),
        ("quantity", "f8"),
        ("entry_bar", "i8"),
        ("entry_price", "f8"),
        ("exit_bar", "i8"),
        ("exit_price", "f8"),
        ("pnl", "f8"),
        ("fees", "f8"),
        ("reason", "i8"),
        ("ambiguous", "i8"),
    ]
)


@inlined
def micro(dollars: float) -> float:
    """Dollars as the nearest whole number of micro-dollars."""
    return float(np.floor(dollars * MICRO + 0.5))


@inlined
def sign(position: float) -> float:
    """+1.0, -1.0, or 0.0."""
    return 1.0 if position > 0.0 else (-1.0 if position < 0.0 else 0.0)
