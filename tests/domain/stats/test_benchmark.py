"""The market as session returns: by hand, with splits, dividends, stale bars and late listings."""

from __future__ import annotations

import numpy as np
import pytest

from daemon.domain.market.bars import Actions
from daemon.domain.stats.benchmark import buy_and_hold, session_view
from tests.domain.stats.made import market_of, walk


def action(bar: int, symbol: int, cash: float = 0.0, new: float = 1.0) -> Actions:
    return Actions(
        np.array([bar]), np.array([symbol]), np.array([cash]), np.array([new]), np.ones(1)
    )


def test_two_symbols_by_hand() -> None:
    market = market_of(np.array([[100.0, 50.0], [110.0, 50.0], [110.0, 25.0]]))

    view = session_view(market)

    assert view.returns == pytest.approx([0.0, 0.05, -0.25])
    assert view.held == pytest.approx([0.0, 0.05, (1.1 + 0.5) / (1.1 + 1.0) - 1])
    assert view.ends.tolist() == [0, 1, 2]
    assert view.dates.tolist() == [16_801, 16_802, 16_803]


def test_intraday_bars_count_close_to_close_and_from_the_first_close() -> None:
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
    assert view.held == pytest.approx([0.0, 0.05, (1.1 + 1.1) / (1.1 + 1.0) - 1])


def test_the_order_of_symbols_and_the_unit_of_prices_do_not_matter() -> None:
    close = walk(2, 300, 4)
    plain = session_view(market_of(close)).returns

    assert session_view(market_of(close[:, ::-1])).returns == pytest.approx(plain)
    assert session_view(market_of(close * [1.0, 7.0, 0.1, 3.0])).returns == pytest.approx(plain)


def test_held_and_rebalanced_are_the_same_for_one_symbol() -> None:
    market = market_of(walk(2, 50, 1))

    assert buy_and_hold(market) == pytest.approx(session_view(market).returns)


def test_a_view_is_remembered_by_the_hash_of_its_market() -> None:
    market, other = market_of(walk(5, 30)), market_of(walk(6, 30))

    assert session_view(market) is session_view(market)
    assert session_view(market) is not session_view(other)


def test_one_bar_of_a_market_that_never_moves_has_returns() -> None:
    assert session_view(market_of(np.array([[100.0]]))).returns.tolist() == [0.0]
    assert session_view(market_of(np.full((30, 2), 100.0))).returns.tolist() == [0.0] * 30
