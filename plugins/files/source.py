"""The source "files": a folder in the flat-file layout of Massive (formerly Polygon).

    us_stocks_sip/minute_aggs_v1/2014/12/2014-12-01.csv.gz      one session, every ticker
    us_stocks_sip/day_aggs_v1/...
    reference/splits.csv.gz, reference/dividends.csv.gz         beside flatfiles, or in it

Prices are raw; `window_start` is the start of the bar in nanoseconds UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.quality import value_faults
from daemon.errors import BadDataError
from daemon.plugin.roles import ActionRow, BarBatch, BarRequest, Part
from plugins.files.cut import wanted_text, whole_text
from plugins.files.diagnose import diagnosed
from plugins.files.folder import data_files, origin_of, path_of
from plugins.files.parse import Parsed, parsed
from plugins.files.reference import dividends, splits


class FilesSource:
    """Bars and corporate actions from a folder; nothing is remembered between calls."""

    name = "files"
    kinds = ("minute", "day", "splits", "dividends")

    def parts(self, request: BarRequest) -> Sequence[Part]:
        """The day files of the request's dates, oldest first; the stamp is size and change time.

        MissingError where the folder is not one of flat files.
        """
        return data_files(request)

    def bars(self, part: Part, request: BarRequest) -> Iterator[BarBatch]:
        """Each wanted symbol's rows of one file.

        A file that is no whole gzip or lacks a column gives nothing but BadDataError. A broken
        row gives the other symbols, then BadDataError with the line for each symbol left out.
        """
        path, wanted = path_of(part, request), frozenset(request.symbols)
        minutes, origin = request.kind == "minute", origin_of(request.kind)
        text = wanted_text(path, wanted) if wanted else whole_text(path)
        table = parsed(text, path)
        if table is not None and not table.grouped and wanted:
            table = parsed(whole_text(path), path)
        if table is not None and not _broken(table, minutes):
            yield from _batches(table, wanted, origin)
            return
        good, sentences = diagnosed(whole_text(path), path, wanted, minutes)
        for symbol, rows, transactions in good:
            yield _batch(symbol, rows, transactions, origin)
        if sentences:
            raise BadDataError(*sentences)

    def actions(self, request: BarRequest) -> Sequence[ActionRow]:
        """Splits or dividends of the request's kind, symbols and dates.

        MissingError where the reference file is not there.
        """
        rows = splits(request) if request.kind == "splits" else dividends(request)
        wanted = frozenset(request.symbols)
        return [
            row
            for row in rows
            if (not wanted or row.symbol in wanted)
            and (request.start is None or row.ex_date >= request.start)
            and (request.end is None or row.ex_date <= request.end)
        ]


def _broken(table: Parsed, minutes: bool) -> bool:
    rows = table.rows
    if not all(ticker.strip() for ticker in table.tickers):
        return True
    same = table.codes[1:] == table.codes[:-1]
    return bool(value_faults(rows, minutes).any() or np.any(same & (np.diff(rows.open_time) <= 0)))


def _batches(table: Parsed, wanted: frozenset[str], origin: str) -> Iterator[BarBatch]:
    starts = np.flatnonzero(np.diff(table.codes, prepend=-1))
    borders = [*starts.tolist(), len(table.codes)]
    for start, end in pairwise(borders):
        symbol = table.tickers[int(table.codes[start])]
        if not wanted or symbol in wanted:
            part = slice(start, end)
            rows = Rows(table.rows.open_time[part], *(getattr(table.rows, f)[part] for f in FIELDS))
            yield _batch(symbol, rows, table.transactions[part], origin)


def _batch(symbol: str, rows: Rows, transactions: np.ndarray, origin: str) -> BarBatch:
    return BarBatch(
        symbol=symbol,
        open_time=rows.open_time,
        open=rows.open,
        high=rows.high,
        low=rows.low,
        close=rows.close,
        volume=rows.volume,
        transactions=transactions,
        origin=origin,
    )
