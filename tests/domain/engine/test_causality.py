"""Cuts, replaced futures and comparisons of the look-ahead check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.engine import causality, futures
from daemon.domain.genome.contract import Exits, Manifest
from daemon.domain.market.bars import FIELDS, PRICES, Market
from daemon.domain.market.probe import probe

NAN = float("nan")


def test_a_stated_warmup_is_part_of_the_behaviour() -> None:
    held, manifest = np.ones((10, 1)), Manifest(idea="", kind="signal", timeframe="1d", warmup=5)

    told = [causality.behaviour(held, manifest, 1, stated) for stated in (0, 5, 200)]
    assert len(set(told)) == 3
    assert told[0] == causality.behaviour(held, replace(manifest, warmup=200), 1)


def test_the_best_symbol_is_the_one_whose_positions_earned_most_on_the_bar_after_them() -> None:
    close = np.array(
        [
            [10.0, 10.0, 10.0, 10.0],
            [10.0, 10.0, 10.0, NAN],
            [30.0, 12.0, 5.0, 0.0],
            [30.0, 12.0, 5.0, 90.0],
        ]
    )
    late = np.array([[0.0, 0.0, 0.0, NAN], [0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 0.0, -1.0], [1.0] * 4])
    short = late.copy()
    short[1, 2] = -1.0

    assert causality.best_symbol(late, close) == 1
    assert causality.best_symbol(short, close) == 2
    assert causality.best_symbol(late[:1], close[:1]) == 0


@pytest.fixture(scope="module")
def market() -> Market:
    return probe("1d")


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(1, 1499), seed=st.integers(0, 2**31))
def test_a_replaced_future_keeps_the_past_to_the_last_bit(cut: int, seed: int) -> None:
    market = probe("1d")

    other = futures.replaced_future(market, cut, np.random.default_rng(seed))

    for name in (*FIELDS, "stale"):
        np.testing.assert_array_equal(getattr(other, name)[:cut], getattr(market, name)[:cut])
    assert other.shape == market.shape


@pytest.mark.parametrize("cut", [4, 17, 46, 700, 1498])
def test_a_replaced_future_is_violent_from_its_first_bar_on(market: Market, cut: int) -> None:
    other = futures.replaced_future(market, cut, np.random.default_rng(1))

    jump = other.close[cut] / market.close[cut - 1] - 1.0
    assert jump.min() < -0.1
    assert jump.max() > 0.14
    assert not np.any(np.isclose(other.close[cut], market.close[cut]))


def test_every_symbol_gets_every_kind_of_future(market: Market) -> None:
    crashes = np.zeros(8, dtype=bool)

    for cut in range(100, 104):
        other = futures.replaced_future(market, cut, np.random.default_rng(1))
        crashes |= other.close[cut] / market.close[cut - 1] < 0.9

    assert crashes.all()


def test_the_bars_of_a_replaced_future_are_bars(market: Market) -> None:
    other = futures.replaced_future(market, 300, np.random.default_rng(5))

    prices = np.stack([getattr(other, name) for name in PRICES])
    assert np.isfinite(prices).all()
    assert (prices > 0).all()
    assert (other.high == prices.max(axis=0)).all()
    assert (other.low == prices.min(axis=0)).all()
    assert (other.volume[300:] >= 0).all()


def test_fixed_cuts_spread_over_the_series() -> None:
    cuts = causality.fixed_cuts(1500, 9)

    assert len(cuts) == 9
    assert cuts[0] == 61
    assert cuts[-1] == 1498
    assert causality.fixed_cuts(40, 9) == ()


def test_a_change_is_the_last_bar_before_its_cut() -> None:
    positions = np.zeros((20, 2))
    positions[5:, 0] = 1.0
    positions[:9, 1] = NAN

    assert causality.change_cuts(positions, 8, np.random.default_rng(1)) == (6, 10)


def test_the_sample_of_changes_is_spread_and_bounded() -> None:
    positions = (np.arange(1000) % 2).astype(float)[:, None]

    drawn = [causality.change_cuts(positions, 5, np.random.default_rng(k)) for k in (1, 2, 1)]

    assert drawn[0] == drawn[2] != drawn[1]
    for cuts in drawn:
        assert [cut // 200 for cut in cuts] == [0, 1, 2, 3, 4]


def test_positions_that_never_change_have_no_cuts() -> None:
    assert causality.change_cuts(np.full((50, 3), NAN), 5, np.random.default_rng(1)) == ()


def test_drawn_cuts_lie_one_in_each_stretch() -> None:
    cuts = causality.drawn_cuts(1000, 4, np.random.default_rng(1))

    assert [(cut - 1) * 4 // 999 for cut in cuts] == [0, 1, 2, 3]
    assert cuts != causality.drawn_cuts(1000, 4, np.random.default_rng(2))
    assert causality.drawn_cuts(5, 4, np.random.default_rng(1)) == ()


def test_a_seed_hangs_on_each_of_its_parts_and_on_nothing_else() -> None:
    seeds = {causality.seed_of(*parts) for parts in ((1, "a"), (2, "a"), (1, "b"), (1, "a", ""))}

    assert len(seeds) == 4
    assert causality.seed_of(1, "a") == causality.seed_of(1, "a")
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_the_share_of_differences_counts_positions_and_knows_no_position() -> None:
    one, other = np.array([[0.0, 1.0], [NAN, 1.0]]), np.array([[0.0, 0.5], [0.0, 1.0 + 1e-10]])

    assert causality.share_of_differences(one, other) == 0.25


def test_parity_is_measured_away_from_flat_stretches(market: Market) -> None:
    ends = causality.parity_ends(market, 200, 4)

    assert len(ends) == 4
    for end in ends:
        assert end > 200
        assert (market.close[end - 1] != market.close[end - 2]).all()
    assert causality.parity_ends(market, 1500, 4) == ()


@pytest.mark.parametrize(
    ("one", "other", "row"),
    [
        ([1.0, 0.5, NAN], [1.0, 0.5, NAN], -1),
        ([1.0, 0.5], [1.0, 0.5 + 5e-10], -1),
        ([1.0, 0.5], [1.0, 0.5 + 2e-9], 1),
        ([NAN, 1.0], [0.0, 1.0], 0),
        ([float("inf"), 1.0], [float("inf"), 1.0], -1),
        ([float("inf"), 1.0], [-float("inf"), 1.0], 0),
    ],
)
def test_a_difference_is_more_than_1e_9_and_nan_equals_nan(one, other, row) -> None:
    assert causality.first_difference(np.array([one]).T, np.array([other]).T) == row


def test_bits_are_compared_as_bits() -> None:
    zero = np.zeros((3, 2))

    assert causality.same_bits(zero, zero.copy())
    assert not causality.same_bits(zero, -zero)
    assert not causality.same_bits(zero, np.zeros((2, 3)))


def test_a_nan_is_a_nan_whatever_its_bits() -> None:
    one = np.array([[np.nan, 1.0], [0.0, np.nan]])
    other = np.array([[-np.nan, 1.0], [0.0, np.nan]])

    assert one.tobytes() != other.tobytes()
    assert causality.same_bits(one, other)
    assert not causality.same_bits(one, np.where(np.isnan(other), 0.0, other))
    assert not causality.same_bits(one, -other)


def test_side_by_side_puts_symbols_after_each_other(market: Market) -> None:
    other = futures.replaced_future(market, 50, np.random.default_rng(2))

    both = futures.side_by_side([market, other])

    assert both.shape == (1500, 16)
    np.testing.assert_array_equal(both.close[:, 8:], other.close)


def test_behaviour_is_positions_and_what_is_done_with_them() -> None:
    manifest = Manifest("an idea", "signal", "1d", 100)
    positions = np.zeros((10, 2))
    positions[3:, 0] = 0.25

    name = causality.behaviour(positions, manifest, 1)

    assert causality.behaviour(positions + 1e-5, manifest, 1) == name
    assert causality.behaviour(positions, replace(manifest, idea="other words"), 1) == name
    others = [
        causality.behaviour(-positions, manifest, 1),
        causality.behaviour(positions, manifest, 2),
        causality.behaviour(positions, replace(manifest, kind="rotate"), 1),
        causality.behaviour(positions, replace(manifest, timeframe="1h"), 1),
        causality.behaviour(positions, replace(manifest, universe="leveraged"), 1),
        causality.behaviour(positions, replace(manifest, exits=Exits(max_bars=3)), 1),
    ]
    assert len({name, *others}) == 7


def test_lucky_cuts_lie_one_bar_after_the_changes_that_gained_most() -> None:
    close = np.array([100.0, 100, 100, 110, 110, 121, 121, 60, 60, 60])[:, None]
    positions = np.array([0.0, 0, 1, 0, 1, 0, -1, -1, 0, 0])[:, None]

    assert causality.lucky_cuts(positions, close, 2) == (3, 7)
    assert causality.lucky_cuts(positions, close, 9) == (3, 5, 7)
    assert causality.lucky_cuts(np.ones((10, 1)), close, 2) == ()


def test_lucky_symbols_are_the_best_changes_of_all_symbols() -> None:
    close = np.array([[100.0, 50], [100, 50], [110, 60], [121, 60], [121, 60]])
    positions = np.array([[0.0, 0], [1, 1], [1, 1], [0, 0], [0, NAN]])

    assert causality.lucky_symbols(positions, close, 9) == ((2, 1), (2, 0))
    assert causality.lucky_symbols(positions, close, 1) == ((2, 1),)


def test_the_symbol_to_cut_is_the_one_that_moves_last() -> None:
    positions = np.zeros((10, 3))
    positions[4:, 1] = 0.5
    positions[4:, 2] = -1.0
    positions[:3, 0] = NAN

    assert causality.symbol_to_cut(positions, 5) == 2
    assert [causality.symbol_to_cut(positions, cut) for cut in (1, 2, 8, 9)] == [1, 2, 2, 0]
