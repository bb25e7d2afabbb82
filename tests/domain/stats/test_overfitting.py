"""PBO by CSCV: against a slow reference, by hand, and on sets where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.clusters import clusters
from daemon.domain.stats.overfitting import overfitting
from tests.domain.stats.slow import slow_overfitting

DAILY = 0.01 / 252**0.5


def noise(seed: int, columns: int, periods: int = 2016) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.01, (periods, columns))


def with_sharpe(returns: np.ndarray, annual: float) -> np.ndarray:
    """The same returns, the first column with exactly that annual Sharpe ratio."""
    first = (returns[:, 0] - returns[:, 0].mean()) / returns[:, 0].std()
    return np.column_stack((0.01 * first + annual * DAILY, returns[:, 1:]))


@given(
    seed=st.integers(0, 10_000),
    columns=st.integers(2, 7),
    blocks=st.sampled_from([2, 4, 6]),
    periods=st.integers(12, 40),
)
@settings(max_examples=25, deadline=None)
def test_every_split_agrees_with_the_slow_reference(
    seed: int, columns: int, blocks: int, periods: int
) -> None:
    returns = np.random.default_rng(seed).standard_t(4, (periods, columns)) * 0.01 + 0.002

    found = overfitting(returns, blocks)
    logits, rows = slow_overfitting(returns, blocks)

    assert found is not None
    assert found.splits == len(logits)
    assert found.logits == pytest.approx(logits, abs=1e-12)
    assert found.probability == pytest.approx(np.mean(logits <= 0.0))
    assert found.loss == pytest.approx(np.mean(rows[:, 1] < 0.0))
    if np.ptp(rows[:, 0]) > 1e-6:
        assert found.slope == pytest.approx(np.polyfit(rows[:, 0], rows[:, 1], 1)[0], rel=1e-6)
    ahead = np.sort(rows[:, 1]) - np.sort(rows[:, 2])
    assert found.dominates_first == bool((ahead >= -1e-12).all())
    assert found.dominates_second == bool((np.cumsum(ahead) >= -1e-12).all())


def test_two_strategies_that_take_turns_are_overfitted_by_hand() -> None:
    good, bad = [0.03, 0.01], [-0.01, -0.03]
    returns = np.column_stack((good + bad, bad + good))

    found = overfitting(returns, 2)

    assert found is not None
    assert found.probability == 1.0
    assert found.loss == 1.0
    assert found.logits == pytest.approx([np.log(0.5), np.log(0.5)])
    assert found.slope is None
    assert not found.dominates_second


def test_the_better_of_two_at_all_times_is_never_overfitted() -> None:
    wobble = np.tile([0.01, -0.01], 8)
    returns = np.column_stack((wobble - 0.001, wobble + 0.002))

    found = overfitting(returns, 4)

    assert found is not None
    assert (found.probability, found.loss, found.splits) == (0.0, 0.0, 6)
    assert found.logits == pytest.approx(np.full(6, np.log(2.0)))
    assert found.dominates_first
    assert found.dominates_second


def of_sharpes(*halves: tuple[float, float]) -> np.ndarray:
    """Columns that have these Sharpe ratios in the first and in the second two periods."""
    wave = 0.01 * np.array([1.0, -1.0, 1.0, -1.0]) / 2**0.5
    return np.column_stack([wave + 0.01 * np.repeat(pair, 2) for pair in halves])


@pytest.mark.parametrize(
    ("halves", "first", "second"),
    [
        ([(3, 1), (2, 2), (2, 2.5), (-50, -50)], False, False),
        ([(4, 1), (2, 3), (2.1, 0), (2.1, 0)], False, True),
        ([(4, 1), (2.2, 3), (2.1, 0), (2.1, 0)], True, True),
    ],
)
def test_the_chosen_are_held_against_the_middle_one_by_hand(
    halves: list[tuple[float, float]], first: bool, second: bool
) -> None:
    found = overfitting(of_sharpes(*halves), 2)

    assert found is not None
    assert (found.dominates_first, found.dominates_second) == (first, second)


@pytest.mark.parametrize(
    ("annual", "expected", "around"), [(0.0, 0.55, 0.1), (0.95, 0.38, 0.08), (1.59, 0.07, 0.05)]
)
def test_a_hundred_strategies_with_one_good_one_agree_with_the_table(
    annual: float, expected: float, around: float
) -> None:
    found = [overfitting(with_sharpe(noise(seed, 100), annual)) for seed in range(6)]

    assert all(each is not None and each.splits == 924 for each in found)
    average = np.mean([each.probability for each in found if each])
    assert average == pytest.approx(expected, abs=around)


def test_more_splits_than_fit_at_once_are_the_same_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    returns = noise(4, 9, periods=300)
    whole = overfitting(returns, 8)
    monkeypatch.setattr("daemon.domain.stats.overfitting._AT_ONCE", 40)

    parts = overfitting(returns, 8)

    assert whole is not None
    assert parts is not None
    assert (parts.splits, parts.probability) == (70, whole.probability)
    assert parts.logits == pytest.approx(whole.logits)


@given(st.integers(0, 10_000), st.floats(0.1, 10.0))
@settings(max_examples=15, deadline=None)
def test_neither_leverage_nor_order_plays_a_part(seed: int, leverage: float) -> None:
    returns = noise(seed, 6, periods=120)
    order = np.random.default_rng(seed).permutation(6)

    plain, other = overfitting(returns, 6), overfitting(leverage * returns[:, order], 6)

    assert plain is not None
    assert other is not None
    assert other.logits == pytest.approx(plain.logits)


def test_clones_of_the_best_hide_that_it_is_good_and_clusters_show_it() -> None:
    rng = np.random.default_rng(1)
    base = with_sharpe(noise(1, 12), 1.6)
    clones = base[:, :1] + rng.normal(0.0, 0.002, (2016, 90))
    crowd = np.column_stack((base, clones))

    honest, crowded = overfitting(base), overfitting(crowd)
    clustered = overfitting(crowd[:, clusters(crowd).middles])

    assert honest is not None
    assert crowded is not None
    assert clustered is not None
    assert crowded.probability > 0.2
    assert honest.probability < 0.05
    assert clustered.columns == 12
    assert clustered.probability == pytest.approx(honest.probability, abs=0.02)


def test_identical_strategies_and_idle_ones_are_in_the_middle() -> None:
    one = noise(3, 1, periods=120)

    same, idle = overfitting(np.repeat(one, 7, axis=1), 6), overfitting(np.zeros((120, 3)), 6)

    assert same is not None
    assert idle is not None
    assert (same.probability, idle.probability) == (1.0, 1.0)
    assert (idle.loss, idle.slope) == (0.0, None)


def test_a_set_of_one_and_a_short_history_say_nothing() -> None:
    assert overfitting(noise(1, 1)) is None
    assert overfitting(noise(1, 5, periods=23)) is None
    assert overfitting(noise(1, 5, periods=24)) is not None


def test_odd_blocks_and_returns_that_are_no_numbers_are_refused() -> None:
    sick = noise(1, 3)
    sick[5, 1] = np.nan

    for blocks in (0, 7):
        with pytest.raises(ValueError, match="even number of blocks"):
            overfitting(noise(1, 3), blocks)
    with pytest.raises(ValueError, match="column 1"):
        overfitting(sick)
