"""The market as session returns: by hand, with splits, dividends, stale bars and late listings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.market.bars import Actions, Market, sealed
from daemon.domain.stats.benchmark import session_view
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
    assert view.held == pytest.approx([0.0, 0.05, (1.1 + 0.5) / (1.1 + 1.0) - 1])
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
    assert view.held == pytest.approx([0.0, 0.05, (1.1 + 1.1) / (1.1 + 1.0) - 1])


def test_a_symbol_is_bought_at_the_open_of_its_first_bar() -> None:
    stale = np.array([[False, True], [False, False], [False, False]])
    made = market_of(np.array([[100.0, 50.0], [110.0, 70.0], [110.0, 77.0]]), stale=stale)
    market = opened(made, np.array([[80.0, 50.0], [100.0, 50.0], [110.0, 70.0]]))

    wealth = np.cumprod(1 + session_view(market).held)

    assert wealth == pytest.approx([(1.25 + 1) / 2, (110 / 80 + 1.4) / 2, (110 / 80 + 77 / 50) / 2])


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

    # 1/100 of a share of the first; 1/50 of the second, twice as many after the split.
    second = [1.0, 50 / 50, (48 + 2) / 50, (48 + 2 + 2) / 50]
    assert wealth == pytest.approx(
        [(first + other) / 2 for first, other in zip([1, 2, 4, 2], second, strict=True)]
    )


def test_what_is_held_does_not_depend_on_the_time_frame() -> None:
    close = walk(8, 240, 3)
    minutes = opened(market_of(close, 12, "1m"), close * 1.004)
    days = opened(market_of(close[11::12]), minutes.open[::12])

    assert session_view(minutes).held == pytest.approx(session_view(days).held)
    assert session_view(minutes).returns == pytest.approx(session_view(days).returns)


def test_a_symbol_without_a_single_bar_stays_cash() -> None:
    stale = np.zeros((3, 2), dtype=bool)
    stale[:, 1] = True
    market = market_of(np.array([[100.0, 50.0], [110.0, 50.0], [120.0, 50.0]]), stale=stale)

    assert np.cumprod(1 + session_view(market).held) == pytest.approx([1.0, 1.05, 1.1])


def test_the_order_of_symbols_and_the_unit_of_prices_do_not_matter() -> None:
    close = walk(2, 300, 4)
    plain = session_view(market_of(close)).returns

    assert session_view(market_of(close[:, ::-1])).returns == pytest.approx(plain)
    assert session_view(market_of(close * [1.0, 7.0, 0.1, 3.0])).returns == pytest.approx(plain)


def test_held_and_rebalanced_are_the_same_for_one_symbol() -> None:
    view = session_view(market_of(walk(2, 50, 1)))

    assert view.held == pytest.approx(view.returns)


def test_a_view_is_remembered_by_the_hash_of_its_market() -> None:
    market, other = market_of(walk(5, 30)), market_of(walk(6, 30))

    assert session_view(market) is session_view(market)
    assert session_view(market) is not session_view(other)


def test_one_bar_of_a_market_that_never_moves_has_returns() -> None:
    assert session_view(market_of(np.array([[100.0]]))).returns.tolist() == [0.0]
    assert session_view(market_of(np.full((30, 2), 100.0))).returns.tolist() == [0.0] * 30
