"""Niches: the coarse cells of behaviour in which the archive keeps its best, and what they measure.

`t2-b1-h0` reads: turnover in its third bin, beta in its second, holding time in its first.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

import numpy as np

from daemon.domain.engine.simulation import Trades
from daemon.domain.market.bars import Floats, Ints

TURNOVER: Final = (5.0, 25.0, 100.0)
"""Dollars traded a year over mean equity: rarely, monthly, weekly, daily and faster."""
BETA: Final = (-0.15, 0.15, 0.6)
"""To the market: against it, beside it, partly with it, with it."""
HOLDING: Final = (1.0, 5.0, 20.0)
"""Sessions a trade is held: within the day, days, weeks, longer."""


def niche(turnover: float, beta: float, holding: float) -> str:
    """Name of the cell that these descriptors fall into."""
    cells = (
        bisect_right(TURNOVER, turnover),
        bisect_right(BETA, beta),
        bisect_right(HOLDING, holding),
    )
    return "t{}-b{}-h{}".format(*cells)


def bars_held(trades: Trades, bars: int) -> Ints:
    """Bars from fill to fill, (K,); an open trade is held to the last of the market's bars."""
    last = np.where(trades.exit_bar >= 0, trades.exit_bar, bars - 1)
    return np.maximum(last - trades.entry_bar, 0)


def mean_closed(trades: Trades, held: Ints) -> float:
    """Mean of `held` over closed trades; 0 where there is none."""
    closed = trades.exit_bar >= 0
    return float(np.mean(held[closed])) if closed.any() else 0.0


def net_exposure(trades: Trades, held: Ints, bars: int, equity: float) -> float:
    """Mean over `bars` of what was held long less short, at entry prices, over mean equity."""
    dollars = float(np.sum(trades.quantity * trades.entry_price * held))
    return dollars / bars / equity if equity > 0.0 else 0.0


def beta(returns: Floats, market: Floats) -> float:
    """Slope of session returns on the market's; 0 where the market never moves."""
    moves = market - np.mean(market)
    power = float(moves @ moves)
    return float(moves @ returns) / power if power > 1e-18 else 0.0
