"""What comes along with bars into the lake: splits, dividends, and listing dates of symbols.

What a source says now replaces what it said before. That it says nothing of a symbol any more
counts only where it was asked for that symbol's splits or dividends by name: a folder of other
files may well lack them.

What another source said stays: sources know different stretches of time, and one that has
forgotten a split does not undo it. That two of them tell one event is seen to by `events`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

import numpy as np

from daemon.domain.market.kinds import BESIDE_KINDS, LISTINGS, Columns, kind_named
from daemon.errors import BadDataError, MissingError, NightShiftError, NoRoomError
from daemon.lake.files import Fault, write_whole
from daemon.lake.lake import Lake
from daemon.lake.layout import Layout
from daemon.lake.ports import ActionEvent, Listing, ListingDates, P, Request, SourceOf
from daemon.lake.reader import day_number
from daemon.lake.receipts import load_receipts
from daemon.lake.writer import Origin, replace_rows, rows_of_origin

ACTIONS: Final = "splits and dividends"
"""Key of their receipt, among the parts of the bars that they come with."""
R = TypeVar("R", bound=Request)
Row = TypeVar("Row")


def ingest_actions(
    layout: Layout, source: SourceOf[R, P], request: R, fault: Fault, named: Collection[str] = ()
) -> tuple[int, int, tuple[tuple[str, str], ...]]:
    """(rows that changed, symbols without a change, failures) of the request's kind.

    named: symbols of which the source takes back what it said where it says nothing. What is held
    of a symbol of which something is broken stays as it is.
    MissingError where the source has none of that kind.
    """
    kind = kind_named(request.kind)
    said, failed = _said(source, request, named)
    rows, unchanged = 0, 0
    for symbol, new in said:
        try:
            origin = Origin(source.name, source.name == "simulated")
            held = rows_of_origin(layout, kind, symbol, origin)
            if not len(held[kind.key]) and not len(new[kind.key]):
                continue
            columns = _beside(request, held, new)
            changed = replace_rows(layout, kind, symbol, columns, origin, fault)
        except BadDataError as error:
            failed.append((symbol, str(error)))
            continue
        rows += changed
        unchanged += changed == 0
    return rows, unchanged, tuple(failed)


def actions_of_bars(
    lake: Lake, source: SourceOf[R, P], request: R, read: bool, along: Collection[str]
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Brings what goes with bars, of `BESIDE_KINDS` those `along`: (failures, notes on what is not
    there).

    Bars without their splits would show falls in price that never were. They are asked for if bars
    were `read` just now, or if an earlier run could not; who asks for some only has no receipt for
    it. Nothing raises but a full disk: the bars are there by now, and their report is to be told.
    """
    path = lake.layout.receipts(source.name, request.kind)
    receipts = load_receipts(path)
    if not read and receipts.has(ACTIONS, "", request.symbols):
        return (), ()
    failed, notes = _asked(lake, source, request, along)
    if not failed and set(BESIDE_KINDS) <= set(along):
        before = receipts.encoded()
        receipts.add(ACTIONS, "", request.symbols, "all")
        if receipts.encoded() != before:
            content, temporary = receipts.encoded(), lake.layout.temporary
            lake.room.keep_trying(partial(write_whole, path, content, temporary))
    return tuple(failed), tuple(notes)


def _asked(
    lake: Lake, source: SourceOf[R, P], request: R, along: Collection[str]
) -> tuple[list[tuple[str, str]], list[str]]:
    failed: list[tuple[str, str]] = []
    notes: list[str] = []
    for kind in BESIDE_KINDS:
        if kind in source.kinds and kind in along:
            wanted = replace(request, kind=kind, start=None, end=None)
            try:
                failed += ingest_actions(lake.layout, source, wanted, lake.fault)[2]
            except NoRoomError:
                raise
            except MissingError as error:
                notes.append(str(error))
            except NightShiftError as error:
                failed.append((kind, str(error)))
    return failed, list(dict.fromkeys(notes))


def _said(
    source: SourceOf[R, P], request: R, named: Collection[str]
) -> tuple[list[tuple[str, Columns]], list[tuple[str, str]]]:
    """The rows of each wanted symbol that is named or that the source has any of, by symbol; and
    a sentence for each symbol of which something is broken."""
    if request.kind == LISTINGS:
        if not isinstance(source, Listing):
            raise MissingError(f"source {source.name} tells no listing dates; ask another one")
        listed, failed = _good(source.listings(request))
        return [(row.symbol, _listed(row)) for row in listed], failed
    by_symbol: defaultdict[str, list[ActionEvent]] = defaultdict(list, {one: [] for one in named})
    told, failed = _good(source.actions(request))
    for event in told:
        if not request.symbols or event.symbol in request.symbols:
            by_symbol[event.symbol].append(event)
    for symbol, _ in failed:
        by_symbol.pop(symbol, None)
    return [(symbol, _columns(events)) for symbol, events in sorted(by_symbol.items())], failed


def _good(told: Iterable[Row]) -> tuple[list[Row], list[tuple[str, str]]]:
    """What is told until the end or the first error, and the symbols that the error is about.

    BadDataError where it names none: then nothing of the answer can be believed.
    """
    rows: list[Row] = []
    try:
        rows.extend(told)
    except BadDataError as error:
        if not error.symbols:
            raise
        return rows, list(zip(error.symbols, error.sentences, strict=True))
    return rows, []


def _listed(row: ListingDates) -> Columns:
    days = (day_number(row.listed) or 0, day_number(row.delisted) or 0)
    names = kind_named(LISTINGS).names
    return {name: np.array([day], np.int32) for name, day in zip(names, days, strict=True)}


def _columns(events: Sequence[ActionEvent]) -> Columns:
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


def _beside(request: Request, stored: Columns, new: Columns) -> Columns:
    """The new rows with the stored ones from outside the request's dates."""
    if request.kind == LISTINGS or (request.start is None and request.end is None):
        return new
    low, high = kind_named(request.kind).bounds(day_number(request.start), day_number(request.end))
    outside = (stored["ex_date"] < low) | (stored["ex_date"] >= high)
    joined = {name: np.concatenate([stored[name][outside], new[name]]) for name in new}
    order = np.argsort(joined["ex_date"], kind="stable")
    return {name: column[order] for name, column in joined.items()}
