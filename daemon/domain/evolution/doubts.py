"""What makes a result doubtful though every figure of it is sound.

Which doubts refuse a fitness and which are only flagged is decided in `evaluation`.
"""

from __future__ import annotations

import numpy as np

from daemon.domain.engine.simulation import Trades
from daemon.domain.market.bars import Market


def ambiguous_profit(trades: Trades) -> float:
    """Share of all that closed trades won or lost that lies in ambiguous ones, 0..1.

    Sum of |pnl| of the ambiguous over the sum of |pnl| of all closed trades; 0 without any.
    """
    moved = np.abs(trades.pnl[trades.exit_bar >= 0])
    doubtful = np.abs(trades.pnl[trades.ambiguous])
    total = float(np.sum(moved))
    return float(np.sum(doubtful)) / total if total > 0.0 else 0.0


def ended_early(market: Market, trades: Trades) -> bool:
    """True if a position is still open in a symbol that never trades in the market's last session.

    Its data ended (a delisting, a gap at the end): the position stands at its last price.
    """
    held = np.unique(trades.symbol[trades.exit_bar < 0])
    if not len(held):
        return False
    session = market.axis.session
    last = slice(int(np.searchsorted(session, session[-1])), None)
    printed = (market.volume[last][:, held] > 0.0) & ~market.stale[last][:, held]
    return not bool(printed.any(axis=0).all())
