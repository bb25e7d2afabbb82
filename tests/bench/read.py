"""How fast a symbol-year of minute bars is read: from Parquet, and from the hot copy.

    python -m tests.bench.read [--rounds 50]

Prints JSON, milliseconds as [best, median]: parquet_ms (`Lake.read_symbol`, every minute of the
year), hot_ms (`Lake.market` of the year, mapped, every column summed once so that its pages are
really read: hot_touched_ms), and the same for a market of twelve symbols.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np

from daemon.domain.market.bars import FIELDS, Market
from daemon.domain.market.calendar import SessionTable, axis
from daemon.lake.lake import Lake
from daemon.lake.layout import KINDS
from daemon.lake.writer import Origin, write_rows

SYMBOLS = tuple(f"S{k:02d}" for k in range(12))
START, END = date(2024, 1, 1), date(2024, 12, 31)


def fill(lake: Lake) -> int:
    """Twelve symbol-years of random walks; rows of each."""
    chance = np.random.default_rng(3)
    opens = axis(_year(lake.sessions), "1m").open_time
    for symbol in SYMBOLS:
        close = np.round(100 + np.cumsum(chance.normal(0, 0.02, len(opens))), 2).clip(5)
        rows = {
            "open_time": opens,
            "open": close,
            "high": close + 0.05,
            "low": close - 0.05,
            "close": close,
            "volume": chance.integers(1, 90_000, len(opens)).astype(np.float64),
            "transactions": chance.integers(1, 900, len(opens)),
        }
        write_rows(lake.layout, KINDS["minute"], symbol, rows, Origin(("bench",), False))
    return len(opens)


def measure(lake: Lake, rounds: int) -> dict[str, object]:
    """The figures on a filled lake."""
    rows = fill(lake)
    one, all_of_them = SYMBOLS[:1], SYMBOLS
    lake.market(one, "1m", START, END)
    lake.market(all_of_them, "1m", START, END)
    return {
        "rows": rows,
        "parquet_ms": _times(lambda: lake.read_symbol("minute", SYMBOLS[0], START, END), rounds),
        "hot_ms": _times(lambda: lake.market(one, "1m", START, END), rounds),
        "hot_touched_ms": _times(lambda: _touch(lake.market(one, "1m", START, END)[0]), rounds),
        "symbols": len(SYMBOLS),
        "market_hot_ms": _times(lambda: lake.market(all_of_them, "1m", START, END), rounds),
        "market_5m_built_ms": _times(lambda: _built(lake), max(rounds // 10, 3)),
    }


def _year(sessions: SessionTable) -> SessionTable:
    epoch = date(1970, 1, 1)
    return sessions.between((START - epoch).days, (END - epoch).days)


def _touch(market: Market) -> float:
    return sum(float(getattr(market, name).sum()) for name in FIELDS)


def _built(lake: Lake) -> None:
    """Twelve symbol-years from Parquet to an aligned 5m market and its new hot copy."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Lake(lake.layout.root, hot=Path(folder), cache=lake.layout.root / ".cache")
        fresh.market(SYMBOLS, "5m", START, END)


def _times(work: Callable[[], object], rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1e3)
    return [round(min(taken), 3), round(statistics.median(taken), 3)]


def main() -> None:
    """Fills a lake in a temporary folder, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Lake(Path(folder)), parser.parse_args().rounds)))


if __name__ == "__main__":
    main()
