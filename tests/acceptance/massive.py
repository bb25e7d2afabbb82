"""Massive's two services with real data, and what an ingestion from them leaves on the disk."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from daemon.lake.lake import Lake
from daemon.plugin.flatfiles.layout import key_of
from tests.servers.faults import FaultyServer
from tests.servers.s3 import Store

SIX = ("SPY", "QQQ", "IWM", "DIA", "AAPL", "FB")
FLAT = tuple(date(2014, 12, day) for day in (1, 2, 3, 4, 5, 8, 9, 10, 11))
NEWEST = date(2014, 12, 12)
WHICH = ("--source", "massive", "--symbols", ",".join(SIX))
DATES = ("--start", str(FLAT[0]), "--end", str(NEWEST))
BARS = "select symbol, open_time, open, high, low, close, volume from {} order by 1, 2"


@dataclass(frozen=True)
class Vendor:
    """Both services of the vendor."""

    files: Store
    rest: FaultyServer
    market: Path

    def file(self, kind: str, day: date) -> bytes:
        """A real day file."""
        return (self.market / "flatfiles" / key_of(kind, day)).read_bytes()

    def toml(self) -> str:
        """A configuration that leads to them."""
        addresses = f'endpoint = "{self.files.url}"\nrest_url = "{self.rest.url}"\n'
        return f'[massive]\n{addresses}bucket = "{self.files.bucket}"\ntimeout_s = 5\n'


def bars(state: Path, kind: str = "minute") -> list[Any]:
    """Every bar of a lake."""
    return list(Lake(state / "lake").sql(BARS.format(kind)).rows)


def leftovers(state: Path) -> list[Path]:
    """What is left of downloads."""
    return [path for path in (state / "plugins").rglob("*") if path.is_file()]


def text_of(body: bytes) -> str:
    """A day file's text."""
    return gzip.decompress(body).decode()


def bar_of(line: dict[str, str]) -> dict[str, Any]:
    """A line of a minute file as REST gives it."""
    letters = {"o": "open", "h": "high", "l": "low", "c": "close", "v": "volume"}
    numbers = {letter: float(line[name]) for letter, name in letters.items()}
    return {**numbers, "n": int(line["transactions"]), "t": int(line["window_start"]) // 1_000_000}
