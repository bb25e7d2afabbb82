"""96 pairs of moving averages on 1,000,000 bars: the kernel on two threads beside vectorbt.

Run: python -m tests.bench.grid [--bars FILE.npy] [--peers .venv-peers/bin/python]
vectorbt is timed in every chunking that fits the memory, and its best one counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from daemon.supervisor.benchmark.kernel import PAIRS, run_grid, run_pair, threads
from daemon.supervisor.benchmark.workload import Answer, agree, bars_of, market_of
from tests.bench.peer_process import Peer, peer_of

CHUNKS = (1, 8)
ROUNDS = 5


def figures(
    path: Path | None = None, peers: str | None = None, rounds: int = ROUNDS
) -> dict[str, Any]:
    """Seconds of the whole grid, vectorbt's in each chunking, and whether the tables agree."""
    bars = bars_of(path)
    market = market_of(bars)
    run_pair(market, *PAIRS[0])
    seconds, answers = [], []
    for _ in range(rounds):
        start = time.perf_counter()
        answers = run_grid(market)
        seconds.append(time.perf_counter() - start)
    found: dict[str, Any] = {
        "bars": len(bars),
        "pairs": len(PAIRS),
        "threads": threads(),
        "grid_seconds": min(seconds),
        "trades": sum(answer.trades for answer in answers),
    }
    if peers is not None:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            peer = stack.enter_context(peer_of(peers, bars, folder))
            found |= _beside(peer, answers, min(seconds))
    return found


def _beside(peer: Peer, answers: list[Answer], seconds: float) -> dict[str, Any]:
    times = {}
    peer.ask(kind="one", engine="rust")
    for chunk in CHUNKS:
        times[chunk], rows = peer.ask(kind="grid", engine="rust", pairs=PAIRS, chunk=chunk)
        theirs = [Answer(a, b, int(c), d) for a, b, c, d in rows]
        if not all(agree(one, other) for one, other in zip(answers, theirs, strict=True)):
            raise AssertionError(f"the tables differ in chunks of {chunk}")
    return {
        **{f"vectorbt_chunk_{chunk}_seconds": value for chunk, value in times.items()},
        "vectorbt_over_grid": min(times.values()) / seconds,
        "return_spread": float(np.ptp([answer.total_return for answer in answers])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bars", type=Path)
    parser.add_argument("--peers")
    options = parser.parse_args()
    print(json.dumps(figures(options.bars, options.peers)))


if __name__ == "__main__":
    main()
