"""CSV text of bars to columns: header by name, any order, any case, decimal volumes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Ints
from daemon.errors import BadDataError

REQUIRED: Final = ("ticker", "window_start", *FIELDS)
OPTIONAL: Final = "transactions"
_TEXT: Final = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True, slots=True)
class Parsed:
    """Rows of all tickers, sorted by ticker's code and else in the order of the file.

    codes: int64 (R,), number of each row's ticker in `tickers`, ascending. grouped: the file had
    each ticker's rows in one run.
    """

    tickers: list[str]
    codes: Ints
    rows: Rows
    transactions: Ints
    grouped: bool


def header_of(text: bytes, path: Path) -> dict[str, str]:
    """Column names by their lower-case form. BadDataError where one is missing or doubled."""
    end = text.find(b"\n")
    line = (text if end < 0 else text[:end]).decode("utf-8-sig", "replace")
    names = [name.strip().strip('"') for name in line.strip().split(",")]
    lower = [name.lower() for name in names]
    missing = [name for name in REQUIRED if name not in lower]
    doubled = sorted({name for name in lower if lower.count(name) > 1})
    if missing or doubled:
        wrong = f"without {', '.join(missing)}" if missing else f"twice {', '.join(doubled)}"
        raise BadDataError(
            f"{path}: line 1: expected the columns {', '.join(REQUIRED)}, "
            f"found {line.strip()[:120] or 'nothing'!r} ({wrong}); fetch the file again"
        )
    return dict(zip(lower, names, strict=True))


def parsed(text: bytes, path: Path) -> Parsed | None:
    """The rows of a text, or nothing where some line cannot be read (`diagnose` says which)."""
    names = header_of(text, path)
    wanted = [*REQUIRED, *([OPTIONAL] if OPTIONAL in names else [])]
    types = {names[name]: pa.float64() for name in (*FIELDS, OPTIONAL) if name in names}
    types |= {names["ticker"]: _TEXT, names["window_start"]: pa.int64()}
    try:
        table = csv.read_csv(
            pa.py_buffer(text),
            read_options=csv.ReadOptions(block_size=4 << 20, use_threads=len(text) > 1 << 20),
            convert_options=csv.ConvertOptions(
                column_types=types, include_columns=[names[name] for name in wanted]
            ),
        )
    except (pa.ArrowException, UnicodeDecodeError):
        return None
    table = table.rename_columns(wanted).unify_dictionaries()
    if any(table[name].null_count for name in wanted):
        return None
    return _columns(table)


def _columns(table: pa.Table) -> Parsed:
    columns: dict[str, npt.NDArray[Any]] = {
        name: table[name].to_numpy() for name in table.column_names if name != "ticker"
    }
    tickers, codes = _codes(table["ticker"])
    grouped = len(np.flatnonzero(np.diff(codes))) < max(len(np.unique(codes)), 1)
    if not grouped or np.any(np.diff(codes) < 0):
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
        columns = {name: column[order] for name, column in columns.items()}
    transactions = columns.get(OPTIONAL, np.zeros(len(codes)))
    return Parsed(
        tickers=tickers,
        codes=codes,
        rows=Rows(columns["window_start"], *(columns[name] for name in FIELDS)),
        transactions=transactions.astype(np.int64),
        grouped=grouped,
    )


def _codes(column: pa.ChunkedArray) -> tuple[list[str], Ints]:
    if column.num_chunks == 0 or len(column) == 0:
        return [], np.zeros(0, dtype=np.int64)
    codes = [chunk.indices.to_numpy() for chunk in column.chunks]
    return column.chunk(0).dictionary.to_pylist(), np.concatenate(codes).astype(np.int64)
