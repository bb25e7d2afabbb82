"""The source "files": a folder in the flat-file layout of Massive (formerly Polygon).

    us_stocks_sip/minute_aggs_v1/2014/12/2014-12-01.csv.gz      one session, every ticker
    us_stocks_sip/day_aggs_v1/..., trades_v1, quotes_v1; us_options_opra/...
    reference/splits.csv.gz, reference/dividends.csv.gz         beside flatfiles, or in it
    reference/options_chain_daily.csv.gz, ...                   see `options`

Prices are raw; `window_start` is the start of the bar in nanoseconds UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from daemon.plugin.flatfiles.layout import PREFIXES
from daemon.plugin.flatfiles.rows import rows_of
from daemon.plugin.roles import ActionRow, Batch, Part, Request
from plugins.files.folder import data_files, origin_of, path_of
from plugins.files.options import TABLES, option_parts, option_rows
from plugins.files.reference import dividends, splits


class FilesSource:
    """Bars, ticks and corporate actions from a folder; nothing is remembered between calls."""

    name = "files"
    kinds = (*PREFIXES, *TABLES, "splits", "dividends")

    def parts(self, request: Request) -> Sequence[Part]:
        """The day files of the request's dates, oldest first; the stamp is size and change time.

        MissingError where the folder is not one of flat files.
        """
        return option_parts(request) if request.kind in TABLES else data_files(request)

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        """Each wanted symbol's rows of one file.

        BadDataError as told by `option_rows` and by `daemon.plugin.flatfiles.rows`.
        """
        if request.kind in TABLES:
            return option_rows(request)
        path, origin = path_of(part, request), origin_of(request.kind)
        return rows_of(path, request.kind, request.symbols, origin)

    def actions(self, request: Request) -> Sequence[ActionRow]:
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
