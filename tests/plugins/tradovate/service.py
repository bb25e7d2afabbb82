"""The source and its service on loopback, put together for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from daemon.plugin import Secret
from daemon.plugin.retry import RetryPolicy, Waiting
from daemon.plugin.roles import Batch, Request
from daemon.plugin.web import Limits, Manners
from plugins.tradovate.session import Patience
from plugins.tradovate.settings import TradovateSettings
from plugins.tradovate.source import TradovateSource
from plugins.tradovate.tokens import LOGIN_NAMES, Tokens
from tests.fakes import FakeClock
from tests.servers.faults import FaultyServer
from tests.servers.tradovate import LOGIN, TradovateServer, bar

DAYS = (date(2023, 1, 5), date(2023, 1, 6), date(2023, 1, 9))
NOW = datetime(2023, 1, 20, 17, 0, 30, tzinfo=UTC)


def minute_bars(day: date, first: str, count: int, price: float) -> list[dict[str, Any]]:
    """Consecutive minute bars from a UTC time of a day on."""
    begin = datetime.fromisoformat(f"{day}T{first}").replace(tzinfo=UTC)
    opened = [begin + timedelta(minutes=k) for k in range(count)]
    return [bar(f"{at:%Y-%m-%dT%H:%M:%S.000Z}", price + k / 4) for k, at in enumerate(opened)]


def tick_packets(day: date, first: str, count: int, size: int = 10) -> list[dict[str, Any]]:
    """Ticks of a contract with steps of a quarter, one every 7 seconds, some to a packet."""
    begin = datetime.fromisoformat(f"{day}T{first}").replace(tzinfo=UTC)
    ticks = [
        {"t": 7000 * k, "p": (k * 5) % 9 - 4, "s": k % 3 + 1, "b": -1, "a": 1, "id": 9000 + k}
        for k in range(count)
    ]
    head = {"s": "db", "td": 20230105, "bp": 16000, "bt": int(begin.timestamp() * 1000), "ts": 0.25}
    return [{**head, "tks": ticks[k : k + size]} for k in range(0, count, size)]


def vendor(**changes: Any) -> TradovateServer:
    """Three sessions of two contracts."""
    bars = {
        "ESH3": [one for day in DAYS for one in minute_bars(day, "14:30", 5, 4000)],
        "NQH3": [one for day in DAYS for one in minute_bars(day, "14:31", 3, 12000)],
    }
    return TradovateServer(**{"bars": bars, "now": NOW, **changes})


@dataclass
class Service:
    """Both halves of the service, running, and the pauses that sources of it made."""

    vendor: TradovateServer
    rest: FaultyServer
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW))
    slept: list[float] = field(default_factory=list)

    def tokens(self, secrets: dict[str, str] | None = None) -> Tokens:
        """The token of a process with the right login, or with other secrets."""
        login = {LOGIN_NAMES[name]: value for name, value in LOGIN.items()}
        named = {n: Secret(v) for n, v in (login if secrets is None else secrets).items()}
        device = {"appId": "a", "appVersion": "1", "deviceId": "d"}
        policy, limits = RetryPolicy(attempts=3), Limits(silence_s=0.5, call_s=1.0)
        manners = Manners(policy, self.waiting(), limits)
        return Tokens(self.rest.url, named, device, self.clock, manners)

    def waiting(self) -> Waiting:
        """Pauses that are told and take no time."""
        return Waiting(sleep=self.slept.append, draw=lambda: 0.0)

    def source(
        self,
        secrets: dict[str, str] | None = None,
        patience: Patience | None = None,
        **settings: Any,
    ) -> TradovateSource:
        """The source on this service."""
        chosen = TradovateSettings(url=self.rest.url, market_data_url=self.vendor.url, **settings)
        short = Patience(heartbeat_s=0.1, silence_s=0.4, answer_s=1.0, open_s=1.0)
        manners = RetryPolicy(attempts=4), self.waiting(), patience or short
        return TradovateSource(chosen, self.tokens(secrets), self.clock, manners)


@contextmanager
def running(server: TradovateServer) -> Iterator[Service]:
    """The service, until the end of the context."""
    with server, FaultyServer(server) as rest:
        yield Service(server, rest)


def asked(**changes: Any) -> Request:
    """Both contracts, on the three days."""
    both = ("ESH3", "NQH3")
    return Request(
        **{"kind": "minute", "symbols": both, "start": DAYS[0], "end": DAYS[-1], **changes}
    )


def everything(one: TradovateSource, request: Request) -> list[Batch]:
    """All batches of all parts."""
    return [batch for part in one.parts(request) for batch in one.rows(part, request)]


def same(left: list[Batch], right: list[Batch]) -> bool:
    """True if two answers hold the same rows of the same symbols."""
    return [one.symbol for one in left] == [one.symbol for one in right] and all(
        np.array_equal(a.columns[name], b.columns[name])
        for a, b in zip(left, right, strict=True)
        for name in a.columns
    )
