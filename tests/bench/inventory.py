"""How fast the inventory of a lake with 10,000 parts is told.

Run: python -m tests.bench.inventory
"""

from __future__ import annotations

import json

from daemon.supervisor.benchmark.inventory import inventory_figures

ROUNDS = 15

if __name__ == "__main__":
    print(json.dumps(inventory_figures(ROUNDS)))
