"""How a sweep is shared out, and how it ends early."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.engine.positions import changes_of
from daemon.errors import Reason
from daemon.sandbox.sweep import Mapped, shares


@given(points=st.integers(0, 500), slots=st.integers(1, 8))
def test_shares_cover_every_point_once_in_order(points: int, slots: int) -> None:
    found = shares(points, slots)

    assert [n for share in found for n in share] == list(range(points))
    assert all(len(share) > 0 for share in found)
    if points >= slots:
        assert max(map(len, found)) - min(map(len, found)) <= 1


def test_a_refusal_stands_in_the_place_of_its_point() -> None:
    made = Mapped(lambda number, positions: (number, float(positions.value[0])))
    here, there = made.taker(0), made.taker(10)

    here(0, changes_of(np.ones((1, 1))))
    here(1, Reason("raised", 3, "it raised ValueError"))
    there(0, changes_of(np.ones((1, 1))))

    failed = Reason("raised", 3, "it raised ValueError")
    assert made.results == {0: (0, 1.0), 1: failed, 10: (10, 1.0)}
