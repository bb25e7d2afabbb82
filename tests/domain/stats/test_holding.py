"""When anything was held: the union of the trades, against a mask of bars."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.holding import Holding, holding

BARS = 30
TRADES = st.lists(
    st.tuples(st.integers(0, BARS - 1), st.integers(-1, BARS), st.booleans()), max_size=12
)


def held_by(trades: list[tuple[int, int, bool]]) -> tuple[Holding, np.ndarray]:
    lawful = sorted(t for t in trades if t[1] < 0 or t[1] >= t[0])
    columns = np.array(lawful, dtype=np.int64).reshape(-1, 3)
    mask = np.zeros(BARS, dtype=bool)
    for entry, leave, counts in lawful:
        if counts:
            mask[entry : BARS if leave < 0 else leave] = True
    return holding(columns[:, 0], columns[:, 1], columns[:, 2] > 0, BARS), mask


@given(TRADES)
@settings(deadline=None, max_examples=300)
def test_the_share_and_every_stretch_are_those_of_a_mask_of_bars(
    trades: list[tuple[int, int, bool]],
) -> None:
    found, mask = held_by(trades)

    assert found.share() == mask.mean()
    for first in range(BARS):
        for last in range(first, BARS):
            assert found.any(first, last) == mask[first : last + 1].any()


def test_no_trades_hold_nothing() -> None:
    found, _ = held_by([])

    assert (found.share(), found.any(0, BARS - 1)) == (0.0, False)
