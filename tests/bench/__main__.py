"""Every benchmark in one report, beside the peers where `make bench-peers` has installed them.

Run: make bench
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PEERS = Path(".venv-peers/bin/python")
BESIDE_PEERS = ("kernel", "grid", "sweep", "ingest")
ALONE = ("sandboxed", "read", "inventory", "scan", "mutations", "lookahead")
AS_JSON = ("sandboxed", "mutations")
GOALS = {
    "numpy_over_kernel": ("at least", 8.0),
    "vectorbt_over_kernel": ("at least", 30.0),
    "kernel_over_triad": ("at most", 5.0),
    "full_over_kernel": ("at most", 2.0),
    "vectorbt_over_grid": ("at least", 40.0),
    "vectorbt_over_sweep": ("at least", 20.0),
    "sandboxed_per_second": ("at least", 40.0),
    "confinement_ms": ("at most", 1.0),
    "small_evaluation_ms": ("at most", 8.0),
    "small_per_second": ("at least", 100.0),
    "workers_mb_beyond_data": ("at most", 150.0),
    "minute_over_isal": ("at most", 3.3),
    "duckdb_over_minute": ("at least", 2.0),
    "polars_over_minute": ("at least", 1.3),
    "trades_over_isal": ("at most", 3.0),
    "polars_over_trades": ("at least", 1.3),
    "trades_peak_mb": ("at most", 500.0),
    "archive_read_seconds": ("at most", 0.005),
    "hot_read_seconds": ("at most", 0.001),
    "inventory_market_seconds": ("at most", 0.05),
    "inventory_ticks_seconds": ("at most", 0.05),
    "scan_seconds": ("at most", 2.0),
    "proved_over_told": ("at most", 1.15),
}


def main() -> None:
    peers = ["--peers", str(PEERS)] if PEERS.exists() else []
    figures: dict[str, Any] = {}
    for name in (*BESIDE_PEERS, *ALONE):
        flags = ["--json"] if name in AS_JSON else []
        found = _run(name, peers if name in BESIDE_PEERS else flags)
        figures |= found
        plain = {key: value for key, value in found.items() if not isinstance(value, dict)}
        for key, value in plain.items():
            print(f"{name:10} {key:28} {_shown(value):>14} {_verdict(key, value)}")
    if not peers:
        print("the peers are not installed here: `make bench-peers` makes the ratios beside them")
    Path("state").mkdir(exist_ok=True)
    Path("state/bench.json").write_text(json.dumps(figures, indent=2))


def _run(name: str, arguments: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", f"tests.bench.{name}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stderr}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _shown(value: Any) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def _verdict(key: str, value: Any) -> str:
    if key not in GOALS:
        return ""
    word, goal = GOALS[key]
    met = value >= goal if word == "at least" else value <= goal
    return f"{'met' if met else 'NOT MET'}: {word} {goal:g}"


if __name__ == "__main__":
    main()
