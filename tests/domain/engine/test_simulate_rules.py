"""Each rule of the engine on a few bars whose outcome is worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from daemon.domain.engine.simulate import simulate
from daemon.domain.engine.simulation import ExitReason, Simulation, Trades
from daemon.domain.genome.contract import Exits
from daemon.domain.market.bars import Market, TimeAxis, sealed
from daemon.domain.trading.friction import DELAYED, NONE, Friction
from tests.domain.engine.worlds import DAY, MINUTE, OPENING, flat_market, market_of, panel_of


def run(
    market: Market,
    targets: list[float],
    friction: Friction = NONE,
    exits: Exits | None = None,
    sizing: Any = "slot",
    capital: float = 1000.0,
) -> Simulation:
    column = np.array(targets, dtype=np.float64)[:, None]
    return simulate(market, column, sizing, exits or Exits(), friction, capital)


def hundred_shares(market: Market, targets: list[float], **options: Any) -> Simulation:
    """Targets in lots of 100 shares, with cash to spare."""
    return run(market, [100 * t for t in targets], sizing="shares", capital=100_000.0, **options)


# Orders and fills


def test_an_order_fills_at_the_open_of_the_next_bar() -> None:
    market = market_of([(10, 10, 10, 10), (8, 12, 8, 12), (12, 12, 12, 12)])

    result = run(market, [1, 1, 1])

    assert result.trades.entry_bar.tolist() == [1]
    assert result.trades.entry_price.tolist() == [8.0]
    assert result.trades.quantity.tolist() == [100.0]  # 1000 dollars at the close of 10


def test_shares_come_from_price_and_equity_at_the_decision() -> None:
    market = flat_market([10, 5, 5])

    result = run(market, [0.5, 0.5, 0.5])

    assert result.trades.quantity.tolist() == [50.0]


def test_an_unchanged_target_gives_no_order() -> None:
    result = run(flat_market([10, 20, 30, 40]), [0.5, 0.5, 0.5, 0.5])

    assert result.orders == 1


def test_a_changed_target_scales_the_position_and_keeps_the_trade() -> None:
    result = hundred_shares(flat_market([10, 10, 14, 14]), [1, 3, 3, 3])

    assert result.trades.quantity.tolist() == [300.0]
    assert result.trades.entry_price.tolist() == pytest.approx([(10 * 100 + 14 * 200) / 300])


def test_a_reduced_position_stays_one_trade_with_an_average_exit() -> None:
    result = hundred_shares(flat_market([10, 10, 12, 15, 15]), [2, 1, 0, 0, 0])

    assert result.trades.quantity.tolist() == [200.0]
    assert result.trades.exit_price.tolist() == [13.5]
    assert result.trades.pnl.tolist() == [700.0]
    assert result.trades.exit_bar.tolist() == [3]


def test_a_reversal_closes_one_trade_and_opens_another() -> None:
    result = hundred_shares(flat_market([10, 10, 12, 12]), [1, -1, -1, -1])

    assert result.trades.quantity.tolist() == [100.0, -100.0]
    assert result.trades.reason.tolist() == [ExitReason.REVERSED, ExitReason.OPEN]
    assert result.orders == 3


def test_the_rest_of_a_position_is_listed_as_open_at_the_last_close() -> None:
    result = hundred_shares(flat_market([10, 10, 13]), [1, 1, 1])

    trades = result.trades
    assert (trades.exit_bar[0], trades.exit_price[0], trades.pnl[0]) == (-1, 13.0, 300.0)
    assert result.equity.tolist() == [100_000.0, 100_000.0, 100_300.0]


def test_equity_counts_from_the_fill() -> None:
    result = run(market_of([(10, 10, 10, 10), (10, 11, 10, 11)]), [0.5, 0.5])

    assert result.equity.tolist() == [1000.0, 1050.0]


def test_a_slot_is_an_equal_part_of_equity() -> None:
    market = panel_of([[10, 10], [20, 20]])

    result = simulate(market, np.ones((2, 2)), "slot", Exits(), NONE, 1000.0)

    assert result.trades.quantity.tolist() == [50.0, 25.0]


def test_weights_are_parts_of_the_whole_equity() -> None:
    market = panel_of([[10, 10], [20, 20]])
    weights = np.array([[0.25, -0.5], [0.25, -0.5]])

    result = simulate(market, weights, "weights", Exits(), NONE, 1000.0)

    assert result.trades.quantity.tolist() == [25.0, -25.0]


def test_delay_counts_bars_after_the_next() -> None:
    friction = Friction("late", delay_bars=2)

    result = hundred_shares(flat_market([10, 11, 12, 13, 14]), [1, 1, 1, 1, 1], friction=friction)

    assert result.trades.entry_bar.tolist() == [3]


def test_orders_under_way_do_not_overtake_each_other() -> None:
    friction = Friction("late", delay_bars=2)

    result = hundred_shares(flat_market([10] * 7), [1, 0, 1, 1, 1, 1, 1], friction=friction)

    assert result.trades.entry_bar.tolist() == [3, 5]
    assert result.trades.exit_bar.tolist() == [4, -1]


def test_the_delayed_profile_fills_four_bars_later_at_the_midpoint() -> None:
    market = market_of([(10, 10, 10, 10)] * 4 + [(10, 16, 8, 10)])

    result = hundred_shares(market, [1, 1, 1, 1, 1], friction=DELAYED)

    assert result.trades.entry_bar.tolist() == [4]
    assert result.trades.entry_price.tolist() == [12.0]
    assert result.fees == pytest.approx(0.02)


def test_same_close_fills_at_the_close_of_the_decision() -> None:
    market = market_of([(10, 12, 9, 11), (12, 12, 12, 12)])

    result = hundred_shares(market, [1, 1], friction=Friction("now", fill="same_close"))

    assert result.trades.entry_bar.tolist() == [0]
    assert result.trades.entry_price.tolist() == [11.0]


def test_same_close_with_a_delay_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot have a delay"):
        run(flat_market([10]), [1], Friction("odd", fill="same_close", delay_bars=1))


def test_targets_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected the market's shape \(2, 1\), was \(3, 1\)"):
        run(flat_market([10, 10]), [1, 1, 1])


def test_a_drifted_weight_is_brought_back_beyond_the_band_only() -> None:
    friction = Friction("held", rebalance_band=0.1)
    market = flat_market([10, 10, 11, 20, 20, 20])

    result = run(market, [0.5] * 6, friction)

    # weights after each close: .5, .524, .667 (beyond .1): sold back to half of 1500 / 20
    assert result.orders == 2
    assert result.trades.quantity.tolist() == [37.5]


# What may not be traded


def test_a_stale_bar_fills_nothing_and_the_order_waits() -> None:
    market = flat_market([10, 10, 12], stale=(1,), volume=[1000, 0, 1000])

    result = hundred_shares(market, [1, 1, 1])

    assert result.trades.entry_bar.tolist() == [2]


def test_a_bar_without_volume_fills_nothing() -> None:
    result = hundred_shares(flat_market([10, 10, 12], volume=[1000, 0, 1000]), [1, 1, 1])

    assert result.trades.entry_price.tolist() == [12.0]


def test_the_volume_cap_carries_the_rest_to_the_next_bars() -> None:
    friction = Friction("thin", volume_cap=0.1)

    result = hundred_shares(
        flat_market([10, 10, 11, 12], volume=400.0), [1, 1, 1, 1], friction=friction
    )

    # 40 shares at 10, 40 at 11, 20 at 12
    assert result.trades.entry_price.tolist() == pytest.approx([10.8])
    assert result.orders == 1


def test_a_changed_target_ends_what_was_carried() -> None:
    friction = Friction("thin", volume_cap=0.1)

    result = hundred_shares(
        flat_market([10, 10, 10, 10], volume=400.0), [1, 0, 0, 0], friction=friction
    )

    assert result.trades.quantity.tolist() == [40.0]
    assert result.trades.exit_bar.tolist() == [2]


def test_cash_cannot_go_negative_and_purchases_are_scaled() -> None:
    market = market_of([(10, 10, 10, 10), (12.5, 12.5, 12.5, 12.5)])

    result = run(market, [1, 1])

    assert result.trades.quantity.tolist() == pytest.approx([80.0])
    assert result.equity[-1] == pytest.approx(1000.0)


def test_costs_count_against_the_cash_there_is() -> None:
    result = run(flat_market([10, 10]), [1, 1], Friction("dear", commission_bps=100))

    # q * 10 * 1.01 = 1000
    assert result.trades.quantity[0] == pytest.approx(1000 / 10.1)


def test_two_purchases_are_scaled_by_one_factor() -> None:
    market = panel_of([[10, 20], [10, 20]])

    result = simulate(market, np.ones((2, 2)), "slot", Exits(), NONE, 1000.0)

    assert result.trades.quantity.tolist() == pytest.approx([25.0, 25.0])


def test_sales_come_before_purchases() -> None:
    market = panel_of([[10, 10, 10], [10, 10, 10]])
    targets = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])

    result = simulate(market, targets, "weights", Exits(), NONE, 1000.0)

    assert result.trades.symbol.tolist() == [1, 0]
    assert result.trades.entry_bar.tolist() == [1, 2]
    assert result.trades.quantity.tolist() == [100.0, 100.0]


def test_a_cash_buffer_is_never_invested() -> None:
    result = run(flat_market([10, 10]), [1, 1], Friction("careful", cash_buffer=0.1))

    assert result.trades.quantity[0] == pytest.approx(90.0)


def test_margin_lets_gross_exposure_pass_equity() -> None:
    market = panel_of([[10, 10], [10, 10]])

    result = simulate(
        market, np.ones((2, 2)), "weights", Exits(), Friction("m", margin=2.0), 1000.0
    )

    assert result.trades.quantity.tolist() == [100.0, 100.0]


def test_proceeds_of_a_short_sale_buy_nothing() -> None:
    market = panel_of([[10, 10, 10], [10, 10, 10]])
    targets = np.array([[-1.0, 0.0], [-1.0, 1.0], [-1.0, 1.0]])

    result = simulate(market, targets, "weights", Exits(), NONE, 1000.0)

    assert result.trades.quantity.tolist() == [-100.0]
    assert result.rejected == 1


def test_whole_shares_are_rounded_toward_zero() -> None:
    friction = Friction("whole", whole_shares=True)

    longs = run(flat_market([300, 300]), [1, 1], friction)
    shorts = run(flat_market([300, 300]), [-1, -1], friction)

    assert longs.trades.quantity.tolist() == [3.0]
    assert shorts.trades.quantity.tolist() == [-3.0]


def test_shorts_can_be_forbidden() -> None:
    friction = Friction("long", shortable=False)

    result = hundred_shares(flat_market([10, 10, 10]), [1, -1, -1], friction=friction)

    assert result.trades.quantity.tolist() == [100.0]
    assert (result.orders, result.rejected) == (3, 1)


# What it costs


def test_half_the_spread_and_slippage_are_paid_on_each_fill() -> None:
    friction = Friction("wide", spread_bps=20, slippage_bps=10)

    result = hundred_shares(flat_market([100, 100, 100]), [1, 0, 0], friction=friction)

    assert result.trades.entry_price[0] == pytest.approx(100.2)
    assert result.trades.exit_price[0] == pytest.approx(99.8)


def test_a_quoted_spread_is_used_where_there_is_one() -> None:
    friction = Friction("quoted", spread_from_quotes=True, spread_bps=100)
    market = flat_market([100, 100, 100], spread=[0.1, 0.1, float("nan")])

    result = hundred_shares(market, [1, 0, 0], friction=friction)

    assert result.trades.entry_price[0] == pytest.approx(100.05)
    assert result.trades.exit_price[0] == pytest.approx(99.5)


def test_impact_grows_with_the_square_of_the_share_of_volume() -> None:
    friction = Friction("thin", impact=0.1)

    result = hundred_shares(flat_market([100, 100], volume=200.0), [1, 1], friction=friction)

    assert result.trades.entry_price[0] == pytest.approx(100 * (1 + 0.1 * 0.5**2))


def test_commissions_by_share_with_a_minimum_by_order_and_by_value() -> None:
    friction = Friction(
        "broker",
        commission_per_share=0.005,
        commission_minimum=1.0,
        commission_per_order=0.25,
        commission_bps=1.0,
    )

    small = hundred_shares(flat_market([10, 10, 10]), [1, 0, 0], friction=friction)
    large = hundred_shares(flat_market([10, 10]), [10, 10], friction=friction)

    assert small.fees == pytest.approx(2 * (1.0 + 0.25 + 0.1))
    assert large.fees == pytest.approx(5.0 + 0.25 + 1.0)


def test_the_minimum_is_paid_once_for_an_order_in_several_fills() -> None:
    friction = Friction("broker", commission_minimum=1.0, volume_cap=0.1)

    result = hundred_shares(flat_market([10] * 5, volume=400.0), [1] * 5, friction=friction)

    assert result.fees == pytest.approx(1.0)


def test_commission_on_entry_spares_the_exit() -> None:
    friction = Friction("entry", commission_per_order=5.0, commission_on="entry")

    result = hundred_shares(flat_market([10, 10, 10, 10]), [1, -1, 0, 0], friction=friction)

    assert result.fees == pytest.approx(10.0)


def test_regulators_are_paid_on_sales_by_the_date() -> None:
    friction = Friction("fees", regulatory_fees=True)
    market = flat_market([100, 100, 100], first_date=17_700)  # 2018-06-18: 13 per million

    result = hundred_shares(market, [1, 0, 0], friction=friction)

    assert result.fees == pytest.approx(10_000 * 13e-6 + 100 * 0.000119, abs=1e-6)
    assert not result.fee_estimated


def test_both_sides_pay_for_the_audit_trail() -> None:
    friction = Friction("fees", regulatory_fees=True)
    market = flat_market([100, 100, 100], first_date=20_514)  # 2026-03-02, section 31 is 0

    result = hundred_shares(market, [1, 0, 0], friction=friction)

    assert result.fees == pytest.approx(2 * 100 * 0.000003 + 100 * 0.000195, abs=1e-6)
    assert not result.fee_estimated


def test_a_purchase_in_a_year_of_an_unknown_audit_trail_fee_is_flagged() -> None:
    friction = Friction("fees", regulatory_fees=True)

    result = hundred_shares(flat_market([100, 100], first_date=20_100), [1, 1], friction=friction)

    assert result.fee_estimated
    assert result.fees == pytest.approx(100 * 0.000048, abs=1e-6)


def test_a_date_outside_the_fee_table_is_flagged_and_not_free() -> None:
    friction = Friction("fees", regulatory_fees=True)
    market = flat_market([100, 100, 100], first_date=16_560)  # 2015-05-05

    result = hundred_shares(market, [1, 0, 0], friction=friction)

    assert result.fee_estimated
    assert result.fees == pytest.approx(10_000 * 22.1e-6 + 100 * 0.000119, abs=1e-6)


def test_a_purchase_on_an_uncovered_date_is_not_flagged() -> None:
    friction = Friction("fees", regulatory_fees=True)

    result = hundred_shares(flat_market([100, 100], first_date=16_560), [1, 1], friction=friction)

    assert not result.fee_estimated


def test_a_short_pays_its_borrow_for_every_calendar_day() -> None:
    friction = Friction("hard", borrow_rate=0.36)
    market = flat_market([10] * 7)  # sold on the second session; a weekend after the fifth

    result = hundred_shares(market, [-1] * 7, friction=friction)

    # four nights of one day and one of three, at 1000 * .36 / 360 a day
    assert result.fees == pytest.approx(3 * 1.0 + 3.0 + 1.0)
    assert result.trades.fees[0] == pytest.approx(result.fees)


def test_a_long_pays_no_borrow() -> None:
    result = hundred_shares(
        flat_market([10] * 4), [1] * 4, friction=Friction("hard", borrow_rate=0.36)
    )

    assert result.fees == 0.0


# Corporate actions


def test_a_dividend_is_cash_for_who_held_at_the_close_before() -> None:
    market = flat_market([10, 10, 9, 9], actions=((2, 1.0, 1, 1),))

    held = hundred_shares(market, [1, 1, 1, 1])
    late = hundred_shares(market, [0, 1, 1, 1])

    assert held.trades.pnl.tolist() == [0.0]
    assert late.trades.pnl.tolist() == [0.0]


def test_a_short_pays_the_dividend() -> None:
    market = flat_market([10, 10, 10, 10], actions=((2, 1.0, 1, 1),))

    assert hundred_shares(market, [-1] * 4).trades.pnl.tolist() == [-100.0]


def test_dividends_can_be_left_out() -> None:
    market = flat_market([10, 10, 10, 10], actions=((2, 1.0, 1, 1),))

    result = hundred_shares(market, [1] * 4, friction=Friction("dry", dividends=False))

    assert result.trades.pnl.tolist() == [0.0]


def test_a_split_keeps_value_and_turns_the_trade_to_the_new_basis() -> None:
    market = flat_market([30, 30, 20, 21], actions=((2, 0.0, 3, 2),))

    result = hundred_shares(market, [1] * 4)

    assert result.equity.tolist() == [100_000.0, 100_000.0, 100_000.0, 100_150.0]
    assert result.trades.quantity.tolist() == [150.0]
    assert result.trades.entry_price.tolist() == [20.0]


def test_a_split_turns_an_order_that_waits() -> None:
    market = flat_market([30, 10, 10], actions=((1, 0.0, 3, 1),))

    assert hundred_shares(market, [1, 1, 1]).trades.quantity.tolist() == [300.0]


def test_a_split_ratio_is_exact() -> None:
    market = flat_market([70, 70, 30, 30, 30], actions=((2, 0.0, 7, 3),))

    result = hundred_shares(market, [1, 1, 0, 0, 0])

    assert result.trades.quantity[0] == 100 * 7 / 3
    assert result.equity[-1] == pytest.approx(100_000.0, abs=1e-6)


# Protective exits


def test_a_stop_fills_at_its_level() -> None:
    market = market_of([(100,) * 4, (100,) * 4, (99, 100, 94, 96)])

    result = hundred_shares(market, [1, 1, 1], exits=Exits(stop_pct=0.05))

    assert result.trades.exit_price.tolist() == [95.0]
    assert result.trades.reason.tolist() == [ExitReason.STOP]


def test_a_touch_of_a_stop_is_enough() -> None:
    market = market_of([(100,) * 4, (100,) * 4, (99, 100, 95, 96)])

    assert hundred_shares(market, [1] * 3, exits=Exits(stop_pct=0.05)).trades.exit_bar[0] == 2


def test_a_gap_through_the_stop_fills_at_the_open() -> None:
    market = market_of([(100,) * 4, (100,) * 4, (90, 97, 89, 96)])

    result = hundred_shares(market, [1, 1, 1], exits=Exits(stop_pct=0.05))

    assert result.trades.exit_price.tolist() == [90.0]


def test_a_stop_pays_the_costs_of_a_market_order_and_a_target_does_not() -> None:
    friction = Friction("slip", slippage_bps=100)
    down = market_of([(100,) * 4, (100,) * 4, (99, 100, 94, 96)])
    up = market_of([(100,) * 4, (100,) * 4, (101, 120, 101, 101)])

    stopped = hundred_shares(down, [1] * 3, friction=friction, exits=Exits(stop_pct=0.05))
    reached = hundred_shares(up, [1] * 3, friction=friction, exits=Exits(target_pct=0.05))

    assert stopped.trades.exit_price[0] == pytest.approx(101 * 0.95 * 0.99)
    assert reached.trades.exit_price[0] == pytest.approx(101 * 1.05)


def test_a_touch_of_a_target_is_not_a_fill() -> None:
    market = market_of([(100,) * 4, (100,) * 4, (100, 105, 100, 104)])

    result = hundred_shares(market, [1, 1, 1], exits=Exits(target_pct=0.05))

    assert result.trades.reason.tolist() == [ExitReason.OPEN]


def test_a_target_traded_through_fills_at_its_limit() -> None:
    market = market_of([(100,) * 4, (100,) * 4, (100, 105.01, 100, 104)])

    result = hundred_shares(market, [1, 1, 1], exits=Exits(target_pct=0.05))

    assert result.trades.exit_price.tolist() == [105.0]
    assert result.trades.reason.tolist() == [ExitReason.PROFIT_TARGET]


def test_a_gap_through_the_target_fills_at_the_better_open() -> None:
    market = market_of([(100,) * 4, (100,) * 4, (108, 109, 90, 104)])

    result = hundred_shares(market, [1] * 3, exits=Exits(target_pct=0.05, stop_pct=0.05))

    assert result.trades.exit_price.tolist() == [108.0]
    assert result.trades.ambiguous.tolist() == [False]


def test_stop_and_target_in_one_bar_is_the_stop_and_ambiguous() -> None:
    market = market_of([(100,) * 4, (100,) * 4, (100, 110, 90, 100)])

    result = hundred_shares(market, [1] * 3, exits=Exits(target_pct=0.05, stop_pct=0.05))

    assert result.trades.exit_price.tolist() == [95.0]
    assert result.trades.ambiguous.tolist() == [True]


def test_exits_are_tested_on_the_bar_of_the_fill() -> None:
    market = market_of([(100,) * 4, (100, 101, 90, 100), (100,) * 4])

    result = hundred_shares(market, [1, 1, 1], exits=Exits(stop_pct=0.05))

    assert (result.trades.entry_bar[0], result.trades.exit_bar[0]) == (1, 1)


def test_a_short_is_stopped_above_and_takes_profit_below() -> None:
    up = market_of([(100,) * 4, (100,) * 4, (100, 106, 100, 100)])
    down = market_of([(100,) * 4, (100,) * 4, (100, 100, 94, 100)])
    exits = Exits(stop_pct=0.05, target_pct=0.05)

    assert hundred_shares(up, [-1] * 3, exits=exits).trades.exit_price[0] == 105.0
    assert hundred_shares(down, [-1] * 3, exits=exits).trades.exit_price[0] == 95.0


def test_atr_levels_use_the_range_at_the_decision() -> None:
    # true ranges 4, 4, then 20 on the bar of the fill, which the decision did not know
    bars = [(100, 102, 98, 100), (100, 102, 98, 100), (100, 110, 95, 100), (100, 100, 91, 92)]

    result = hundred_shares(market_of(bars), [0, 1, 1, 1], exits=Exits(stop_atr=2.0, atr=2))

    assert result.trades.exit_price.tolist() == [92.0]
    assert result.trades.exit_bar.tolist() == [3]


def test_a_trailing_stop_follows_the_extreme_of_the_bars_before() -> None:
    bars = [(100,) * 4, (100,) * 4, (100, 120, 112, 120), (118, 119, 109, 110)]

    result = hundred_shares(market_of(bars), [1] * 4, exits=Exits(trail_pct=0.1))

    # the bar that makes the high of 120 is tested against 90, the next one against 110
    assert result.trades.exit_bar.tolist() == [3]
    assert result.trades.exit_price.tolist() == [110.0]
    assert result.trades.reason.tolist() == [ExitReason.TRAILING_STOP]


def test_max_bars_counts_the_bar_of_the_entry() -> None:
    result = hundred_shares(flat_market([10] * 6), [1] * 6, exits=Exits(max_bars=2))

    assert (result.trades.entry_bar[0], result.trades.exit_bar[0]) == (1, 3)
    assert result.trades.reason.tolist() == [ExitReason.MAX_BARS]


def test_the_same_target_does_not_enter_again_after_an_exit() -> None:
    bars = [(100,) * 4, (100,) * 4, (99, 100, 94, 96), (100,) * 4, (100,) * 4, (100,) * 4]

    again = hundred_shares(market_of(bars), [1, 1, 1, 1, 1, 1], exits=Exits(stop_pct=0.05))
    changed = hundred_shares(market_of(bars), [1, 1, 1, 2, 2, 2], exits=Exits(stop_pct=0.05))

    assert len(again.trades) == 1
    assert changed.trades.entry_bar.tolist() == [1, 4]


def test_an_exit_under_the_volume_cap_goes_on_at_the_next_opens() -> None:
    bars = [(100,) * 4, (100,) * 4, (99, 100, 94, 96), (90,) * 4]
    friction = Friction("thin", volume_cap=0.1)
    market = market_of(bars, volume=[1000, 1000, 600, 1000])

    result = hundred_shares(market, [1] * 4, friction=friction, exits=Exits(stop_pct=0.05))

    assert result.trades.exit_price.tolist() == pytest.approx([(60 * 95 + 40 * 90) / 100])
    assert result.trades.exit_bar.tolist() == [3]


def test_a_stale_bar_triggers_no_exit() -> None:
    bars = [(100,) * 4, (100,) * 4, (94,) * 4, (93,) * 4]
    market = market_of(bars, stale=(2,), volume=[1000, 1000, 0, 1000])

    result = hundred_shares(market, [1] * 4, exits=Exits(stop_pct=0.05))

    assert result.trades.exit_price.tolist() == [93.0]


# The end of a session


def test_session_end_is_at_the_open_of_the_bar_two_minutes_before_the_close() -> None:
    market = flat_market([10, 11, 12, 13, 14, 15], bars_a_session=6, minutes=1)

    result = hundred_shares(market, [1] * 6, exits=Exits(session_end=True))

    assert result.trades.exit_bar.tolist() == [4]
    assert result.trades.exit_price.tolist() == [14.0]
    assert result.trades.reason.tolist() == [ExitReason.SESSION_END]


def test_session_end_on_longer_bars_is_at_the_last_close() -> None:
    market = market_of([(10, 10, 10, 11), (12, 12, 12, 13), (14, 14, 14, 15)], bars_a_session=3)

    result = hundred_shares(market, [1] * 3, exits=Exits(session_end=True))

    assert result.trades.exit_price.tolist() == [15.0]


def test_nothing_is_opened_between_the_session_end_exit_and_the_next_session() -> None:
    market = flat_market([10] * 8, bars_a_session=4, minutes=1)

    result = hundred_shares(market, [0, 1, 1, 1, 1, 1, 1, 1], exits=Exits(session_end=True))

    # decided on bar 1, would fill at the open of bar 2, which is the exit's bar: waits for bar 4
    assert result.trades.entry_bar.tolist() == [4]


def test_a_session_that_the_data_cut_off_has_no_end_exit() -> None:
    market = flat_market([10] * 6, bars_a_session=6, minutes=30).part(0, 4)

    result = hundred_shares(market, [1] * 4, exits=Exits(session_end=True))

    assert result.trades.reason.tolist() == [ExitReason.OPEN]


def test_an_exit_that_finds_no_print_waits_for_the_next_session() -> None:
    market = flat_market(
        [10, 10, 10, 10, 11, 11],
        bars_a_session=4,
        minutes=1,
        stale=(2, 3),
        volume=[100, 100, 0, 0, 100, 100],
    )

    result = hundred_shares(market, [1] * 6, exits=Exits(session_end=True))

    assert result.trades.exit_bar.tolist() == [4]
    assert result.trades.exit_price.tolist() == [11.0]


def test_a_standing_target_is_flat_overnight_and_back_at_each_open() -> None:
    market = flat_market(list(range(100, 118)), bars_a_session=6, minutes=1)

    result = hundred_shares(market, [1] * 18, exits=Exits(session_end=True))

    # decided on bar 0, then on the last bars 5 and 11; left at the open two minutes before the end
    assert result.trades.entry_bar.tolist() == [1, 6, 12]
    assert result.trades.entry_price.tolist() == [101.0, 106.0, 112.0]
    assert result.trades.exit_bar.tolist() == [4, 10, 16]
    assert set(result.trades.reason.tolist()) == {ExitReason.SESSION_END}


def test_a_half_day_ends_two_minutes_before_its_own_close() -> None:
    counts = (390, 210, 390)
    place = np.concatenate([np.arange(count) for count in counts])
    opening = np.repeat(np.arange(3), counts) * DAY + (OPENING + place) * MINUTE
    axis = TimeAxis(
        open_time=opening,
        close_time=opening + MINUTE,
        session=np.repeat(np.arange(3), counts),
        session_date=np.repeat(np.arange(16_500, 16_503, dtype=np.int32), counts),
        minute=place + 1,
        minutes_left=np.repeat(np.array(counts), counts) - place - 1,
    )
    market = sealed(replace(flat_market([10.0] * 990), axis=axis))

    result = run(market, [1.0] * 990, exits=Exits(session_end=True))

    assert result.trades.entry_bar.tolist() == [1, 390, 600]
    assert result.trades.exit_bar.tolist() == [388, 390 + 208, 600 + 388]  # 15:58, 12:58, 15:58


def test_on_longer_bars_a_standing_target_is_held_from_each_open_to_the_last_close() -> None:
    market = market_of([(10, 12, 10, 11)] * 3)

    result = hundred_shares(market, [1] * 3, exits=Exits(session_end=True))

    assert result.trades.entry_bar.tolist() == [1, 2]
    assert result.trades.exit_bar.tolist() == [1, 2]
    assert result.trades.pnl.tolist() == [100.0, 100.0]


def test_shares_of_the_next_session_come_from_price_and_equity_at_the_last_close() -> None:
    market = flat_market([10, 10, 10, 10, 20, 40, 50, 50, 50, 50], bars_a_session=6, minutes=1)

    result = run(market, [0.5] * 10, exits=Exits(session_end=True))

    # 50 shares from 10 to 20 make 1500 dollars; half of that at the close of 40
    assert result.trades.quantity.tolist() == [50.0, 18.75]
    assert result.trades.entry_price.tolist() == [10.0, 50.0]


def test_after_a_stop_nothing_enters_in_the_next_session_until_the_target_changes() -> None:
    bars = [(100.0,) * 4] * 18
    bars[2] = (99, 100, 94, 96)
    exits = Exits(stop_pct=0.05, session_end=True)
    market = market_of(bars, bars_a_session=6, minutes=1)

    again = hundred_shares(market, [1] * 18, exits=exits)
    changed = hundred_shares(market, [1] * 8 + [2] * 10, exits=exits)

    assert again.trades.reason.tolist() == [ExitReason.STOP]
    assert changed.trades.entry_bar.tolist() == [1, 9, 12]
    assert changed.trades.quantity.tolist() == [100.0, 200.0, 200.0]


def test_a_stop_after_the_way_back_keeps_the_next_session_out() -> None:
    bars = [(100.0,) * 4] * 18
    bars[8] = (99, 100, 94, 96)
    market = market_of(bars, bars_a_session=6, minutes=1)

    result = hundred_shares(market, [1] * 18, exits=Exits(stop_pct=0.05, session_end=True))

    assert result.trades.entry_bar.tolist() == [1, 6]
    assert result.trades.reason.tolist() == [ExitReason.SESSION_END, ExitReason.STOP]


def test_the_way_back_into_the_market_is_delayed_like_any_order() -> None:
    market = flat_market([10] * 12, bars_a_session=6, minutes=1)
    friction = Friction("late", delay_bars=2)

    result = hundred_shares(market, [1] * 12, friction=friction, exits=Exits(session_end=True))

    assert result.trades.entry_bar.tolist() == [3, 8]


def test_a_target_changed_after_the_session_end_exit_is_the_one_that_enters() -> None:
    market = flat_market([10] * 12, bars_a_session=6, minutes=1)

    result = hundred_shares(market, [1] * 4 + [2] * 8, exits=Exits(session_end=True))
    left = hundred_shares(market, [1] * 4 + [0] * 8, exits=Exits(session_end=True))

    assert result.trades.quantity.tolist() == [100.0, 200.0]
    assert len(left.trades) == 1


def test_an_exit_filled_a_session_late_enters_again_in_the_one_after() -> None:
    volume = [100, 100, 0, 0, *[100] * 8]
    market = flat_market([10] * 12, bars_a_session=4, minutes=1, volume=volume)

    result = hundred_shares(market, [1] * 12, exits=Exits(session_end=True))

    assert result.trades.entry_bar.tolist() == [1, 8]
    assert result.trades.exit_bar.tolist() == [4, 10]


# The whole


def test_no_bars_give_an_empty_answer() -> None:
    result = run(flat_market([10, 10]).part(0, 0), [])

    assert (len(result.equity), len(result.trades)) == (0, 0)


def test_many_trades_are_all_kept() -> None:
    bars = 40_000
    targets = (np.arange(bars) % 2).astype(np.float64)

    result = simulate(flat_market([10.0] * bars), targets[:, None], "slot", Exits(), NONE, 1000.0)

    assert len(result.trades) == bars // 2 - 1
    assert result.trades.entry_bar[:3].tolist() == [2, 4, 6]


def test_the_hash_of_the_trades_covers_every_column() -> None:
    trades = hundred_shares(flat_market([10, 10, 12, 12]), [1, 0, 0, 0]).trades
    hashes = {trades.hash}

    for name in Trades.__slots__:
        column = getattr(trades, name)
        changed = (column + 1).astype(column.dtype)
        hashes.add(replace(trades, **{name: changed}).hash)

    assert len(hashes) == 1 + len(Trades.__slots__)


def test_the_short_way_of_a_plain_run_changes_nothing() -> None:
    rng = np.random.default_rng(11)
    close = 50 + np.cumsum(rng.normal(0, 0.1, 3000))
    bars = np.column_stack([close + 0.01, close + 0.1, close - 0.1, close])
    volume = np.where(rng.random(3000) < 0.1, 0.0, 5000.0)
    targets = np.repeat(rng.choice([-1.0, 0.0, 0.5, 1.0], 1000), 3).tolist()
    friction = Friction("some", commission_bps=1, volume_cap=0.1, slippage_bps=2, impact=0.1)

    plain = run(market_of(bars, volume=volume), targets, friction)
    long_way = run(market_of(bars, volume=volume, actions=((2999, 0, 1, 1),)), targets, friction)

    assert len(plain.trades) > 300
    assert plain.trades.hash == long_way.trades.hash
    assert plain.equity.tobytes() == long_way.equity.tobytes()
    assert (plain.orders, plain.rejected) == (long_way.orders, long_way.rejected)


def test_a_later_run_leaves_earlier_results_alone() -> None:
    bars = 70_000
    market = flat_market([10.0] * bars)
    first = run(market, [0.0] * bars, capital=1000.0)
    tail = first.equity[10:]

    del first
    run(market, [0.0] * bars, capital=2000.0)

    assert tail[0] == 1000.0
