"""Windows and the other markets that a proof is made on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.engine import futures
from daemon.domain.engine.futures import Window
from daemon.domain.market.bars import FIELDS, PRICES, Market
from daemon.domain.market.probe import probe


@pytest.fixture(scope="module")
def market() -> Market:
    return probe("1d")


@settings(max_examples=200, deadline=None)
@given(
    bars=st.integers(10, 5_000_000),
    symbols=st.integers(1, 600),
    part=st.floats(0.0, 1.0),
)
def test_a_window_holds_its_cut_with_bars_on_both_sides(
    bars: int, symbols: int, part: float
) -> None:
    cut = 1 + int(part * (bars - 2))

    window = futures.window_around(cut, (bars, symbols), 1 << 16)

    assert 0 <= window.start < window.cut == cut < window.stop <= bars
    assert window.stop == bars or window.stop - cut >= futures.LEAST_AHEAD
    assert cut > futures.LEAST_AHEAD or window.stop - cut <= 2 * futures.LEAST_AHEAD
    assert (window.stop - window.start) * symbols <= max(1 << 16, 3 * 256 * symbols)


def test_a_small_market_is_its_own_window() -> None:
    assert futures.window_around(900, (2000, 12), 1 << 16) == Window(0, 900, 2000)
    assert futures.window_around(17, (2000, 12), 1 << 16) == Window(0, 17, 529)


def test_a_replaced_window_keeps_the_past_and_has_the_shape_of_the_window(market: Market) -> None:
    window = Window(300, 420, 500)

    other = futures.replaced_window(market, window, np.random.default_rng(1))

    assert other.shape == (200, 8)
    assert other.axis.session[0] == market.axis.session[300]
    for name in (*FIELDS, "stale"):
        past = getattr(market, name)[300:420]
        np.testing.assert_array_equal(getattr(other, name)[:120], past)
    assert not np.isclose(other.close[120:], market.close[420:500]).any()


def test_a_symbol_that_was_not_listed_has_a_future_too(market: Market) -> None:
    other = futures.replaced_window(market.adjusted(), Window(0, 50, 400), np.random.default_rng(1))

    assert np.isnan(other.close[:50, 4]).all()
    assert np.isfinite(other.close[50:]).all()


def test_a_scaled_market_has_other_dollars_and_the_same_moves(market: Market) -> None:
    other = futures.scaled(market, Window(100, 300, 300))

    for name in PRICES:
        expected = getattr(market, name)[100:300] * 1.37
        np.testing.assert_allclose(getattr(other, name), expected, rtol=1e-15)
    np.testing.assert_array_equal(other.volume, market.volume[100:300] * 3.0)


def test_renumbered_sessions_are_apart_as_before_and_keep_their_cycles(market: Market) -> None:
    other = futures.renumbered(market, Window(0, 200, 200))

    moved = other.axis.session - market.axis.session[:200]
    assert set(moved.tolist()) == {720_720}
    cycles = (*range(1, 17), 20, 21, 63, 252)
    assert [n for n in cycles if 720_720 % n] == []
    np.testing.assert_array_equal(other.close, market.close[:200])


def test_some_symbols_are_those_columns(market: Market) -> None:
    few = futures.some_symbols(market, 2, 3)

    assert few.symbols == market.symbols[2:5]
    np.testing.assert_array_equal(few.close, market.close[:, 2:5])
