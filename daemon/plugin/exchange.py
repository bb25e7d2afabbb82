"""The exchange's clock, for all sources of American stocks: its dates, and when they are final.

A day is final at 04:00 New York time of the next one, when the next pre-market session begins. A
minute is settled once it has been over for a minute: late trades still change it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

NEW_YORK: Final = ZoneInfo("America/New_York")
FIRST_MINUTE: Final = time(4, 0)
_SETTLING: Final = timedelta(minutes=1)
_SATURDAY: Final = 5


def instant(day: date, clock: time) -> datetime:
    """A New York time of a day, in UTC."""
    return datetime.combine(day, clock, NEW_YORK).astimezone(UTC)


def is_weekday(day: date) -> bool:
    """True from Monday to Friday."""
    return day.weekday() < _SATURDAY


def is_final(day: date, at: datetime) -> bool:
    """True if nothing of a day may change any more."""
    return at >= instant(day + timedelta(days=1), FIRST_MINUTE)


def settled_until(at: datetime, delay: timedelta) -> datetime:
    """When a minute must have ended to be taken; delay: how far a vendor is behind the clock."""
    return at - _SETTLING - delay


def to_the_minute(at: datetime) -> str:
    """2024-01-09T20:00Z, as it stands in stamps."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}Z"
