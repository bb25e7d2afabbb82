"""Corporate actions of a source into the lake: what it says now replaces what it said before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from daemon.domain.market.kinds import ACTION_KINDS, Columns, Kind, kind_named
from daemon.errors import BadDataError, MissingError
from daemon.lake.files import Fault
from daemon.lake.layout import Layout
from daemon.lake.ports import ActionEvent, P, Request, SourceOf
from daemon.lake.reader import day_number, read_columns
from daemon.lake.writer import Origin, replace_rows

R = TypeVar("R", bound=Request)


def ingest_actions(
    layout: Layout, source: SourceOf[R, P], request: R, fault: Fault
) -> tuple[int, int, tuple[tuple[str, str], ...]]:
    """(rows that changed, symbols without a change, failures) of the request's kind.

    MissingError where the source has none of that kind.
    """
    kind = kind_named(request.kind)
    by_symbol: defaultdict[str, list[ActionEvent]] = defaultdict(list)
    for event in source.actions(request):
        if not request.symbols or event.symbol in request.symbols:
            by_symbol[event.symbol].append(event)
    rows, unchanged, failed = 0, 0, []
    for symbol, events in sorted(by_symbol.items()):
        try:
            columns = _beside(layout, request, symbol, _columns(kind, events))
            origin = Origin(source.name, source.name == "simulated")
            changed = replace_rows(layout, kind, symbol, columns, origin, fault)
        except BadDataError as error:
            failed.append((symbol, str(error)))
            continue
        rows += changed
        unchanged += changed == 0
    return rows, unchanged, tuple(failed)


def actions_of_bars(
    layout: Layout, source: SourceOf[R, P], request: R, fault: Fault
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Brings the splits and dividends that go with bars: (failures, notes on what is not there).

    Bars without their splits would show falls in price that never were.
    """
    failed: list[tuple[str, str]] = []
    notes = []
    for kind in ACTION_KINDS:
        if kind in source.kinds:
            wanted = replace(request, kind=kind, start=None, end=None)
            try:
                failed += ingest_actions(layout, source, wanted, fault)[2]
            except MissingError as error:
                notes.append(str(error))
    return tuple(failed), tuple(notes)


def _columns(kind: Kind, events: Sequence[ActionEvent]) -> Columns:
    """Events by ex-date; two of one day are one: cash adds up, ratios multiply."""
    joined: dict[int, list[float]] = {}
    for event in events:
        row = joined.setdefault(day_number(event.ex_date) or 0, [0.0, 1.0, 1.0])
        row[0] += event.cash
        row[1] *= event.new
        row[2] *= event.old
    days = sorted(joined)
    values = np.array([joined[day] for day in days], dtype=np.float64).reshape(-1, 3)
    return {
        "ex_date": np.array(days, dtype=np.int32),
        "cash": values[:, 0].copy(),
        "new": values[:, 1].copy(),
        "old": values[:, 2].copy(),
    }


def _beside(layout: Layout, request: Request, symbol: str, new: Columns) -> Columns:
    """The new rows with the stored ones from outside the request's dates."""
    if request.start is None and request.end is None:
        return new
    stored = read_columns(layout, request.kind, symbol)
    low, high = kind_named(request.kind).bounds(day_number(request.start), day_number(request.end))
    outside = (stored["ex_date"] < low) | (stored["ex_date"] >= high)
    joined = {name: np.concatenate([stored[name][outside], new[name]]) for name in new}
    order = np.argsort(joined["ex_date"], kind="stable")
    return {name: column[order] for name, column in joined.items()}
