"""Initial risk: ranges before the decision, and splits in between."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.bars import Actions, Market
from daemon.domain.stats.risk import Entries, initial_risk
from tests.domain.stats.made import market_of, walk
from tests.domain.stats.slow import slow_risk


def entries(entry: int, exit_bar: int, quantity: float = -10.0, symbol: int = 0) -> Entries:
    return Entries(
        np.array([symbol]), np.array([quantity]), np.array([entry]), np.array([exit_bar])
    )


def naive_range(market: Market, symbol: int, entry: int) -> float:
    ranges = []
    for bar in range(max(1, entry - 14), entry):
        high, low = market.high[bar, symbol], market.low[bar, symbol]
        before = market.close[bar - 1, symbol]
        ranges.append(max(high, before) - min(low, before))
    return float(np.mean(ranges))


def split(bar: int, new: float) -> Actions:
    return Actions(np.array([bar]), np.array([0]), np.zeros(1), np.array([new]), np.ones(1))


@pytest.mark.parametrize("entry", [2, 5, 15, 40])
def test_risk_is_shares_times_the_mean_true_range_before_the_decision(entry: int) -> None:
    market = market_of(walk(1, 60))

    found = initial_risk(market, entries(entry, 50, symbol=2))

    assert found == pytest.approx([10 * naive_range(market, 2, entry)])


def test_what_happens_from_the_entry_on_does_not_matter() -> None:
    close = walk(1, 60)
    wild = close.copy()
    wild[30:] *= 3.0

    assert initial_risk(market_of(close), entries(30, 50)) == pytest.approx(
        initial_risk(market_of(wild), entries(30, 50))
    )


@pytest.mark.parametrize("bar", [25, 40])
def test_a_split_before_or_during_a_trade_changes_nothing_in_dollars(bar: int) -> None:
    close = walk(3, 60, 1)
    halved = np.where(np.arange(60) >= bar, 0.5, 1.0)[:, None]
    market = market_of(close * halved, actions=split(bar, 2.0))
    market = replace(market, high=(close + 0.5) * halved, low=(close - 0.5) * halved)

    found = initial_risk(market, entries(30, 50, 20.0))

    assert found == pytest.approx(initial_risk(market_of(close), entries(30, 50, 10.0)))


def test_without_a_bar_before_the_entry_there_is_no_risk() -> None:
    assert initial_risk(market_of(walk(1, 60)), entries(1, 5)).tolist() == [0.0]
    assert initial_risk(market_of(walk(1, 1)), entries(0, -1)).tolist() == [0.0]


def test_no_trades_have_no_risk() -> None:
    none = np.zeros(0, dtype=np.int64)

    assert len(initial_risk(market_of(walk(1, 9)), Entries(none, np.zeros(0), none, none))) == 0


@given(st.integers(0, 10_000), st.integers(0, 12))
@settings(deadline=None, max_examples=60)
def test_risk_is_that_of_whole_arrays_through_any_splits(seed: int, splits: int) -> None:
    rng = np.random.default_rng(seed)
    new = rng.integers(1, 5, splits).astype(float)
    actions = Actions(
        np.sort(rng.integers(0, 60, splits)),
        rng.integers(0, 3, splits),
        np.ones(splits),
        new,
        rng.integers(1, 4, splits).astype(float),
    )
    market = market_of(walk(seed, 60), actions=actions)
    entry = np.sort(rng.integers(0, 60, 40))
    left = np.where(rng.random(40) < 0.2, -1, np.minimum(entry + rng.integers(0, 20, 40), 59))
    trades = Entries(rng.integers(0, 3, 40), rng.normal(0.0, 50.0, 40), entry, left)

    found = initial_risk(market, trades)

    assert found == pytest.approx(slow_risk(market, trades), rel=1e-13, abs=1e-13)
