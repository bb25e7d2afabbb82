"""Sessions of the New York exchanges by rule, 2014 to 2023: holidays, half days, daylight saving.

The lake lays bars on the sessions of a calendar library; these rules give exactly those (a test
compares them), so that no simulated bar falls on a day without a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Ints
from daemon.plugin.exchange import NEW_YORK

FULL_DAY: Final = 390
HALF_DAY: Final = 210
MINUTE_NS: Final = 60_000_000_000
_MOURNING: Final = date(2018, 12, 5)
_EASTER: Final = {
    2014: date(2014, 4, 20),
    2015: date(2015, 4, 5),
    2016: date(2016, 3, 27),
    2017: date(2017, 4, 16),
    2018: date(2018, 4, 1),
    2019: date(2019, 4, 21),
    2020: date(2020, 4, 12),
    2021: date(2021, 4, 4),
    2022: date(2022, 4, 17),
    2023: date(2023, 4, 9),
}


@dataclass(frozen=True, slots=True)
class Sessions:
    """S sessions: year int64, open_time int64 nanoseconds UTC, minutes int64 (390 or 210)."""

    year: Ints
    open_time: Ints
    minutes: Ints

    def __len__(self) -> int:
        return len(self.year)

    def of_year(self, year: int) -> slice:
        """Where the sessions of a year stand."""
        first, stop = np.searchsorted(self.year, (year, year + 1))
        return slice(int(first), int(stop))


def sessions(first_year: int, last_year: int) -> Sessions:
    """All sessions of these years, both included."""
    days = [day for year in range(first_year, last_year + 1) for day in _days(year)]
    opened = [datetime.combine(day, time(9, 30), NEW_YORK).timestamp() for day in days]
    minutes = [HALF_DAY if _is_half(day) else FULL_DAY for day in days]
    return Sessions(
        np.array([day.year for day in days]),
        np.array(opened).astype(np.int64) * 1_000_000_000,
        np.array(minutes),
    )


def minute_times(part: Sessions) -> tuple[npt.NDArray[np.bool_], Ints]:
    """Which of the S x 390 minutes exist, and the opening instants of those that do, in order."""
    place = np.arange(FULL_DAY)
    exists = place[None, :] < part.minutes[:, None]
    return exists, (part.open_time[:, None] + place * MINUTE_NS)[exists]


def _days(year: int) -> list[date]:
    closed = _holidays(year)
    first = date(year, 1, 1)
    days = (first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days))
    return [day for day in days if day.weekday() < 5 and day not in closed]


def _holidays(year: int) -> set[date]:
    closed = {
        _nth(year, 1, 0, 3),  # Martin Luther King
        _nth(year, 2, 0, 3),  # Washington
        _EASTER[year] - timedelta(2),
        _nth(year, 6, 0, 1) - timedelta(7),  # Memorial Day, the last Monday of May
        _observed(date(year, 7, 4)),
        _nth(year, 9, 0, 1),  # Labor Day
        _thanksgiving(year),
        _observed(date(year, 12, 25)),
        _MOURNING,
    }
    new_year = date(year, 1, 1)
    if new_year.weekday() != 5:  # on a Saturday the exchange does not close the Friday before
        closed.add(_observed(new_year))
    if year >= 2022:
        closed.add(_observed(date(year, 6, 19)))
    return closed


def _is_half(day: date) -> bool:
    eve = (day.month, day.day) in {(7, 3), (12, 24)}
    return eve or day == _thanksgiving(day.year) + timedelta(1)


def _observed(day: date) -> date:
    return day + timedelta({5: -1, 6: 1}.get(day.weekday(), 0))


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (count - 1))


def _thanksgiving(year: int) -> date:
    return _nth(year, 11, 3, 4)
