"""Which stretches of days an ingestion asks for, and whether a stretch may still change.

Minute bars come by day, day bars by month. Until its last day is final a stretch's stamp tells how
far it was read, so that the next ingestion reads it again and the one after the end for the last
time.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from daemon.plugin.exchange import (
    FIRST_MINUTE,
    NEW_YORK,
    instant,
    is_final,
    is_weekday,
    settled_until,
    to_the_minute,
)
from daemon.plugin.roles import Request

_LAST_MINUTE: Final = time(19, 59)
_DAY_BAR: Final = time(16, 15)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Exchange dates from first to last, both included."""

    first: date
    last: date

    @property
    def name(self) -> str:
        """As it stands in the key of a part."""
        both = f"{self.first}..{self.last}"
        return both if self.first != self.last else f"{self.first}"

    @staticmethod
    def named(name: str) -> Window:
        """The window of a name."""
        first, _, last = name.partition("..")
        return Window(date.fromisoformat(first), date.fromisoformat(last or first))


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far bars are known now: a vendor's delay behind the clock, to whole minutes."""

    now: datetime
    delay: timedelta

    def last_open(self, kind: str, window: Window) -> datetime | None:
        """The latest start of a bar that can be asked for in a window, nothing before the first.

        A minute counts once it has been over for a minute: late trades still change it. A day bar
        counts from 16:15 New York time on.
        """
        if kind == "minute":
            settled = settled_until(self.now, self.delay)
            latest = (settled - _MINUTE).replace(second=0, microsecond=0)
            first, last = instant(window.first, FIRST_MINUTE), instant(window.last, _LAST_MINUTE)
        else:
            local = (self.now - self.delay).astimezone(NEW_YORK)
            day = local.date() - timedelta(days=local.time() < _DAY_BAR)
            latest = instant(day, time())
            first, last = instant(window.first, time()), instant(window.last, time())
        return None if latest < first else min(latest, last)

    def stamp(self, kind: str, window: Window) -> str:
        """ "final", or how far the window was read and when: to the minute, for it may change."""
        last = self.last_open(kind, window)
        if last is None:
            return ""
        local = last.astimezone(NEW_YORK)
        whole = local.date() == window.last and (kind == "day" or local.time() == _LAST_MINUTE)
        if is_final(local.date(), self.now - self.delay):
            return "final" if whole else f"to {local.date()}"
        return f"to {to_the_minute(last)} at {to_the_minute(self.now)}"


def first_open(kind: str, window: Window) -> datetime:
    """The earliest start of a bar in a window, UTC."""
    return instant(window.first, FIRST_MINUTE if kind == "minute" else time())


def windows(request: Request, first_day: date, horizon: Horizon) -> Iterator[Window]:
    """The windows of a request that have begun, oldest first; without weekends for minutes."""
    start = request.start or first_day
    today = (horizon.now - horizon.delay).astimezone(NEW_YORK).date()
    end = request.end or today
    step = _days if request.kind == "minute" else _months
    for window in step(start, end, today):
        if horizon.last_open(request.kind, window) is not None:
            yield window


def _days(start: date, end: date, today: date) -> Iterator[Window]:
    for number in range(start.toordinal(), min(end, today).toordinal() + 1):
        day = date.fromordinal(number)
        if is_weekday(day):
            yield Window(day, day)


def _months(start: date, end: date, today: date) -> Iterator[Window]:
    """Where the request names no end, the last month keeps its whole name while it goes on."""
    first = start
    while first <= min(end, today):
        last = first.replace(day=monthrange(first.year, first.month)[1])
        open_ended = end >= today
        yield Window(first, last if open_ended else min(last, end))
        first = last + timedelta(days=1)
