"""The same backtest in vectorbt, run by the Python of `.venv-peers` and by nothing else.

`PYTHON tests/bench/peers.py BARS.npy` answers each line of JSON on standard input with one timed
run as a line of JSON: {"kind": "one", "engine": ...} or {"kind": "grid", "engine": ..., "pairs":
[[fast, slow], ...], "chunk": columns in one call}.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import pandas as pd
import vectorbt as vbt

FAST, SLOW = 20, 100
THRESHOLD = 4.8213e-5
SHARES, CAPITAL, COST = 100.0, 1_000_000.0, 1e-4


def held(close, fast, slow, engine):
    """True where a position is held after the open of the bar: the cross of the bar before."""
    near = vbt.MA.run(close, fast, engine=engine).ma.to_numpy()
    far = vbt.MA.run(close, slow, engine=engine).ma.to_numpy()
    wanted = np.zeros(len(close), dtype=bool)
    wanted[1:] = near[:-1] - far[:-1] > THRESHOLD
    return wanted


def portfolio(opening, close, wanted, engine):
    before = np.zeros_like(wanted)
    before[1:] = wanted[:-1]
    return vbt.Portfolio.from_signals(
        close,
        entries=wanted & ~before,
        exits=~wanted & before,
        price=opening,
        size=SHARES,
        fees=COST,
        init_cash=CAPITAL,
        freq="1min",
        engine=engine,
    )


def half_invested(opening, close, wanted, engine):
    """Half of the equity while the cross holds: shares from the decision's close, next open."""
    before = np.zeros_like(wanted)
    before[1:] = wanted[:-1]
    decided = close.shift(1).fillna(close.iloc[0]).to_numpy()
    return vbt.Portfolio.from_orders(
        close,
        size=np.where(wanted != before, np.where(wanted, 0.5, 0.0), np.nan),
        size_type="targetpercent",
        price=opening,
        val_price=decided if wanted.ndim == 1 else decided[:, None],
        init_cash=100_000.0,
        freq="1min",
        engine=engine,
    )


PORTFOLIOS = {"one": portfolio, "grid": portfolio, "half": half_invested}


def figures(run):
    """Return, deepest drawdown, closed trades and final value, one list for each column."""
    found = (run.total_return(), run.max_drawdown(), run.trades.closed.count(), run.final_value())
    return np.column_stack([np.atleast_1d(f) for f in found]).tolist()


def run_task(opening, close, task):
    pairs = task.get("pairs", [[FAST, SLOW]])
    chunk = task.get("chunk", 1)
    answer = []
    for start in range(0, len(pairs), chunk):
        columns = [held(close, f, s, task["engine"]) for f, s in pairs[start : start + chunk]]
        wanted = columns[0] if chunk == 1 else np.column_stack(columns)
        price = opening if chunk == 1 else opening[:, None]
        make = PORTFOLIOS[task["kind"]]
        answer += figures(make(price, close, wanted, task["engine"]))
    return answer


def main() -> None:
    bars = np.load(sys.argv[1])
    opening, close = bars[:, 0].copy(), pd.Series(bars[:, 3].copy())
    for line in sys.stdin:
        task = json.loads(line)
        start = time.perf_counter()
        result = run_task(opening, close, task)
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "result": result}), flush=True)


if __name__ == "__main__":
    main()
