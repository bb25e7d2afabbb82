"""The source and the official shape of its service, put together for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo

import numpy as np

from daemon.plugin.retry import RetryPolicy, Waiting
from daemon.plugin.roles import Batch, Request
from daemon.plugin.web import Limits, Manners
from plugins.alpaca.data import AlpacaData
from plugins.alpaca.settings import AlpacaSettings
from plugins.alpaca.source import AlpacaSource
from tests.fakes import FakeClock
from tests.servers.alpaca import KEYS, AlpacaServer, bar

NOW = datetime(2023, 1, 20, 17, 0, 30, tzinfo=UTC)  # noon in New York, a Friday
DAYS = (date(2023, 1, 5), date(2023, 1, 6), date(2023, 1, 9))
NEW_YORK = ZoneInfo("America/New_York")


def minute_bars(day: date, first: str, count: int, price: float) -> list[dict[str, Any]]:
    """Consecutive minute bars from a New York time of a day on."""
    begin = datetime.fromisoformat(f"{day}T{first}").replace(tzinfo=NEW_YORK).astimezone(UTC)
    opened = [begin + timedelta(minutes=k) for k in range(count)]
    return [bar(f"{at:%Y-%m-%dT%H:%M:%SZ}", price + k / 4) for k, at in enumerate(opened)]


def day_bar(day: date, price: float) -> dict[str, Any]:
    """A day bar, stamped with New York midnight."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=NEW_YORK).astimezone(UTC)
    return bar(f"{midnight:%Y-%m-%dT%H:%M:%SZ}", price, volume=9000.5)


def vendor(**changes: Any) -> AlpacaServer:
    """Three sessions of two symbols, a split and dividends of the first."""
    minutes = {
        "A": [one for day in DAYS for one in minute_bars(day, "09:30", 5, 10)],
        "B": [one for day in DAYS for one in minute_bars(day, "09:31", 3, 20)],
    }
    days = {"A": [day_bar(day, 11) for day in DAYS], "B": [day_bar(day, 21) for day in DAYS]}
    actions = {
        "reverse_splits": [_event("A", "2023-01-09", new_rate=1, old_rate=8)],
        "cash_dividends": [_event("A", "2023-01-06", rate=0.505, special=False)],
    }
    return AlpacaServer(**{"bars": {"1Min": minutes, "1Day": days}, "actions": actions, **changes})


def _event(symbol: str, ex_date: str, **values: Any) -> dict[str, Any]:
    named = {
        "id": str(uuid5(NAMESPACE_OID, symbol + ex_date)),
        "symbol": symbol,
        "cusip": "1",
        "foreign": False,
    }
    cusips = {"old_cusip": "1", "new_cusip": "2"}
    return {**named, **cusips, "ex_date": ex_date, "process_date": ex_date, **values}


def source(
    url: str,
    slept: list[float] | None = None,
    now: datetime = NOW,
    keys: dict[str, str] | None = None,
    **settings: Any,
) -> AlpacaSource:
    """The source against a local server; its pauses are told and take no time."""
    chosen = AlpacaSettings(data_url=url, calls_per_minute=0, **settings)
    clock = FakeClock(now)
    pauses = slept if slept is not None else []
    manners = Manners(
        RetryPolicy(attempts=4),
        Waiting(sleep=pauses.append, draw=lambda: 0.0),
        Limits(silence_s=0.25, call_s=0.35),
    )
    data = AlpacaData(url, KEYS if keys is None else keys, clock, manners, chosen.calls_per_minute)
    return AlpacaSource(chosen, data, clock)


def asked(kind: str = "minute", **changes: Any) -> Request:
    """A and B, on the three days."""
    return Request(
        **{"kind": kind, "symbols": ("A", "B"), "start": DAYS[0], "end": DAYS[-1], **changes}
    )


def everything(one: AlpacaSource, request: Request) -> list[Batch]:
    """All batches of all parts."""
    return [batch for part in one.parts(request) for batch in one.rows(part, request)]


def same(left: list[Batch], right: list[Batch]) -> bool:
    """True if two answers hold the same rows of the same symbols."""
    return [one.symbol for one in left] == [one.symbol for one in right] and all(
        np.array_equal(a.columns[name], b.columns[name])
        for a, b in zip(left, right, strict=True)
        for name in a.columns
    )
