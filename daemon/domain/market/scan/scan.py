"""The scan of one symbol's bars: every rule, over the sessions it should have.

1. `order_findings` on the rows as they came; the others see them in order, each time once.
2. Bars on closed days, after an early close, hours off.
3. Missing days and minutes, against the symbol's own habits and the crowd of the others.
4. Impossible, repeated and spiking bars; splits; the day bars against the minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from daemon.domain.market.align import Events, Rows
from daemon.domain.market.bars import FIELDS, Bools, Ints
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import kind_named
from daemon.domain.market.scan.agreement import day_against_minutes
from daemon.domain.market.scan.findings import Code, Finding, Severity
from daemon.domain.market.scan.holes import lacking_of, missing_days, missing_minutes
from daemon.domain.market.scan.hours import after_close, closed_days, shifted_hours
from daemon.domain.market.scan.life import Life
from daemon.domain.market.scan.order import in_order, order_findings
from daemon.domain.market.scan.presence import Crowd, Presence, cut_to_life, presence_of
from daemon.domain.market.scan.splits import Sessions, split_findings
from daemon.domain.market.scan.values import DAYS, MINUTES, value_findings


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the bars.

    table: the sessions they should cover, from the first to the last expected one. begins, ends:
    whether the first and last bar are the symbol's first and last (else the whole of the border
    sessions is expected). splits: recorded ones. daily: the day bars of the same sessions. crowd:
    the other symbols over the same table. tape: starts of the minutes with trades, for the days it
    covers; a minute without any of them is a halt. life: nothing is missing while it is delisted.
    other_days: the symbol is also traded when the exchange of stocks is closed.
    """

    table: SessionTable
    begins: bool = True
    ends: bool = True
    splits: Events = field(default_factory=Events.none)
    daily: Rows | None = None
    crowd: Crowd | None = None
    tape: Ints | None = None
    life: Life = field(default_factory=Life)
    other_days: bool = False


def scan_minutes(rows: Rows, context: Context) -> tuple[Finding, ...]:
    """Everything found in minute bars, by day and code."""
    table, days = context.table, _days("minute", rows)
    found = order_findings(rows, days)
    rows = in_order(rows)
    days = _days("minute", rows)
    if not context.other_days:
        found += closed_days(days, table) + after_close(rows, table)
    found += shifted_hours(rows, table)
    found += _holes(rows.open_time, context)
    regular = table.of_instants(rows.open_time) >= 0 if len(table) else np.zeros(0, dtype=bool)
    found += value_findings(_chosen(rows, regular), days[regular], MINUTES)
    found += split_findings(_of_minutes(rows, table), context.splits)
    if context.daily is not None:
        found += day_against_minutes(rows, context.daily, table)
    return _sorted(found)


def scan_days(rows: Rows, context: Context) -> tuple[Finding, ...]:
    """Everything found in daily bars, by day and code."""
    table, days = context.table, _days("day", rows)
    found = order_findings(rows, days)
    rows = in_order(rows)
    session = table.of_daily_stamps(rows.open_time) if len(table) else np.zeros(0, dtype=np.int64)
    if not context.other_days:
        found += closed_days(_days("day", _chosen(rows, session < 0)), table)
    rows, session = _chosen(rows, session >= 0), session[session >= 0]
    days = table.session_date[session].astype(np.int64)
    lacking = np.ones(len(table), dtype=bool)
    lacking[session] = False
    lacking &= context.life.holds(table.session_date)
    found += [
        Finding(int(day), Code.MISSING_DAY, Severity.BAD, 1, "the session has no bar")
        for day in table.session_date[lacking].tolist()
    ]
    found += value_findings(rows, days, DAYS)
    good = (rows.open > 0) & (rows.close > 0)
    found += split_findings(Sessions(days[good], rows.open[good], rows.close[good]), context.splits)
    return _sorted(found)


def _holes(open_time: Ints, context: Context) -> list[Finding]:
    table = context.table
    grid = presence_of(open_time, table).within(context.life.holds(table.session_date))
    grid = cut_to_life(grid, context.begins, context.ends)
    lacking = lacking_of(grid, context.crowd, _halted(context, grid))
    found = missing_days(grid, table.session_date, context.crowd)
    return found + missing_minutes(grid, lacking, table.session_date)


def _halted(context: Context, grid: Presence) -> Bools | None:
    """Minutes without a trade on days that the tape covers."""
    if context.tape is None:
        return None
    traded = presence_of(np.unique(context.tape), context.table)
    return grid.known & ~traded.held & traded.days[:, None]


def _of_minutes(rows: Rows, table: SessionTable) -> Sessions:
    starts = np.searchsorted(rows.open_time, table.open_time)
    stops = np.searchsorted(rows.open_time, table.close_time)
    held = stops > starts
    first, last = rows.open[starts[held]], rows.close[stops[held] - 1]
    good = (first > 0) & (last > 0)
    days = table.session_date[held].astype(np.int64)
    return Sessions(days[good], first[good], last[good])


def _days(kind: str, rows: Rows) -> Ints:
    days: Ints = kind_named(kind).days(rows.open_time)
    return days


def _chosen(rows: Rows, kept: Bools) -> Rows:
    return Rows(rows.open_time[kept], *(getattr(rows, name)[kept] for name in FIELDS))


def _sorted(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: (one.day, one.code)))
