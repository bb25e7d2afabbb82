"""A few sessions of two symbols, the older ones as flat files, the newest by REST."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from daemon.plugin.flatfiles.layout import key_of
from daemon.plugin.roles import Batch, Part, Request
from plugins.massive.source import MassiveSource
from tests.lake.flatfiles import HEADER, daily, minutes
from tests.plugins.massive.conftest import Massive
from tests.servers.massive_rest import MassiveRest, bar

FLAT = (date(2024, 1, 3), date(2024, 1, 4), date(2024, 1, 5))
BY_REST = (date(2024, 1, 8), date(2024, 1, 9))
SYMBOLS = ("A", "B")
NEW_YORK = ZoneInfo("America/New_York")
MINUTE_MS = 60_000


def milliseconds(day: date, clock: str) -> int:
    """A New York time of a day."""
    at = datetime.combine(day, time.fromisoformat(clock), NEW_YORK).astimezone(UTC)
    return int(at.timestamp()) * 1000


def text(lines: list[str]) -> bytes:
    """A day file."""
    return gzip.compress("".join(f"{line}\n" for line in (HEADER, *lines)).encode(), mtime=0)


def flat_files() -> dict[str, bytes]:
    """Three sessions of minutes and days."""
    files = {}
    for day in FLAT:
        both = [*minutes("A", day, [10, 11, 12]), *minutes("B", day, [20])]
        files[key_of("minute", day)] = text(both)
        files[key_of("day", day)] = text([daily("A", day, 12), daily("B", day, 20)])
    return files


def answers(rest: MassiveRest) -> None:
    """Minutes of two later days and the first one's day bars, two splits and three dividends."""
    for day in BY_REST:
        opening = milliseconds(day, "09:30")
        rest.minutes["A", day] = [bar(opening + k * MINUTE_MS, 13 + k) for k in range(7)]
        rest.minutes["B", day] = [bar(opening, 21)]
    close = milliseconds(BY_REST[0], "16:00")
    rest.days[BY_REST[0]] = [{"T": "B", **bar(close, 21)}, {"T": "A", **bar(close, 19)}]
    rest.splits = [
        {"id": "1", "execution_date": "2024-01-08", "split_from": 1, "split_to": 4, "ticker": "A"},
        {"id": "2", "execution_date": "2020-08-31", "split_from": 2, "split_to": 3, "ticker": "B"},
    ]
    rest.dividends = [_dividend("A", f"2024-01-0{k}", k / 100) for k in (3, 4, 5)] + [
        _dividend("A", "2024-01-05", 1.25, currency="CAD"),
    ]


def filled(massive: Massive, rest: MassiveRest) -> Massive:
    """Both services with their samples."""
    massive.store.put(flat_files())
    answers(rest)
    return massive


def rows_of(source: MassiveSource, request: Request) -> list[Batch]:
    """Everything the source has for a request."""
    parts = source.parts(request)
    return [batch for part in parts for batch in source.rows(part, request)]


def days_of(parts: list[Part]) -> list[tuple[str, str]]:
    """(way, day) of each part."""
    return [(part.key.partition("/")[0], str(part.day)) for part in parts]


def _dividend(symbol: str, day: str, cash: float, currency: str = "USD") -> dict[str, object]:
    return {
        "id": f"{symbol}{day}{currency}",
        "ticker": symbol,
        "ex_dividend_date": day,
        "cash_amount": cash,
        "currency": currency,
        "frequency": 4,
        "dividend_type": "CD",
    }
