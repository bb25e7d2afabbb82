"""The market as it is now, by a vendor: open or closed, its coming holidays, last quotes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

from daemon.domain.market.calendar import SessionTable

CLOSED: Final = "closed"
_EXCHANGES: Final = ("NYSE", "NASDAQ")
_State = Literal["closed", "early", "usual"]
_STATES: Final[dict[str, _State]] = {CLOSED: "closed", "early-close": "early"}
_WORDS: Final[dict[_State, str]] = {
    "closed": "closed",
    "early": "an early close",
    "usual": "a whole session",
}
_EPOCH: Final = date(1970, 1, 1)
_FRIDAY: Final = 4


@dataclass(frozen=True, slots=True)
class MarketStatus:
    """market: open, closed or extended-hours; at: the vendor's clock; exchanges: each one's."""

    market: str
    at: datetime
    exchanges: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which an exchange is closed or closes early, at `close` (UTC)."""

    day: date
    exchange: str
    name: str
    status: str
    close: datetime | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The best bid and ask: dollars and shares; at: nanoseconds UTC of the consolidated tape.

    A side that is missing has price 0 and size 0.
    """

    symbol: str
    bid: float
    bid_size: float
    ask: float
    ask_size: float
    at: int


@dataclass(frozen=True, slots=True)
class _Hours:
    """A day by one of the two. close: UTC, None where it is not told or there is none."""

    state: _State
    close: datetime | None = None

    @property
    def words(self) -> str:
        when = f" at {self.close:%H:%M} UTC" if self.close and self.state == "early" else ""
        return f"{_WORDS[self.state]}{when}"

    def agrees(self, other: _Hours) -> bool:
        """Early closes agree where one of them is not told, or both are the same."""
        if self.state != other.state or self.state != "early":
            return self.state == other.state
        return None in (self.close, other.close) or self.close == other.close


def calendar_disagreements(
    vendor: str, holidays: Iterable[Holiday], table: SessionTable, today: date
) -> tuple[str, ...]:
    """A sentence for each day, from today to the vendor's last holiday, on which the vendor and the
    exchange calendar do not agree. Only the two large exchanges of stocks count."""
    told: defaultdict[date, dict[str, _Hours]] = defaultdict(dict)
    for one in holidays:
        if one.exchange.upper() in _EXCHANGES and one.status in _STATES:
            told[one.day][one.exchange.upper()] = _Hours(_STATES[one.status], one.close)
    days = (today + timedelta(days=k) for k in range((max(told) - today).days + 1 if told else 0))
    return tuple(
        f"{day}, {' and '.join(names)}: {vendor} says {hours.words}, the exchange calendar says "
        f"{ours.words}"
        for day in days
        if day in told or day.weekday() <= _FRIDAY
        for ours in [_by_calendar(table, day)]
        for hours, names in _apart(told.get(day) or {_EXCHANGES[0]: _Hours("usual")}, ours)
    )


def closed_sentence(vendor: str, status: MarketStatus) -> str:
    """What a vendor says of a session that the calendar has."""
    return (
        f"on {status.at.astimezone(UTC):%Y-%m-%d} {vendor} called the market closed although the "
        "exchange calendar has a session; live bars rested meanwhile"
    )


def _apart(said: Mapping[str, _Hours], ours: _Hours) -> list[tuple[_Hours, list[str]]]:
    """What is said otherwise than by the calendar, and of which exchanges."""
    found: defaultdict[_Hours, list[str]] = defaultdict(list)
    for name in sorted(said, reverse=True):
        if not said[name].agrees(ours):
            found[said[name]].append(name)
    return list(found.items())


def _by_calendar(table: SessionTable, day: date) -> _Hours:
    session = table.between((day - _EPOCH).days, (day - _EPOCH).days)
    if not len(session):
        return _Hours("closed")
    close = datetime.fromtimestamp(int(session.close_time[0]) // 1_000_000_000, UTC)
    usual = int(session.minutes[0]) == int(table.minutes.max())
    return _Hours("usual" if usual else "early", close)
