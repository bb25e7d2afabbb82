"""How fast a day file of the whole market becomes Parquet of 25 symbols.

    python -m tests.bench.ingest [--rounds 5]

Prints JSON: rows of the file, kept rows, seconds (best of the rounds), median_seconds,
decompress_seconds (gunzip alone, the limit), rows_a_second, peak_rss_bytes of this process.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from isal import igzip

from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import BarRequest
from plugins.files.source import FilesSource
from tests.bench.flatfile import wanted

UNIT = 1 if sys.platform == "darwin" else 1024


def measure(root: Path, rounds: int) -> dict[str, float]:
    """The figures on a folder of flat files."""
    request = BarRequest("minute", wanted(), folder=root)
    path = next(root.rglob("*.csv.gz"))
    seconds, kept = [], 0
    for number in range(rounds):
        lake = Lake(root / f"lake-{number}")
        began = time.perf_counter()
        kept = ingest(lake, FilesSource(), request).rows
        seconds.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * UNIT
    unzip = min(_gunzip(path) for _ in range(rounds))
    rows = _rows(path)
    return {
        "rows": rows,
        "kept": kept,
        "seconds": round(min(seconds), 4),
        "median_seconds": round(statistics.median(seconds), 4),
        "decompress_seconds": round(unzip, 4),
        "rows_a_second": round(rows / min(seconds)),
        "peak_rss_bytes": peak,
    }


def _gunzip(path: Path) -> float:
    began = time.perf_counter()
    with igzip.open(path, "rb") as file:
        while file.read(1 << 20):
            pass
    return time.perf_counter() - began


def _rows(path: Path) -> int:
    with igzip.open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1


def main() -> None:
    """Makes the file in a process of its own, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.flatfile", folder]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        print(json.dumps(measure(Path(folder), rounds)))


if __name__ == "__main__":
    main()
