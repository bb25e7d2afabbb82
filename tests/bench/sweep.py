"""A sweep of 96 points through the sandbox on 1,000,000 bars, beside vectorbt's best chunking.

Run: python -m tests.bench.sweep [--bars FILE.npy] [--peers .venv-peers/bin/python]
The genome holds half of the equity, so that no order meets the limit of cash; return, drawdown
and trades of every point have to agree with vectorbt's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from daemon.sandbox.pool import Pool
from daemon.supervisor.benchmark.kernel import PAIRS
from daemon.supervisor.benchmark.sandboxed import SLOTS, Bench
from daemon.supervisor.benchmark.workload import bars_of, market_of
from daemon.supervisor.evaluations import Backtest
from tests.bench.peer_process import peer_of

ROUNDS = 5
CHUNKS = (1, 8)


def figures(path: Path | None, peers: str | None, rounds: int = ROUNDS) -> dict[str, Any]:
    """Seconds of the sweep, and of vectorbt where its Python is given."""
    bars = bars_of(path)
    seconds, runs = asyncio.run(_sweeps(bars, rounds))
    found: dict[str, Any] = {"points": len(PAIRS), "sweep_seconds": min(seconds)}
    if peers is None:
        return found
    times = {}
    with tempfile.TemporaryDirectory() as folder, peer_of(peers, bars, Path(folder)) as peer:
        peer.ask(kind="half", engine="rust")
        for chunk in CHUNKS:
            times[chunk], rows = peer.ask(kind="half", engine="rust", pairs=PAIRS, chunk=chunk)
            _check(runs, rows)
    best = min(times.values())
    return {**found, "vectorbt_seconds": best, "vectorbt_over_sweep": best / min(seconds)}


async def _sweeps(bars: np.ndarray, rounds: int) -> tuple[list[float], list[Backtest]]:
    seconds, runs = [], []
    async with Pool(SLOTS) as pool:
        bench = Bench(pool, market_of(bars))
        await bench.grid()
        for _ in range(rounds):
            taken, runs = await bench.grid()
            seconds.append(taken)
    return seconds, runs


def _check(runs: list[Backtest], rows: list[list[float]]) -> None:
    for run, (total, drawdown, closed, _) in zip(runs, rows, strict=True):
        metrics = run.evaluation.metrics
        ours = (metrics.total_return, metrics.max_drawdown)
        held = int(np.count_nonzero(run.simulation.trades.exit_bar >= 0))
        if held != int(closed) or not np.allclose(ours, (total, drawdown), rtol=1e-6, atol=1e-9):
            raise AssertionError(
                f"{dict(run.params)}: {(*ours, held)}, vectorbt {total, drawdown, closed}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bars", type=Path)
    parser.add_argument("--peers")
    options = parser.parse_args()
    print(json.dumps(figures(options.bars, options.peers)))


if __name__ == "__main__":
    main()
