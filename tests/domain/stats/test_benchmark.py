"""The market as session returns: by hand, with splits, dividends, stale bars and late listings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.engine.simulate import simulate
from daemon.domain.genome.contract import Exits
from daemon.domain.market.bars import Actions, Market, sealed
from daemon.domain.stats.benchmark import session_view
from daemon.domain.trading.friction import NONE
from tests.domain.stats.made import market_of, walk


def opened(market: Market, opens: np.ndarray) -> Market:
    return sealed(replace(market, open=opens))


def action(bar: int, symbol: int, cash: float = 0.0, new: float = 1.0) -> Actions:
    return Actions(
        np.array([bar]), np.array([symbol]), np.array([cash]), np.array([new]), np.ones(1)
    )


def test_two_symbols_by_hand() -> None:
    market = market_of(np.array([[100.0, 50.0], [110.0, 50.0], [110.0, 25.0]]))

    view = session_view(market)

    assert view.returns == pytest.approx([0.0, 0.05, -0.25])
    assert view.held == pytest.approx([0.0, 0.0, (1.0 + 0.5) / 2 - 1])
    assert view.ends.tolist() == [0, 1, 2]
    assert view.dates.tolist() == [16_801, 16_802, 16_803]


def test_intraday_bars_count_close_to_close_and_from_the_first_open() -> None:
    market = market_of(np.array([[100.0], [101.0], [103.0], [102.0]]), 2, "1m")

    assert session_view(market).returns == pytest.approx([0.01, 102 / 101 - 1])


def test_a_split_is_no_loss_and_a_dividend_is_cash() -> None:
    halved = market_of(np.array([[100.0], [50.0], [55.0]]), actions=action(1, 0, new=2.0))
    paid = market_of(np.array([[100.0], [98.0], [98.0]]), actions=action(1, 0, cash=2.0))

    assert session_view(halved).returns == pytest.approx([0.0, 0.0, 0.1])
    assert session_view(paid).returns == pytest.approx([0.0, 0.0, 0.0], abs=1e-15)


def test_a_stale_session_leaves_the_symbol_out_of_the_mean() -> None:
    stale = np.array([[False, False], [False, True], [False, False]])
    market = market_of(np.array([[100.0, 50.0], [110.0, 50.0], [110.0, 60.0]]), stale=stale)

    assert session_view(market).returns == pytest.approx([0.0, 0.1, 0.1])


def test_a_symbol_that_lists_late_counts_from_its_second_session() -> None:
    stale = np.array([[False, True], [False, False], [False, False]])
    market = market_of(np.array([[100.0, 50.0], [110.0, 70.0], [110.0, 77.0]]), stale=stale)

    view = session_view(market)

    assert view.returns == pytest.approx([0.0, 0.1, 0.05])
    assert view.held == pytest.approx([0.0, 0.0, 0.0])


def test_a_symbol_is_bought_at_the_open_after_its_first_bar() -> None:
    stale = np.array([[False, True], [False, False], [False, False]])
    made = market_of(np.array([[100.0, 50.0], [110.0, 70.0], [110.0, 77.0]]), stale=stale)
    market = opened(made, np.array([[80.0, 50.0], [100.0, 50.0], [110.0, 70.0]]))

    wealth = np.cumprod(1 + session_view(market).held)

    assert wealth == pytest.approx([1.0, (1.1 + 1) / 2, (1.1 + 1.1) / 2])


@pytest.mark.parametrize("silent", ["stale", "volume"])
def test_a_symbol_is_not_bought_on_a_bar_on_which_it_does_not_trade(silent: str) -> None:
    close = np.array([[100.0], [100.0], [110.0], [121.0]])
    quiet = np.array([[False], [True], [False], [False]])
    market = opened(market_of(close), np.array([[90.0], [95.0], [100.0], [110.0]]))
    changes = {"stale": quiet} if silent == "stale" else {"volume": np.where(quiet, 0.0, 1e6)}

    held = session_view(sealed(replace(market, **changes))).held

    assert held == pytest.approx([0.0, 0.0, 0.1, 0.1])


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 4]))
def test_the_market_held_is_what_a_genome_earns_that_always_wants_all_of_it(
    seed: int, a_session: int
) -> None:
    close = walk(seed, 12, 2)
    actions = Actions(np.array([1, 5]), np.array([0, 1]), np.array([0.4, 0.0]), *np.ones((2, 2)))
    split = replace(actions, new=np.array([1.0, 2.0]))
    close[5:, 1] /= 2.0
    made = market_of(close, a_session, actions=split)
    before = np.vstack((close[:1], close[:-1]))
    before[5, 1] /= 2.0
    market = opened(replace(made, volume=made.volume * 1e6), before)

    wanted = simulate(market, np.ones(market.shape), "slot", Exits(), NONE)

    ends = session_view(market).ends
    assert wanted.equity[ends] / wanted.capital == pytest.approx(
        np.cumprod(1 + session_view(market).held), rel=1e-6
    )


def test_what_is_held_is_never_rebalanced_and_its_dividends_stay_cash() -> None:
    close = np.array([[100.0, 50.0], [200.0, 48.0], [400.0, 24.0], [200.0, 24.0]])
    actions = Actions(
        bar=np.array([1, 2, 3]),
        symbol=np.ones(3, dtype=np.int64),
        cash=np.array([2.0, 0.0, 1.0]),
        new=np.array([1.0, 2.0, 1.0]),
        old=np.ones(3),
    )

    wealth = np.cumprod(1 + session_view(market_of(close, actions=actions)).held)

    # 1/200 of a share of the first; 1/48 of the second, bought on its ex-date, later twice as many.
    second = [1.0, 1.0, 48 / 48, (48 + 2) / 48]
    assert wealth == pytest.approx(
        [(first + other) / 2 for first, other in zip([1, 1, 2, 1], second, strict=True)]
    )


def test_the_move_of_a_market_does_not_depend_on_the_time_frame() -> None:
    close = walk(8, 240, 3)
    minutes = opened(market_of(close, 12, "1m"), close * 1.004)
    days = opened(market_of(close[11::12]), minutes.open[::12])

    assert session_view(minutes).returns == pytest.approx(session_view(days).returns)


def test_a_symbol_without_a_single_bar_stays_cash() -> None:
    stale = np.zeros((3, 2), dtype=bool)
    stale[:, 1] = True
    market = market_of(np.array([[100.0, 50.0], [110.0, 50.0], [120.0, 50.0]]), stale=stale)

    assert np.cumprod(1 + session_view(market).held) == pytest.approx([1.0, 1.0, (1 + 12 / 11) / 2])


def test_the_order_of_symbols_and_the_unit_of_prices_do_not_matter() -> None:
    close = walk(2, 300, 4)
    plain = session_view(market_of(close)).returns

    assert session_view(market_of(close[:, ::-1])).returns == pytest.approx(plain)
    assert session_view(market_of(close * [1.0, 7.0, 0.1, 3.0])).returns == pytest.approx(plain)


def test_held_and_rebalanced_are_the_same_for_one_symbol_once_it_is_bought() -> None:
    view = session_view(market_of(walk(2, 50, 1)))

    assert view.held[:2].tolist() == [0.0, 0.0]
    assert view.held[2:] == pytest.approx(view.returns[2:])


def test_a_view_is_remembered_by_the_hash_of_its_market() -> None:
    market, other = market_of(walk(5, 30)), market_of(walk(6, 30))

    assert session_view(market) is session_view(market)
    assert session_view(market) is not session_view(other)


def test_one_bar_of_a_market_that_never_moves_has_returns() -> None:
    assert session_view(market_of(np.array([[100.0]]))).returns.tolist() == [0.0]
    assert session_view(market_of(np.full((30, 2), 100.0))).returns.tolist() == [0.0] * 30
