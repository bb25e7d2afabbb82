"""The same figures written out slowly, to hold the compiled ones against."""

from __future__ import annotations

import math
import statistics
from itertools import combinations

import numpy as np

from daemon.domain.market.bars import Market
from daemon.domain.stats.convexity import newey_west_lags
from daemon.domain.stats.risk import RANGE_BARS, Entries


def naive_drawdown(equity: np.ndarray, start: float) -> float:
    """Bar by bar."""
    peak, worst = start, 0.0
    for value in equity:
        peak = max(peak, value)
        worst = min(worst, value / peak - 1.0)
    return worst


def slow_risk(market: Market, entries: Entries) -> np.ndarray:
    """`initial_risk` with whole arrays of prices, one bar back after the other."""
    total, counted = np.zeros(len(entries.symbol)), np.zeros(len(entries.symbol))
    for back in range(1, RANGE_BARS + 1):
        bar = entries.entry_bar - back
        usable = bar >= 1
        total += np.where(usable, _true_range(market, entries, np.maximum(bar, 1)), 0.0)
        counted += usable
    return _shares(market, entries) * total / np.maximum(counted, 1.0)


def _true_range(market: Market, entries: Entries, bar: np.ndarray) -> np.ndarray:
    if len(bar) == 0 or market.shape[0] < 2:
        return np.zeros(len(bar))
    symbol = entries.symbol
    basis, basis_before = _basis(market, entries, bar), _basis(market, entries, bar - 1)
    before = market.close[bar - 1, symbol] * basis_before
    high = np.maximum(market.high[bar, symbol] * basis, before)
    low = np.minimum(market.low[bar, symbol] * basis, before)
    return high - low


def _shares(market: Market, entries: Entries) -> np.ndarray:
    shares = np.abs(entries.quantity)
    actions = market.actions
    for k in np.flatnonzero(actions.new != actions.old):
        bar, ratio = actions.bar[k], actions.old[k] / actions.new[k]
        through = (entries.entry_bar < bar) & ((entries.exit_bar >= bar) | (entries.exit_bar < 0))
        shares = np.where(through & (entries.symbol == actions.symbol[k]), shares * ratio, shares)
    return shares


def _basis(market: Market, entries: Entries, at: np.ndarray) -> np.ndarray:
    actions, factor = market.actions, np.ones(len(at))
    for k in np.flatnonzero(actions.new != actions.old):
        bar, ratio = actions.bar[k], actions.old[k] / actions.new[k]
        later = (at < bar) & (entries.entry_bar >= bar) & (entries.symbol == actions.symbol[k])
        factor = factor * np.where(later, ratio, 1.0)
    return factor


def slow_curvature(returns: np.ndarray, market: np.ndarray) -> float:
    """Curvature after shrinkage with whole arrays, for returns and a market that move."""
    move = np.clip(market / np.std(market), -4.0, 4.0)
    bend = _without(move**2, move - np.mean(move))
    rest = _without(returns / np.std(returns), move - np.mean(move))
    slope = (bend @ rest) / (bend @ bend)
    scores = bend * (rest - slope * bend)
    lags = min(newey_west_lags(len(scores)), len(scores) - 1)
    long_run = scores @ scores
    for lag in range(1, lags + 1):
        long_run += 2.0 * (1.0 - lag / (lags + 1.0)) * (scores[lag:] @ scores[:-lag])
    error = math.sqrt(max(long_run, 0.0)) / (bend @ bend)
    partial = slope * math.sqrt((bend @ bend) / (rest @ rest))
    return partial * max(0.0, 1.0 - (error / slope) ** 2)


def _without(values: np.ndarray, move: np.ndarray) -> np.ndarray:
    centred = values - np.mean(values)
    return centred - move * ((centred @ move) / (move @ move))


def slow_overfitting(returns: np.ndarray, blocks: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits of all splits, and (Sharpe of the chosen in sample, out of it, middle) a row each."""
    cuts = [len(returns) * k // blocks for k in range(blocks + 1)]
    logits, rows = [], []
    for chosen in combinations(range(blocks), blocks // 2):
        mine = np.zeros(len(returns), dtype=bool)
        for block in chosen:
            mine[cuts[block] : cuts[block + 1]] = True
        inside = [_sharpe(column[mine]) for column in returns.T]
        outside = [_sharpe(column[~mine]) for column in returns.T]
        best = inside.index(max(inside))
        rank = sorted(outside).index(outside[best]) + 1
        relative = rank / (len(outside) + 1)
        logits.append(math.log(relative / (1 - relative)))
        rows.append((inside[best], outside[best], statistics.median(outside)))
    return np.array(logits), np.array(rows)


def _sharpe(returns: np.ndarray) -> float:
    return statistics.fmean(returns) / statistics.stdev(returns)
