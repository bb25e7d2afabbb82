"""A peer kept running beside the benchmark, asked for one run at a time."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from daemon.domain.market.bars import Floats

SCRIPT = Path(__file__).with_name("peers.py")


class Peer:
    """vectorbt in its own Python; `ask` times one task there."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, **task: Any) -> tuple[float, list[list[float]]]:
        """(seconds, rows of total return, max drawdown, trades, final equity)."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the peer ended without an answer; run tools/bench_peers.sh again")
        answer = json.loads(line)
        return answer["seconds"], answer["result"]


@contextmanager
def peer_of(python: str, bars: Floats, folder: Path) -> Iterator[Peer]:
    """The peer on these bars, ended afterwards."""
    path = folder / "bars.npy"
    np.save(path, bars)
    with subprocess.Popen(
        [python, str(SCRIPT), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield Peer(process)
        if process.stdin is not None:
            process.stdin.close()
