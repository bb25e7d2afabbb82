"""Option chains and open interest of the days of a table beside the flat files.

    reference/options_chain_daily.csv.gz     date,ticker,close,volume,open_interest,delta,...
    reference/options_open_interest.csv.gz   date,ticker,open_interest

A chain is stamped 16:15 New York of its date, when the last options cease trading: no test of a
strategy knows it earlier. What a table does not have (quotes, the price of the underlying) or
leaves empty is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Final

import numpy as np

from daemon.domain.market.contracts import Contract, contract_of, root_of
from daemon.domain.market.kinds import KINDS, Columns, Kind
from daemon.domain.market.order import latest
from daemon.domain.market.rules import row_faults
from daemon.errors import BadDataError
from daemon.plugin.exchange import instant
from daemon.plugin.flatfiles.wanted import Wanted
from daemon.plugin.roles import Batch, Part, Request
from plugins.files.folder import reference_file
from plugins.files.table import Line, broken, day_in, lines_of

TABLES: Final = {
    "option_chains": "options_chain_daily.csv.gz",
    "option_open_interest": "options_open_interest.csv.gz",
}
_CLOSE: Final = time(16, 15)
_COLUMN_OF: Final = {"last_price": "close"}
_NEEDED: Final = {
    "option_chains": ("date", "ticker", "close"),
    "option_open_interest": ("date", "ticker", "open_interest"),
}
_NOT_KNOWN: Final = dict.fromkeys(
    ("bid_price", "bid_size", "ask_price", "ask_size", "last_price", "volume"), 0.0
)
"""What stands for nothing; for all else it is nan."""
Rows = list[tuple[date, Contract, Mapping[str, float]]]


def option_parts(request: Request) -> list[Part]:
    """The table as one part, another one for other dates. MissingError where it is not there."""
    path = reference_file(request.folder, TABLES[request.kind])
    status = path.stat()
    dates = f" {request.start or ''}..{request.end or ''}" if request.start or request.end else ""
    stamp = f"{status.st_size}-{status.st_mtime_ns}"
    return [Part(f"reference/{TABLES[request.kind]}{dates}", None, stamp)]


def option_rows(request: Request) -> Iterator[Batch]:
    """The wanted rows of the request's dates, a batch for each root.

    Then BadDataError, with a sentence for each root of which a line is broken.
    """
    path, kind = reference_file(request.folder, TABLES[request.kind]), KINDS[request.kind]
    roots, sentences = _by_root(path, request, kind)
    for root, rows in sorted(roots.items()):
        columns = latest(kind, _columns(kind, rows))
        if row_faults(kind, columns).any():
            sentences[root] = f"{path}: {root}: expected no value below 0, found one; mend the line"
        elif root not in sentences:
            yield Batch(root, columns, f"files reference/{path.name}")
    if sentences:
        raise BadDataError(*sentences.values())


def _by_root(path: Path, request: Request, kind: Kind) -> tuple[dict[str, Rows], dict[str, str]]:
    """(rows by root, the first sentence on a broken line of each root)."""
    wanted = Wanted.of(kind.name, request.symbols)
    roots: defaultdict[str, Rows] = defaultdict(list)
    sentences: dict[str, str] = {}
    for line in lines_of(path, _NEEDED[kind.name]):
        ticker = line.fields["ticker"]
        if not wanted.has(ticker):
            continue
        try:
            day, contract, row = _read(line, kind)
        except BadDataError as error:
            sentences.setdefault(root_of(ticker), str(error))
            continue
        nothing = kind.dated and np.isnan(row["open_interest"])
        if (request.start or day) <= day <= (request.end or day) and not nothing:
            roots[contract.root].append((day, contract, row))
    return roots, sentences


def _read(line: Line, kind: Kind) -> tuple[date, Contract, Mapping[str, float]]:
    contract = contract_of(line.fields["ticker"])
    if contract is None:
        expected, found = "a contract as O:SPY150117C00200000", repr(line.fields["ticker"])
        raise broken(line, "ticker", expected, found)
    row = {name: _number(line, name) for name, _ in kind.columns[4:]}
    return day_in(line, "date"), contract, row


def _number(line: Line, name: str) -> float:
    column = _COLUMN_OF.get(name, name)
    text = line.fields.get(column, "")
    if not text:
        return _NOT_KNOWN.get(name, float("nan"))
    try:
        return float(text)
    except ValueError as error:
        raise broken(line, column, "a number or nothing", repr(text)) from error


def _columns(kind: Kind, rows: Rows) -> Columns:
    keys = [_key(kind, day) for day, _, _ in rows]
    found: Columns = {kind.key: np.array(keys, dtype=kind.columns[0][1])}
    for name, dtype in kind.columns[1:4]:
        found[name] = np.array([getattr(contract, name) for _, contract, _ in rows], dtype=dtype)
    for name, dtype in kind.columns[4:]:
        found[name] = np.array([row[name] for _, _, row in rows], dtype=dtype)
    return found


def _key(kind: Kind, day: date) -> int:
    if kind.dated:
        return (day - date(1970, 1, 1)).days
    return int(instant(day, _CLOSE).timestamp()) * 1_000_000_000
