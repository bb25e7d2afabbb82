"""Scanning 12 symbols with two years of minute bars: all of them, and once nothing has changed."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from daemon.domain.market.calendar import SessionTable, axis
from daemon.lake.lake import Lake
from daemon.supervisor.benchmark.reading import write_minutes

SYMBOLS = 12
FIRST, LAST = 19_358, 20_088  # 2023 and 2024
HOLE = slice(1_000, 1_060)


def scan_figures(rounds: int) -> dict[str, float]:
    """Seconds of the fastest round, the rows scanned, and the findings that prove the work."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        rows = _fill(lake, lake.sessions.between(FIRST, LAST))
        scans, found = [], lake.survey({})
        for _ in range(rounds):
            began = time.perf_counter()
            found = lake.survey({})
            scans.append(time.perf_counter() - began)
        known = {one.key: one.inputs for one in found.reports}
        began = time.perf_counter()
        lake.survey(known)
        again = time.perf_counter() - began
    return {
        "scan_rows": rows,
        "scan_findings": sum(len(one.findings) for one in found.reports),
        "scan_seconds": min(scans),
        "scan_again_seconds": again,
    }


def _fill(lake: Lake, table: SessionTable) -> int:
    """Random walks, each of which lacks an hour; how many rows they have."""
    opens = np.delete(axis(table, "1m").open_time, HOLE)
    for number in range(SYMBOLS):
        chance = np.random.default_rng(number)
        close = np.round(100 * np.exp(np.cumsum(chance.normal(0, 5e-4, len(opens)))), 2)
        write_minutes(lake, f"S{number:02d}", opens, close, chance)
    return SYMBOLS * len(opens)
