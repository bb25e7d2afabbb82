"""Rows of symbols laid on one time axis: how vendor bars become a `Market`.

1. Each row gets its bar: a minute by its instant (regular hours only), a daily row by its date.
2. Bars that close after the as-of instant, and all rows in them, do not exist.
3. The axis runs from the first to the last session in which any symbol has a bar.
4. Rows of one bar are folded (`resample.grouped`); missing bars repeat the last close, carried
   over a split at its ratio so that a position keeps its value, with volume 0 and `stale`.
5. Corporate actions go to the first bar of their ex-date's session, or of the next one. Those
   that nobody could have held through (up to the symbol's first bar) are left out.

A bar whose high or low does not hold its own open or close, which the tape's rules for odd trades
allow, is widened until it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from daemon.domain.market.bars import FIELDS, Actions, Bools, Floats, Ints, Market, sealed
from daemon.domain.market.calendar import (
    NANOS_PER_MINUTE,
    Days,
    SessionTable,
    axis,
    bars_a_session,
    first_bars,
    minutes_of,
)
from daemon.domain.market.resample import Grouped, grouped
from daemon.errors import MissingError


@dataclass(frozen=True, slots=True)
class Rows:
    """Bars as a vendor wrote them, strictly ascending: open_time int64, the rest float64, (R,)."""

    open_time: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def __len__(self) -> int:
        return len(self.open_time)


@dataclass(frozen=True, slots=True)
class Events:
    """Corporate actions of one symbol by ex-date: int32 days since 1970, the rest float64, (K,)."""

    ex_date: Days
    cash: Floats
    new: Floats
    old: Floats

    @staticmethod
    def none() -> Events:
        """No event."""
        zero = np.zeros(0)
        return Events(np.zeros(0, dtype=np.int32), zero, zero, zero)


@dataclass(frozen=True, slots=True)
class Series:
    """What the lake holds of one symbol. daily: one row a session, stamped by its date."""

    symbol: str
    rows: Rows
    daily: bool = False
    events: Events = field(default_factory=Events.none)


def align(
    series: Sequence[Series],
    table: SessionTable,
    timeframe: str,
    as_of: int | None = None,
    simulated: bool = False,
) -> Market:
    """The market of those series that have a bar; the others are left out.

    as_of: nanoseconds UTC; no bar closes later. MissingError where no series has a bar.
    """
    if as_of is not None:
        table = table.rows(0, int(np.searchsorted(table.open_time, as_of, side="right")))
    numbered = [(one, _sessions(one, table)) for one in series]
    placed = [(one, _placed(one, number, table, timeframe)) for one, number in numbered]
    limit = _bars_closed(table, timeframe, as_of)
    placed = [(one, rows) for one, rows in ((s, _cut(r, limit)) for s, r in placed) if len(rows[0])]
    if not placed:
        raise MissingError(
            "no bars: none of the symbols has a bar in the sessions asked for; "
            "widen the range, choose other symbols or ingest data for them"
        )
    bars_first = first_bars(table, timeframe)
    first = _session_at(bars_first, min(int(bar[0]) for _, (bar, _) in placed))
    last = _session_at(bars_first, max(int(bar[-1]) for _, (bar, _) in placed))
    begin = int(bars_first[first])
    grid = _Grid(table.rows(first, last + 1), timeframe, limit - begin)
    folded = [(one, _folded(one.rows, bar - begin, rows)) for one, (bar, rows) in placed]
    return _market(folded, grid, simulated)


def _sessions(one: Series, table: SessionTable) -> Ints:
    if len(table) == 0:
        return np.full(len(one.rows), -1, dtype=np.int64)
    stamps = one.rows.open_time
    return table.of_daily_stamps(stamps) if one.daily else table.of_instants(stamps)


def _placed(one: Series, number: Ints, table: SessionTable, timeframe: str) -> tuple[Ints, Ints]:
    """(bar of each row that has one, indices of those rows)."""
    minutes = minutes_of(timeframe)
    if one.daily and minutes:
        raise ValueError(f"expected minute rows for {timeframe} of {one.symbol}, were daily")
    rows = np.flatnonzero(number >= 0)
    session = number[rows]
    bar = first_bars(table, timeframe)[session]
    if minutes:
        since = one.rows.open_time[rows] - table.open_time[session]
        bar = bar + since // (minutes * NANOS_PER_MINUTE)
    return bar, rows


def _bars_closed(table: SessionTable, timeframe: str, as_of: int | None) -> int:
    """How many bars close at or before the as-of instant."""
    counts = bars_a_session(table, timeframe)
    if as_of is None or len(table) == 0:
        return int(counts.sum())
    last = axis(table.rows(len(table) - 1, len(table)), timeframe)
    return int(counts[:-1].sum() + np.searchsorted(last.close_time, as_of, side="right"))


def _cut(placed: tuple[Ints, Ints], limit: int) -> tuple[Ints, Ints]:
    count = int(np.searchsorted(placed[0], limit, side="left"))
    return placed[0][:count], placed[1][:count]


def _session_at(bars_first: Ints, bar: int) -> int:
    return int(np.searchsorted(bars_first, bar, side="right")) - 1


def _folded(rows: Rows, bar: Ints, index: Ints) -> Grouped:
    opened, close = rows.open[index], rows.close[index]
    high = np.maximum(rows.high[index], np.maximum(opened, close))
    low = np.minimum(rows.low[index], np.minimum(opened, close))
    return grouped(bar, (opened, high, low, close, rows.volume[index]))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Sessions of the market, its time frame, and how many bars it has at most."""

    table: SessionTable
    timeframe: str
    limit: int


