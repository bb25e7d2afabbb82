"""Initial risk of trades in dollars: what one average true range against them would have cost.

The trade record knows no stop distance, so R of every trade is measured in the same unit, the
range of the bars before its decision (statistics, SQN: "no stop: R = P&L / ATR risk"). A stop of
k ranges scales all R by 1/k, which leaves SQN as it is.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats, Ints, Market

RANGE_BARS: Final = 14


def initial_risk(
    market: Market, symbol: Ints, quantity: Floats, entry_bar: Ints, exit_bar: Ints
) -> Floats:
    """|shares at entry| times the mean true range of the 14 bars up to the decision: (K,) dollars.

    quantity is on the share basis of the exit (exit_bar -1: still open). 0 where no bar precedes
    the entry. Across a split both shares and ranges are brought to the basis of the entry.
    """
    decision = entry_bar - 1
    last = np.where(exit_bar < 0, market.shape[0] - 1, exit_bar)
    bars = decision[:, None] - np.arange(RANGE_BARS)
    usable = bars >= 1
    now, column = np.maximum(bars, 1), symbol[:, None]
    before = now - 1
    if market.shape[0] < 2 or len(symbol) == 0:
        return np.zeros(len(symbol))
    high, low = market.high[now, column], market.low[now, column]
    previous = market.close[before, column]
    shares = np.abs(quantity)
    for bar, which, new, old in zip(
        market.actions.bar,
        market.actions.symbol,
        market.actions.new,
        market.actions.old,
        strict=True,
    ):
        mine = symbol == which
        shares = np.where(mine & (entry_bar < bar) & (bar <= last), shares * old / new, shares)
        later = (mine & (entry_bar >= bar))[:, None]
        high = np.where(later & (now < bar), high * old / new, high)
        low = np.where(later & (now < bar), low * old / new, low)
        previous = np.where(later & (before < bar), previous * old / new, previous)
    ranges = np.maximum(high, previous) - np.minimum(low, previous)
    counted = np.maximum(np.sum(usable, axis=1), 1)
    return np.asarray(shares * np.sum(ranges * usable, axis=1) / counted)
