"""The work that is measured: made-up minute bars, a moving-average cross, and NumPy's answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Floats, Market, TimeAxis, sealed

BARS = 1_000_000
FAST, SLOW = 20, 100
THRESHOLD = 4.8213e-5  # dollars; lies between the gaps that two averages on a cent grid can have
SHARES = 100.0
CAPITAL = 1_000_000.0
COST_BPS = 1.0
SESSION_MINUTES = 390
FIRST_DATE = 16_436  # 2015-01-01
MINUTE = 60_000_000_000


@dataclass(frozen=True)
class Answer:
    """What every engine has to agree on. trades: closed ones. max_drawdown: <= 0."""

    total_return: float
    max_drawdown: float
    trades: int
    final_equity: float


def bars_of(path: Path | None, count: int = BARS, seed: int = 20) -> Floats:
    """float64 (T, 5), Fortran order: open, high, low, close, volume; from a file or made up."""
    if path is not None:
        return np.asfortranarray(np.load(path), dtype=np.float64)
    rng = np.random.default_rng(seed)
    walk = 100 * np.exp(np.cumsum(rng.normal(0, 2e-4, count)))
    close = np.round(walk, 2)
    opening = np.round(
        np.concatenate([close[:1], close[:-1]]) + rng.integers(-1, 2, count) / 100, 2
    )
    high = np.maximum(opening, close) + rng.integers(0, 4, count) / 100
    low = np.minimum(opening, close) - rng.integers(0, 4, count) / 100
    volume = rng.integers(1_000, 50_000, count).astype(np.float64)
    return np.asfortranarray(
        np.column_stack([opening, np.round(high, 2), np.round(low, 2), close, volume])
    )


def market_of(bars: Floats) -> Market:
    """One symbol of regular-hours minutes, every weekday."""
    count = len(bars)
    session = np.arange(count) // SESSION_MINUTES
    minute = np.arange(count) % SESSION_MINUTES + 1
    dates = FIRST_DATE + session + 2 * (session // 5)
    starts = (dates * 1440 + 870 + minute - 1) * MINUTE
    axis = TimeAxis(
        open_time=starts,
        close_time=starts + MINUTE,
        session=session,
        session_date=dates.astype(np.int32),
        minute=minute,
        minutes_left=SESSION_MINUTES - minute,
    )
    opening, high, low, close, volume = (bars[:, k : k + 1] for k in range(5))
    stale = np.zeros((count, 1), dtype=bool)
    return sealed(Market(("AAA",), "1m", axis, opening, high, low, close, volume, stale))


def numpy_answer(opening: Floats, close: Floats, fast: int = FAST, slow: int = SLOW) -> Answer:
    """The same backtest in vectorised NumPy: signal, fills, cash, equity, figures."""
    total = np.concatenate([[0.0], np.cumsum(close)])
    near = (total[slow:] - total[slow - fast : -fast]) / fast
    far = (total[slow:] - total[:-slow]) / slow
    held = np.zeros(len(close))
    held[slow:] = np.where(near - far > THRESHOLD, SHARES, 0.0)[:-1]
    bought = np.diff(held, prepend=0.0)
    value = bought * opening
    cash = CAPITAL - np.cumsum(value + np.abs(value) * (COST_BPS / 1e4))
    equity = cash + held * close
    peak = np.maximum.accumulate(np.maximum(equity, CAPITAL))
    return Answer(
        total_return=float(equity[-1] / CAPITAL - 1),
        max_drawdown=float((equity / peak - 1).min()),
        trades=int(np.count_nonzero(bought < 0)),
        final_equity=float(equity[-1]),
    )


def agree(one: Answer, other: Answer) -> bool:
    """True if two engines did the same work."""
    return one.trades == other.trades and bool(
        np.allclose(
            [one.total_return, one.max_drawdown, one.final_equity],
            [other.total_return, other.max_drawdown, other.final_equity],
            rtol=1e-9,
            atol=1e-9,
        )
    )


def triad(cash: Floats, held: Floats, close: Floats, equity: npt.NDArray[np.float64]) -> None:
    """equity = cash + held * close: the memory limit of any engine that writes an equity curve."""
    for k in range(len(equity)):
        equity[k] = cash[k] + held[k] * close[k]
