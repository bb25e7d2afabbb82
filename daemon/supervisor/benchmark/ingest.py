"""`benchmark ingest`: how fast one flat file becomes Parquet."""

from __future__ import annotations

import re
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from isal.igzip import IGzipFile

from daemon.errors import MissingError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import Request, Source

_UNIT = 1 if sys.platform == "darwin" else 1024
_BLOCK = 1 << 20
_DAY_FILE = re.compile(r"\d{4}-\d{2}-\d{2}\.csv\.gz")


def ingest_figures(source: Source, path: Path, symbols: tuple[str, ...]) -> dict[str, Any]:
    """rows of the file, kept rows, seconds, decompress_seconds, peak_rss_bytes of this process.

    The file may lie anywhere; MissingError where there is none.
    """
    if not path.is_file():
        raise MissingError(f"no file at {path}; expected a day's flat file, YYYY-MM-DD.csv.gz")
    with tempfile.TemporaryDirectory() as folder:
        request = Request("minute", symbols, folder=_tree_around(path, Path(folder)))
        began = time.perf_counter()
        report = ingest(Lake(Path(folder) / "lake"), source, request)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
    began = time.perf_counter()
    rows = _rows(path)
    return {
        "rows": rows,
        "kept": report.rows,
        "failed": len(report.failed),
        "seconds": seconds,
        "decompress_seconds": time.perf_counter() - began,
        "rows_a_second": rows / seconds,
        "peak_rss_bytes": peak,
    }


def _tree_around(path: Path, folder: Path) -> Path:
    """A folder of flat files that holds this one only."""
    name = path.name if _DAY_FILE.fullmatch(path.name) else "2000-01-03.csv.gz"
    place = folder / "us_stocks_sip" / "minute_aggs_v1" / name[:4] / name[5:7]
    place.mkdir(parents=True)
    (place / name).symlink_to(path.resolve())
    return folder / "us_stocks_sip"


def _rows(path: Path) -> int:
    lines = 0
    with IGzipFile(path) as file:  # type: ignore[no-untyped-call]
        while block := file.read(_BLOCK):
            lines += block.count(b"\n")
    return lines - 1
