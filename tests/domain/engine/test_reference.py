"""The slow reference itself, where a third opinion exists."""

from __future__ import annotations

import numpy as np
import talib

from tests.domain.engine.reference import mean_ranges
from tests.domain.engine.worlds import market_of


def test_mean_ranges_are_those_of_ta_lib() -> None:
    rng = np.random.default_rng(4)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, 300)))
    high, low = close * 1.01, close * 0.98

    ranges = mean_ranges(market_of(np.column_stack([close, high, low, close])), 0, 14)

    expected = talib.ATR(high, low, close, 14)
    np.testing.assert_allclose(ranges[14:], expected[14:], rtol=1e-12)
