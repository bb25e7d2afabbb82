"""What the sandbox costs on 1,000,000 one-minute bars, end to end, with two slots.

    python -m tests.bench.sandboxed [--json] [--bars N] [--runs N]

A moving-average cross (20, 100) runs in a child for each evaluation; its positions are checked and
priced. Also: a 96-point grid through `map_points`, the cost of a child that does next to
nothing, what confinement adds to a fork, evaluations of 20,000 bars, a probe, and the resident
memory of all workers beyond the mapped data.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import psutil

from daemon.domain.engine.positions import Positions
from daemon.domain.engine.simulate import simulate
from daemon.domain.evolution.evaluation import EvaluationRules, evaluate
from daemon.domain.genome.contract import Exits
from daemon.domain.market.bars import Market, TimeAxis, sealed
from daemon.domain.trading.friction import NONE
from daemon.sandbox.pool import Pool
from daemon.supervisor.benchmark.forks import fork_figures
from daemon.supervisor.benchmark.sandboxed import Bench, bench_store, small_figures

SLOTS = 2
SESSION = 390
FAST, SLOW = 20, 100
GRID = [(fast, slow) for fast in range(5, 41, 3) for slow in range(60, 220, 20)]
GENOME = '''"""Hold while the fast mean is above the slow one."""

TIMEFRAME = "1m"
PARAMS = {"fast": 20, "slow": 100}


def signal(bars, p):
    return np.where(ta.sma(bars.close, p["fast"]) > ta.sma(bars.close, p["slow"]), 1.0, 0.0)
'''


def minute_market(bars: int, seed: int = 7) -> Market:
    """One symbol of regular sessions, prices on the cent grid."""
    rng = np.random.default_rng(seed)
    close = np.round(100.0 * np.exp(np.cumsum(rng.normal(0.0, 4e-4, bars))), 2)[:, None]
    opened = np.vstack([close[:1], close[:-1]])
    high, low = np.maximum(opened, close) + 0.01, np.minimum(opened, close) - 0.01
    volume = rng.integers(1_000, 50_000, (bars, 1)).astype(float)
    number = np.arange(bars)
    session, minute = np.divmod(number, SESSION)
    opens = (session * 1440 + minute) * 60_000_000_000
    axis = TimeAxis(
        open_time=opens,
        close_time=opens + 60_000_000_000,
        session=session,
        session_date=session.astype(np.int32),
        minute=minute + 1,
        minutes_left=SESSION - 1 - minute,
    )
    stale = np.zeros((bars, 1), dtype=bool)
    return sealed(Market(("BENCH",), "1m", axis, opened, high, low, close, volume, stale))


async def rate(work: Callable[[], Awaitable[object]], runs: int) -> float:
    """How many a second, `SLOTS` at a time."""

    async def some() -> None:
        for _ in range(runs // SLOTS):
            await work()

    started = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(SLOTS)))
    return runs / (time.perf_counter() - started)


async def median_ms(work: Callable[[], Awaitable[object]], runs: int) -> float:
    """Median of single runs, one after the other."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds) * 1000.0


async def sweep(pool: Pool, market: Market) -> float:
    """Seconds for the positions of the whole grid."""
    points = [{"fast": fast, "slow": slow} for fast, slow in GRID]
    started = time.perf_counter()
    served = await pool.map_points(GENOME, market, points, lambda number, _: number)
    assert len(served) == len(GRID)
    return time.perf_counter() - started


async def peak_beyond_data(work: Callable[[], Awaitable[object]]) -> float:
    """Most megabytes resident in zygotes and children at work, shared memory not counted."""
    done = asyncio.ensure_future(work())
    peak = 0.0
    while not done.done():
        workers = psutil.Process().children(recursive=True)
        peak = max(peak, sum(_beyond_data(worker.pid) for worker in workers))
        await asyncio.sleep(0.001)
    await done
    return peak


def _beyond_data(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return 0.0
    kilobytes = {name: int(rest.split()[0]) for name, rest in (line.split(":") for line in lines)}
    return (kilobytes["Pss"] - kilobytes["Pss_Shmem"]) / 1024.0


async def measured(bars: int, runs: int) -> dict[str, float]:
    """Every figure of this page by name."""
    market, small = minute_market(bars), minute_market(SESSION * 4)
    params = {"fast": FAST, "slow": SLOW}
    async with Pool(SLOTS) as pool:

        async def positions() -> Positions:
            return await pool.positions(GENOME, market, params)

        async def evaluation() -> object:
            held = await positions()
            return await asyncio.to_thread(price, market, held)

        async def nothing() -> Positions:
            return await pool.positions(GENOME, small, params)

        for _ in range(2):
            await asyncio.gather(evaluation(), evaluation(), nothing())
        found = {
            "bars": bars,
            "slots": SLOTS,
            "cores": len(os.sched_getaffinity(0)),
            "positions_per_second": await rate(positions, runs),
            "priced_per_second": await rate(evaluation, runs),
            "sandboxed_per_second": await whole_evaluations(pool, market, runs),
            "positions_ms": await median_ms(positions, 9),
            "smallest_run_ms": await median_ms(nothing, 41),
            "probe_ms": await median_ms(lambda: pool.probe(GENOME, thorough=False), 9),
            "grid_points": len(GRID),
            "grid_positions_seconds": min([await sweep(pool, market) for _ in range(3)]),
        }
        found |= await small_figures(pool)
        found["workers_mb_beyond_data"] = await peak_beyond_data(lambda: rate(positions, 8))
    return found | fork_figures()


async def whole_evaluations(pool: Pool, market: Market, runs: int) -> float:
    """How many a second with everything: child, positions, engine, metrics, trial written."""
    bench = Bench(pool, market)
    with bench_store(bench) as store:
        await bench.evaluations_a_second(store, SLOTS)
        return await bench.evaluations_a_second(store, runs)


def price(market: Market, positions: Positions) -> object:
    """Hash, engine, metrics and judgement, as an evaluation does them (the trial's row is not)."""
    simulation = simulate(market, positions, "slot", Exits(), NONE, 100_000.0)
    return evaluate(market, simulation, NONE, positions.hash, 40, EvaluationRules())


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--bars", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=60)
    chosen = parser.parse_args()
    found = asyncio.run(measured(chosen.bars, chosen.runs))
    if chosen.json:
        print(json.dumps(found))
    else:
        print("\n".join(f"{name:24} {value:10.2f}" for name, value in found.items()))


if __name__ == "__main__":
    main()
