"""The same ingestion in polars and duckdb, run by the Python of `.venv-peers` and by nothing else.

`PYTHON tests/bench/ingest_peers.py` answers each line of JSON on standard input, {"engine": ...,
"path": ..., "symbols": [...], "to": FILE}, with one: {"seconds": ..., "cpu_seconds": ...,
"rows": ..., "total": sum of the prices}. Both read all columns with the types of the lake, keep
the symbols and write one Parquet file in zstd; both keep their own number of threads.
"""

from __future__ import annotations

import json
import sys
import time

import duckdb
import polars as pl

FLOATS = ("open", "high", "low", "close", "volume", "price", "size")
TEXTS = ("ticker", "conditions")


def header(path):
    import gzip

    with gzip.open(path, "rt") as file:
        return file.readline().strip().split(",")


def with_polars(path, symbols, to):
    types = {
        name: pl.Float64 if name in FLOATS else pl.String if name in TEXTS else pl.Int64
        for name in header(path)
    }
    rows = pl.scan_csv(path, schema=types).filter(pl.col("ticker").is_in(symbols))
    rows.sink_parquet(to, compression="zstd", compression_level=1)


def with_duckdb(path, symbols, to):
    types = {
        name: "DOUBLE" if name in FLOATS else "VARCHAR" if name in TEXTS else "BIGINT"
        for name in header(path)
    }
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    names = ", ".join(f"'{symbol}'" for symbol in symbols)
    duckdb.sql(
        f"COPY (SELECT * FROM read_csv('{path}', header=true, columns={{{columns}}}) "
        f"WHERE ticker IN ({names})) TO '{to}' (FORMAT parquet, COMPRESSION zstd)"
    )


ENGINES = {"polars": with_polars, "duckdb": with_duckdb}


def main() -> None:
    for line in sys.stdin:
        task = json.loads(line)
        began, busy = time.perf_counter(), time.process_time()
        ENGINES[task["engine"]](task["path"], task["symbols"], task["to"])
        seconds, cpu = time.perf_counter() - began, time.process_time() - busy
        kept = pl.read_parquet(task["to"])
        price = "price" if "price" in kept.columns else "close"
        answer = {"seconds": seconds, "cpu_seconds": cpu, "rows": len(kept)}
        print(json.dumps({**answer, "total": kept[price].sum()}), flush=True)


main()
