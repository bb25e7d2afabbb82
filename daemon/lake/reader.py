"""Rows of a symbol between two dates, as float64 columns.

The manifest is trusted: no directory is listed and no checksum of a whole file computed. Where a
writer replaced a part between the two reads, the new manifest is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from daemon.domain.market.kinds import Columns, Rank, kind_named
from daemon.errors import BadDataError, MissingError
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, load_manifest
from daemon.lake.parquet import decode

BAR_COLUMNS: Final = ("open_time", "open", "high", "low", "close", "volume")
_EPOCH: Final = date(1970, 1, 1)
_TRIES: Final = 5


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

    Empty columns where the symbol has no rows there. BadDataError where a part is broken.
    """
    chosen = kind_named(kind)
    wanted = tuple(names) or chosen.names
    low, high = chosen.bounds(day_number(dates[0]), day_number(dates[1]))
    for _ in range(_TRIES):
        manifest = load_manifest(layout.manifest(kind, symbol))
        if manifest is None:
            break
        try:
            return _between(layout, manifest, wanted, (low, high))
        except FileNotFoundError as error:
            gone = error
    else:
        raise BadDataError(
            f"{gone.filename or layout.folder(kind, symbol)}: the manifest names a part that is "
            "gone; mend the lake with `nightshift lake repair` and ingest again"
        ) from gone
    empty = chosen.empty()
    return {name: empty[name] for name in wanted}


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


def _between(
    layout: Layout, manifest: Manifest, names: tuple[str, ...], bounds: tuple[int, int]
) -> Columns:
    kind = kind_named(manifest.kind)
    folder = layout.folder(manifest.kind, manifest.symbol)
    needed = names if kind.key in names else (kind.key, *names)
    pieces = [decode(kind, folder / part.file, needed) for part in manifest.overlaps(*bounds)]
    cut = [_cut(piece, piece[kind.key], bounds) for piece in pieces]
    if not cut:
        empty = kind.empty()
        return {name: empty[name] for name in names}
    if len(cut) == 1:
        return {name: cut[0][name] for name in names}
    return {name: np.concatenate([piece[name] for piece in cut]) for name in names}


def _cut(piece: Columns, key: np.ndarray, bounds: tuple[int, int]) -> Columns:
    low = np.iinfo(key.dtype).min if bounds[0] < np.iinfo(key.dtype).min else bounds[0]
    start = int(np.searchsorted(key, low, side="left"))
    stop = len(key) if key[-1] < bounds[1] else int(np.searchsorted(key, bounds[1], side="left"))
    return {name: column[start:stop] for name, column in piece.items()}
