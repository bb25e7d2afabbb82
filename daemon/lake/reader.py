"""Rows of a symbol between two dates, as float64 columns.

The manifest is trusted: no directory is listed and no checksum of a whole file computed. Where a
writer replaced a part between the two reads, the new manifest is taken. A part that turns out to be
broken is set aside (`daemon.lake.quarantine`): the same read gives the rest when it is done again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final, TypeVar, overload

import numpy as np

from daemon.domain.market.kinds import BESIDE_KINDS, Columns, Rank, kind_named
from daemon.errors import BadDataError, MissingError
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, PartFile
from daemon.lake.parquet import broken, decode
from daemon.lake.quarantine import broken_part, held_manifest

BAR_COLUMNS: Final = ("open_time", "open", "high", "low", "close", "volume")
_EPOCH: Final = date(1970, 1, 1)
_TRIES: Final = 5
Read = TypeVar("Read")


@overload
def day_number(day: date) -> int: ...
@overload
def day_number(day: None) -> None: ...
def day_number(day: date | None) -> int | None:
    """Days since 1970-01-01."""
    return None if day is None else (day - _EPOCH).days


def calendar_date(day: int) -> date:
    """The date that is so many days after 1970-01-01."""
    return _EPOCH + timedelta(days=day)


def read_columns(
    layout: Layout,
    kind: str,
    symbol: str,
    dates: tuple[date | None, date | None] = (None, None),
    names: Sequence[str] = (),
) -> Columns:
    """Columns of a symbol for exchange dates first..last, both included; None: no border.

    Empty columns where the symbol has no rows there. BadDataError where a part is broken,
    SetAsideError where it is out of the way by now.
    """
    chosen = kind_named(kind)
    wanted = tuple(names) or chosen.names
    low, high = chosen.bounds(day_number(dates[0]), day_number(dates[1]))

    def between(manifest: Manifest) -> Columns:
        return _between(layout, manifest, wanted, (low, high))

    found = _of_one_manifest(layout, kind, symbol, between)
    if found is not None:
        return found
    empty = chosen.empty()
    return {name: empty[name] for name in wanted}


def read_by_origin(layout: Layout, kind: str, symbol: str) -> dict[str, Columns]:
    """All rows of a kind that keeps a part for each origin, by the origin's text.

    Errors as of `read_columns`.
    """

    def each(manifest: Manifest) -> dict[str, Columns]:
        return {
            part.origins[0].text: _piece(layout, manifest, part, kind_named(kind).names)
            for part in manifest.parts
        }

    return _of_one_manifest(layout, kind, symbol, each) or {}


def read_bars(
    layout: Layout, kind: str, symbol: str, dates: tuple[date | None, date | None]
) -> Columns:
    """Real bars for exchange dates first..last: open_time and OHLCV, none where there are none.

    Bars that were made from their neighbours are left out: no trade had their prices, and they
    know the minute after them.
    """
    columns = read_columns(layout, kind, symbol, dates, (*BAR_COLUMNS, "rank"))
    rank = columns.pop("rank")
    if np.all(rank != Rank.REPAIRED):
        return columns
    return {name: column[rank != Rank.REPAIRED] for name, column in columns.items()}


def read_symbol(
    layout: Layout,
    kind: str,
    symbol: str,
    start: date | None = None,
    end: date | None = None,
) -> Columns:
    """Real bars of a symbol: open_time and OHLCV. MissingError where there are none."""
    columns = read_bars(layout, kind, symbol, (start, end))
    if len(columns["open_time"]) == 0:
        raise MissingError(
            f"{symbol}: no {kind} bars between {start or 'the beginning'} and {end or 'today'}; "
            "choose another range or bring them in with `nightshift lake ingest`"
        )
    return columns


def _of_one_manifest(
    layout: Layout, kind: str, symbol: str, read: Callable[[Manifest], Read]
) -> Read | None:
    """What is read of the parts of a manifest that stayed the same meanwhile; None without one."""
    for _ in range(_TRIES):
        manifest = held_manifest(layout, kind, symbol)
        if manifest is None:
            return None
        try:
            return read(manifest)
        except _GoneError as error:
            gone = error
    raise broken_part(layout, gone.manifest, gone.part) or gone


def _between(
    layout: Layout, manifest: Manifest, names: tuple[str, ...], bounds: tuple[int, int]
) -> Columns:
    kind = kind_named(manifest.kind)
    needed = names if kind.key in names else (kind.key, *names)
    pieces = [_piece(layout, manifest, part, needed) for part in manifest.overlaps(*bounds)]
    cut = [_cut(piece, piece[kind.key], bounds) for piece in pieces]
    if not cut:
        empty = kind.empty()
        return {name: empty[name] for name in names}
    if len(cut) == 1:
        return {name: cut[0][name] for name in names}
    joined = {name: np.concatenate([piece[name] for piece in cut]) for name in needed}
    if kind.name in BESIDE_KINDS:  # a part for each origin, not for each stretch of time
        order = np.argsort(joined[kind.key], kind="stable")
        joined = {name: column[order] for name, column in joined.items()}
    return {name: joined[name] for name in names}


class _GoneError(BadDataError):
    """A part that the manifest names is not there: replaced by now, or lost."""

    def __init__(self, path: Path, manifest: Manifest, part: PartFile) -> None:
        super().__init__(str(broken(path, "no such file")))
        self.manifest, self.part = manifest, part


def _piece(layout: Layout, manifest: Manifest, part: PartFile, names: tuple[str, ...]) -> Columns:
    """Columns of a part, which agree with the manifest as far as can be told at once."""
    kind = kind_named(manifest.kind)
    path = layout.folder(manifest.kind, manifest.symbol) / part.file
    try:
        columns = decode(kind, path, names)
        key = columns[kind.key]
        if len(key) != part.rows or (int(key[0]), int(key[-1])) != (part.first, part.last):
            raise broken(path, "other rows than the manifest tells")
    except FileNotFoundError as error:
        raise _GoneError(path, manifest, part) from error
    except BadDataError as error:
        raise broken_part(layout, manifest, part) or error from error
    return columns


def _cut(piece: Columns, key: np.ndarray, bounds: tuple[int, int]) -> Columns:
    low = np.iinfo(key.dtype).min if bounds[0] < np.iinfo(key.dtype).min else bounds[0]
    start = int(np.searchsorted(key, low, side="left"))
    stop = len(key) if key[-1] < bounds[1] else int(np.searchsorted(key, bounds[1], side="left"))
    return {name: column[start:stop] for name, column in piece.items()}
