"""What the layers of the kernel add to a fork of a warm zygote.

It runs in an interpreter of its own, which is loaded, warmed and stripped of its rights as a zygote
is, and forks in turn a child that ends at once and one that is confined first.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from daemon.sandbox import confine, zygote

ROUNDS = 200
MEMORY_BYTES = 1 << 30
CPU_S = 10


def fork_figures(rounds: int = ROUNDS) -> dict[str, float]:
    """Medians in milliseconds: a bare fork, a confined one, and the difference."""
    command = [sys.executable, "-m", __spec__.name, str(rounds)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measured(rounds: int) -> dict[str, float]:
    """The figures, in this process, which is never the same again."""
    zygote.warm_up()
    confine.confine_zygote()
    off = confine.absent()
    bare, confined = [], []
    for _ in range(rounds):
        bare.append(_fork_ms(lambda: None))
        confined.append(_fork_ms(lambda: confine.confine_child(CPU_S, MEMORY_BYTES, None, off)))
    fork, held = statistics.median(bare), statistics.median(confined)
    return {"fork_ms": fork, "confined_fork_ms": held, "confinement_ms": held - fork}


def _fork_ms(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError(f"expected a child that ends well, was wait status {status}")
    return (time.perf_counter() - started) * 1e3


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(int(sys.argv[1]))))
