"""Splits and dividends from the reference tables beside the flat files.

A spin-off is written there as a factor such as 1 for 1.281; it is taken as a split, which keeps
the holder's value as if the new company's shares were sold into the old one's at once. Ratios are
exact: 1 for 1.5 becomes 3 for 2.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Final

from daemon.errors import BadDataError
from daemon.plugin.amounts import positive
from daemon.plugin.flatfiles.cut import whole_text
from daemon.plugin.roles import ActionRow, Request
from plugins.files.folder import reference_file

_SPLIT_COLUMNS: Final = ("ticker", "execution_date", "split_from", "split_to")
_DIVIDEND_COLUMNS: Final = ("ticker", "ex_dividend_date", "cash_amount")


def splits(request: Request) -> list[ActionRow]:
    """Every split of the table. BadDataError where a line of it is broken."""
    path = reference_file(request.folder, "splits.csv.gz")
    rows = []
    for line, (ticker, day, old, new) in _lines(path, _SPLIT_COLUMNS):
        ratio = _positive(path, line, "split_to", new) / _positive(path, line, "split_from", old)
        rows.append(
            ActionRow(
                ticker,
                _date(path, line, "execution_date", day),
                new=float(ratio.numerator),
                old=float(ratio.denominator),
            )
        )
    return rows


def dividends(request: Request) -> list[ActionRow]:
    """Every cash dividend of the table. BadDataError where a line of it is broken."""
    path = reference_file(request.folder, "dividends.csv.gz")
    return [
        ActionRow(
            ticker,
            _date(path, line, "ex_dividend_date", day),
            cash=float(_positive(path, line, "cash_amount", cash)),
        )
        for line, (ticker, day, cash) in _lines(path, _DIVIDEND_COLUMNS)
    ]


def _lines(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    text = whole_text(path).decode("utf-8-sig", "replace")
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in columns if name not in header]
    if missing:
        raise _broken(path, 1, missing[0], "this column", ", ".join(header) or "nothing")
    places = [header.index(name) for name in columns]
    for fields in reader:
        if len(fields) != len(header):
            found = f"{len(fields)} fields"
            raise _broken(path, reader.line_num, columns[0], f"{len(header)} fields", found)
        yield reader.line_num, [fields[place].strip() for place in places]


def _positive(path: Path, line: int, column: str, text: str) -> Fraction:
    try:
        return positive(text)
    except (ValueError, ZeroDivisionError) as error:
        raise _broken(path, line, column, "a number above 0", repr(text)) from error


def _date(path: Path, line: int, column: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _broken(path, line, column, "a date as 2024-01-31", repr(text)) from error


def _broken(path: Path, line: int, column: str, expected: str, found: str) -> BadDataError:
    return BadDataError(
        f"{path}: line {line}, column {column}: expected {expected}, found {found}; "
        "mend the line and ingest again"
    )
