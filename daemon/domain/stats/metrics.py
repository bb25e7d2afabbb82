"""The figures of one backtest, each with its formula; ratios rest on session-day returns."""

from __future__ import annotations

from dataclasses import dataclass

SESSIONS_A_YEAR = 252


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures of `backtest --json`. None: undefined (for example no losing trade).

    total_return, cagr, volatility, max_drawdown (<= 0), exposure, win_rate: fractions.
    sharpe, sortino, calmar, profit_factor, sqn, turnover (dollars traded a year / mean equity),
    convexity (factor K of statistics, 0.5..2): ratios. expectancy, fees, final_equity: dollars.
    ambiguous_share: trades whose stop and target lay in the same bar, over all trades.
    """

    total_return: float
    cagr: float | None
    sharpe: float | None
    sortino: float | None
    convexity: float | None
    max_drawdown: float
    calmar: float | None
    volatility: float | None
    exposure: float
    turnover: float
    trades: int
    win_rate: float | None
    profit_factor: float | None
    expectancy: float | None
    sqn: float | None
    fees: float
    final_equity: float
    ambiguous_share: float
