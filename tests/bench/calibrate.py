"""Which share of strategies of a known true Sharpe passes the selection threshold.

    python -m tests.bench.calibrate [--strategies 2000] [--seed 1]

Each strategy is a series of session returns with clustering and fat tails (GARCH(1,1), Student-t
with 6 degrees of freedom) around a mean that makes its annual Sharpe what the column says, on a
market of its own drawn the same way. It goes through the real `evaluate`: blocks, convexity,
shrinkage, parsimony of a genome of 100 nodes. Prints the Markdown table of docs/evidence.md.
"""

from __future__ import annotations

import argparse
import math

import numpy as np

from daemon.domain.engine.simulation import Simulation, Trades
from daemon.domain.evolution.evaluation import EvaluationRules, evaluate
from daemon.domain.market.bars import Market, TimeAxis, sealed
from daemon.domain.trading.friction import NONE

SHARPES = (0.0, 1.0, 2.0, 3.0)
YEARS = (2, 8)
THRESHOLDS = (0.25, 0.5, 0.75, 1.0)
DEVIATION = 0.10 / math.sqrt(252)
NODES = 100
ALPHA, BETA, TAILS = 0.08, 0.90, 6.0


def returns(rng: np.random.Generator, count: int, sessions: int) -> np.ndarray:
    """(count, sessions) of mean 0 and long-run deviation 10 % a year."""
    shocks = rng.standard_t(TAILS, (sessions, count)) * math.sqrt((TAILS - 2.0) / TAILS)
    variance, made = np.ones(count), np.empty((sessions, count))
    for session, shock in enumerate(shocks):
        made[session] = np.sqrt(variance) * shock
        variance = 1.0 - ALPHA - BETA + ALPHA * made[session] ** 2 + BETA * variance
    return DEVIATION * made.T


def market(moves: np.ndarray) -> Market:
    """One symbol that makes these moves, a daily bar a session."""
    sessions = len(moves)
    number = np.arange(sessions)
    close = 100.0 * np.cumprod(1.0 + moves)[:, None]
    instants = number * 86_400_000_000_000
    zero = np.zeros(sessions, dtype=np.int64)
    axis = TimeAxis(instants, instants + 1, number, number.astype(np.int32), zero + 390, zero)
    stale = np.zeros(close.shape, dtype=bool)
    volume = np.full(close.shape, 1e6)
    return sealed(Market(("X",), "1d", axis, close, close, close, close, volume, stale))


def simulation(moves: np.ndarray) -> Simulation:
    """A ledger that earned these returns, always invested, with a hundred closed trades."""
    bars, many = len(moves), 100
    entry = np.linspace(0, bars - 1, many, endpoint=False).astype(np.int64)
    ones = np.ones(many)
    trades = Trades(
        symbol=np.zeros(many, dtype=np.int64),
        quantity=ones,
        entry_bar=entry,
        entry_price=ones,
        exit_bar=np.append(entry[1:], bars),
        exit_price=ones,
        pnl=ones,
        fees=ones,
        reason=np.ones(many, dtype=np.int64),
        ambiguous=np.zeros(many, dtype=bool),
    )
    equity = 100_000.0 * np.cumprod(1.0 + moves)
    return Simulation(100_000.0, equity, trades, 1e6, 0.0, 2 * many, 0, False)


def selections(rng: np.random.Generator, count: int, years: int, sharpe: float) -> np.ndarray:
    """F_sel of `count` strategies of that true annual Sharpe."""
    own = returns(rng, count, 252 * years) + sharpe * DEVIATION / math.sqrt(252)
    moves = returns(rng, count, 252 * years)
    rules = EvaluationRules()
    found = (
        evaluate(market(moves[k]), simulation(own[k]), NONE, "", NODES, rules) for k in range(count)
    )
    return np.array([-np.inf if e.selection is None else e.selection for e in found])


def main() -> None:
    """Prints one row for each history and threshold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strategies", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    print("| years | threshold | " + " | ".join(f"true Sharpe {s:.0f}" for s in SHARPES) + " |")
    print("|---|---|" + "---|" * len(SHARPES))
    for years in YEARS:
        columns = [selections(rng, asked.strategies, years, sharpe) for sharpe in SHARPES]
        medians = " | ".join(f"{np.median(column):.2f}" for column in columns)
        for threshold in THRESHOLDS:
            shares = " | ".join(f"{np.mean(column >= threshold):.1%}" for column in columns)
            print(f"| {years} | {threshold} | {shares} |")
        print(f"| {years} | median F_sel | {medians} |")


if __name__ == "__main__":
    main()
