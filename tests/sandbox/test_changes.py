"""Positions as changes: what a child writes is what the daemon reads, whatever a stranger wrote."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from daemon.domain.engine.intake import Changes, changes_taken_in, checked
from daemon.domain.engine.positions import Positions
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox.changes import most_changes, read_changes, write_changes

NAN, INF = float("nan"), float("inf")
VALUES = st.sampled_from([0.0, -0.0, 0.4, -0.5, 1.0, 1.0 + 5e-10, 1.1, NAN, INF])
RAW = hnp.arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 4)), elements=VALUES)
KINDS = st.sampled_from(["signal", "rotate"])


def through(raw: np.ndarray, size: int) -> tuple[np.ndarray, ...] | None:
    """Written into a block of so many bytes and read again; None where there is no room."""
    block = bytearray(size)
    if not write_changes(list(raw.T), memoryview(block)):
        return None

    def copy(array: np.ndarray, offset: int) -> None:
        array[:] = np.frombuffer(block, array.dtype, len(array), offset)

    return read_changes(raw.shape[1], size, copy)


def outcome(make: object) -> Positions | str:
    try:
        return make()  # type: ignore[operator]
    except GenomeRefused as refused:
        return refused.reasons[0].code


@settings(max_examples=400, deadline=None)
@given(RAW, KINDS)
def test_an_answer_as_changes_is_judged_as_the_one_bar_by_bar(raw: np.ndarray, kind: str) -> None:
    found = through(raw, 10_000)

    assert found is not None
    whole = outcome(lambda: checked(raw, kind))
    short = outcome(lambda: changes_taken_in(Changes(*found), raw.shape, kind))
    if isinstance(whole, str):
        assert short == whole
    else:
        assert isinstance(short, Positions)
        assert short.hash == whole.hash
        np.testing.assert_array_equal(short.dense(), whole.dense())


@settings(max_examples=200, deadline=None)
@given(RAW)
def test_what_changes_too_often_for_its_block_is_not_written(raw: np.ndarray) -> None:
    moves = np.vstack([np.full((1, raw.shape[1]), NAN), raw])
    changes = np.count_nonzero(moves[1:] != moves[:-1])

    written = through(raw, raw.nbytes) is not None

    assert written == (changes <= most_changes(raw.shape[1], raw.nbytes))


def test_an_answer_without_bars_is_not_written() -> None:
    assert not write_changes([np.empty(0)], memoryview(bytearray(100)))
    assert not write_changes([], memoryview(bytearray(100)))


@pytest.mark.parametrize("counts", [[0, 1], [-1, 2], [1 << 62, 1 << 62], [7, 7], [1 << 40, 1]])
def test_counts_that_make_no_sense_are_nothing(counts: list[int]) -> None:
    def copy(array: np.ndarray, offset: int) -> None:
        assert offset == 0, "nothing else is read"
        array[:] = counts

    assert read_changes(2, 160, copy) is None


@pytest.mark.parametrize(
    "bars", [[1, 2], [0, 0], [0, -1], [-1, 0], [0, 10], [0, 1 << 62], [5, 3], [0, -(1 << 62)]]
)
def test_bars_out_of_order_break_the_contract(bars: list[int]) -> None:
    changes = Changes(np.array([2]), np.array(bars), np.array([0.5, 1.0]))

    with pytest.raises(GenomeRefused) as refused:
        changes_taken_in(changes, (10, 1), "signal")

    assert refused.value.reasons[0].code == "contract"


def test_a_change_that_is_none_is_not_kept_and_a_warm_up_is_flat() -> None:
    counts, bars = np.array([4, 1]), np.array([0, 3, 5, 8, 0])
    changes = Changes(counts, bars, np.array([NAN, NAN, 0.5, 0.5, 1.0]))

    found = changes_taken_in(changes, (10, 2), "signal")

    assert found.bar.tolist() == [0, 5, 0]
    assert found.value.tolist() == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (
            [0.5, NAN],
            Reason(
                "not_finite", 0, "expected a number after the warm-up, was nan at bar 4 of symbol 0"
            ),
        ),
        (
            [0.5, -1.5],
            Reason(
                "out_of_range", 0, "expected a position in [-1, 1], was -1.5 at bar 4 of symbol 0"
            ),
        ),
    ],
)
def test_a_fault_is_told_with_its_place(values: list[float], reason: Reason) -> None:
    changes = Changes(np.array([2]), np.array([0, 4]), np.array(values))

    with pytest.raises(GenomeRefused) as refused:
        changes_taken_in(changes, (10, 1), "signal")

    assert refused.value.reasons == (reason,)
