"""Initial risk of trades in dollars: what one average true range against them would have cost.

The trade record knows no stop distance, so R of every trade is measured in the same unit, the
range of the bars before its decision (statistics, SQN: "no stop: R = P&L / ATR risk"). A stop of
k ranges scales all R by 1/k, which leaves SQN as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from daemon.domain.compiled import constant, entry, inlined, prefetch
from daemon.domain.market.bars import Floats, Ints, Market

RANGE_BARS: Final = 14
AHEAD: Final = constant(6)
"""Trades whose bars are on their way from memory while one is worked on."""
LINE: Final = constant(8)
"""Values in a line of the cache."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Where K trades began and ended: indices, and shares on the basis of the exit (-1: open)."""

    symbol: Ints
    quantity: Floats
    entry_bar: Ints
    exit_bar: Ints


class _Prices(NamedTuple):
    """(N, T), a symbol's bars contiguous."""

    high: Floats
    low: Floats
    close: Floats


class _Splits(NamedTuple):
    """Splits in order of bar; ratio: old shares over new ones."""

    bar: Ints
    symbol: Ints
    ratio: Floats


def initial_risk(market: Market, entries: Entries) -> Floats:
    """|shares at entry| times the mean true range of the 14 bars up to the decision: (K,) dollars.

    0 where fewer than two bars precede the entry. Across a split both shares and ranges are
    brought to the basis of the entry.
    """
    splits = _splits(market)
    shares = _shares(splits, entries)
    prices = _Prices(*(np.ascontiguousarray(p.T) for p in (market.high, market.low, market.close)))
    recent = np.searchsorted(splits.bar, entries.entry_bar - RANGE_BARS)
    risk = np.empty(len(shares))
    _risks(prices, splits, recent, entries.symbol, entries.entry_bar, shares, risk)
    return risk


def _splits(market: Market) -> _Splits:
    actions = market.actions
    real = actions.new != actions.old
    ratio = actions.old[real] / actions.new[real]
    return _Splits(actions.bar[real], actions.symbol[real], ratio)


def _shares(splits: _Splits, entries: Entries) -> Floats:
    """|shares| at the entry."""
    shares = np.abs(entries.quantity)
    for bar, symbol, ratio in zip(*splits, strict=True):
        through = (entries.entry_bar < bar) & ((entries.exit_bar >= bar) | (entries.exit_bar < 0))
        shares = np.where(through & (entries.symbol == symbol), shares * ratio, shares)
    return shares


@entry
def _risks(
    prices: _Prices,
    splits: _Splits,
    recent: Ints,
    symbol: Ints,
    entry_bar: Ints,
    shares: Floats,
    risk: Floats,
) -> None:
    """Write `risk` (K,). recent: (K,) first split that may lie in the bars before the entry."""
    for k in range(len(risk)):
        if k + AHEAD < len(risk):
            _read_ahead(prices, symbol[k + AHEAD], entry_bar[k + AHEAD])
        own, stop, split = symbol[k], entry_bar[k], recent[k]
        first = max(1, stop - RANGE_BARS)
        if split < len(splits.bar) and splits.bar[split] <= stop:
            total = _ranges_across(prices, splits, split, own, first, stop)
        else:
            total = _ranges(prices, own, first, stop)
        risk[k] = shares[k] * total / max(stop - first, 1)


@inlined
def _read_ahead(prices: _Prices, symbol: int, stop: int) -> None:
    """Ask memory for the bars before a trade that comes later."""
    first = max(0, stop - RANGE_BARS - 1)
    for bar in range(first, stop, LINE):
        prefetch(prices.high, symbol, bar)
        prefetch(prices.low, symbol, bar)
        prefetch(prices.close, symbol, bar)


@inlined
def _ranges(prices: _Prices, symbol: int, first: int, stop: int) -> float:
    """Sum of the true ranges of bars first..stop-1."""
    before = prices.close[symbol, first - 1 : max(first, stop) - 1]
    high, low = prices.high[symbol, first:stop], prices.low[symbol, first:stop]
    total = 0.0
    for k in range(len(before)):
        upper = high[k] if high[k] > before[k] else before[k]
        lower = low[k] if low[k] < before[k] else before[k]
        total += upper - lower
    return total


@inlined
def _ranges_across(
    prices: _Prices, splits: _Splits, split: int, symbol: int, first: int, stop: int
) -> float:
    """The same on the share basis of bar `stop`; split: the first that may lie between."""
    total = 0.0
    for bar in range(first, stop):
        basis = _basis(splits, split, symbol, bar, stop)
        before = prices.close[symbol, bar - 1] * _basis(splits, split, symbol, bar - 1, stop)
        high, low = prices.high[symbol, bar] * basis, prices.low[symbol, bar] * basis
        total += max(high, before) - min(low, before)
    return total


@inlined
def _basis(splits: _Splits, split: int, symbol: int, bar: int, stop: int) -> float:
    """What brings a symbol's price of `bar` to the share basis of bar `stop`."""
    factor = 1.0
    for k in range(split, len(splits.bar)):
        if splits.bar[k] > stop:
            break
        if splits.bar[k] > bar and splits.symbol[k] == symbol:
            factor *= splits.ratio[k]
    return factor
