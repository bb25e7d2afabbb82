"""What is missing between a symbol's first and last bar, by the exchange's calendar.

Plain counts, whatever a symbol usually lacks; `survey` is what judges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daemon.domain.market.bars import Ints
from daemon.domain.market.calendar import NANOS_PER_MINUTE, SessionTable
from daemon.domain.market.kinds import BAR_KINDS, Rank, kind_named
from daemon.errors import UsageError
from daemon.lake.layout import Layout
from daemon.lake.reader import read_columns


@dataclass(frozen=True, slots=True)
class Gaps:
    """Missing sessions and minutes of a symbol.

    missing: exchange dates of sessions without any bar, int days since 1970-01-01.
    session_date, minutes_missing: int64 (S,), sessions with bars that lack some regular minutes,
    and how many each (a minute without a trade has no bar at any vendor: thin symbols lack many).
    minutes_expected: regular minutes of all sessions with bars; 0 for daily rows.
    """

    kind: str
    symbol: str
    missing: tuple[int, ...]
    session_date: Ints
    minutes_missing: Ints
    minutes_expected: int


def gaps_of(layout: Layout, kind: str, symbol: str, sessions: SessionTable) -> Gaps:
    """The gaps of one symbol; none at all where it has no bars."""
    if kind not in BAR_KINDS:
        expected = ", ".join(BAR_KINDS)
        raise UsageError(f"no gaps of {kind}: expected one of {expected}; choose one of them")
    columns = read_columns(layout, kind, symbol, names=("open_time", "rank"))
    stamps = columns["open_time"][columns["rank"] != Rank.REPAIRED]
    nothing = np.zeros(0, dtype=np.int64)
    if len(stamps) == 0:
        return Gaps(kind, symbol, (), nothing, nothing, 0)
    days = kind_named(kind).days(stamps)
    held = sessions.between(int(days[0]), int(days[-1]))
    counts = _bars_held(kind, stamps, held)
    missing = tuple(int(day) for day in held.session_date[counts == 0])
    if kind == "day":
        return Gaps(kind, symbol, missing, nothing, nothing, 0)
    lacking = np.where(counts > 0, held.minutes - counts, 0)
    return Gaps(
        kind,
        symbol,
        missing,
        held.session_date[lacking > 0].astype(np.int64),
        lacking[lacking > 0],
        int(held.minutes[counts > 0].sum()),
    )


def _bars_held(kind: str, stamps: Ints, sessions: SessionTable) -> Ints:
    """int64 (S,): how many different regular minutes, or daily rows, each session has."""
    if len(sessions) == 0:
        return np.zeros(0, dtype=np.int64)
    if kind == "day":
        number = sessions.of_daily_stamps(stamps)
    else:
        stamps = np.unique(stamps // NANOS_PER_MINUTE) * NANOS_PER_MINUTE
        number = sessions.of_instants(stamps)
    return np.bincount(number[number >= 0], minlength=len(sessions))
