"""Which stretches of days an ingestion asks for, and whether a stretch may still change.

Minute bars come by day, day bars by month. A stretch is final at 04:00 New York time of the day
after its last one, when the next pre-market session begins; until then its stamp tells how far
it was read, so that the next ingestion reads it again and the one after the end for the last time.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from daemon.plugin.roles import Request

NEW_YORK: Final = ZoneInfo("America/New_York")
_FIRST_MINUTE: Final = time(4, 0)
_LAST_MINUTE: Final = time(19, 59)
_DAY_BAR: Final = time(16, 15)
_MINUTE: Final = timedelta(minutes=1)
_SETTLING: Final = timedelta(minutes=1)
_SATURDAY: Final = 5


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
        known = self.now - self.delay
        if kind == "minute":
            latest = (known - _SETTLING - _MINUTE).replace(second=0, microsecond=0)
            first, last = _at(window.first, _FIRST_MINUTE), _at(window.last, _LAST_MINUTE)
        else:
            local = known.astimezone(NEW_YORK)
            day = local.date() - timedelta(days=local.time() < _DAY_BAR)
            latest = _at(day, time())
            first, last = _at(window.first, time()), _at(window.last, time())
        return None if latest < first else min(latest, last)

    def stamp(self, kind: str, window: Window) -> str:
        """ "final", or how far the window was read and when: to the minute, for it may change."""
        last = self.last_open(kind, window)
        if last is None:
            return ""
        local = last.astimezone(NEW_YORK)
        whole = local.date() == window.last and (kind == "day" or local.time() == _LAST_MINUTE)
        settled = self.now - self.delay >= _at(local.date() + timedelta(days=1), _FIRST_MINUTE)
        if settled:
            return "final" if whole else f"to {local.date()}"
        return f"to {last:%Y-%m-%dT%H:%M}Z at {self.now.astimezone(UTC):%Y-%m-%dT%H:%M}Z"


def first_open(kind: str, window: Window) -> datetime:
    """The earliest start of a bar in a window, UTC."""
    return _at(window.first, _FIRST_MINUTE if kind == "minute" else time())


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
        if day.weekday() < _SATURDAY:
            yield Window(day, day)


def _months(start: date, end: date, today: date) -> Iterator[Window]:
    """Where the request names no end, the last month keeps its whole name while it goes on."""
    first = start
    while first <= min(end, today):
        last = first.replace(day=monthrange(first.year, first.month)[1])
        open_ended = end >= today
        yield Window(first, last if open_ended else min(last, end))
        first = last + timedelta(days=1)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, NEW_YORK).astimezone(UTC)
