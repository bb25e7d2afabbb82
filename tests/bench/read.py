"""How fast a symbol-year of minute bars is read: from Parquet, and from the hot copy.

Run: python -m tests.bench.read
"""

from __future__ import annotations

import json

from daemon.supervisor.benchmark.reading import reading_figures

ROUNDS = 50

if __name__ == "__main__":
    print(json.dumps(reading_figures(ROUNDS)))
