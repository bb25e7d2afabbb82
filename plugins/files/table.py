"""The lines of a reference table, by the names of its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from daemon.errors import BadDataError
from daemon.plugin.flatfiles.cut import whole_text


@dataclass(frozen=True, slots=True)
class Line:
    """One line. number: from 1, the header's; fields: by column, without blanks around them."""

    path: Path
    number: int
    fields: Mapping[str, str]


def lines_of(path: Path, columns: tuple[str, ...]) -> Iterator[Line]:
    """Every line. BadDataError where the table lacks one of the columns, or a line a field."""
    text = whole_text(path).decode("utf-8-sig", "replace")
    reader = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip().lower() for name in next(reader, [])]
    for name in columns:
        if name not in header:
            first = Line(path, 1, {})
            raise broken(first, name, "this column", ", ".join(header) or "nothing")
    for fields in reader:
        line = Line(
            path,
            reader.line_num,
            dict(zip(header, (field.strip() for field in fields), strict=False)),
        )
        if len(fields) != len(header):
            raise broken(line, columns[0], f"{len(header)} fields", f"{len(fields)} fields")
        yield line


def day_in(line: Line, column: str) -> date:
    """The date in a column; BadDataError where there is none."""
    text = line.fields[column]
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise broken(line, column, "a date as 2024-01-31", repr(text)) from error


def broken(line: Line, column: str, expected: str, found: str) -> BadDataError:
    """What is wrong with a line, and where."""
    return BadDataError(
        f"{line.path}: line {line.number}, column {column}: expected {expected}, found {found}; "
        "mend the line and ingest again"
    )
