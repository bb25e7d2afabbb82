"""A large day file of ticks, piece by piece: no more of it is held than a symbol's rows.

1. `cut.wanted_pieces` gives the wanted lines in pieces; each is parsed by itself.
2. A symbol's rows are kept until another one begins, then they leave as one batch.
3. Symbols with a row that breaks a rule are held back and told by `diagnose` at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from daemon.domain.market.contracts import root_of
from daemon.domain.market.kinds import Columns, Kind, Rank
from daemon.domain.market.order import ordered
from daemon.errors import BadDataError
from daemon.plugin.flatfiles.batches import batches_of, faulty, with_contracts
from daemon.plugin.flatfiles.cut import wanted_pieces
from daemon.plugin.flatfiles.diagnose import diagnosed
from daemon.plugin.flatfiles.parse import Header, Parsed, header_of, parsed
from daemon.plugin.flatfiles.wanted import Wanted
from daemon.plugin.roles import Batch

PIECE: Final = 4 << 20
_BEHIND_ALL: Final = "\U0010ffff"


@dataclass(slots=True)
class _Stream:
    """What of a file was read and has not left yet. suspects: symbols with a fault."""

    kind: Kind
    wanted: Wanted
    origin: str
    pieces: dict[str, list[Columns]] = field(default_factory=dict)
    suspects: set[str] = field(default_factory=set)

    def take(self, table: Parsed) -> Iterator[Batch]:
        """The batches that are whole now that these rows were read."""
        wrong = np.unique(table.codes[faulty(self.kind, table)])
        self.suspects |= {root_of(table.tickers[code]) for code in wrong}
        for batch in batches_of(self.kind, table, self.wanted, self.origin):
            self.pieces.setdefault(batch.symbol, []).append(batch.columns)
        if len(table.codes):
            yield from self.leave(table.tickers[int(table.codes[-1])])

    def leave(self, ticker: str) -> Iterator[Batch]:
        """The symbols that are done where this ticker is being read."""
        for symbol in [one for one in self.pieces if self._end(one) < ticker]:
            pieces = self.pieces.pop(symbol)
            if symbol not in self.suspects:
                names = self.kind.names
                rows = {name: np.concatenate([one[name] for one in pieces]) for name in names}
                rank = Rank.DAY_FILE if self.wanted.whole(symbol) else Rank.ANSWER
                yield Batch(symbol, ordered(self.kind, rows), self.origin, rank)

    def _end(self, symbol: str) -> str:
        """The last ticker of a symbol; contracts of SPY1 stand among those of SPY."""
        return f"O:{symbol}:" if self.wanted.options else symbol


def streamed(path: Path, kind: Kind, wanted: Wanted, origin: str) -> Iterator[Batch]:
    """Each wanted symbol's rows, in the order of the file; errors as of `rows.rows_of`."""
    pieces = wanted_pieces(path, wanted, PIECE)
    first = next(pieces, b"")
    header = header_of(first, path, kind.name)
    stream = _Stream(kind, wanted, origin)
    for piece in pieces:
        for table in _tables(piece, header, stream):
            yield from stream.take(table)
    yield from stream.leave(_BEHIND_ALL)
    if stream.suspects:
        good, sentences = diagnosed(path, kind, wanted, stream.suspects)
        if good is not None:
            yield from batches_of(kind, good, wanted, origin, whole=not sentences)
        if sentences:
            raise BadDataError(*sentences)


def _tables(piece: bytes, header: Header, stream: _Stream) -> Iterator[Parsed]:
    """The rows of a piece, or those of its tickers that can be read, one by one."""
    table = _table(piece, header, stream.kind)
    if table is not None:
        yield table
        return
    for ticker, lines in _by_ticker(piece):
        table = _table(lines, header, stream.kind)
        if table is None:
            stream.suspects.add(root_of(ticker))
        else:
            yield table


def _table(text: bytes, header: Header, kind: Kind) -> Parsed | None:
    table = parsed(text, header, kind.name, titled=False)
    return None if table is None else with_contracts(kind, table)


def _by_ticker(piece: bytes) -> Iterator[tuple[str, bytes]]:
    """The lines of each ticker of a sorted text."""
    start = 0
    while start < len(piece):
        ticker = piece[start : piece.find(b",", start)]
        last = max(piece.rfind(b"\n" + ticker + b",", start) + 1, start)
        end = piece.find(b"\n", last) + 1 or len(piece)
        yield ticker.decode("utf-8", "replace"), piece[start:end]
        start = end
