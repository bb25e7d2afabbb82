"""A made-up day of minute bars of the whole market, as large as the vendor's: 1.9 million rows.

python -m tests.bench.flatfile FOLDER
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from isal import igzip
from pyarrow import csv

DAY = date(2026, 1, 6)
TICKERS = 11_000
MINUTE = 60_000_000_000
MIDNIGHT = 1_767_657_600_000_000_000


def names() -> list[str]:
    """Tickers of one to four letters, sorted."""
    letters = [chr(65 + k) for k in range(26)]
    short = [a + b + c for a in letters for b in letters for c in letters][: TICKERS - 702]
    return sorted([*letters, *(a + b for a in letters for b in letters), *short])[:TICKERS]


def wanted(count: int = 25) -> tuple[str, ...]:
    """Tickers spread over the whole file."""
    every = names()
    return tuple(every[k * len(every) // count] for k in range(count))


def write_flat_file(root: Path) -> Path:
    """Writes the day file below `root` in the vendor's layout; the same bytes each time."""
    chance = np.random.default_rng(7)
    counts = np.ceil(950 * chance.random(TICKERS) ** 4.65).astype(np.int64)
    total = int(counts.sum())
    ticker = np.repeat(np.arange(len(counts)), counts)
    minute = np.concatenate([np.sort(chance.choice(960, n, replace=False)) for n in counts])
    close = np.round(50 + np.cumsum(chance.normal(0, 0.02, total)) % 400, 4)
    spread = np.round(chance.random(total) / 10, 4)
    table = pa.table(
        {
            "ticker": pa.DictionaryArray.from_arrays(pa.array(ticker), names()).cast(pa.string()),
            "volume": chance.integers(1, 90_000, total),
            "open": close,
            "close": np.round(close + spread, 4),
            "high": np.round(close + 2 * spread, 4),
            "low": np.round(close - spread, 4),
            "window_start": MIDNIGHT + (9 * 60 + minute) * MINUTE,
            "transactions": chance.integers(1, 900, total),
        }
    )
    folder = root / "flatfiles" / "us_stocks_sip" / "minute_aggs_v1" / f"{DAY:%Y/%m}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{DAY}.csv.gz"
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    with igzip.open(path, "wb") as stream:
        stream.write((",".join(table.column_names) + "\n").encode())
        csv.write_csv(table, stream, options)
    return path


if __name__ == "__main__":
    write_flat_file(Path(sys.argv[1]))
