"""The compiled cross and the compiled drawdown against plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.engine.positions import changes_of
from daemon.domain.engine.signals import Cross, deepest_fall, sma_cross


@given(st.integers(0, 2**32 - 1), st.integers(1, 6000))
@settings(max_examples=40, deadline=None)
def test_the_cross_agrees_with_moving_averages(seed: int, bars: int) -> None:
    rng = np.random.default_rng(seed)
    close = np.round(100 + np.cumsum(rng.normal(0, 0.02, bars)), 2)
    fast = int(rng.integers(1, 40))
    slow = fast + int(rng.integers(1, 120))

    found = sma_cross(close, Cross(fast, slow, 4.8213e-5, 3.0))

    targets = found.dense()[:, 0]

    expected = np.zeros(bars)
    for t in range(slow - 1, bars):
        near = close[t - fast + 1 : t + 1].mean()
        far = close[t - slow + 1 : t + 1].mean()
        clear = abs(near - far - 4.8213e-5) > 1e-9
        expected[t] = (3.0 if near - far > 4.8213e-5 else 0.0) if clear else targets[t]
    np.testing.assert_array_equal(targets, expected)
    assert found.hash == changes_of(targets[:, None]).hash


@given(st.integers(0, 2**32 - 1), st.integers(1, 9000))
@settings(max_examples=40, deadline=None)
def test_the_deepest_fall_agrees_with_a_running_maximum(seed: int, bars: int) -> None:
    equity = 1000 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.002, bars)))

    fall = deepest_fall(equity, 1000.0)

    peak = np.maximum.accumulate(np.maximum(equity, 1000.0))
    assert fall == pytest.approx((equity / peak - 1).min(), abs=1e-12)


def test_the_capital_is_the_first_high() -> None:
    assert deepest_fall(np.array([90.0, 95.0]), 100.0) == pytest.approx(-0.1)


def test_a_rise_has_no_fall() -> None:
    assert deepest_fall(np.linspace(100, 200, 5000), 100.0) == 0.0
