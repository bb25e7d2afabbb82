"""A day file of the vendor as batches: cut to the wanted tickers, parsed, checked.

1. `cut` gunzips the file and keeps the lines of the wanted tickers.
2. `parse` makes columns of them, `batches` one batch of each symbol.
3. Where a row breaks a rule or cannot be read, `diagnose` reads line by line and says which.

Large files of ticks go through `stream`, piece by piece.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from daemon.domain.market.kinds import KINDS
from daemon.errors import BadDataError
from daemon.plugin.flatfiles.batches import batches_of, faulty, with_contracts
from daemon.plugin.flatfiles.cut import wanted_text, whole_text
from daemon.plugin.flatfiles.diagnose import diagnosed
from daemon.plugin.flatfiles.parse import Parsed, header_of, parsed
from daemon.plugin.flatfiles.stream import streamed
from daemon.plugin.flatfiles.wanted import Wanted
from daemon.plugin.roles import Batch

LARGE: Final = 4 << 20


def rows_of(path: Path, kind: str, symbols: Collection[str], origin: str) -> Iterator[Batch]:
    """Each wanted symbol's rows of one day file (no symbols: of all), by symbol.

    Options: symbols are contracts or roots, batches lie under roots.

    A file that is no whole gzip or lacks a column gives nothing but BadDataError; of a large file
    of ticks, the symbols before the break come first. A broken row gives the other symbols, then
    BadDataError with the line for each symbol left out.
    """
    wanted, chosen = Wanted.of(kind, symbols), KINDS[kind]
    if chosen.repeats and path.is_file() and path.stat().st_size > LARGE:
        yield from streamed(path, chosen, wanted, origin)
        return
    table = _table(path, kind, wanted)
    if table is not None and not faulty(chosen, table).any():
        yield from batches_of(chosen, table, wanted, origin)
        return
    good, sentences = diagnosed(path, chosen, wanted)
    if good is not None:
        yield from batches_of(chosen, good, wanted, origin, whole=not sentences)
    if sentences:
        raise BadDataError(*sentences)


def _table(path: Path, kind: str, wanted: Wanted) -> Parsed | None:
    text = wanted_text(path, wanted) if wanted.symbols else whole_text(path)
    header = header_of(text, path, kind)
    table = parsed(text, header, kind)
    if table is not None and not table.grouped and wanted.symbols:
        table = parsed(whole_text(path), header, kind)
    return None if table is None else with_contracts(KINDS[kind], table)
