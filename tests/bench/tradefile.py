"""A made-up day of trades in the vendor's layout: five million rows, a third of them of 25 tickers.

python -m tests.bench.tradefile FOLDER [ROWS]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from isal import igzip

from tests.bench.flatfile import DAY, MIDNIGHT, names

HEADER = (
    "ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,"
    "sip_timestamp,size,tape,trf_id,trf_timestamp\n"
)
ROWS = 5_000_000
TICKERS = 8_000
CHUNK = 500_000
OPEN, SESSION = MIDNIGHT + 52_200_000_000_000, 23_400_000_000_000
CONDITIONS = ("", '"14,41"', "37", '"14,37,41"', '"12,37"', "12", "41", '"10,41"')
SHARES = (0.18, 0.2, 0.28, 0.24, 0.05, 0.01, 0.03, 0.01)


def ticker_counts(rows: int) -> np.ndarray:
    """int64: trades of each ticker, a few of them most."""
    weight = 1 / (np.arange(TICKERS) + 12.0) ** 1.18
    weight = np.random.default_rng(5).permutation(weight)
    return np.maximum((weight / weight.sum() * rows).astype(np.int64), 1)


def busiest(count: int = 25) -> tuple[str, ...]:
    """The tickers with the most trades."""
    every = names()[:TICKERS]
    order = np.argsort(-ticker_counts(ROWS), kind="stable")[:count]
    return tuple(sorted(every[k] for k in order))


def write_trade_file(root: Path, rows: int = ROWS) -> Path:
    """Writes the day file below `root` in the vendor's layout; the same rows each time."""
    counts = ticker_counts(rows)
    number = np.repeat(np.arange(TICKERS), counts)
    folder = root / "flatfiles" / "us_stocks_sip" / "trades_v1" / f"{DAY:%Y/%m}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{DAY}.csv.gz"
    chance = np.random.default_rng(7)
    stamps = OPEN + chance.integers(0, SESSION, len(number))
    stamps = stamps[np.lexsort((stamps, number))]
    with igzip.open(path, "wb") as stream:
        stream.write(HEADER.encode())
        for start in range(0, len(number), CHUNK):
            part = slice(start, start + CHUNK)
            stream.write(_lines(number[part], stamps[part], chance))
    return path


def _lines(number: np.ndarray, stamps: np.ndarray, chance: np.random.Generator) -> memoryview:
    """The text of some rows."""
    count = len(number)
    cents = 1_000 + (number * 7_919) % 40_000 + chance.integers(-50, 50, count)
    whole = pc.cast(pa.array(cents // 100), pa.string())
    price = pc.binary_join_element_wise(whole, _padded(cents % 100), ".")
    size = pc.binary_join_element_wise(_text(chance.geometric(0.02, count)), "000000", ".")
    trf = chance.random(count) < 0.35
    columns: list[Any] = [
        pa.DictionaryArray.from_arrays(pa.array(number), names()[:TICKERS]).cast(pa.string()),
        pa.DictionaryArray.from_arrays(
            pa.array(chance.choice(len(CONDITIONS), count, p=SHARES)), list(CONDITIONS)
        ).cast(pa.string()),
        "",
        _text(np.where(trf, 4, chance.integers(1, 21, count))),
        _text(52_983_000_000_000 + (stamps - OPEN) // 6_000 + chance.integers(0, 99, count)),
        _text(stamps - chance.integers(15_000, 900_000, count)),
        price,
        _text((stamps - OPEN) // 9_000),
        _text(stamps),
        size,
        _text(1 + number % 3),
        pc.if_else(pa.array(trf), "202", "0"),
        pc.if_else(pa.array(trf), _text(stamps - 9_000), "0"),
    ]
    joined = pc.binary_join_element_wise(*columns, ",")
    lines = pc.binary_join_element_wise(joined, "", "\n")
    text = memoryview(lines.buffers()[2])
    return text[: int(np.frombuffer(lines.buffers()[1], dtype=np.int32)[count])]


def _text(values: np.ndarray) -> pa.Array:
    return pc.cast(pa.array(values), pa.string())


def _padded(values: np.ndarray) -> pa.Array:
    return pc.utf8_lpad(_text(values), 2, "0")


if __name__ == "__main__":
    write_trade_file(Path(sys.argv[1]), *(int(text) for text in sys.argv[2:3]))
