"""CSV text of a day file to columns: header by name, any order, any case, decimal sizes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv

from daemon.domain.market.bars import Ints
from daemon.domain.market.codes import packed
from daemon.domain.market.kinds import KINDS, Columns
from daemon.errors import BadDataError
from daemon.plugin.flatfiles.fields import EXACT, FIELDS_OF, TICKER, Field, Form

_TEXT: Final = pa.dictionary(pa.int32(), pa.string())
_TYPES: Final = {
    Form.TIME: pa.int64(),
    Form.NUMBER: pa.float64(),
    Form.COUNT: pa.int64(),
    Form.CODES: _TEXT,
    Form.ID: pa.int64(),
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """Rows of all tickers, sorted by ticker's code and else in the order of the file.

    codes: int64 (R,), number of each row's ticker in `tickers`, ascending. grouped: the file had
    each ticker's rows in one run.
    """

    tickers: list[str]
    codes: Ints
    columns: Columns
    grouped: bool


@dataclass(frozen=True, slots=True)
class Header:
    """What a file has. names: the columns as written, by their lower-case form."""

    names: Mapping[str, str]
    fields: tuple[Field, ...]


def header_of(text: bytes, path: Path, kind: str) -> Header:
    """The first line of a text. BadDataError where a column is missing or doubled."""
    end = text.find(b"\n")
    line = (text if end < 0 else text[:end]).decode("utf-8-sig", "replace")
    names = [name.strip().strip('"') for name in line.strip().split(",")]
    lower = [name.lower() for name in names]
    required = [TICKER, *(one.name for one in FIELDS_OF[kind] if not one.optional)]
    missing = [name for name in required if name not in lower]
    doubled = sorted({name for name in lower if lower.count(name) > 1})
    if missing or doubled:
        wrong = f"without {', '.join(missing)}" if missing else f"twice {', '.join(doubled)}"
        raise BadDataError(
            f"{path}: line 1: expected the columns {', '.join(required)}, "
            f"found {line.strip()[:120] or 'nothing'!r} ({wrong}); fetch the file again"
        )
    there = [one for one in FIELDS_OF[kind] if one.name in lower]
    fields = tuple(
        replace(one, name=EXACT[one.name]) if EXACT.get(one.name) in lower else one for one in there
    )
    return Header(dict(zip(lower, names, strict=True)), fields)


def parsed(text: bytes, header: Header, kind: str, titled: bool = True) -> Parsed | None:
    """The rows of a text, or nothing where some line cannot be read; `diagnose` says which.

    titled: the text begins with its header line.
    """
    if not titled and not text:
        return _sorted(pa.chunked_array([], _TEXT), kind, {})
    table = _table(text, header, titled, {})
    if table is None and any(one.form is Form.ID for one in header.fields):
        table = _table(text, header, titled, {Form.ID: _TEXT})
    if table is None:
        return None
    columns = {}
    for one in header.fields:
        try:
            columns[one.column] = _READERS[one.form](table[one.name])
        except ValueError:
            return None
    if not _fit(kind, columns):
        return None
    return _sorted(table[TICKER], kind, columns)


def id_of(text: str) -> int:
    """The id of a trade as a number: itself, or below zero 62 bits of its BLAKE2 digest."""
    if text.isascii() and text.isdigit() and int(text) < 1 << 63:
        return int(text)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return -1 - (int.from_bytes(digest, "big") >> 2) if text else 0


def codes_of(text: str) -> int:
    """A list such as "12,37" as one number. ValueError where it is not a list of codes."""
    return packed([int(code) for code in text.split(",")]) if text else 0


def _table(
    text: bytes, header: Header, titled: bool, instead: Mapping[Form, pa.DataType]
) -> pa.Table | None:
    wanted = {one.name: {**_TYPES, **instead}[one.form] for one in header.fields}
    wanted[TICKER] = _TEXT
    try:
        table = csv.read_csv(
            pa.py_buffer(text),
            read_options=csv.ReadOptions(
                block_size=4 << 20,
                use_threads=len(text) > 1 << 20,
                column_names=None if titled else list(header.names.values()),
            ),
            convert_options=csv.ConvertOptions(
                column_types={header.names[name]: dtype for name, dtype in wanted.items()},
                include_columns=[header.names[name] for name in wanted],
                null_values=[""],
            ),
        )
    except (pa.ArrowException, UnicodeDecodeError):
        return None
    return table.rename_columns(list(wanted)).unify_dictionaries()


def _fit(kind: str, columns: Columns) -> bool:
    """True if every whole number fits into the type of its column."""
    for name, dtype in KINDS[kind].columns:
        if name in columns and dtype not in ("<i8", "<f8") and len(columns[name]):
            limit = np.iinfo(dtype)
            if columns[name].min() < limit.min or columns[name].max() > limit.max:
                return False
    return True


def _full(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    if column.null_count:
        raise ValueError("expected a value in every row")
    values: npt.NDArray[Any] = column.to_numpy()
    return values


def _filled(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = (column.fill_null(0) if column.null_count else column).to_numpy()
    return values


def _codes(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    return _by_text(column, codes_of)


def _ids(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    return _by_text(column, id_of) if column.type == _TEXT else _filled(column)


_READERS: Final[Mapping[Form, Callable[[pa.ChunkedArray], npt.NDArray[Any]]]] = {
    Form.TIME: _full,
    Form.NUMBER: _full,
    Form.COUNT: _filled,
    Form.CODES: _codes,
    Form.ID: _ids,
}


def _by_text(column: pa.ChunkedArray, number: Callable[[str], int]) -> npt.NDArray[Any]:
    """A number for each text, found once for each different one."""
    texts, places = _numbered(column)
    return np.array([number(text) for text in texts], dtype=np.int64)[places]


def _numbered(column: pa.ChunkedArray) -> tuple[list[str], Ints]:
    """(the different texts, the place of each row's among them)."""
    if column.num_chunks == 0 or len(column) == 0:
        return [], np.zeros(0, dtype=np.int64)
    places = [chunk.indices.to_numpy() for chunk in column.chunks]
    return column.chunk(0).dictionary.to_pylist(), np.concatenate(places).astype(np.int64)


def _sorted(ticker: pa.ChunkedArray, kind: str, found: Columns) -> Parsed:
    """The columns of the kind, those that the file lacks as zeros, sorted by ticker."""
    tickers, codes = _numbered(ticker)
    steps = np.diff(codes)
    grouped = bool(np.count_nonzero(steps) < max(len(np.unique(codes)), 1))
    order = None if grouped and not np.any(steps < 0) else np.argsort(codes, kind="stable")
    columns = {}
    for name, dtype in KINDS[kind].columns:
        column = found.get(name)
        if column is None:
            column = np.zeros(len(codes), dtype=dtype)
        columns[name] = (column if order is None else column[order]).astype(dtype, copy=False)
    return Parsed(tickers, codes if order is None else codes[order], columns, grouped)
