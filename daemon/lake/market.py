"""A market out of the lake: which rows it needs, and what became of each symbol asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import partial

import numpy as np

from daemon.domain.market.align import Events, Rows, Series, align
from daemon.domain.market.bars import Market
from daemon.domain.market.calendar import SessionTable, minutes_of
from daemon.domain.market.kinds import ACTION_KINDS, kind_named
from daemon.errors import MissingError, NoBarsError, UsageError
from daemon.lake.events import Ranking, read_events
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest
from daemon.lake.quarantine import held_manifest
from daemon.lake.reader import day_number, read_bars


@dataclass(frozen=True, slots=True)
class Query:
    """Which market: dates inclusive, None for as far as the data reaches.

    as_of: aware instant; no bar that closes later is in it. None: everything in the lake.
    """

    symbols: tuple[str, ...]
    timeframe: str
    start: date | None = None
    end: date | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The manifests a market is made from. bars, actions: of each symbol that may have rows."""

    bars: tuple[Manifest, ...]
    actions: tuple[Manifest, ...]

    @property
    def derived(self) -> tuple[str, ...]:
        """Symbols whose bars are made of minutes."""
        return tuple(one.symbol for one in self.bars if one.kind == "minute")


def plan(layout: Layout, query: Query) -> Plan:
    """Chooses minutes, or for 1d the daily rows where the range has some, for each symbol.

    UsageError for an unknown time frame or a range the wrong way round.
    """
    _check(query)
    kinds = ("minute",) if minutes_of(query.timeframe) else ("day", "minute")
    bars: list[Manifest] = []
    actions: list[Manifest] = []
    for symbol in query.symbols:
        found = [m for kind in kinds if (m := _in_range(layout, kind, symbol, query)) is not None]
        if found:
            bars.append(found[0])
            manifests = [held_manifest(layout, kind, symbol) for kind in ACTION_KINDS]
            actions.extend(one for one in manifests if one is not None)
    return Plan(tuple(bars), tuple(actions))


def settled(query: Query, chosen: Plan, sessions: SessionTable) -> Query:
    """The query with an as-of instant that is None once all its bars are known, else whole minutes.

    So that the market of a finished past is one and the same whenever it is asked for.
    """
    if query.as_of is None or not chosen.bars:
        return query
    table = _extent(query, chosen.bars, sessions)
    if len(table) == 0 or _nanoseconds(query.as_of) >= int(table.close_time[-1]):
        return replace(query, as_of=None)
    return replace(query, as_of=query.as_of.replace(second=0, microsecond=0))


def build(
    layout: Layout, query: Query, chosen: Plan, sessions: SessionTable, ranked: Ranking
) -> Market:
    """The aligned market. ranked: the sources, where several tell a split or dividend.

    NoBarsError where none of the symbols has a bar in the range.
    """
    if not chosen.bars:
        raise NoBarsError(_nothing(query))
    table = _extent(query, chosen.bars, sessions)
    events = partial(_events, layout, sessions, ranked)
    series = [_series(layout, query, one, events(one.symbol)) for one in chosen.bars]
    as_of = None if query.as_of is None else _nanoseconds(query.as_of)
    try:
        market = align(series, table, query.timeframe, as_of, _simulated(chosen.bars))
    except MissingError as error:
        raise NoBarsError(_nothing(query)) from error
    return market


def _in_range(layout: Layout, kind: str, symbol: str, query: Query) -> Manifest | None:
    manifest = held_manifest(layout, kind, symbol)
    bounds = kind_named(kind).bounds(day_number(query.start), day_number(query.end))
    return manifest if manifest is not None and manifest.overlaps(*bounds) else None


def _check(query: Query) -> None:
    if query.start and query.end and query.start > query.end:
        raise UsageError(
            f"the range begins {query.start} after it ends {query.end}; exchange the two dates"
        )
    if query.as_of is not None and query.as_of.tzinfo is None:
        raise ValueError("as_of: expected an aware instant")


def _nothing(query: Query) -> str:
    names = ", ".join(query.symbols[:8]) + (", ..." if len(query.symbols) > 8 else "")
    return (
        f"no {query.timeframe} bars of {names or 'any symbol'} between "
        f"{query.start or 'the beginning'} and {query.end or 'today'}"
        "; choose other symbols or dates, or bring data in with `nightshift lake ingest`"
    )


def _extent(query: Query, bars: Sequence[Manifest], sessions: SessionTable) -> SessionTable:
    """The sessions asked for, no further than the data reaches."""
    firsts, lasts = [], []
    for one in bars:
        kind = kind_named(one.kind)
        firsts.append(int(kind.days(np.array([min(p.first for p in one.parts)]))[0]))
        lasts.append(int(kind.days(np.array([max(p.last for p in one.parts)]))[0]))
    start, end = day_number(query.start), day_number(query.end)
    first = min(firsts) if start is None else max(min(firsts), start)
    last = max(lasts) if end is None else min(max(lasts), end)
    return sessions.between(first, last)


def _series(layout: Layout, query: Query, bars: Manifest, events: Events) -> Series:
    columns = read_bars(layout, bars.kind, bars.symbol, (query.start, query.end))
    return Series(bars.symbol, Rows(**columns), bars.kind == "day", events)


def _events(layout: Layout, sessions: SessionTable, ranked: Ranking, symbol: str) -> Events:
    """Splits, then dividends."""
    each = [read_events(layout, kind, symbol, ranked, sessions) for kind in ACTION_KINDS]
    names = [one.name for one in fields(Events)]
    return Events(*(np.concatenate([getattr(one, name) for one in each]) for name in names))


def _simulated(bars: Sequence[Manifest]) -> bool:
    return any(one.simulated for one in bars)


def _nanoseconds(instant: datetime) -> int:
    return int(instant.timestamp()) * 1_000_000_000 + instant.microsecond * 1_000
