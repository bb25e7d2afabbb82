"""The kernel on one backtest of 1,000,000 bars, beside NumPy, memory's limit and vectorbt.

Run: python -m tests.bench.kernel [--bars FILE.npy] [--peers .venv-peers/bin/python]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from daemon.supervisor.benchmark.kernel import Work, kernel_figures
from daemon.supervisor.benchmark.workload import Answer, bars_of, market_of
from tests.bench.peer_process import peer_of

ROUNDS = 15


def figures(path: Path | None, peers: str | None, rounds: int = ROUNDS) -> dict[str, Any]:
    """The kernel's figures, with vectorbt's among them where its Python is given."""
    bars = bars_of(path)
    beside: dict[str, Work] = {}
    with ExitStack() as stack:
        if peers is not None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            peer = stack.enter_context(peer_of(peers, bars, folder))
            beside["vectorbt"] = lambda: _answer(peer.ask(kind="one", engine="rust"))
        return kernel_figures(market_of(bars), rounds, beside)


def _answer(asked: tuple[float, list[list[float]]]) -> Answer:
    (total_return, drawdown, trades, final), *_ = asked[1]
    return Answer(total_return, drawdown, int(trades), final)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bars", type=Path)
    parser.add_argument("--peers")
    options = parser.parse_args()
    print(json.dumps(figures(options.bars, options.peers)))


if __name__ == "__main__":
    main()
