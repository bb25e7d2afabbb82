"""The states of the market: known the evening before, and every session in one of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.stats.metrics import sharpe
from daemon.domain.stats.quadrants import DECAY, FEWEST, TREND, quadrants


def slowly(market: np.ndarray) -> list[tuple[bool, bool]]:
    """(volatile, rising) of each session, one session at a time."""
    variance = [0.0]
    for session in range(1, len(market)):
        seen = market[session - 1] ** 2
        variance.append(seen if session == 1 else DECAY * variance[-1] + (1 - DECAY) * seen)
    middle = float(np.median(variance))
    rises = [sum(market[max(0, s - TREND) : s]) > 0.0 for s in range(len(market))]
    return [(v > middle, r) for v, r in zip(variance, rises, strict=True)]


@given(seed=st.integers(0, 2**31), sessions=st.integers(1, 300))
def test_every_session_is_in_one_state_and_its_figures_are_of_those_sessions(
    seed: int, sessions: int
) -> None:
    rng = np.random.default_rng(seed)
    market = np.round(rng.normal(0.0, 0.01, sessions), 6)
    returns = rng.normal(0.0, 0.01, sessions)

    found, states = quadrants(returns, market), slowly(market)

    assert sum(each.share for each in found) == pytest.approx(1.0)
    for each in found:
        mine = np.array([state == (each.volatile, each.rising) for state in states])
        assert each.share == pytest.approx(mine.mean())
        expected = sharpe(returns[mine]) if mine.sum() >= FEWEST else None
        assert each.sharpe == pytest.approx(expected)


def test_the_state_of_a_session_is_not_changed_by_what_happens_in_it() -> None:
    market = np.random.default_rng(3).normal(0.0, 0.01, 200)
    other = market.copy()
    other[150:] *= -1.0

    returns = np.zeros(200)
    returns[150] = 1.0
    one, two = quadrants(returns, market), quadrants(returns, other)

    assert [e.sharpe is not None and e.sharpe != 0 for e in one] == [
        e.sharpe is not None and e.sharpe != 0 for e in two
    ]
