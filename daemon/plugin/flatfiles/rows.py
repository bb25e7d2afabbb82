"""A day file of the vendor as batches: cut to the wanted tickers, parsed, checked.

1. `cut` gunzips the file and keeps the lines of the wanted tickers.
2. `parse` makes columns of them.
3. Where a row breaks a rule or cannot be read, `diagnose` reads line by line and says which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.kinds import Rank
from daemon.domain.market.quality import value_faults
from daemon.errors import BadDataError
from daemon.plugin.flatfiles.cut import wanted_text, whole_text
from daemon.plugin.flatfiles.diagnose import diagnosed
from daemon.plugin.flatfiles.parse import Parsed, parsed
from daemon.plugin.roles import Batch


def rows_of(path: Path, kind: str, symbols: Collection[str], origin: str) -> Iterator[Batch]:
    """Each wanted symbol's rows of one day file (no symbols: of all), by symbol.

    A file that is no whole gzip or lacks a column gives nothing but BadDataError. A broken
    row gives the other symbols, then BadDataError with the line for each symbol left out.
    """
    wanted, minutes = frozenset(symbols), kind == "minute"
    text = wanted_text(path, wanted) if wanted else whole_text(path)
    table = parsed(text, path)
    if table is not None and not table.grouped and wanted:
        table = parsed(whole_text(path), path)
    if table is not None and not _broken(table, minutes):
        yield from _batches(table, wanted, origin)
        return
    good, sentences = diagnosed(whole_text(path), path, wanted, minutes)
    for symbol, rows, transactions in good:
        yield Batch.of_bars(symbol, rows, transactions, origin, Rank.DAY_FILE)
    if sentences:
        raise BadDataError(*sentences)


def _broken(table: Parsed, minutes: bool) -> bool:
    rows = table.rows
    if not all(ticker.strip() for ticker in table.tickers):
        return True
    same = table.codes[1:] == table.codes[:-1]
    return bool(value_faults(rows, minutes).any() or np.any(same & (np.diff(rows.open_time) <= 0)))


def _batches(table: Parsed, wanted: frozenset[str], origin: str) -> Iterator[Batch]:
    starts = np.flatnonzero(np.diff(table.codes, prepend=-1))
    borders = [*starts.tolist(), len(table.codes)]
    for start, end in pairwise(borders):
        symbol = table.tickers[int(table.codes[start])]
        if not wanted or symbol in wanted:
            part = slice(start, end)
            rows = Rows(table.rows.open_time[part], *(getattr(table.rows, f)[part] for f in FIELDS))
            yield Batch.of_bars(symbol, rows, table.transactions[part], origin, Rank.DAY_FILE)
