"""The figures of one backtest, each with its formula; ratios rest on session-day returns.

Intraday equity is compounded to session days first; then mean over sample deviation times
sqrt(252). Nothing here knows an engine: columns come in, figures come out. What the figures are
worth as evidence is the business of `sharpe`; which of them order the search, of `fitness`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.bars import Bools, Floats, Ints
from daemon.domain.stats.averages import mean, sample_deviation
from daemon.domain.stats.holding import Holding
from daemon.domain.stats.path import STILL, SessionPath

SESSIONS_A_YEAR = 252
CALMAR_SESSIONS: Final = 3 * SESSIONS_A_YEAR
PROFIT_FACTOR_CAP: Final = 10.0
SQN_TRADES: Final = 100


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures of `backtest --json`. None: undefined (for example no losing trade).

    total_return, cagr, volatility, max_drawdown (<= 0), exposure, win_rate: fractions.
    sharpe, sortino, calmar, profit_factor, sqn, turnover (dollars traded a year / mean equity),
    convexity (factor K of statistics, 0.5..2): ratios. expectancy, fees, final_equity: dollars.
    ambiguous_share: trades whose stop and target lay in the same bar, over all trades.
    exposure: share of bars at whose close a position was held. A position still open counts as a
    trade, marked at the last close.
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


@dataclass(frozen=True, slots=True)
class Account:
    """The columns of one run of K trades; dollars.

    path: of its equity, by session. holding: when it held anything. pnl, risk (initial risk in
    dollars, see `risk.initial_risk`), ambiguous: (K,).
    """

    capital: float
    path: SessionPath
    holding: Holding
    pnl: Floats
    risk: Floats
    ambiguous: Bools
    traded: float
    fees: float


def measure(account: Account, returns: Floats, convexity: float | None) -> Metrics:
    """All figures of an account whose session returns are known; `convexity` is passed through.

    An equity that is not finite gives figures that are not numbers, or None; see `fitness`.
    """
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        return _measured(account, returns, convexity)


def _measured(account: Account, returns: Floats, convexity: float | None) -> Metrics:
    years = len(returns) / SESSIONS_A_YEAR
    path, pnl = account.path, account.pnl
    final = float(path.equity[-1])
    return Metrics(
        total_return=final / account.capital - 1.0,
        cagr=cagr(account.capital, final, len(returns)),
        sharpe=sharpe(returns),
        sortino=sortino(returns),
        convexity=convexity,
        max_drawdown=path.max_drawdown(account.capital, 0, len(path.ends) - 1),
        calmar=calmar(account),
        volatility=volatility(returns),
        exposure=account.holding.share(),
        turnover=account.traded / years / mean(path.equity[path.ends]),
        trades=len(pnl),
        win_rate=float(np.mean(pnl > 0.0)) if len(pnl) else None,
        profit_factor=profit_factor(pnl),
        expectancy=mean(pnl) if len(pnl) else None,
        sqn=sqn(pnl, account.risk),
        fees=account.fees,
        final_equity=final,
        ambiguous_share=float(np.mean(account.ambiguous)) if len(pnl) else 0.0,
    )


def session_ends(session: Ints) -> Ints:
    """Index of the last bar of each session: int64 (S,)."""
    return np.append(np.flatnonzero(session[1:] != session[:-1]), len(session) - 1)


def session_returns(equity: Floats, ends: Ints, capital: float) -> Floats:
    """Simple return of each session, (S,): equity at its last bar over that of the one before.

    The first session starts from the capital. Reads only the last bar of each session.
    """
    closing = equity[ends]
    opening = np.concatenate(([capital], closing[:-1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(closing / opening - 1.0)


def sharpe(returns: Floats) -> float | None:
    """Annual Sharpe ratio of session returns over a rate of zero: sqrt(252) * mean / deviation.

    The deviation is the sample one (n - 1). None below two sessions or where nothing moves.
    """
    deviation = _deviation(returns)
    return None if deviation is None else _annual(mean(returns) / deviation)


def sortino(returns: Floats) -> float | None:
    """Annual Sortino ratio: sqrt(252) * mean / sqrt(mean(min(r, 0)^2)), means over all sessions.

    None where no session lost.
    """
    if len(returns) == 0:
        return None
    downside = math.sqrt(mean(np.minimum(returns, 0.0) ** 2))
    if not downside > STILL:
        return None
    return _annual(mean(returns) / downside)


def volatility(returns: Floats) -> float | None:
    """Annual sample deviation of session returns; None below two sessions."""
    return None if len(returns) < 2 else _annual(sample_deviation(returns))


def cagr(capital: float, final: float, sessions: int) -> float | None:
    """(final / capital)^(252 / sessions) - 1; None where nothing is left or it overflows."""
    if not (final > 0.0 and sessions > 0):
        return None
    exponent = math.log(final / capital) * SESSIONS_A_YEAR / sessions
    return math.expm1(exponent) if exponent < 700.0 else None


def calmar(account: Account) -> float | None:
    """CAGR over |MaxDD| of the last 36 months (756 sessions), or of all there are."""
    path, sessions = account.path, len(account.path.ends)
    first = max(0, sessions - CALMAR_SESSIONS)
    start = float(path.equity[path.ends[first - 1]]) if first else account.capital
    growth = cagr(start, float(path.equity[-1]), sessions - first) if start > 0 else None
    drawdown = path.max_drawdown(start, first, sessions - 1)
    return growth / -drawdown if growth is not None and drawdown < -STILL else None


def profit_factor(pnl: Floats) -> float | None:
    """Sum of winning trades over |sum of losing ones|, at most 10; None without a losing trade."""
    lost = -float(np.sum(pnl[pnl < 0.0]))
    return min(float(np.sum(pnl[pnl > 0.0])) / lost, PROFIT_FACTOR_CAP) if lost > 0.0 else None


def sqn(pnl: Floats, risk: Floats) -> float | None:
    """Van Tharp's system quality: sqrt(min(n, 100)) * mean(R) / sample deviation(R), R = pnl/risk.

    Trades without a known risk are left out; None below two trades or where R never varies.
    """
    known = risk > 0.0
    multiples = pnl[known] / risk[known]
    deviation = _deviation(multiples)
    if deviation is None:
        return None
    return math.sqrt(min(len(multiples), SQN_TRADES)) * mean(multiples) / deviation


def _deviation(values: Floats) -> float | None:
    deviation = sample_deviation(values) if len(values) > 1 else 0.0
    return deviation if deviation > STILL else None


def _annual(a_session: float) -> float:
    return math.sqrt(SESSIONS_A_YEAR) * a_session
