"""Initial risk of trades in dollars: what one average true range against them would have cost.

The trade record knows no stop distance, so R of every trade is measured in the same unit, the
range of the bars before its decision (statistics, SQN: "no stop: R = P&L / ATR risk"). A stop of
k ranges scales all R by 1/k, which leaves SQN as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.bars import Floats, Ints, Market

RANGE_BARS: Final = 14


@dataclass(frozen=True, slots=True)
class Entries:
    """Where K trades began and ended: indices, and shares on the basis of the exit (-1: open)."""

    symbol: Ints
    quantity: Floats
    entry_bar: Ints
    exit_bar: Ints


def initial_risk(market: Market, entries: Entries) -> Floats:
    """|shares at entry| times the mean true range of the 14 bars up to the decision: (K,) dollars.

    0 where fewer than two bars precede the entry. Across a split both shares and ranges are
    brought to the basis of the entry.
    """
    total, counted = np.zeros(len(entries.symbol)), np.zeros(len(entries.symbol))
    for back in range(1, RANGE_BARS + 1):
        bar = entries.entry_bar - back
        usable = bar >= 1
        total += np.where(usable, _true_range(market, entries, np.maximum(bar, 1)), 0.0)
        counted += usable
    return np.asarray(_shares(market, entries) * total / np.maximum(counted, 1.0))


def _true_range(market: Market, entries: Entries, bar: Ints) -> Floats:
    if len(bar) == 0 or market.shape[0] < 2:
        return np.zeros(len(bar))
    place = entries.symbol * market.shape[0] + bar
    basis, basis_before = _basis(market, entries, bar), _basis(market, entries, bar - 1)
    before = _column(market.close).take(place - 1) * basis_before
    high = np.maximum(_column(market.high).take(place) * basis, before)
    low = np.minimum(_column(market.low).take(place) * basis, before)
    return np.asarray(high - low)


def _column(array: Floats) -> Floats:
    """All symbols one after the other, a view of a Fortran array."""
    return array.T.reshape(-1)


def _shares(market: Market, entries: Entries) -> Floats:
    """|shares| at the entry."""
    shares = np.abs(entries.quantity)
    actions = market.actions
    for k in np.flatnonzero(actions.new != actions.old):
        bar, ratio = actions.bar[k], actions.old[k] / actions.new[k]
        through = (entries.entry_bar < bar) & ((entries.exit_bar >= bar) | (entries.exit_bar < 0))
        shares = np.where(through & (entries.symbol == actions.symbol[k]), shares * ratio, shares)
    return shares


def _basis(market: Market, entries: Entries, at: Ints) -> Floats | float:
    """What brings a price of bar `at` to the share basis of the entry."""
    actions = market.actions
    factor: Floats | float = 1.0
    for k in np.flatnonzero(actions.new != actions.old):
        bar, ratio = actions.bar[k], actions.old[k] / actions.new[k]
        later = (at < bar) & (entries.entry_bar >= bar) & (entries.symbol == actions.symbol[k])
        factor = factor * np.where(later, ratio, 1.0)
    return factor
