"""The identity of positions, and parameters bound by name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from daemon.domain.genome import gate
from daemon.errors import GenomeRefused
from daemon.supervisor.evaluations import bind, positions_hash

LEVELS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, 5e-324, float(np.nextafter(0.5, 1.0))])
SHAPES = st.tuples(st.integers(0, 6), st.integers(1, 3))
POSITIONS = SHAPES.flatmap(lambda shape: arrays(np.float64, shape, elements=LEVELS))
GENOME = '''"""Hold above the average."""

PARAMS = {"window": (20, 5, 60), "share": 0.5}


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, p["window"]), p["share"], 0.0)
'''


@settings(max_examples=400, deadline=None)
@given(POSITIONS, POSITIONS)
def test_hashes_are_equal_exactly_where_positions_are(a: np.ndarray, b: np.ndarray) -> None:
    same = a.shape == b.shape and bool(np.array_equal(a, b))

    assert (positions_hash(a) == positions_hash(b)) is same


@settings(max_examples=100, deadline=None)
@given(POSITIONS)
def test_the_memory_layout_and_the_sign_of_zero_do_not_matter(positions: np.ndarray) -> None:
    same = np.where(positions == 0.0, -0.0, positions)

    assert positions_hash(np.asfortranarray(same)) == positions_hash(positions)


@settings(max_examples=200, deadline=None)
@given(POSITIONS.filter(lambda p: p.size > 0), st.data())
def test_one_changed_value_changes_the_hash(positions: np.ndarray, data: st.DataObject) -> None:
    changed = positions.copy()
    at = data.draw(st.integers(0, positions.size - 1))
    changed.flat[at] += 0.25

    assert positions_hash(changed) != positions_hash(positions)


def test_a_run_that_moves_to_the_next_symbol_is_another() -> None:
    first, second = np.zeros((4, 2)), np.zeros((4, 2))
    first[2:, 0] = second[2:, 1] = 1.0

    assert positions_hash(first) != positions_hash(second)


def test_the_same_numbers_in_another_shape_are_other_positions() -> None:
    assert positions_hash(np.ones((6, 1))) != positions_hash(np.ones((3, 2)))
    assert positions_hash(np.ones((0, 1))) != positions_hash(np.ones((0, 2)))


def test_parameters_are_the_defaults_with_the_given_ones_over_them() -> None:
    assert bind(gate.check(GENOME), {"window": 10}) == {"window": 10, "share": 0.5}


def test_a_parameter_that_is_not_there_is_refused_with_a_suggestion() -> None:
    with pytest.raises(GenomeRefused, match='no parameter "windw"; did you mean "window"') as why:
        bind(gate.check(GENOME), {"windw": 10})

    assert [reason.code for reason in why.value.reasons] == ["unknown_parameter"]
    assert "line 0" not in str(why.value)


def test_without_a_neighbour_the_parameters_are_listed() -> None:
    with pytest.raises(GenomeRefused, match="it has: window, share"):
        bind(gate.check(GENOME), {"zzz": 10})
