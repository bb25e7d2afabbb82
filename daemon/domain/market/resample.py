"""Coarser bars from finer ones, by session.

Open of the first, highest high, lowest low, close of the last, sum of the volumes, over the minutes
that have a price of their own: a stale minute only repeats an older close, which may lie outside
the window and must not become its open, high or low. A bar is stale if all its minutes are; it
then shows what its last minute shows. A window that the market holds only in part, at either end,
gives no bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from daemon.domain.market.bars import (
    FIELDS,
    Actions,
    Bools,
    Floats,
    Ints,
    Market,
    TimeAxis,
    sealed,
)
from daemon.domain.market.calendar import minutes_of


@dataclass(frozen=True, slots=True)
class Grouped:
    """Bars of one symbol that exist: bar int64 (K,) ascending, and OHLCV float64 (K,) each."""

    bar: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats


def grouped(bar: Ints, columns: tuple[Floats, Floats, Floats, Floats, Floats]) -> Grouped:
    """Rows in time order folded into bars. bar: ascending bar of each row; columns: OHLCV."""
    starts = np.flatnonzero(np.diff(bar, prepend=-1))
    ends = np.append(starts[1:], len(bar)) - 1
    opened, high, low, close, volume = columns
    return Grouped(
        bar=bar[starts],
        open=opened[starts],
        high=np.maximum.reduceat(high, starts),
        low=np.minimum.reduceat(low, starts),
        close=close[ends],
        volume=np.add.reduceat(volume, starts),
    )


def resample(market: Market, timeframe: str) -> Market:
    """The market in a coarser time frame. ValueError unless it is of minutes."""
    if market.timeframe == timeframe:
        return market
    if market.timeframe != "1m":
        raise ValueError(f"expected minute bars to derive {timeframe}, was {market.timeframe}")
    windows = _windows(market.axis, minutes_of(timeframe))
    bars, symbols = len(windows.first), len(market.symbols)
    arrays: dict[str, Any] = {name: np.empty((symbols, bars)).T for name in FIELDS}
    stale = np.empty((symbols, bars), dtype=bool).T
    for column in range(symbols):
        _fold(market, windows, column, arrays, stale)
    return sealed(
        Market(
            symbols=market.symbols,
            timeframe=timeframe,
            axis=_coarse_axis(market.axis, windows),
            actions=_moved(market.actions, windows),
            stale=stale,
            spread=_mean_spread(market.spread, windows),
            simulated=market.simulated,
            **arrays,
        )
    )


@dataclass(frozen=True, slots=True)
class _Windows:
    """of: window of each minute, -1 outside; first, last: minute indices of each window."""

    of: Ints
    first: Ints
    last: Ints


def _windows(axis: TimeAxis, minutes: int) -> _Windows:
    size = minutes or 1 << 20
    within = (axis.minute - 1) // size
    change = (np.diff(axis.session, prepend=-1) != 0) | (np.diff(within, prepend=-1) != 0)
    first = np.flatnonzero(change)
    last = np.append(first[1:], len(axis)) - 1
    begun = (axis.minute[first] - 1) % size == 0
    ended = (axis.minutes_left[last] == 0) | (axis.minute[last] % size == 0)
    whole = begun & ended
    number = np.where(whole, np.cumsum(whole) - 1, -1)
    return _Windows(np.repeat(number, last - first + 1), first[whole], last[whole])


def _coarse_axis(axis: TimeAxis, windows: _Windows) -> TimeAxis:
    first, last = windows.first, windows.last
    return TimeAxis(
        open_time=axis.open_time[first],
        close_time=axis.close_time[last],
        session=axis.session[last],
        session_date=axis.session_date[last],
        minute=axis.minute[last],
        minutes_left=axis.minutes_left[last],
    )


def _fold(
    market: Market,
    windows: _Windows,
    column: int,
    arrays: dict[str, Any],
    stale: Bools,
) -> None:
    fresh = ~market.stale[:, column] & (windows.of >= 0)
    carried = market.close[windows.last, column]
    for name in FIELDS:
        arrays[name][:, column] = 0.0 if name == "volume" else carried
    stale[:, column] = True
    if not fresh.any():
        return
    open_, high, low, close, volume = (getattr(market, name)[fresh, column] for name in FIELDS)
    bars = grouped(windows.of[fresh], (open_, high, low, close, volume))
    for name in FIELDS:
        arrays[name][bars.bar, column] = getattr(bars, name)
    stale[bars.bar, column] = False


def _moved(actions: Actions, windows: _Windows) -> Actions:
    bar = windows.of[actions.bar]
    keep = bar >= 0
    return Actions(
        bar[keep],
        actions.symbol[keep],
        actions.cash[keep],
        actions.new[keep],
        actions.old[keep],
    )


def _mean_spread(spread: Floats | None, windows: _Windows) -> Floats | None:
    if spread is None:
        return None
    inside = spread[windows.of >= 0]
    counts = windows.last - windows.first + 1
    starts = np.cumsum(counts) - counts
    sums: Floats = np.add.reduceat(inside, starts, axis=0)
    return sums / counts[:, None]
