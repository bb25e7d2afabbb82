"""Positions as their changes: back and forth, and a hash that is equal exactly where they are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from daemon.domain.engine.positions import changes_of

LEVELS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 5e-324, float(np.nextafter(0.5, 1.0))])
SHAPES = st.tuples(st.integers(0, 6), st.integers(1, 3))
POSITIONS = SHAPES.flatmap(lambda shape: arrays(np.float64, shape, elements=LEVELS))


@settings(max_examples=300, deadline=None)
@given(POSITIONS)
def test_positions_come_back_whole_and_change_only_where_they_say(positions: np.ndarray) -> None:
    found = changes_of(positions)

    np.testing.assert_array_equal(found.dense(), positions)
    moves = np.vstack([np.full((1, positions.shape[1]), np.nan), positions])
    assert len(found.bar) == np.count_nonzero(moves[1:] != moves[:-1])
    assert not np.signbit(found.value[found.value == 0.0]).any()


@settings(max_examples=400, deadline=None)
@given(POSITIONS, POSITIONS)
def test_hashes_are_equal_exactly_where_positions_are(a: np.ndarray, b: np.ndarray) -> None:
    same = a.shape == b.shape and bool(np.array_equal(a, b))

    assert (changes_of(a).hash == changes_of(b).hash) is same


@settings(max_examples=100, deadline=None)
@given(POSITIONS)
def test_the_memory_layout_and_the_sign_of_zero_do_not_matter(positions: np.ndarray) -> None:
    same = np.where(positions == 0.0, -0.0, positions)

    assert changes_of(np.asfortranarray(same)).hash == changes_of(positions).hash


@settings(max_examples=200, deadline=None)
@given(POSITIONS.filter(lambda p: p.size > 0), st.data())
def test_one_changed_value_changes_the_hash(positions: np.ndarray, data: st.DataObject) -> None:
    changed = positions.copy()
    at = data.draw(st.integers(0, positions.size - 1))
    changed.flat[at] += 0.25

    assert changes_of(changed).hash != changes_of(positions).hash


def test_a_run_that_moves_to_the_next_symbol_is_another() -> None:
    first, second = np.zeros((4, 2)), np.zeros((4, 2))
    first[2:, 0] = second[2:, 1] = 1.0

    assert changes_of(first).hash != changes_of(second).hash


def test_the_same_numbers_in_another_shape_are_other_positions() -> None:
    assert changes_of(np.ones((6, 1))).hash != changes_of(np.ones((3, 2))).hash
    assert changes_of(np.ones((0, 1))).hash != changes_of(np.ones((0, 2))).hash


@settings(max_examples=200, deadline=None)
@given(POSITIONS, st.integers(0, 6))
def test_positions_since_a_bar_are_those_of_a_market_that_begins_there(
    positions: np.ndarray, bar: int
) -> None:
    since = changes_of(positions).since(bar)

    assert since.hash == changes_of(positions[bar:]).hash
    np.testing.assert_array_equal(since.dense(), positions[bar:])
