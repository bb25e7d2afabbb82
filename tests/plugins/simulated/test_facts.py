"""The stylised facts: the simulated market has them, plain Gaussian noise does not."""

from __future__ import annotations

import numpy as np
import pytest

from plugins.simulated.paths import Bars
from plugins.simulated.sessions import sessions
from tests.plugins.simulated import facts

NOISE = np.random.default_rng(0).normal(0.0, 0.01, (2012, 12))


@pytest.fixture(scope="session")
def returns(daily: dict[str, Bars]) -> np.ndarray:
    return np.column_stack([np.diff(np.log(batch.close)) for batch in daily.values()])


@pytest.fixture(scope="session")
def inside(minutes: dict[str, Bars]) -> np.ndarray:
    """Minute moves of full sessions, symbols below each other: (12 x sessions, 390)."""
    return np.vstack([full_days(np.log(b.close / b.open)) for b in minutes.values()])


def full_days(column: np.ndarray) -> np.ndarray:
    lengths = sessions(2023, 2023).minutes
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    return np.array([column[s : s + 390] for s, n in zip(starts, lengths, strict=True) if n == 390])


def has_fat_tails(columns: np.ndarray) -> bool:
    return all(facts.kurtosis(column) > 4.0 for column in columns.T)


def has_clustering(columns: np.ndarray) -> bool:
    measured = [facts.clustering(column) for column in columns.T]
    return min(measured) > 0.02 and float(np.mean(measured)) > 0.06


def has_common_moves(columns: np.ndarray) -> bool:
    correlations = np.corrcoef(columns.T)
    off = correlations[np.triu_indices(len(correlations), 1)]
    return bool(np.median(off) > 0.2 and off.min() < -0.5 and off.max() > 0.8)


def has_a_smile(rows: np.ndarray) -> bool:
    morning, evening = facts.smile(rows)
    return morning > 1.4 and evening > 1.1


def test_returns_have_fat_tails(returns: np.ndarray) -> None:
    assert has_fat_tails(returns)
    assert not has_fat_tails(NOISE)


def test_turbulence_clusters(returns: np.ndarray) -> None:
    assert has_clustering(returns)
    assert not has_clustering(NOISE)


def test_losses_of_the_market_are_followed_by_turbulence(returns: np.ndarray) -> None:
    assert facts.leverage(returns[:, 0]) < -0.03
    assert not facts.leverage(NOISE[:, 0]) < -0.03


def test_symbols_move_together_and_one_of_them_against_the_others(returns: np.ndarray) -> None:
    assert has_common_moves(returns)
    assert not has_common_moves(NOISE)


def test_the_day_is_wild_at_its_ends(inside: np.ndarray) -> None:
    flat = np.random.default_rng(1).normal(0.0, 1.0, inside.shape)

    assert has_a_smile(inside)
    assert not has_a_smile(flat)


def test_volume_is_high_at_the_ends_of_the_day_and_in_turbulence(
    daily: dict[str, Bars], minutes: dict[str, Bars]
) -> None:
    shape = facts.smile(full_days(minutes["SIMA"].volume))
    batch = daily["SIMA"]
    moves = np.abs(np.diff(np.log(batch.close)))

    assert shape[0] > 1.4
    assert shape[1] > 1.1
    assert np.corrcoef(moves, batch.volume[1:])[0, 1] > 0.2


def test_prices_jump_now_and_then_overnight(daily: dict[str, Bars]) -> None:
    gaps = [np.log(b.open[1:] / b.close[:-1]) for b in daily.values()]

    assert all(np.max(np.abs(gap)) > 5.0 * np.std(gap) for gap in gaps)
    assert np.mean([np.std(gap) for gap in gaps]) > 0.003


def test_minutes_bounce_between_bid_and_ask(minutes: dict[str, Bars]) -> None:
    bond = np.diff(np.log(minutes["SIMK"].close))

    assert np.corrcoef(bond[1:], bond[:-1])[0, 1] < -0.03


def test_prices_are_whole_cents_and_bars_hold_together(
    daily: dict[str, Bars], minutes: dict[str, Bars]
) -> None:
    for batch in (*daily.values(), *minutes.values()):
        for price in (batch.open, batch.high, batch.low, batch.close):
            assert np.array_equal(price, np.rint(price * 100.0) / 100.0)
        assert np.all(batch.low >= 0.01)
        assert np.all(batch.low <= np.minimum(batch.open, batch.close))
        assert np.all(batch.high >= np.maximum(batch.open, batch.close))
        assert np.all(batch.volume >= 1)
        assert np.all(batch.transactions >= 1)
