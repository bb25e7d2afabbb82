"""The kernel on one backtest of 1,000,000 bars, beside NumPy and memory's limit.

Rounds are interleaved; a figure is the fastest round, a ratio the median over the rounds. A grid
of 96 pairs runs the same work on every processor: the kernel holds no lock.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit

from daemon.domain.engine.positions import Positions
from daemon.domain.engine.signals import Cross, deepest_fall, sma_cross
from daemon.domain.engine.simulate import simulate
from daemon.domain.engine.simulation import Simulation
from daemon.domain.genome.contract import Exits
from daemon.domain.market.bars import Market
from daemon.domain.trading.friction import Friction
from daemon.supervisor.benchmark.workload import (
    CAPITAL,
    COST_BPS,
    FAST,
    SHARES,
    SLOW,
    THRESHOLD,
    Answer,
    agree,
    numpy_answer,
    triad,
)

FASTS = (5, 8, 10, 12, 15, 20, 25, 30)
SLOWS = (40, 50, 60, 80, 100, 120, 150, 180, 200, 250, 300, 400)
PAIRS = [(fast, slow) for fast in FASTS for slow in SLOWS]
BARE = Friction("bare", commission_bps=COST_BPS)
FULL = Friction(
    "full",
    commission_per_share=0.005,
    commission_minimum=1.0,
    spread_bps=1.0,
    slippage_bps=1.0,
    volume_cap=0.1,
    impact=0.1,
    borrow_rate=0.01,
    regulatory_fees=True,
    whole_shares=True,
)
FULL_EXITS = Exits(stop_pct=0.01, target_pct=0.02, max_bars=390)
CROSS = Cross(FAST, SLOW, THRESHOLD, SHARES)

Work = Callable[[], Answer]


def kernel_figures(market: Market, rounds: int, beside: Mapping[str, Work]) -> dict[str, Any]:
    """Seconds of each engine, ratios, and the answer on which all of them agree."""
    works = {**works_of(market), **beside}
    answers = {name: work() for name, work in works.items()}
    seconds = _interleaved(works, rounds)
    _check(answers)
    answer = answers["signal_engine"]
    return {
        "bars": market.shape[0],
        "capital": CAPITAL,
        **{f"{name}_seconds": min(times) for name, times in seconds.items()},
        **_ratios(seconds),
        "total_return": answer.total_return,
        "max_drawdown": answer.max_drawdown,
        "trades": answer.trades,
        "final_equity": answer.final_equity,
    }


def run_grid(market: Market) -> list[Answer]:
    """Every pair, the kernel on as many threads as there are processors."""
    with ThreadPoolExecutor(threads()) as pool:
        return list(pool.map(lambda pair: run_pair(market, *pair), PAIRS))


def run_pair(market: Market, fast: int, slow: int) -> Answer:
    """Signal, engine and figures of one pair."""
    positions = sma_cross(market.close[:, 0], Cross(fast, slow, THRESHOLD, SHARES))
    return answer_of(simulate(market, positions, "shares", Exits(), BARE, CAPITAL))


def threads() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def works_of(market: Market) -> dict[str, Work]:
    """What is timed, by name; every work answers with its figures."""
    close, opening = market.close[:, 0], market.open[:, 0]
    given = sma_cross(close, CROSS)
    held = given.dense()[:, 0]
    cash, written = np.full(len(close), CAPITAL), np.empty(len(close))
    memory = njit(error_model="numpy")(triad)

    def engine(positions: Positions, exits: Exits, friction: Friction) -> Answer:
        return answer_of(simulate(market, positions, "shares", exits, friction, CAPITAL))

    def signal_engine() -> Answer:
        return engine(sma_cross(close, CROSS), Exits(), BARE)

    def limit() -> Answer:
        memory(cash, held, close, written)
        return Answer(0.0, 0.0, 0, float(written[-1]))

    return {
        "engine": lambda: engine(given, Exits(), BARE),
        "signal_engine": signal_engine,
        "full": lambda: engine(given, FULL_EXITS, FULL),
        "numpy": lambda: numpy_answer(opening, close),
        "triad": limit,
    }


def answer_of(run: Simulation) -> Answer:
    """The figures of a simulation."""
    final = float(run.equity[-1])
    return Answer(
        total_return=final / run.capital - 1.0,
        max_drawdown=deepest_fall(run.equity, run.capital),
        trades=int(np.count_nonzero(run.trades.exit_bar >= 0)),
        final_equity=final,
    )


def _interleaved(works: dict[str, Work], rounds: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def _check(answers: dict[str, Answer]) -> None:
    for name in set(answers) - {"signal_engine", "full", "triad"}:
        if not agree(answers["signal_engine"], answers[name]):
            raise AssertionError(f"{name} answers {answers[name]}, not {answers['signal_engine']}")


def _ratios(seconds: dict[str, list[float]]) -> dict[str, float]:
    def ratio(one: str, other: str) -> float:
        pairs = zip(seconds[one], seconds[other], strict=True)
        return float(np.median([a / b for a, b in pairs]))

    ratios = {
        "numpy_over_kernel": ratio("numpy", "signal_engine"),
        "kernel_over_triad": ratio("signal_engine", "triad"),
        "full_over_engine": ratio("full", "engine"),
        "full_over_kernel": ratio("full", "signal_engine"),
    }
    for name in set(seconds) - {"engine", "signal_engine", "full", "numpy", "triad"}:
        ratios[f"{name}_over_kernel"] = ratio(name, "signal_engine")
    return ratios
