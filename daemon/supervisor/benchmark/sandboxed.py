"""Whole evaluations through the sandbox: child, positions, engine, metrics, trial written."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daemon.domain.evolution.evaluation import EvaluationRules
from daemon.domain.evolution.records import Effects, Genome, Night, Origin, Trial
from daemon.domain.genome import gate
from daemon.domain.genome.gate import Gated
from daemon.domain.market.bars import Market
from daemon.domain.trading.friction import SHIPPED
from daemon.sandbox.pool import Pool
from daemon.settings import EvaluationTable
from daemon.store.store import SqlStore
from daemon.supervisor.benchmark.kernel import PAIRS
from daemon.supervisor.benchmark.workload import FAST, SLOW, bars_of, market_of
from daemon.supervisor.clock import SystemClock
from daemon.supervisor.evaluations import Backtest, Evaluations, Terms
from daemon.supervisor.failed import succeeded
from daemon.supervisor.sweep import Sweep

SLOTS = 2
FLIGHTS = 2 * SLOTS
"""Evaluations under way at a time: as many a slot as the executor shift has."""

SMALL_BARS = 20_000
SMALL_RUNS = 200
CROSS = f'''"""Hold half while the fast mean is above the slow one by more than a tie."""

TIMEFRAME = "1m"
PARAMS = {{"fast": ({FAST}, 5, 30), "slow": ({SLOW}, 40, 400)}}


def signal(bars, p):
    gap = ta.sma(bars.close, p["fast"]) - ta.sma(bars.close, p["slow"])
    return np.where(gap > 4.8213e-5, 0.5, 0.0)
'''


class Bench:
    """One market, one genome and a pool, as a night has them."""

    def __init__(self, pool: Pool, market: Market) -> None:
        self.pool = pool
        self.market = market
        self.gated: Gated = gate.check(CROSS)
        self.evaluations = Evaluations(pool, SHIPPED, EvaluationRules(), EvaluationTable())
        self.terms: Terms = self.evaluations.terms("none")

    async def evaluations_a_second(self, store: SqlStore, runs: int) -> float:
        """Trials a second, as many at a time as a night has; each one is another trial."""
        numbers = itertools.count()

        async def some() -> None:
            for _ in range(runs // FLIGHTS):
                await self._trial(store, next(numbers))

        started = time.perf_counter()
        await asyncio.gather(*(some() for _ in range(FLIGHTS)))
        return runs / (time.perf_counter() - started)

    async def evaluation_ms(self, runs: int) -> float:
        """Median of single evaluations, from the text to its judgement, one after the other."""
        params = {"fast": FAST, "slow": SLOW}
        seconds = []
        for _ in range(runs):
            started = time.perf_counter()
            await self.evaluations.backtest(CROSS, self.market, params, self.terms)
            seconds.append(time.perf_counter() - started)
        return statistics.median(seconds) * 1e3

    async def grid(self) -> tuple[float, list[Backtest]]:
        """Seconds and backtests of the whole grid."""
        points = [{"fast": fast, "slow": slow} for fast, slow in PAIRS]
        job = Sweep(self.evaluations, self.gated, self.market, points, self.terms)
        started = time.perf_counter()
        outcomes = await job.run(self.pool, lambda done: None)
        return time.perf_counter() - started, succeeded(outcomes)

    async def _trial(self, store: SqlStore, number: int) -> None:
        params = {"fast": FAST, "slow": SLOW}
        found = await self.evaluations.backtest(CROSS, self.market, params, self.terms)
        trial = Trial(
            genome=self.gated.hash,
            night="bench",
            origin=Origin.NIGHT,
            params={**params, "number": number},
            settings_hash="bench",
            sandbox=self.pool.level,
            evaluation=found.evaluation,
        )
        await asyncio.to_thread(store.commit, Effects(trials=(trial,)))


async def small_figures(pool: Pool) -> dict[str, float]:
    """An evaluation of 20,000 bars: what it takes, and how many a second with the trial written."""
    bench = Bench(pool, market_of(bars_of(None, SMALL_BARS)))
    with bench_store(bench) as store:
        await bench.evaluations_a_second(store, FLIGHTS)
        rate = await bench.evaluations_a_second(store, SMALL_RUNS)
    alone = await bench.evaluation_ms(SMALL_RUNS // 4)
    return {"small_evaluation_ms": alone, "small_per_second": rate}


@contextmanager
def bench_store(bench: Bench) -> Iterator[SqlStore]:
    """A throw-away ledger that knows the night and the genome."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore.open(Path(folder) / "bench.db")
        try:
            store.open_night(Night("bench", 1, 1, "bench", "bench", clock.now()))
            store.commit(Effects(genomes=(_genome(bench.gated),)))
            yield store
        finally:
            store.close()


def _genome(gated: Gated) -> Genome:
    return Genome(
        hash=gated.hash,
        source=gated.source,
        name="cross",
        idea=gated.manifest.idea,
        timeframe="1m",
        universe="",
        operator="bench",
        parents=(),
        behaviour="bench",
        nodes=gated.nodes,
        night="bench",
    )
