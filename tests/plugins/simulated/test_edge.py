"""The planted edge is as large as announced, visible in prices alone, and absent when off."""

from __future__ import annotations

import numpy as np
import pytest

from plugins.simulated.characters import column
from plugins.simulated.settings import SimulatedSettings
from plugins.simulated.source import planted
from plugins.simulated.world import World, world
from tests.plugins.simulated.facts import sharpe

BETA = column("beta", range(12))
COST = 2e-4
SEEDS = range(1, 7)


def prices(made: World) -> tuple[np.ndarray, np.ndarray]:
    """Opens and closes of each session, (S, N)."""
    inside = made.factor_first + made.factor_rest
    own = made.own_first + made.own_rest + made.drift
    return made.open, made.open * (1.0 + inside[:, None] * BETA + own)


def earned(
    positions: np.ndarray, opened: np.ndarray, close: np.ndarray, cost: float = COST
) -> np.ndarray:
    """Session returns of equal slots: decided at the close, traded at the next open, at a cost."""
    held = np.vstack((np.zeros_like(positions[:1]), positions[:-1]))
    carried = np.vstack((np.zeros_like(held[:1]), held[:-1]))
    overnight = np.vstack((np.zeros_like(opened[:1]), opened[1:] / close[:-1] - 1.0))
    gains = carried * overnight + held * (close / opened - 1.0)
    return np.mean(gains - cost * np.abs(held - carried), axis=1)


def mean_of(values: np.ndarray, length: int) -> np.ndarray:
    sums = np.cumsum(np.vstack((np.zeros_like(values[:1]), values)), axis=0)
    found = np.full(values.shape, np.nan)
    found[length - 1 :] = (sums[length:] - sums[:-length]) / length
    return found


def rules(close: np.ndarray) -> dict[str, np.ndarray]:
    """Positions of simple rules that look at closes alone."""
    moves = np.vstack((np.zeros_like(close[:1]), np.diff(np.log(close), axis=0)))
    wild = np.sqrt(mean_of(moves**2, 20))
    calm = wild < 1.1 * np.sqrt(mean_of(moves**2, 250))
    trend = np.clip((close / mean_of(close, 30) - 1.0) / wild / 2.0, -1.0, 1.0)
    three = np.vstack((np.zeros((3, close.shape[1])), close[3:] / close[:-3] - 1.0))
    found = {
        "moving averages": np.sign(mean_of(close, 10) - mean_of(close, 50)),
        "three-day momentum": (three > 0.0) * 1.0,
        "three-day reversal": (three < 0.0) * 1.0,
        "trend while calm": np.where(calm, trend, 0.0),
    }
    return {name: np.nan_to_num(positions) for name, positions in found.items()}


def results(edge: float) -> dict[str, np.ndarray]:
    """Annual Sharpe after costs of each rule on each seed."""
    found: dict[str, list[float]] = {}
    for seed in SEEDS:
        opened, close = prices(world(SimulatedSettings(seed=seed, edge=edge, intraday_edge=0.0)))
        for name, positions in rules(close).items():
            found.setdefault(name, []).append(sharpe(earned(positions, opened, close)))
    return {name: np.array(values) for name, values in found.items()}


def half_hours(edge: float) -> np.ndarray:
    """Correlation of the first half hour with the rest of the session, a symbol each."""
    made = world(SimulatedSettings(seed=3, edge=0.0, intraday_edge=edge))
    pairs = zip(made.own_first.T, made.own_rest.T, strict=True)
    return np.array([np.corrcoef(first, rest)[0, 1] for first, rest in pairs])


def test_the_oracle_has_the_sharpe_that_was_asked_for() -> None:
    for wanted in (1.0, 4.0):
        found = planted(SimulatedSettings(seed=5, edge=wanted))

        assert found.oracle_sharpe == pytest.approx(wanted, rel=0.01)


def test_the_oracle_trading_the_prices_earns_what_was_announced() -> None:
    """Free of costs; the mean of six times eight years has an error of about 0.15."""
    shown = []
    for seed in SEEDS:
        made = world(SimulatedSettings(seed=seed, edge=4.0, intraday_edge=0.0))
        common = made.factor_deviation[:, None] * BETA
        signal = made.drift / (made.planted.strength * np.hypot(common, made.own_deviation))
        opened, close = prices(made)
        shown.append(sharpe(earned(np.roll(signal, -1, axis=0), opened, close, cost=0.0)[1:-1]))

    assert np.mean(shown) == pytest.approx(4.0, abs=0.5)


def test_without_an_edge_no_simple_rule_earns_anything() -> None:
    for name, values in results(0.0).items():
        t_value = values.mean() * np.sqrt(8.0 * len(values))

        assert t_value < 2.5, name
        assert values.max() < 1.2, name


def test_with_the_edge_simple_rules_catch_part_of_it_and_better_ones_more() -> None:
    found = {name: values.mean() for name, values in results(4.0).items()}

    assert 0.1 < found["three-day momentum"] < found["moving averages"]
    assert found["moving averages"] < found["trend while calm"] < 4.0
    assert found["trend while calm"] > 2.0


def test_without_an_edge_prices_are_a_martingale() -> None:
    moves = []
    for seed in SEEDS:
        _, close = prices(world(SimulatedSettings(seed=seed, edge=0.0, intraday_edge=0.0)))
        moves.append(close[1:, [3, 5, 7]] / close[:-1, [3, 5, 7]] - 1.0)
    together = np.vstack(moves)

    t_values = together.mean(axis=0) / together.std(axis=0) * np.sqrt(len(together))

    assert np.all(np.abs(t_values) < 3.0)


def test_the_first_half_hour_speaks_for_the_rest_only_where_it_was_planted() -> None:
    assert np.all(half_hours(0.3) > 0.08)
    assert np.all(np.abs(half_hours(0.0)) < 0.08)


def test_the_announcement_says_what_is_planted_and_how_much() -> None:
    words = planted(SimulatedSettings(seed=5, edge=4.0, intraday_edge=0.3)).words
    nothing = planted(SimulatedSettings(seed=5, edge=0.0, intraday_edge=0.0)).words

    assert "Sharpe ratio of 4.0" in words
    assert "30% of the first half hour" in words
    assert "no edge is planted" in nothing
