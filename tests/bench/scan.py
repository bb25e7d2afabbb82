"""How fast the gap scanner goes over 12 symbols with two years of minute bars.

Run: python -m tests.bench.scan
"""

from __future__ import annotations

import json

from daemon.supervisor.benchmark.scanning import scan_figures

ROUNDS = 5

if __name__ == "__main__":
    print(json.dumps(scan_figures(ROUNDS)))
