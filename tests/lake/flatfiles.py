"""Small flat-file folders made by hand, and a source that needs no files."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from daemon.domain.market.align import Rows
from daemon.errors import BadDataError
from daemon.plugin.roles import ActionRow, Batch, Part, Request

HEADER = "ticker,volume,open,close,high,low,window_start,transactions"
MINUTE = 60_000_000_000
DAY = 86_400_000_000_000
FOLDERS = {"minute": "minute_aggs_v1", "day": "day_aggs_v1", "trades": "trades_v1"}
TRADE_HEADER = (
    "ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,"
    "sip_timestamp,size,tape,trf_id,trf_timestamp"
)


def opening(day: date) -> int:
    """09:30 New York in nanoseconds UTC, for days in winter time."""
    return (day - date(1970, 1, 1)).days * DAY + 870 * MINUTE


def line(symbol: str, stamp: int, price: float, volume: float = 100) -> str:
    """One row with open below and close at the price."""
    return f"{symbol},{volume},{price - 1},{price},{price + 1},{price - 2},{stamp},7"


def minutes(symbol: str, day: date, prices: Sequence[float]) -> list[str]:
    """Rows of the first minutes of a session."""
    return [line(symbol, opening(day) + k * MINUTE, price) for k, price in enumerate(prices)]


def daily(symbol: str, day: date, price: float) -> str:
    """A daily row stamped New York midnight (winter)."""
    return line(symbol, opening(day) - 570 * MINUTE, price)


def trades(symbol: str, day: date, prices: Sequence[float], correction: int = 0) -> list[str]:
    """Rows of trades, one in each of the first minutes of a session."""
    stamps = [opening(day) + k * MINUTE + 1_000 for k in range(len(prices))]
    return [
        f"{symbol},,{correction},4,{k},{stamp},{price},{k},{stamp},100,1,0,0"
        for k, (stamp, price) in enumerate(zip(stamps, prices, strict=True), 1)
    ]


def write_day(root: Path, kind: str, day: date, lines: Sequence[str], header: str = HEADER) -> Path:
    """Writes one day file below `root`/flatfiles."""
    folder = root / "flatfiles" / "us_stocks_sip" / FOLDERS[kind] / f"{day:%Y/%m}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{day}.csv.gz"
    path.write_bytes(gzip.compress("".join(f"{one}\n" for one in (header, *lines)).encode()))
    return path


def write_reference(root: Path, name: str, lines: Sequence[str]) -> Path:
    """Writes `root`/reference/<name>.csv.gz."""
    folder = root / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv.gz"
    path.write_bytes(gzip.compress("".join(f"{one}\n" for one in lines).encode()))
    return path


def batch(
    symbol: str, stamps: Sequence[int], prices: Sequence[float], origin: str = "fake"
) -> Batch:
    """Rows whose OHLC are all the price."""
    price = np.array(prices, dtype=np.float64)
    volume, nothing = np.full(len(price), 5.0), np.zeros(len(price), dtype=np.int64)
    bars = Rows(np.array(stamps, dtype=np.int64), price, price, price, price, volume)
    return Batch.of_bars(symbol, bars, nothing, origin)


@dataclass
class FakeSource:
    """Batches by day, out of memory; counts what it was asked to read."""

    days: dict[date, list[Batch]]
    events: list[ActionRow] = field(default_factory=list)
    name: str = "fake"
    kinds: tuple[str, ...] = ("minute", "day", "splits", "dividends")
    stamp: str = "1"
    broken: dict[date, str] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    by_asking: bool = False

    def parts(self, request: Request) -> list[Part]:
        """A part for each day in the request's range."""
        return [
            Part(f"day {day}", day, self.stamp, self.by_asking)
            for day in sorted(self.days)
            if (request.start is None or day >= request.start)
            and (request.end is None or day <= request.end)
        ]

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        """The batches of the day, then its error."""
        self.read.append(part.key)
        assert part.day is not None
        for one in self.days[part.day]:
            if not request.symbols or one.symbol in request.symbols:
                yield one
        if part.day in self.broken:
            raise BadDataError(self.broken[part.day])

    def actions(self, request: Request) -> list[ActionRow]:
        """Dividends have cash, splits a ratio."""
        return [event for event in self.events if (event.cash > 0) == (request.kind == "dividends")]
