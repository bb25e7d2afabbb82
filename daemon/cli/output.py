"""What verbs print: one JSON document, or tables and sentences for people."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import sys
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

out = Console(soft_wrap=False, highlight=False)
err = Console(stderr=True, highlight=False)
_PIPED_WIDTH = 10_000


def print_json(document: Any) -> None:
    """One JSON document on standard output; undefined numbers are null."""
    try:
        text = json.dumps(document, ensure_ascii=False, allow_nan=False, default=_shape)
    except (ValueError, TypeError):  # something undefined in it, or keys that are no text
        text = json.dumps(plain(document), ensure_ascii=False)
    sys.stdout.write(text + "\n")


def _shape(value: Any) -> Any:
    """What JSON does not know, one level deep: the encoder does the rest, many times faster."""
    if isinstance(value, date):
        return value.isoformat()
    names = getattr(type(value), "__dataclass_fields__", None)
    return plain(value) if names is None else {name: getattr(value, name) for name in names}


def plain(value: Any) -> Any:
    """A value as JSON knows it: times as ISO 8601, dataclasses as objects, no NaN."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, (Sequence, set, frozenset)):
        return [plain(item) for item in value]
    return _number(value)


def _number(value: Any) -> float | str | None:
    if isinstance(value, Path):
        return str(value)
    number = float(value)
    return number if math.isfinite(number) else None


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    right: Collection[str] = (),
) -> None:
    """A table for people; numbers, and the columns named in `right`, are aligned right.

    Where nobody looks it is as wide as needed.
    """
    if title:
        out.print(Text(title), soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for index, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[index], (int, float)) for row in rows)
        justify: JustifyMethod = "right" if numeric or column in right else "left"
        table.add_column(column, justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    if out.is_terminal:
        out.print(table)
        return
    wide = Console(file=io.StringIO(), width=_PIPED_WIDTH, highlight=False)
    with wide.capture() as captured:
        wide.print(table)
    lines = captured.get().splitlines()
    sys.stdout.write("".join(line.rstrip() + "\n" for line in lines))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)
