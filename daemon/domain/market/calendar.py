"""Sessions of an exchange as arrays, and the time axis of bars over them.

Bars belong to a session, never to a UTC day: the windows of a time frame are laid from the
session's open, and the last one of a session is shorter where the session is no whole multiple
of it (the 1h bar of 15:30, a half day). Holidays, half days and daylight saving are facts of the
table; `daemon.lake.calendar` fills it from the exchange's calendar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import TIMEFRAMES, Bools, Ints, TimeAxis
from daemon.errors import UsageError, did_you_mean

NANOS_PER_MINUTE: Final = 60_000_000_000
NANOS_PER_DAY: Final = 86_400_000_000_000
Days = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SessionTable:
    """Regular sessions, ascending.

    session_date: int32 (S,), days since 1970-01-01 of the exchange's date.
    open_time, close_time: int64 (S,), nanoseconds UTC of the regular session's ends.
    """

    session_date: Days
    open_time: Ints
    close_time: Ints

    def __len__(self) -> int:
        return len(self.session_date)

    @property
    def minutes(self) -> Ints:
        """int64 (S,), length of each session in minutes: 390, on a half day 210."""
        return (self.close_time - self.open_time) // NANOS_PER_MINUTE

    def between(self, first: int, last: int) -> SessionTable:
        """The sessions dated first..last, both included, in days since 1970-01-01."""
        start = int(np.searchsorted(self.session_date, first, side="left"))
        stop = int(np.searchsorted(self.session_date, last, side="right"))
        return self.rows(start, stop)

    def rows(self, start: int, stop: int) -> SessionTable:
        """Sessions start..stop-1."""
        return SessionTable(
            self.session_date[start:stop], self.open_time[start:stop], self.close_time[start:stop]
        )

    def chosen(self, kept: Bools) -> SessionTable:
        """Some of the sessions. kept: bool (S,)."""
        return SessionTable(self.session_date[kept], self.open_time[kept], self.close_time[kept])

    def of_instants(self, instants: Ints) -> Ints:
        """int64: number of the session whose regular hours hold each instant, -1 for none."""
        number = np.searchsorted(self.open_time, instants, side="right") - 1
        inside = (number >= 0) & (instants < self.close_time[number])
        return np.where(inside, number, -1)

    def of_dates(self, days: npt.NDArray[np.integer]) -> Ints:
        """int64: number of the session with each date, -1 where the exchange was closed."""
        if len(self) == 0:
            return np.full(len(days), -1, dtype=np.int64)
        number = np.minimum(np.searchsorted(self.session_date, days), len(self) - 1)
        return np.where(self.session_date[number] == days, number, -1)

    def of_daily_stamps(self, stamps: Ints) -> Ints:
        """int64: number of the session a daily bar's stamp belongs to, -1 for none.

        A stamp lies in the 24 hours up to the session's open: New York midnight, as vendors
        write it, midnight UTC and the open itself all name the same session.
        """
        number = np.searchsorted(self.open_time, stamps, side="left")
        safe = np.minimum(number, len(self) - 1)
        inside = (number < len(self)) & (self.open_time[safe] - stamps < NANOS_PER_DAY)
        return np.where(inside, safe, -1)


def minutes_of(timeframe: str) -> int:
    """Minutes of a time frame, 0 for one bar a session. UsageError if there is no such frame."""
    if timeframe not in TIMEFRAMES:
        raise UsageError(
            f"unknown time frame {timeframe!r}, expected one of {', '.join(TIMEFRAMES)}; "
            + (did_you_mean(timeframe, TIMEFRAMES) or "choose one of them")
        )
    return TIMEFRAMES[timeframe]


def bars_a_session(table: SessionTable, timeframe: str) -> Ints:
    """int64 (S,), how many bars each session has."""
    minutes = minutes_of(timeframe)
    if minutes == 0:
        return np.ones(len(table), dtype=np.int64)
    return -(-table.minutes // minutes)


def first_bars(table: SessionTable, timeframe: str) -> Ints:
    """int64 (S,), index of each session's first bar on the axis."""
    counts = bars_a_session(table, timeframe)
    return np.cumsum(counts) - counts


def axis(table: SessionTable, timeframe: str) -> TimeAxis:
    """The instants of all bars of a time frame over the sessions of the table."""
    counts = bars_a_session(table, timeframe)
    session = np.repeat(np.arange(len(table), dtype=np.int64), counts)
    within = np.arange(len(session), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
    length = table.minutes[session]
    step = minutes_of(timeframe) or length
    start = within * step
    end = np.minimum(start + step, length)
    opened = table.open_time[session]
    return TimeAxis(
        open_time=opened + start * NANOS_PER_MINUTE,
        close_time=opened + end * NANOS_PER_MINUTE,
        session=session,
        session_date=table.session_date[session],
        minute=end,
        minutes_left=length - end,
    )
