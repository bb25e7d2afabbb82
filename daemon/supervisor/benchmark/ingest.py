"""`benchmark ingest`: how fast one flat file becomes Parquet."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from isal.igzip import IGzipFile

from daemon.errors import MissingError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.flatfiles.layout import day_of, key_of
from daemon.plugin.flatfiles.probe import kind_of
from daemon.plugin.roles import Request, Source

_UNIT = 1 if sys.platform == "darwin" else 1024
_BLOCK = 1 << 20
_SOME_DAY = date(2000, 1, 3)


def ingest_figures(source: Source, path: Path, symbols: tuple[str, ...]) -> dict[str, Any]:
    """rows of the file, kept rows, seconds, decompress_seconds, peak_rss_bytes of this process.

    cpu_seconds, decompress_cpu_seconds: processor time, which other work on the machine moves less.
    The file may lie anywhere and be of any kind; MissingError where there is none.
    """
    if not path.is_file():
        raise MissingError(f"no file at {path}; expected a day's flat file, YYYY-MM-DD.csv.gz")
    kind = kind_of(path)
    with tempfile.TemporaryDirectory() as folder:
        request = Request(kind, symbols, folder=_tree_around(path, kind, Path(folder)))
        began, busy = time.perf_counter(), time.process_time()
        report = ingest(Lake(Path(folder) / "lake"), source, request)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT
    began, busy = time.perf_counter(), time.process_time()
    _decompress(path)
    alone, cpu_alone = time.perf_counter() - began, time.process_time() - busy
    rows = _rows(path)
    return {
        "kind": kind,
        "rows": rows,
        "kept": report.rows,
        "failed": len(report.failed),
        "seconds": seconds,
        "decompress_seconds": alone,
        "cpu_seconds": cpu_seconds,
        "decompress_cpu_seconds": cpu_alone,
        "rows_a_second": rows / seconds,
        "peak_rss_bytes": peak,
    }


def _tree_around(path: Path, kind: str, folder: Path) -> Path:
    """A folder of flat files that holds this one only."""
    place = folder / key_of(kind, day_of(path.name) or _SOME_DAY)
    place.parent.mkdir(parents=True)
    place.symlink_to(path.resolve())
    return folder


def _decompress(path: Path) -> None:
    with IGzipFile(path) as file:  # type: ignore[no-untyped-call]
        while file.read(_BLOCK):
            continue


def _rows(path: Path) -> int:
    lines = 0
    with IGzipFile(path) as file:  # type: ignore[no-untyped-call]
        while block := file.read(_BLOCK):
            lines += block.count(b"\n")
    return lines - 1
