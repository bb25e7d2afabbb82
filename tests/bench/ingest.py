"""How fast a day file of the whole market becomes Parquet of 25 symbols.

Run: python -m tests.bench.ingest
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from daemon.supervisor.benchmark.ingest import ingest_figures
from plugins.files.source import FilesSource
from tests.bench.flatfile import wanted

ROUNDS = 5


def figures(rounds: int = ROUNDS) -> dict[str, Any]:
    """The fastest of some rounds, on a file that is made for it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.flatfile", folder]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        path = next(Path(folder).rglob("*.csv.gz"))
        found = [ingest_figures(FilesSource(), path, wanted()) for _ in range(rounds)]
    return min(found, key=lambda one: float(one["seconds"]))


if __name__ == "__main__":
    print(json.dumps(figures()))
