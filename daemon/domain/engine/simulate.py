"""From target positions to a ledger: the one place where a backtest is priced.

The rules that the kernel carries out (the order of things inside a bar stands in `kernel`):

- A decision is made at the close of bar t, where a target differs from the one before (the first
  from 0), or where the held weight is further than `rebalance_band` from an unchanged target.
  The shares it wants come from equity and price at that close.
- It fills at the open of bar t + 1 + delay_bars (or as the profile says), on a bar on which the
  symbol trades: a stale bar, or one without volume, fills nothing and the order waits. What the
  volume cap leaves is carried on until it is filled or the target changes.
- Sales that reduce come first, then purchases that cover, then everything that opens, scaled by
  one factor to the room: gross exposure within margin x equity, which at margin 1 keeps cash from
  going negative. A scaled order is done; its rest is not carried.
- Market orders pay half the spread, slippage and impact; a profit target is a limit order, filled
  at its level only if the bar trades through it, at the open if that is better, at no such cost.
- A stop fills at its level, or at the open if that is worse. Stop and target in one bar: the stop,
  counted as ambiguous, unless the open was already beyond the target.
- ATR levels use the ATR of the decision; levels in per cent, the average entry price. A trailing
  stop follows the best price of the trade's bars up to the one before.
- After a stop, a target, a trailing stop or `max_bars` the same target does not enter again; the
  next changed one does.
- `session_end` is flat two minutes before the close, at the close on bars too long for that. From
  then on orders that would open wait for the next session. A target that still stands enters
  again as if decided at the close of the last bar of the session in which its exit was filled:
  at the next session's first open, or later by the delay. A session that the data cut off has no
  end, and one whose position was left by another exit has nothing to bring back.
- Cash, dividends, fees and borrow are whole micro-dollars, each booked to a trade as well: profits
  of the trades add up to the change of equity. A remainder of a millionth of a share is dust and
  goes with the last fill.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from daemon.domain.engine import buffers
from daemon.domain.engine.actions import Events
from daemon.domain.engine.kernel import Course, run
from daemon.domain.engine.positions import Positions, changes_of
from daemon.domain.engine.simulation import Simulation, Sizing, Trades
from daemon.domain.engine.state import (
    BY_SHARES,
    BY_SLOT,
    BY_WEIGHT,
    DESK,
    MICRO,
    ORDER,
    SLOT,
    TRADE,
)
from daemon.domain.engine.tape import Axis, Tape
from daemon.domain.genome.contract import Exits
from daemon.domain.market.bars import Floats, Market
from daemon.domain.trading.costs import TERMS, terms_of
from daemon.domain.trading.fees import schedule
from daemon.domain.trading.friction import Friction

ENGINE_VERSION = "3"
"""Goes up with every change of a rule: numbers of different versions are not comparable."""

SIZINGS = {"slot": BY_SLOT, "weights": BY_WEIGHT, "shares": BY_SHARES}
FIRST_TRADES = 16_384
LEVELS = ("stop_atr", "target_atr", "trail_atr", "stop_pct", "target_pct", "trail_pct")


def simulate(
    market: Market,
    targets: Floats | Positions,
    sizing: Sizing,
    exits: Exits,
    friction: Friction,
    capital: float = 100_000.0,
) -> Simulation:
    """Trade targets (T, N) of a market of T bars and N symbols, starting with `capital` dollars.

    targets: finite; within [-1, 1] for "slot", gross at most 1 a bar for "weights". ValueError if
    the shape is not the market's, or a profile that fills at the same close has a delay.
    """
    positions = targets if isinstance(targets, Positions) else changes_of(targets)
    if positions.shape != market.shape:
        raise ValueError(
            f"targets: expected the market's shape {market.shape}, was {positions.shape}"
        )
    if friction.fill == "same_close" and friction.delay_bars:
        raise ValueError(f"friction {friction.name}: a fill at the same close cannot have a delay")
    desk = _desk(market, sizing, exits, friction, capital)
    book = np.zeros(market.shape[1], SLOT)
    queue = np.zeros((market.shape[1], friction.delay_bars + 1), ORDER)
    tape, axis, events = _tape(market, positions), _axis(market), _events(market)
    equity = buffers.empty(market.shape[0])
    records = _room_for(FIRST_TRADES + 2 * market.shape[1])
    while not run(tape, axis, events, desk, book, queue, Course(equity, records)):
        larger = _room_for(2 * len(records))
        larger[: len(records)] = records
        records = larger
    return Simulation(
        capital=capital,
        equity=equity,
        trades=_columns(records[: desk["trades"][0]]),
        traded=float(desk["traded"][0]),
        fees=float(desk["fees"][0] / MICRO),
        orders=int(desk["orders"][0]),
        rejected=int(desk["rejected"][0]),
        fee_estimated=bool(desk["estimated"][0]),
    )


def _desk(
    market: Market, sizing: Sizing, exits: Exits, friction: Friction, capital: float
) -> npt.NDArray[Any]:
    desk = np.zeros(1, DESK)
    terms = terms_of(friction)
    for name in TERMS.names or ():
        desk[name] = terms[name]
    for name in (*LEVELS, "atr", "max_bars", "session_end"):
        desk[name] = getattr(exits, name)
    desk["uses_atr"] = any(getattr(exits, name) > 0 for name in LEVELS[:3])
    desk["guarded"] = any(getattr(exits, name) > 0 for name in LEVELS)
    desk["watched"] = exits.any
    desk["dated"] = exits.session_end or friction.regulatory_fees or friction.borrow_rate > 0
    desk["sizing"] = SIZINGS[sizing]
    desk["cash"] = round(capital * MICRO)
    desk["bars"] = market.shape[0]
    return desk


def _tape(market: Market, targets: Positions) -> Tape:
    spread = np.empty((0, 0)) if market.spread is None else market.spread
    return Tape(
        open=_rows(market.open),
        high=_rows(market.high),
        low=_rows(market.low),
        close=_rows(market.close),
        volume=_rows(market.volume),
        stale=_rows(market.stale),
        spread=_rows(spread),
        change_bar=_sealed(targets.bar),
        change_goal=_sealed(targets.value),
        first_change=_sealed(targets.starts),
    )


def _axis(market: Market) -> Axis:
    axis = market.axis
    return Axis(
        open_time=_sealed(axis.open_time),
        close_time=_sealed(axis.close_time),
        session=_sealed(axis.session),
        session_date=_sealed(axis.session_date),
        minutes_left=_sealed(axis.minutes_left),
        schedule=schedule(),
    )


def _events(market: Market) -> Events:
    fields = ("bar", "symbol", "cash", "new", "old")
    return Events(*(_sealed(getattr(market.actions, name)) for name in fields))


def _rows(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """(T, N) as contiguous read-only (N, T); no copy for Fortran order or one symbol."""
    return _sealed(np.ascontiguousarray(array.T))


def _sealed(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A read-only view: with one type for each argument the kernel is compiled once."""
    view = array.view()
    view.flags.writeable = False
    return view


def _room_for(trades: int) -> npt.NDArray[Any]:
    return buffers.empty(trades * TRADE.itemsize // 8).view(TRADE)


def _columns(records: npt.NDArray[Any]) -> Trades:
    columns = {name: records[name].copy() for name in Trades.__slots__}
    columns["ambiguous"] = columns["ambiguous"] != 0
    return Trades(**columns)
