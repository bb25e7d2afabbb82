"""How alike trials are: small sets by hand, clones, and invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.clusters import (
    ALIKE,
    average_correlation,
    clusters,
    correlations,
    effective_rank,
    independent_trials,
)

UP, ACROSS = np.array([1.0, 1.0, -1.0, -1.0]), np.array([1.0, -1.0, 1.0, -1.0])
IDLE = np.zeros(4)


def noise(seed: int, columns: int, periods: int = 300) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.0, 0.01, (periods, columns))


def families(seed: int, sizes: tuple[int, ...], blur: float = 0.003) -> np.ndarray:
    """Columns of so many unrelated families, each a common series of 0.01 and a blur of its own."""
    common = np.repeat(noise(seed, len(sizes)), sizes, axis=1)
    return common + blur / 0.01 * noise(seed + 1000, sum(sizes))


def test_correlations_by_hand() -> None:
    returns = np.column_stack((UP, -2.0 * UP, ACROSS, UP + ACROSS, IDLE, IDLE + 0.3))

    found = correlations(returns)

    half = 0.5**0.5
    assert found[0] == pytest.approx([1, -1, 0, half, 0, 0])
    assert found[4] == pytest.approx([0, 0, 0, 0, 1, 1])
    assert (found == found.T).all()


def test_clones_are_one_cluster_and_the_unrelated_are_many() -> None:
    returns = families(3, (5, 1, 3))

    found = clusters(returns)

    assert found.labels.tolist() == [0] * 5 + [1] + [2] * 3
    assert [found.labels[column] for column in found.middles] == [0, 1, 2]


def test_the_middle_of_a_cluster_is_the_one_most_like_the_others() -> None:
    common, own = noise(5, 1), noise(6, 3)
    returns = common + own * np.array([0.6, 0.1, 0.6])

    assert clusters(returns).middles.tolist() == [1]


@pytest.mark.parametrize(
    ("one_two", "one_three", "two_three", "labels"),
    [(0.75, 0.3, 0.74, [0, 0, 1]), (0.95, 0.8, 0.65, [0, 0, 0])],
)
def test_neither_a_chain_makes_a_cluster_nor_one_distant_pair_breaks_it(
    one_two: float, one_three: float, two_three: float, labels: list[int]
) -> None:
    wanted = np.array([[1, one_two, one_three], [one_two, 1, two_three], [one_three, two_three, 1]])
    unrelated, _ = np.linalg.qr(np.column_stack((np.ones(50), noise(7, 3, periods=50))))
    returns = unrelated[:, 1:] @ np.linalg.cholesky(wanted).T

    assert correlations(returns) == pytest.approx(wanted)
    assert clusters(returns).labels.tolist() == labels


def test_strategies_that_never_move_are_one_behaviour() -> None:
    returns = np.column_stack((noise(1, 2), np.zeros((300, 3)), np.full((300, 1), 0.001)))

    assert clusters(returns).labels.tolist() == [0, 1, 2, 2, 2, 2]


def test_an_opposite_is_another_behaviour() -> None:
    one = noise(2, 1)

    assert clusters(np.column_stack((one, -one))).labels.tolist() == [0, 1]


@given(st.integers(0, 10_000), st.lists(st.integers(1, 5), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_no_two_clusters_are_alike_and_scale_and_order_play_no_part(
    seed: int, sizes: list[int]
) -> None:
    returns = families(seed, tuple(sizes), blur=0.006)
    likeness = correlations(returns)
    order = np.random.default_rng(seed).permutation(returns.shape[1])

    found = clusters(returns)
    scaled, moved = clusters(3.0 * returns + 0.01), clusters(returns[:, order])

    count = len(found.middles)
    assert found.labels[np.unique(found.labels, return_index=True)[1]].tolist() == [*range(count)]
    for one in range(count):
        for other in range(one):
            between = likeness[np.ix_(found.labels == one, found.labels == other)]
            assert between.mean() < ALIKE
    assert (scaled.labels == found.labels).all()
    together, again = found.labels[order], moved.labels
    assert ((together[:, None] == together) == (again[:, None] == again)).all()


def test_one_column_and_none_are_no_pairs() -> None:
    assert clusters(noise(1, 1)).labels.tolist() == [0]
    assert clusters(noise(1, 0)).middles.tolist() == []
    assert average_correlation(np.column_stack((UP, IDLE))) is None


def test_the_average_correlation_is_that_of_all_pairs() -> None:
    returns = np.column_stack((families(4, (3, 2, 1)), np.zeros((300, 2))))
    pairs = correlations(returns)[:6, :6][np.triu_indices(6, 1)]

    assert average_correlation(returns) == pytest.approx(pairs.mean(), abs=1e-10)
    assert average_correlation(np.column_stack((UP, UP, ACROSS))) == pytest.approx(1 / 3)


def test_the_effective_rank_by_hand() -> None:
    third, rest = 1 / 3, 2 / 3
    entropy = -third * np.log(third) - rest * np.log(rest)

    assert effective_rank(np.column_stack((UP, ACROSS))) == pytest.approx(2.0)
    assert effective_rank(np.column_stack((UP, 3.0 * UP, -UP))) == pytest.approx(1.0)
    assert effective_rank(np.column_stack((UP, UP, ACROSS))) == pytest.approx(np.exp(entropy))
    assert effective_rank(np.column_stack((IDLE, IDLE))) == 0.0


def test_more_columns_than_periods_give_the_same_rank_as_their_own_matrix() -> None:
    returns = noise(8, 30, periods=12)
    power = np.linalg.eigvalsh(correlations(returns))
    shares = power[power > 1e-9] / power.sum()

    found = effective_rank(returns)

    assert found == pytest.approx(np.exp(-np.sum(shares * np.log(shares))), rel=1e-6)
    assert found < 12


def test_clones_are_worth_one_trial_and_strangers_as_many_as_they_are() -> None:
    shared = noise(9, 1)

    assert independent_trials(500, np.column_stack((UP, 3.0 * UP, UP))) == pytest.approx(1.0)
    assert independent_trials(500, noise(8, 30)) == pytest.approx(500, rel=0.02)
    half = independent_trials(500, noise(8, 30) + shared)
    assert half == pytest.approx(0.5 + 0.5 * 500, rel=0.1)


def test_what_differs_more_than_by_chance_or_is_not_known_is_worth_no_more_than_its_number() -> (
    None
):
    assert independent_trials(7, np.column_stack((UP, -UP))) == 7.0
    assert independent_trials(7, np.column_stack((UP, IDLE))) == 7.0
    assert independent_trials(7, np.zeros((50, 0))) == 7.0


@pytest.mark.parametrize("sick", [np.nan, np.inf])
@pytest.mark.parametrize("judge", [clusters, correlations, average_correlation, effective_rank])
def test_returns_that_are_no_numbers_are_refused(judge: object, sick: float) -> None:
    returns = noise(1, 3)
    returns[7, 2] = sick

    with pytest.raises(ValueError, match="column 2"):
        judge(returns)  # type: ignore[operator]
    with pytest.raises(ValueError, match="1-d"):
        judge(returns[:, 0])  # type: ignore[operator]
