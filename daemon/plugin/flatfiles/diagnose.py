"""The slow road for a day file with something wrong in it: line by line, one sentence a ticker.

What is refused is a ticker's rows of this file, all of them: a day with a hole that nobody sees
would be worse than a day that is missing. Bars out of order and doubled times are refused too:
they show that the file was put together wrongly, and which of two rows holds nobody can tell.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from daemon.domain.market.contracts import contract_of, root_of
from daemon.domain.market.kinds import Columns, Kind
from daemon.domain.market.rules import first_fault
from daemon.plugin.flatfiles.batches import contract_columns
from daemon.plugin.flatfiles.cut import lines_of
from daemon.plugin.flatfiles.fields import TICKER, Field, Form
from daemon.plugin.flatfiles.parse import Header, Parsed, codes_of, header_of, id_of
from daemon.plugin.flatfiles.wanted import Wanted

MOST_SENTENCES: Final = 20
_REMEDY: Final = "its rows of this file were left out, mend the line and ingest again"
_DIGITS: Final = frozenset("0123456789")


@dataclass(slots=True)
class _Ticker:
    lines: list[int] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)
    problem: str = ""
    columns: Columns = field(default_factory=dict)


def diagnosed(
    path: Path, kind: Kind, wanted: Wanted, only: Collection[str] = ()
) -> tuple[Parsed | None, list[str]]:
    """The good tickers' rows, and a sentence for each of the others; only: of these symbols."""
    reader = csv.reader(lines_of(path))
    first = ",".join(next(reader, []))
    header = header_of(first.encode(), path, kind.name)
    tickers: dict[str, _Ticker] = {}
    place = list(header.names).index(TICKER)
    for fields in reader:
        ticker = fields[place] if len(fields) > place else ""
        if fields and wanted.has(ticker) and (not only or root_of(ticker) in only):
            one = tickers.setdefault(ticker, _Ticker())
            if not one.problem:
                _take(one, fields, header, reader.line_num)
    for ticker, one in tickers.items():
        one.problem = one.problem or _checked(kind, ticker, one, header)
    good = {ticker: one.columns for ticker, one in sorted(tickers.items()) if not one.problem}
    return _joined(kind, good), _sentences(path, tickers)


def _take(one: _Ticker, fields: list[str], header: Header, line: int) -> None:
    names = list(header.names)
    if len(fields) != len(names):
        one.problem = f"line {line}: expected {len(names)} fields, found {len(fields)}"
        return
    values = []
    for spec in header.fields:
        text = fields[names.index(spec.name)]
        value = _value(spec, text)
        if value is None:
            expected = f"expected {spec.form.value}, found {text!r}"
            one.problem = f"line {line}, column {spec.name}: {expected}"
            return
        values.append(value)
    one.lines.append(line)
    one.values.append(values)


def _value(spec: Field, text: str) -> float | None:
    """The value of a field, or nothing where it is not one."""
    try:
        match spec.form:
            case Form.TIME:
                return int(text) if text and _whole(text) else None
            case Form.COUNT:
                return 0 if not text else int(text) if _whole(text.removeprefix("-")) else None
            case Form.CODES:
                return codes_of(text)
            case Form.ID:
                return id_of(text)
            case Form.NUMBER:
                value = float("nan" if "_" in text else text)
                return None if math.isnan(value) else value
    except ValueError:
        return None


def _whole(text: str) -> bool:
    """True for a whole number of 64 bits."""
    return _DIGITS.issuperset(text) and len(text) <= 18 + (text < "9") and bool(text)


def _checked(kind: Kind, ticker: str, one: _Ticker, header: Header) -> str:
    """Fills in the columns, or says what is wrong with them."""
    if not ticker.strip():
        return f"line {one.lines[0]}, column ticker: expected a ticker, found {ticker!r}"
    contract = contract_of(ticker)
    if "strike" in kind.names and contract is None:
        return f"line {one.lines[0]}, column ticker: expected an option contract, found {ticker!r}"
    columns = {name: np.zeros(len(one.lines), dtype=dtype) for name, dtype in kind.columns}
    for place, spec in enumerate(header.fields):
        dtype = columns[spec.column].dtype
        column = np.array([values[place] for values in one.values])
        if dtype.kind == "i" and np.any(np.abs(column) > np.iinfo(dtype).max):
            return f"column {spec.name}: expected numbers up to {np.iinfo(dtype).max}, found more"
        columns[spec.column] = column.astype(dtype)
    if contract is not None and "strike" in kind.names:
        columns |= contract_columns([contract], np.zeros(len(one.lines), dtype=np.int64))
    lines = np.array(one.lines)
    if kind.repeats:
        order = np.lexsort([columns[name] for name in reversed(kind.order)])
        columns, lines = {name: column[order] for name, column in columns.items()}, lines[order]
    one.columns = columns
    fault = first_fault(kind, columns)
    if fault is None:
        return ""
    names = {spec.column: spec.name for spec in header.fields}
    place_of = f"line {lines[fault.row]}, column {names.get(fault.column, TICKER)}"
    return f"{place_of}: expected {fault.expected}, found {fault.found}"


def _joined(kind: Kind, good: dict[str, Columns]) -> Parsed | None:
    if not good:
        return None
    counts = [len(columns[kind.key]) for columns in good.values()]
    columns = {name: np.concatenate([one[name] for one in good.values()]) for name in kind.names}
    codes = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    return Parsed(list(good), codes, columns, grouped=True)


def _sentences(path: Path, tickers: dict[str, _Ticker]) -> list[str]:
    broken = [(ticker, one.problem) for ticker, one in sorted(tickers.items()) if one.problem]
    told = [
        f"{path}: {problem} for {ticker or 'a row without ticker'}; {_REMEDY}"
        for ticker, problem in broken[:MOST_SENTENCES]
    ]
    if len(broken) > MOST_SENTENCES:
        more = len(broken) - MOST_SENTENCES
        told.append(f"{path}: {more} more symbols are broken like that; fetch the file again")
    return told
