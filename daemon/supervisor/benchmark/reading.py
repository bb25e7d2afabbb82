"""Reading a symbol-year of minute bars: from Parquet, and from the hot copy."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from daemon.domain.market.bars import Floats, Ints
from daemon.domain.market.calendar import axis
from daemon.domain.market.kinds import KINDS
from daemon.lake.lake import Lake
from daemon.lake.writer import Origin, write_rows

START, END = date(2024, 1, 1), date(2024, 12, 31)
SYMBOL = "BENCH"
_EPOCH = date(1970, 1, 1)


def reading_figures(rounds: int) -> dict[str, float]:
    """Seconds of the fastest round: archive_read_seconds, hot_read_seconds."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        _fill(lake)

        def archive() -> object:
            return lake.read_symbol("minute", SYMBOL, START, END)

        def hot() -> object:
            return lake.market((SYMBOL,), "1m", START, END)

        return {
            "archive_read_seconds": _fastest(archive, rounds),
            "hot_read_seconds": _fastest(hot, rounds),
        }


def write_minutes(
    lake: Lake, symbol: str, opens: Ints, close: Floats, chance: np.random.Generator
) -> None:
    """Minute bars a dime high around closes (T,) in dollars, with drawn volumes, as a part."""
    rows = {
        "open_time": opens,
        "open": close,
        "high": close + 0.05,
        "low": close - 0.05,
        "close": close,
        "volume": chance.integers(1, 90_000, len(opens)).astype(np.float64),
        "transactions": chance.integers(1, 900, len(opens)),
    }
    write_rows(lake.layout, KINDS["minute"], symbol, rows, Origin("bench"))


def _fill(lake: Lake) -> None:
    year = lake.sessions.between((START - _EPOCH).days, (END - _EPOCH).days)
    opens = axis(year, "1m").open_time
    chance = np.random.default_rng(3)
    close = np.round(100 + np.cumsum(chance.normal(0, 0.02, len(opens))), 2).clip(5)
    write_minutes(lake, SYMBOL, opens, close, chance)


def _fastest(work: Callable[[], object], rounds: int) -> float:
    best = float("inf")
    for _ in range(rounds + 1):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best