def _market(folded: list[tuple[Series, Grouped]], grid: _Grid, simulated: bool) -> Market:
    whole = axis(grid.table, grid.timeframe)
    kept = whole.part(0, min(len(whole), grid.limit))
    shape = (len(folded), len(kept))
    arrays: dict[str, Any] = {name: np.empty(shape).T for name in FIELDS}
    stale = np.empty(shape, dtype=bool).T
    actions = []
    for column, (one, bars) in enumerate(folded):
        events = _events(one.events, grid, int(bars.bar[0]), len(kept))
        filled, missing = _filled(bars, _basis(events, len(kept)))
        for name, values in zip(FIELDS, filled, strict=True):
            arrays[name][:, column] = values
        stale[:, column] = missing
        actions.append((column, events))
    return sealed(
        Market(
            symbols=tuple(one.symbol for one, _ in folded),
            timeframe=grid.timeframe,
            axis=kept,
            stale=stale,
            actions=_joined(actions),
            simulated=simulated,
            **arrays,
        )
    )


def _events(events: Events, grid: _Grid, first: int, bars: int) -> Actions:
    """The events as actions of one symbol, dividends before splits of the same day."""
    starts = np.append(first_bars(grid.table, grid.timeframe), bars)
    bar = starts[np.searchsorted(grid.table.session_date, events.ex_date, side="left")]
    order = np.lexsort((events.new != events.old, bar))
    order = order[(bar[order] > first) & (bar[order] < bars)]
    nobody = np.zeros(len(order), dtype=np.int64)
    return Actions(bar[order], nobody, events.cash[order], events.new[order], events.old[order])


def _basis(actions: Actions, bars: int) -> Floats:
    """float64 (T,): old over new, multiplied up; what a carried price is worth at each bar."""
    basis = np.ones(bars)
    for bar, new, old in zip(actions.bar, actions.new, actions.old, strict=True):
        if new != old:
            basis[bar:] *= old / new
    return basis


def _filled(bars: Grouped, basis: Floats) -> tuple[list[Floats], Bools]:
    """OHLCV of every bar, and which of them are stale."""
    missing = np.ones(len(basis), dtype=bool)
    missing[bars.bar] = False
    last = np.cumsum(~missing) - 1
    known = np.maximum(last, 0)
    carried = bars.close[known] * (basis / basis[bars.bar[known]])
    carried[last < 0] = bars.open[0]
    filled = []
    for name in FIELDS:
        column = np.zeros(len(basis)) if name == "volume" else carried.copy()
        column[bars.bar] = getattr(bars, name)
        filled.append(column)
    return filled, missing


def _joined(actions: list[tuple[int, Actions]]) -> Actions:
    """The actions of all symbols, sorted by bar, then symbol."""
    columns = [
        np.concatenate([getattr(one, name.name) for _, one in actions]) for name in fields(Actions)
    ]
    columns[1] = np.repeat(
        np.array([column for column, _ in actions], dtype=np.int64),
        [len(one.bar) for _, one in actions],
    )
    order = np.lexsort((columns[1], columns[0]))
    return Actions(*(column[order] for column in columns))
