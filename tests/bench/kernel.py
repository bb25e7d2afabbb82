"""The kernel on one backtest of 1,000,000 bars, beside NumPy, memory's limit and vectorbt.

Run: python -m tests.bench.kernel [--json] [--bars FILE.npy] [--peers .venv-peers/bin/python]
Rounds are interleaved; a figure is the fastest round, a ratio the median over the rounds.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from daemon.domain.engine.signals import Cross, deepest_fall, sma_cross
from daemon.domain.engine.simulate import simulate
from daemon.domain.engine.simulation import Simulation
from daemon.domain.genome.contract import Exits
from daemon.domain.market.bars import Floats, Market
from daemon.domain.trading.friction import Friction
from tests.bench.peer_process import peer_of
from tests.bench.workload import (
    CAPITAL,
    COST_BPS,
    FAST,
    SHARES,
    SLOW,
    THRESHOLD,
    Answer,
    agree,
    bars_of,
    market_of,
    numpy_answer,
    triad,
)

ROUNDS = 15
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


def figures(
    path: Path | None = None, peers: str | None = None, rounds: int = ROUNDS
) -> dict[str, Any]:
    """Seconds of each engine, ratios, and the answer on which all of them agree."""
    bars = bars_of(path)
    market = market_of(bars)
    works = works_of(market)
    with ExitStack() as stack:
        if peers is not None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            peer = stack.enter_context(peer_of(peers, bars, folder))
            works["vectorbt"] = lambda: _peer_answer(peer.ask(kind="one", engine="rust"))
        answers = {name: work() for name, work in works.items()}
        seconds = _interleaved(works, rounds)
    _check(answers)
    answer = answers["signal_engine"]
    return {
        "bars": len(bars),
        **{f"{name}_seconds": min(times) for name, times in seconds.items()},
        **_ratios(seconds),
        "total_return": answer.total_return,
        "max_drawdown": answer.max_drawdown,
        "trades": answer.trades,
        "final_equity": answer.final_equity,
    }


def works_of(market: Market) -> dict[str, Work]:
    """What is timed, by name; every work answers with its figures."""
    close, opening = market.close[:, 0], market.open[:, 0]
    given, scratch = np.empty(len(close)), np.empty(len(close))
    sma_cross(close, CROSS, given)
    cash, written = np.full(len(close), CAPITAL), np.empty(len(close))
    memory = njit(error_model="numpy")(triad)

    def engine(targets: Floats, exits: Exits, friction: Friction) -> Answer:
        return answer_of(simulate(market, targets[:, None], "shares", exits, friction, CAPITAL))

    def signal_engine() -> Answer:
        sma_cross(close, CROSS, scratch)
        return engine(scratch, Exits(), BARE)

    def limit() -> Answer:
        memory(cash, given, close, written)
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


def _peer_answer(asked: tuple[float, list[list[float]]]) -> Answer:
    (total_return, drawdown, trades, final), *_ = asked[1]
    return Answer(total_return, drawdown, int(trades), final)


def _interleaved(works: dict[str, Work], rounds: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def _check(answers: dict[str, Answer]) -> None:
    for name in ("engine", "numpy", "vectorbt"):
        if name in answers and not agree(answers["signal_engine"], answers[name]):
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
    if "vectorbt" in seconds:
        ratios["vectorbt_over_kernel"] = ratio("vectorbt", "signal_engine")
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--bars", type=Path)
    parser.add_argument("--peers")
    options = parser.parse_args()
    found = figures(options.bars, options.peers)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:24} {value:.6g}" if isinstance(value, float) else f"{name:24} {value}")


if __name__ == "__main__":
    main()
