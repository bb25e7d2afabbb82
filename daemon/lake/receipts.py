"""Which parts of a source are in the lake: what lets a repeated ingestion skip them unread.

A part counts as done for the symbols it was read for, and for no others; one whose stamp changed
was replaced at the source and is read again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from daemon.lake.files import write_whole
from daemon.lake.layout import Layout

EVERY: Final = frozenset({"*"})


class Receipt(NamedTuple):
    """A part done. symbols: those it was read for, `EVERY` for all of them; rows: that came of it
    when it was last read, None where nobody counted them."""

    stamp: str
    symbols: frozenset[str]
    year: str
    rows: int | None = None


@dataclass(slots=True)
class Receipts:
    """Parts done, by key."""

    done: dict[str, Receipt] = field(default_factory=dict)

    def has(self, key: str, stamp: str, wanted: Collection[str]) -> bool:
        """True if the part was read for all wanted symbols (empty: for every symbol)."""
        entry = self.done.get(key)
        if entry is None or entry.stamp != stamp:
            return False
        return entry.symbols == EVERY or (bool(wanted) and entry.symbols.issuperset(wanted))

    def add(
        self, key: str, stamp: str, wanted: Collection[str], year: str, rows: int | None = None
    ) -> None:
        """Marks a part done for the wanted symbols, beside those it was done for before."""
        covered = frozenset(wanted) or EVERY
        entry = self.done.get(key)
        if entry is not None and entry.stamp == stamp:
            covered = EVERY if EVERY in (covered, entry.symbols) else covered | entry.symbols
        self.done[key] = Receipt(stamp, covered, year, rows)

    def forget(self, symbol: str, years: Iterable[str]) -> None:
        """Unmarks the parts of those years that were read for a symbol.

        "all" means every year, among those years as well as of a part of the source.
        """
        gone = set(years)
        self.done = {
            key: entry
            for key, entry in self.done.items()
            if not (_meet(gone, entry.year) and entry.symbols & {symbol, *EVERY})
        }

    def names(self, symbol: str) -> bool:
        """True if any part was read for a symbol."""
        return any(one.symbols & {symbol, *EVERY} for one in self.done.values())

    def encoded(self) -> bytes:
        """The receipts as the file's text; equal sets of symbols are written once."""
        sets: dict[frozenset[str], int] = {}
        parts = {}
        for key in sorted(self.done):
            stamp, covered, year, rows = self.done[key]
            counted = [] if rows is None else [rows]
            parts[key] = [stamp, sets.setdefault(covered, len(sets)), year, *counted]
        document = {"symbols": [sorted(one) for one in sets], "parts": parts}
        return (json.dumps(document) + "\n").encode()


def _meet(gone: set[str], year: str) -> bool:
    return bool(gone) and (year in gone or "all" in gone or year == "all")


def load_receipts(path: Path) -> Receipts:
    """The receipts at a path; none where there is no file, or where it cannot be read.

    Losing them loses no data: the parts are read again and change nothing.
    """
    try:
        document = json.loads(path.read_bytes())
        sets = [frozenset(symbols) for symbols in document["symbols"]]
        return Receipts(
            {
                key: Receipt(stamp, sets[number], year, *counted)
                for key, (stamp, number, year, *counted) in document["parts"].items()
            }
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError, IndexError):
        return Receipts()


def forget(layout: Layout, kind: str, periods: Mapping[str, Collection[str]]) -> None:
    """Unmarks periods, by symbol, in the receipts of every source, so that a coming ingestion
    reads them again."""
    for path in layout.all_receipts(kind):
        receipts = load_receipts(path)
        before = receipts.encoded()
        for symbol, gone in periods.items():
            receipts.forget(symbol, gone)
        if receipts.encoded() != before:
            write_whole(path, receipts.encoded(), layout.temporary)
