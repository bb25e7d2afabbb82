"""The kinds of market data, and the columns of each: what a source gives and the lake keeps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from daemon.errors import UsageError, did_you_mean

Columns = dict[str, npt.NDArray[Any]]
"""Columns of equal length by name, sorted by the key."""

_FLOATS: Final = ("open", "high", "low", "close", "volume")
_EXCHANGE_MIDNIGHT: Final = 4 * 3_600_000_000_000
_DAY: Final = 86_400_000_000_000


class Rank(IntEnum):
    """How much rows are believed: those of a higher rank are never replaced by a lower one.

    REPAIRED: made from neighbours, no trade price. FEED: as it came live. ANSWER: asked for later.
    DAY_FILE: the vendor's file of the whole day, which stands for everything of that day.
    """

    REPAIRED = 0
    FEED = 1
    ANSWER = 2
    DAY_FILE = 3


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
