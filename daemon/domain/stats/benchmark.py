"""The market itself as session returns: what strategies are compared with, never a candidate.

Two of them. `held` is what an owner could have done: equal dollars in each symbol, then nothing,
dividends kept as cash, splits by their exact ratio. It buys where the first decision of a genome
fills: a symbol's first bar is seen to its close, and the open of the next bar that trades is paid.
On daily bars that is the second session; nothing compared with it can have been there earlier.
`returns` is the move of the market as a whole, every symbol the same each session: what beta and
convexity are measured against. It begins at the first open, the same in every time frame.
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
    weights, rebalanced each session, over the symbols that trade (m_t of statistics, for beta and
    convexity). held: (S,) equal dollars bought once and kept, cash for a symbol until then.
    volatile: bool (S,), see `convexity`.
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


def _view(market: Market) -> SessionView:
    ends = session_ends(market.axis.session)
    listed = _first_bars(market)
    bought = _first_fills(market, listed)
    returns = _returns(market, ends, listed, *_carried(market, ends, listed))
    wealth = np.mean(_wealth(market, ends, bought, *_carried(market, ends, bought)), axis=1)
    held = wealth / np.concatenate(([1.0], wealth[:-1])) - 1.0
    dates = market.axis.session_date[ends]
    return SessionView(ends, dates, returns, held, volatile_sessions(returns))


def _first_bars(market: Market) -> Ints:
    """Index of each symbol's first bar of its own (N,); T where it has none."""
    first = np.argmin(market.stale, axis=0)
    return np.where(market.stale.all(axis=0), len(market.axis), first)


def _first_fills(market: Market, listed: Ints) -> Ints:
    """Index of the first bar after a symbol's first on which it trades (N,); T where none does."""
    fills = ~market.stale & (market.volume > 0.0)
    fills &= np.arange(len(fills))[:, None] > listed
    return np.where(fills.any(axis=0), np.argmax(fills, axis=0), len(fills))


def _opens(market: Market, bought: Ints) -> Floats:
    """The open (N,) of the bar on which each symbol is bought, 1 where it never is."""
    known = np.minimum(bought, len(market.axis) - 1)
    opens = market.open[known, np.arange(len(market.symbols))]
    return np.where((bought < len(market.axis)) & (opens > 0.0), opens, 1.0)


def _wealth(market: Market, ends: Ints, bought: Ints, shares: Floats, cash: Floats) -> Floats:
    """What a dollar in each symbol became at each session's end (S, N), nothing reinvested."""
    owned = np.cumprod(shares, axis=0)
    before = np.vstack((np.ones((1, owned.shape[1])), owned[:-1]))
    value = (market.close[ends] * owned + np.cumsum(cash * before, axis=0)) / _opens(market, bought)
    return np.where(ends[:, None] >= bought, value, 1.0)


def _returns(market: Market, ends: Ints, bought: Ints, shares: Floats, cash: Floats) -> Floats:
    """Mean move (S,) of the symbols that trade, a later listing from its second session on."""
    starts = np.concatenate(([0], ends[:-1] + 1))
    fresh = ~np.logical_and.reduceat(market.stale, starts, axis=0)
    listed = bought <= np.concatenate((ends[:1], ends[:-1]))[:, None]
    closes = market.close[ends]
    before = np.vstack((_opens(market, bought)[None], closes[:-1]))
    counted = (fresh | (cash > 0.0)) & listed & (before > 0.0)
    gains = (closes * shares + cash) / np.where(counted, before, 1.0) - 1.0
    trading = np.maximum(np.sum(counted, axis=1), 1)
    moves: Floats = np.sum(np.where(counted, gains, 0.0), axis=1) / trading
    return moves


def _carried(market: Market, ends: Ints, bought: Ints) -> tuple[Floats, Floats]:
    """What one share held into each session became by splits (S, N), and the cash it was paid.

    Actions up to the bar on which a symbol is bought took effect before.
    """
    actions, shape = market.actions, (len(ends), len(market.symbols))
    shares, cash = np.ones(shape), np.zeros(shape)
    sessions = np.searchsorted(ends, actions.bar)
    for k, session in enumerate(sessions):
        where = session, actions.symbol[k]
        if actions.bar[k] > bought[actions.symbol[k]]:
            cash[where] += actions.cash[k] * shares[where]
            shares[where] *= actions.new[k] / actions.old[k]
    return shares, cash
