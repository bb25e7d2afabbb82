"""Answers of a vendor symbol by symbol: what is good of them, and a sentence on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from daemon.errors import BadDataError

Row = TypeVar("Row")


def good_rows(readings: Iterable[tuple[str, Callable[[], Iterable[Row]]]]) -> Iterator[Row]:
    """The rows of each symbol of which nothing is broken, by symbol; at the end BadDataError with
    the other symbols.

    readings: a symbol, and what reads some of its rows or raises BadDataError. They are done at
    once, whatever is taken of the answer; other errors come through.
    """
    rows: dict[str, list[Row]] = {}
    broken: dict[str, str] = {}
    for symbol, read in readings:
        try:
            rows.setdefault(symbol, []).extend(read())
        except BadDataError as error:
            broken.setdefault(symbol, str(error))
    return _told({one: rows[one] for one in sorted(rows) if one not in broken}, broken)


def _told(rows: Mapping[str, Sequence[Row]], broken: Mapping[str, str]) -> Iterator[Row]:
    for some in rows.values():
        yield from some
    if broken:
        raise BadDataError(*broken.values(), symbols=tuple(broken))
