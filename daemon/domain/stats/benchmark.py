"""The market itself as session returns: what strategies are compared with, never a candidate.

Close to close, a split by its exact ratio and a dividend as cash, from the session after a
symbol's first bar on. A session in which a symbol does not trade leaves it out of the mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Bools, Floats, Ints, Market
from daemon.domain.stats.convexity import volatile_sessions
from daemon.domain.stats.metrics import session_ends

_KEPT: Final = 8
_views: dict[str, SessionView] = {}


@dataclass(frozen=True, slots=True)
class SessionView:
    """What every evaluation on a market needs to know of it, S sessions.

    ends: int64 (S,) index of each session's last bar. dates: int32 (S,). returns: (S,) equal
    weights, rebalanced each session, over the symbols that trade. held: (S,) equal dollars bought
    once and kept, cash for a symbol until it lists. volatile: bool (S,), see `convexity`.
    """

    ends: Ints
    dates: npt.NDArray[np.int32]
    returns: Floats
    held: Floats
    volatile: Bools


def session_view(market: Market) -> SessionView:
    """The view of a market; the last eight are remembered by the market's hash."""
    known = _views.get(market.hash)
    if known is not None:
        return known
    view = _view(market)
    if market.hash:
        _views[market.hash] = view
        for oldest in list(_views)[:-_KEPT]:
            _views.pop(oldest, None)
    return view


def buy_and_hold(market: Market) -> Floats:
    """Session returns (S,) of equal dollars in each symbol, bought once, without costs."""
    return session_view(market).held


def _view(market: Market) -> SessionView:
    ends = session_ends(market.axis.session)
    gains, counted = _symbol_returns(market, ends)
    trading = np.maximum(np.sum(counted, axis=1), 1)
    returns = np.sum(gains, axis=1) / trading
    wealth = np.mean(np.cumprod(1.0 + gains, axis=0), axis=1)
    held = wealth / np.concatenate(([1.0], wealth[:-1])) - 1.0
    dates = market.axis.session_date[ends]
    return SessionView(ends, dates, returns, held, volatile_sessions(returns))


def _symbol_returns(market: Market, ends: Ints) -> tuple[Floats, Bools]:
    """Return of each symbol in each session (S, N), 0 where it does not count, and what counts."""
    starts = np.concatenate(([0], ends[:-1] + 1))
    fresh = ~np.logical_and.reduceat(market.stale, starts, axis=0)
    listed = np.logical_or.accumulate(np.vstack((~market.stale[:1], fresh[:-1])), axis=0)
    closes = market.close[ends]
    before = np.vstack((market.close[:1], closes[:-1]))
    shares, cash = _carried(market, ends)
    counted = (fresh | (cash > 0.0)) & listed & (before > 0.0)
    gains = (closes * shares + cash) / np.where(counted, before, 1.0) - 1.0
    return np.where(counted, gains, 0.0), counted


def _carried(market: Market, ends: Ints) -> tuple[Floats, Floats]:
    """What one share held into each session became by splits (S, N), and the cash it was paid."""
    actions, shape = market.actions, (len(ends), len(market.symbols))
    shares, cash = np.ones(shape), np.zeros(shape)
    sessions = np.searchsorted(ends, actions.bar)
    for k, session in enumerate(sessions):
        where = session, actions.symbol[k]
        if actions.bar[k] > 0:
            cash[where] += actions.cash[k] * shares[where]
            shares[where] *= actions.new[k] / actions.old[k]
    return shares, cash
