"""`benchmark engine`: kernel, sandbox, grid and lake in one document."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from daemon.domain.market.bars import Market
from daemon.sandbox.pool import Pool
from daemon.supervisor.benchmark.forks import fork_figures
from daemon.supervisor.benchmark.kernel import kernel_figures, run_grid
from daemon.supervisor.benchmark.reading import reading_figures
from daemon.supervisor.benchmark.sandboxed import SLOTS, Bench, bench_store, small_figures
from daemon.supervisor.benchmark.workload import bars_of, market_of

ROUNDS = 9
RUNS = 80


def engine_figures(path: Path | None) -> dict[str, Any]:
    """Every figure, with the result that proves it is of the same work."""
    market = market_of(bars_of(path))
    run_grid(market)
    began = time.perf_counter()
    run_grid(market)
    grid = time.perf_counter() - began
    return {
        **kernel_figures(market, ROUNDS, {}),
        "grid_seconds": grid,
        **asyncio.run(_sandboxed(market)),
        **fork_figures(),
        **reading_figures(ROUNDS),
    }


async def _sandboxed(market: Market) -> dict[str, float]:
    async with Pool(SLOTS) as pool:
        bench = Bench(pool, market)
        with bench_store(bench) as store:
            await bench.evaluations_a_second(store, SLOTS)
            rate = await bench.evaluations_a_second(store, RUNS)
        await bench.grid()
        seconds, _ = await bench.grid()
        small = await small_figures(pool)
    return {"sandboxed_per_second": rate, "sandboxed_grid_seconds": seconds, **small}
