"""Which days REST is asked for, and whether what it says of a day may still change.

Until a day is final its stamp tells the minute at which it was asked for, so that the next
ingestion asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from daemon.plugin.exchange import (
    NEW_YORK,
    instant,
    is_final,
    is_weekday,
    settled_until,
    to_the_minute,
)
from daemon.plugin.roles import Request

_FROM: Final = {"minute": time(4, 2), "day": time(16, 30)}


@dataclass(frozen=True, slots=True)
class Now:
    """An instant, and what of the market is known at it."""

    at: datetime

    @property
    def today(self) -> date:
        """The exchange's date."""
        return self.at.astimezone(NEW_YORK).date()

    def has_begun(self, kind: str, day: date) -> bool:
        """True once a day may have a bar of the kind: the first minute, or the close, is over."""
        return self.at >= instant(day, _FROM[kind])

    def stamp(self, day: date) -> str:
        """ "final", or the minute of now."""
        return "final" if is_final(day, self.at) else f"at {to_the_minute(self.at)}"

    def known_until(self, delay: timedelta) -> datetime:
        """When a minute must have ended to be taken: late trades change it for a while."""
        return settled_until(self.at, delay)


def days_of_rest(request: Request, newest: date | None, now: Now, back: int) -> list[date]:
    """The weekdays that no flat file covers yet.

    They begin after the newest flat file of the request, else at its start, else so many days
    back: who named no first day is not asking for decades by REST.
    """
    earliest = request.start or now.today - timedelta(days=back)
    if newest is not None:
        earliest = max(earliest, newest + timedelta(days=1))
    last = min(request.end or now.today, now.today)
    days = (earliest + timedelta(days=k) for k in range((last - earliest).days + 1))
    return [day for day in days if is_weekday(day) and now.has_begun(request.kind, day)]


def nanoseconds(at: datetime) -> int:
    """Since 1970 UTC, to the second."""
    return int(at.timestamp()) * 1_000_000_000
