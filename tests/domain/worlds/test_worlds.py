"""Made-up worlds: no edge where none is planted, the one that was asked for where one is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.worlds.daily import daily_market
from daemon.domain.worlds.garch import garch
from daemon.domain.worlds.null import NullKind, null_returns
from daemon.domain.worlds.planted import EdgeKind, planted, signals

SHAPE = (800, 3)


def history() -> np.ndarray:
    return garch(2000, 6, np.random.default_rng(1)).returns


@pytest.mark.parametrize("kind", NullKind)
def test_a_world_without_an_edge_tells_nothing_of_its_next_sign(kind: NullKind) -> None:
    made = [null_returns(kind, SHAPE, history(), np.random.default_rng(s)) for s in range(30)]

    z = [
        np.sum(np.sign(r[:-1]) * r[1:]) / np.sqrt(np.sum(np.sum(np.sign(r[:-1]) * r[1:], 1) ** 2))
        for r in made
    ]
    assert abs(np.mean(z)) < 3.0 / np.sqrt(30)
    assert 0.6 < np.std(z) < 1.5


def test_bootstrap_and_phase_keep_what_follows_what_in_size_and_shuffling_does_not() -> None:
    rows = history()

    def clustering(kind: NullKind) -> float:
        size = np.abs(null_returns(kind, (4000, 6), rows, np.random.default_rng(5)))
        return float(np.mean([np.corrcoef(s[1:], s[:-1])[0, 1] for s in size.T]))

    assert clustering(NullKind.GARCH) > 0.06
    assert clustering(NullKind.BOOTSTRAP) > 0.04
    assert clustering(NullKind.PHASE) > 0.02
    assert abs(clustering(NullKind.SHUFFLED)) < 0.02


@pytest.mark.parametrize("kind", NullKind)
def test_the_same_seed_gives_the_same_world_and_another_gives_another(kind: NullKind) -> None:
    first, again, other = (
        null_returns(kind, SHAPE, history(), np.random.default_rng(seed)) for seed in (7, 7, 8)
    )

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("kind", EdgeKind)
def test_the_oracle_has_the_sharpe_ratio_that_was_asked_for(kind: EdgeKind) -> None:
    world = planted(kind, (2016, 8), 3.0, np.random.default_rng(3))

    held = world.oracle[:-1] / 8
    earned = np.sum(held * (world.market.close[1:] / world.market.close[:-1] - 1.0), axis=1)
    realised = np.sqrt(252) * np.mean(earned) / np.std(earned)
    assert world.sharpe == pytest.approx(3.0, rel=0.01)
    assert world.true_sharpe(world.oracle) == pytest.approx(3.0, rel=0.01)
    assert abs(realised - 3.0) < 3.0 / np.sqrt(8)
    assert world.z == pytest.approx(3.0 * np.sqrt(8), rel=0.01)


@pytest.mark.parametrize("kind", EdgeKind)
def test_what_gives_the_drift_away_lies_in_earlier_sessions(kind: EdgeKind) -> None:
    shocks = garch(300, 3, np.random.default_rng(2))
    returns = shocks.returns.copy()
    returns[200:] = -returns[200:] + 0.01

    changed = signals(kind, replace(shocks, returns=returns), 0.1)
    whole = signals(kind, shocks, 0.1)

    assert np.array_equal(whole[:201], changed[:201])
    assert np.max(np.abs(whole)) <= 1.0
    assert (kind is EdgeKind.SEASONAL) == np.array_equal(whole, changed)


def test_opposite_positions_have_the_opposite_true_sharpe_and_none_has_zero() -> None:
    world = planted(EdgeKind.REVERSAL, (800, 4), 2.0, np.random.default_rng(4))

    assert world.true_sharpe(-world.oracle) == pytest.approx(-world.true_sharpe(world.oracle))
    assert world.true_sharpe(np.zeros(world.oracle.shape)) == 0.0


def test_a_market_of_returns_has_their_closes_and_whole_bars() -> None:
    returns = garch(300, 3, np.random.default_rng(6)).returns

    market = daily_market(returns, np.random.default_rng(6))

    assert np.allclose(market.close[1:] / market.close[:-1] - 1.0, returns[1:])
    assert np.array_equal(market.open[1:], market.close[:-1])
    assert np.all(market.high >= np.maximum(market.open, market.close))
    assert np.all(market.low <= np.minimum(market.open, market.close))
    assert np.all(market.volume >= 1.0)
    assert market.simulated
    assert np.all(np.diff(market.axis.close_time) > 0)
