"""When a symbol was listed and delisted: which sessions it should have bars in, and which not.

What lies between its first and last bar is judged by `holes`; here is what its listing adds. A
ticker may be two companies one after the other, so that there may be several listings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Bools, Ints
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.scan.findings import Code, Finding, Severity, plural

_NEVER = np.iinfo(np.int64).min


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Life:
    """listed, delisted: int64, ascending, first and last days that are known; exchange dates, days
    since 1970-01-01."""

    listed: Ints = field(default_factory=_none)
    delisted: Ints = field(default_factory=_none)

    @staticmethod
    def of(listed: npt.NDArray[np.int32], delisted: npt.NDArray[np.int32]) -> Life:
        """From rows of the kind "listings", in which 0 stands for what is not known."""
        known = (np.unique(column[column != 0]).astype(np.int64) for column in (listed, delisted))
        return Life(*known)

    @property
    def is_known(self) -> bool:
        """Whether anything is."""
        return bool(len(self.listed) or len(self.delisted))

    def holds(self, days: npt.NDArray[np.integer]) -> Bools:
        """bool, for each exchange date: not after a delisting that no listing has followed."""
        ended, begun = self._before(self.delisted, days), self._up_to(self.listed, days)
        alive: Bools = (ended == _NEVER) | (begun > ended)
        return alive

    def listed_by(self, day: int) -> int | None:
        """The listing that bars of a day belong to; None where none is known."""
        found = int(self._up_to(self.listed, np.array([day]))[0])
        return None if found == _NEVER or not self.holds(np.array([day]))[0] else found

    def _before(self, known: Ints, days: npt.NDArray[np.integer]) -> Ints:
        return np.append(_NEVER, known)[np.searchsorted(known, days, side="left")]

    def _up_to(self, known: Ints, days: npt.NDArray[np.integer]) -> Ints:
        return np.append(_NEVER, known)[np.searchsorted(known, days, side="right")]


def missing_before(life: Life, first: int, horizon: int, sessions: SessionTable) -> list[Finding]:
    """One warning on the sessions between the listing and the first bar, on the first of them.

    first: exchange date of the symbol's first bar. horizon: that of the whole lake, before which
    nobody expects any.
    """
    listed = life.listed_by(first)
    if listed is None:
        return []
    table = sessions.between(max(listed, horizon), first - 1)
    if not len(table):
        return []
    count, day = len(table), np.datetime64(listed, "D")
    sentence = (
        f"{plural(count, 'session')} before the first bar {'has' if count == 1 else 'have'} none, "
        f"although the symbol is listed since {day} and the lake goes back further"
    )
    return [Finding(int(table.session_date[0]), Code.MISSING_DAY, Severity.WARN, count, sentence)]


@dataclass(frozen=True, slots=True)
class Last:
    """The last bar of a symbol. day: its exchange date, days since 1970-01-01."""

    kind: str
    symbol: str
    day: int


def stopped_sentences(
    lasts: Mapping[Last, Life], over: SessionTable, sessions: int
) -> tuple[str, ...]:
    """One for all symbols that have had no bar since the same day, for at least so many sessions,
    though they are not known to be delisted. over: the sessions that are over."""
    alike: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for last, life in lasts.items():
        lacking = len(over) - int(np.searchsorted(over.session_date, last.day, side="right"))
        if lacking >= sessions and life.holds(over.session_date[-1:]).all():
            alike[last.kind, last.day].append(last.symbol)
    return tuple(
        f"{', '.join(sorted(symbols))}: no {'daily' if kind == 'day' else kind} bar since "
        f"{np.datetime64(day, 'D')}, and no delisting is known; the sources are behind, or the "
        "ticker has changed"
        for (kind, day), symbols in sorted(alike.items())
    )
