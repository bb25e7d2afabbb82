"""The slow road for a day file with something wrong in it: line by line, one sentence a symbol.

What is refused is a symbol's rows of this file, all of them: a day with a hole that nobody sees
would be worse than a day that is missing. Rows out of order and doubled times are refused too:
they show that the file was put together wrongly, and which of two rows holds nobody can tell.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Ints
from daemon.domain.market.quality import first_fault
from daemon.plugin.flatfiles.parse import OPTIONAL, header_of

MOST_SENTENCES: Final = 20
_REMEDY: Final = "its rows of this file were left out, mend the line and ingest again"
_DIGITS: Final = frozenset("0123456789")


@dataclass(slots=True)
class _Symbol:
    lines: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    values: list[list[float]] = field(default_factory=list)
    problem: str = ""


def diagnosed(
    text: bytes, path: Path, wanted: frozenset[str], minutes: bool
) -> tuple[Sequence[tuple[str, Rows, Ints]], list[str]]:
    """(symbol, rows, transactions) of the good symbols, and a sentence for each of the others."""
    names = list(header_of(text, path))
    place = {name: names.index(name) for name in (*FIELDS, "ticker", "window_start")}
    if OPTIONAL in names:
        place[OPTIONAL] = names.index(OPTIONAL)
    symbols: dict[str, _Symbol] = {}
    reader = csv.reader(io.StringIO(text.decode("utf-8-sig", "replace"), newline=""))
    next(reader)
    for fields in reader:
        ticker = fields[place["ticker"]] if len(fields) > place["ticker"] else ""
        if fields and (not wanted or ticker in wanted):
            one = symbols.setdefault(ticker, _Symbol())
            if not one.problem:
                _take(one, fields, (place, len(names)), reader.line_num)
    good = []
    for ticker, one in sorted(symbols.items()):
        rows = _rows(one)
        one.problem = (
            one.problem or _row_problem(rows, one.lines, minutes) or _nameless(ticker, one)
        )
        if not one.problem:
            good.append((ticker, rows, np.array([v[-1] for v in one.values]).astype(np.int64)))
    return good, _sentences(path, symbols)


def _take(one: _Symbol, fields: list[str], header: tuple[dict[str, int], int], line: int) -> None:
    place, width = header
    if len(fields) != width:
        one.problem = f"line {line}: expected {width} fields, found {len(fields)}"
        return
    stamp = fields[place["window_start"]]
    if not stamp or not _DIGITS.issuperset(stamp) or len(stamp) > 18 + (stamp < "9"):
        expected = "nanoseconds since 1970 as a whole number"
        one.problem = f"line {line}, column window_start: expected {expected}, found {stamp!r}"
        return
    values = []
    for name in (*FIELDS, OPTIONAL):
        found = fields[place[name]] if name in place else "0"
        value = _number(found)
        if math.isnan(value):
            one.problem = f"line {line}, column {name}: expected a number, found {found!r}"
            return
        values.append(value)
    one.lines.append(line)
    one.times.append(int(stamp))
    one.values.append(values)


def _number(text: str) -> float:
    try:
        return float("nan" if "_" in text else text)
    except ValueError:
        return math.nan


def _rows(one: _Symbol) -> Rows:
    values = np.array(one.values, dtype=np.float64).reshape(-1, len(FIELDS) + 1)
    times = np.array(one.times, dtype=np.int64)
    return Rows(times, *(values[:, k].copy() for k in range(len(FIELDS))))


def _row_problem(rows: Rows, lines: list[int], minutes: bool) -> str:
    fault = first_fault(rows, minutes)
    if fault is None:
        return ""
    return (
        f"line {lines[fault.row]}, column {fault.column.replace('open_time', 'window_start')}: "
        f"expected {fault.expected}, found {fault.found}"
    )


def _nameless(ticker: str, one: _Symbol) -> str:
    if ticker.strip():
        return ""
    return f"line {one.lines[0]}, column ticker: expected a ticker, found {ticker!r}"


def _sentences(path: Path, symbols: dict[str, _Symbol]) -> list[str]:
    broken = [(ticker, one.problem) for ticker, one in sorted(symbols.items()) if one.problem]
    told = [
        f"{path}: {problem} for {ticker or 'a row without ticker'}; {_REMEDY}"
        for ticker, problem in broken[:MOST_SENTENCES]
    ]
    if len(broken) > MOST_SENTENCES:
        more = len(broken) - MOST_SENTENCES
        told.append(f"{path}: {more} more symbols are broken like that; fetch the file again")
    return told
