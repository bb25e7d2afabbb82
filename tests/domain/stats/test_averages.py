"""Mean and deviation are NumPy's, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.averages import mean, sample_deviation

FINITE = st.floats(-1e6, 1e6, allow_subnormal=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(FINITE, min_size=2, max_size=40), st.integers(1, 60), st.integers(0, 7))
def test_mean_and_deviation_have_the_bits_of_numpy(
    some: list[float], times: int, start: int
) -> None:
    """Long enough for pairwise sums, and at any place in memory."""
    values = np.tile(np.array(some), times)[min(start, len(some) - 2) :]

    assert mean(values) == np.mean(values)
    assert sample_deviation(values) == np.std(values, ddof=1)


@pytest.mark.parametrize("count", [2, 8, 128, 252, 1512, 2016])
def test_they_have_the_bits_of_numpy_on_returns(count: int) -> None:
    returns = np.random.default_rng(count).normal(0.0004, 0.01, count)

    assert mean(returns) == np.mean(returns)
    assert sample_deviation(returns) == np.std(returns, ddof=1)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_gives_no_number(odd: float) -> None:
    with np.errstate(invalid="ignore"):
        assert np.isnan(sample_deviation(np.array([0.1, odd, 0.2])))
