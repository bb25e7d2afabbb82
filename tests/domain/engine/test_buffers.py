"""Reused memory: free only when nobody can see it."""

from __future__ import annotations

from daemon.domain.engine import buffers

LONG = 100_000


def test_memory_is_used_again_once_it_is_let_go() -> None:
    first = buffers.empty(LONG)
    address = first.ctypes.data
    del first

    assert buffers.empty(LONG).ctypes.data == address


def test_memory_is_not_used_again_while_a_view_of_a_view_lives() -> None:
    first = buffers.empty(LONG)
    part = first[10:20][::2]
    part[:] = 7.0
    del first

    others = [buffers.empty(LONG) for _ in range(12)]
    for other in others:
        other[:] = 0.0

    assert part.tolist() == [7.0] * 5


def test_buffers_given_out_together_do_not_overlap() -> None:
    one, other = buffers.empty(LONG), buffers.empty(LONG)
    one[:], other[:] = 1.0, 2.0

    assert (one.min(), one.max()) == (1.0, 1.0)


def test_short_arrays_are_not_kept() -> None:
    assert buffers.empty(10).base is None
