"""The seal: from which session on data is kept from the search, to judge what it found.

One date for all kinds of bars: a daily strategy bred beside minutes of the sealed sessions would
have seen them. It follows from what the lake holds alone, begins with a month so that it does not
move every night, and is never so early that too little is left to search in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from daemon.domain.market.calendar import Days, SessionTable


@dataclass(frozen=True, slots=True)
class SealRules:
    """share: of the sessions of the kind with the fewest. most: sealed sessions, about.

    least_open: sessions of that kind that have to be left; where they are not, nothing is sealed.
    """

    share: float = 0.25
    most: int = 252
    least_open: int = 160


@dataclass(frozen=True, slots=True)
class Seal:
    """first, last: dates of sealed sessions, days since 1970-01-01; sessions: how many."""

    first: int
    last: int
    sessions: int


def seal(spans: Sequence[tuple[int, int]], sessions: SessionTable, rules: SealRules) -> Seal | None:
    """What is sealed, or None where nothing is.

    spans: first and last date of each kind of bars that the lake holds.
    """
    if not spans:
        return None
    last = max(end for _, end in spans)
    shortest = max(start for start, _ in spans)
    dates = sessions.between(shortest, last).session_date
    kept = min(rules.most, int(rules.share * len(dates)))
    if kept < 1:
        return None
    first = _month_begins(dates, len(dates) - kept)
    if first < rules.least_open:
        return None
    return Seal(int(dates[first]), int(dates[-1]), len(dates) - first)


def _month_begins(dates: Days, place: int) -> int:
    """Place of the first session in the month of the one at `place`."""
    months = dates.astype("datetime64[D]").astype("datetime64[M]")
    return int(np.searchsorted(months, months[place]))
