"""Where things lie in the lake, and which columns each kind has.

    <lake>/<kind>/<SYMBOL>/manifest.json                   commit point: lists the parts
    <lake>/<kind>/<SYMBOL>/<year|all>-<checksum>.parquet   a part: zstd, sorted by its key
    <lake>/.journal/<source>-<kind>.json                   parts of the source that are in
    <lake>/.temporary/                                     half-written files, outside any glob
    <lake>/.quarantine/                                    parts that failed `verify`

A symbol becomes a folder name by percent-encoding everything but A-Z, 0-9 and the dot: vendor
tickers hold lower-case letters (ABFpA), which some file systems fold into upper case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt

from daemon.errors import BadDataError, UsageError, did_you_mean

Columns = dict[str, npt.NDArray[Any]]
"""Columns of equal length by name; the key column ascends strictly."""

_FLOATS: Final = ("open", "high", "low", "close", "volume")
_EXCHANGE_MIDNIGHT: Final = 4 * 3_600_000_000_000
_DAY: Final = 86_400_000_000_000
_LONGEST_SYMBOL: Final = 64


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of data. columns: (name, numpy type) with the key first; yearly: a part a year."""

    name: str
    columns: tuple[tuple[str, str], ...]
    yearly: bool

    @property
    def key(self) -> str:
        """The column that names a row: the start of a bar, or an ex-date."""
        return self.columns[0][0]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns."""
        return tuple(name for name, _ in self.columns)

    def empty(self) -> Columns:
        """No rows."""
        return {name: np.zeros(0, dtype=dtype) for name, dtype in self.columns}

    def days(self, key: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Exchange dates of rows, in days since 1970-01-01.

        A US session day lies within 04:00 UTC and 04:00 UTC of the next day, from the earliest
        pre-market minute to the latest after-hours one and New York midnight itself.
        """
        if self.key == "ex_date":
            return key.astype(np.int64)
        return (key - _EXCHANGE_MIDNIGHT) // _DAY

    def bounds(self, first: int | None, last: int | None) -> tuple[int, int]:
        """Keys from (included) and to (excluded) for exchange dates first..last."""
        low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
        scale, shift = (1, 0) if self.key == "ex_date" else (_DAY, _EXCHANGE_MIDNIGHT)
        return (
            low if first is None else first * scale + shift,
            high if last is None else (last + 1) * scale + shift,
        )


_BARS: Final = (
    ("open_time", "<i8"),
    *((name, "<f8") for name in _FLOATS),
    ("transactions", "<i8"),
)
_ACTIONS: Final = (("ex_date", "<i4"), ("cash", "<f8"), ("new", "<f8"), ("old", "<f8"))

KINDS: Final[dict[str, Kind]] = {
    "minute": Kind("minute", _BARS, yearly=True),
    "day": Kind("day", _BARS, yearly=False),
    "splits": Kind("splits", _ACTIONS, yearly=False),
    "dividends": Kind("dividends", _ACTIONS, yearly=False),
}
BAR_KINDS: Final = ("minute", "day")
ACTION_KINDS: Final = ("splits", "dividends")


def kind_named(name: str) -> Kind:
    """The kind of that name. UsageError with a suggestion where there is none."""
    if name not in KINDS:
        raise UsageError(
            f"unknown kind {name!r} of market data, expected one of {', '.join(KINDS)}; "
            + (did_you_mean(name, KINDS) or "choose one of them")
        )
    return KINDS[name]


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths of a lake in a folder."""

    root: Path

    @property
    def temporary(self) -> Path:
        """Folder of half-written files."""
        return self.root / ".temporary"

    @property
    def quarantine(self) -> Path:
        """Folder of parts found broken."""
        return self.root / ".quarantine"

    def receipts(self, source: str, kind: str) -> Path:
        """Which parts of a source are in."""
        return self.root / ".journal" / f"{folder_name(source)}-{kind}.json"

    def all_receipts(self, kind: str) -> list[Path]:
        """The receipts of all sources for a kind."""
        return sorted((self.root / ".journal").glob(f"*-{kind}.json"))

    def folder(self, kind: str, symbol: str) -> Path:
        """Folder of a symbol's parts."""
        return self.root / kind / folder_name(symbol)

    def manifest(self, kind: str, symbol: str) -> Path:
        """The commit point of a symbol."""
        return self.folder(kind, symbol) / "manifest.json"

    def symbols(self, kind: str) -> tuple[str, ...]:
        """Symbols that have a manifest, sorted."""
        found = (self.root / kind).glob("*/manifest.json")
        return tuple(sorted(unquote(path.parent.name) for path in found))


def folder_name(symbol: str) -> str:
    """A symbol as a folder name. BadDataError where it is empty or longer than 64 characters."""
    if not 0 < len(symbol) <= _LONGEST_SYMBOL:
        raise BadDataError(
            f"symbol {symbol[:80]!r}: expected 1 to {_LONGEST_SYMBOL} characters, "
            f"found {len(symbol)}; mend the ticker in the source"
        )
    encoded = "".join(
        c if re.fullmatch(r"[A-Z0-9.]", c) else "".join(f"%{b:02X}" for b in c.encode())
        for c in symbol
    )
    return re.sub(r"^\.", "%2E", encoded)
