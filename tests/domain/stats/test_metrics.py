"""Figures of a backtest: by hand, under changes that must not matter, and on sick inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats import metrics as m
from daemon.domain.stats.holding import Holding
from daemon.domain.stats.metrics import Account, measure
from daemon.domain.stats.path import session_path
from tests.domain.stats.slow import naive_drawdown

RETURNS = st.lists(st.floats(-0.2, 0.2), min_size=3, max_size=60).map(np.array)


def account(equity: list[float], bars_a_session: int = 1, pnl: tuple[float, ...] = ()) -> Account:
    bars = np.array(equity, dtype=float)
    ends = np.arange(bars_a_session - 1, len(bars), bars_a_session)
    trades = np.array(pnl, dtype=float)
    return Account(
        capital=100.0,
        path=session_path(bars, ends),
        holding=Holding(np.array([0]), np.array([len(bars) // 2]), len(bars)),
        pnl=trades,
        risk=np.full(len(trades), 2.0),
        ambiguous=np.zeros(len(trades), dtype=bool),
        traded=500.0,
        fees=3.0,
    )


def test_all_figures_of_a_small_account_by_hand() -> None:
    run = account([100.0, 110.0, 99.0, 108.9], pnl=(12.0, -4.0, 1.0))
    returns = m.session_returns(run.path.equity, run.path.ends, run.capital)

    found = measure(run, returns, 1.5)

    mean, deviation = 0.025, math.sqrt((0.025**2 + 0.075**2 + 0.125**2 + 0.075**2) / 3)
    assert returns == pytest.approx([0.0, 0.1, -0.1, 0.1])
    assert found.sharpe == pytest.approx(mean / deviation * math.sqrt(252))
    assert found.sortino == pytest.approx(mean / math.sqrt(0.01 / 4) * math.sqrt(252))
    assert found.volatility == pytest.approx(deviation * math.sqrt(252))
    assert found.total_return == pytest.approx(0.089)
    assert found.cagr == pytest.approx(1.089 ** (252 / 4) - 1)
    assert found.max_drawdown == pytest.approx(-0.1)
    assert found.calmar == pytest.approx((1.089**63 - 1) / 0.1)
    assert found.exposure == 0.5
    assert found.turnover == pytest.approx(500 / (4 / 252) / 104.475)
    assert (found.trades, found.win_rate) == (3, pytest.approx(2 / 3))
    assert found.profit_factor == pytest.approx(13 / 4)
    assert found.expectancy == pytest.approx(3.0)
    assert found.sqn == pytest.approx(math.sqrt(3) * 1.5 / np.std([6, -2, 0.5], ddof=1))
    assert (found.fees, found.final_equity, found.convexity) == (3.0, 108.9, 1.5)


def test_intraday_returns_are_compounded_to_sessions_before_any_ratio() -> None:
    run = account([101.0, 102.0, 104.0, 103.0, 105.0, 106.0], bars_a_session=3)

    returns = m.session_returns(run.path.equity, run.path.ends, run.capital)

    assert returns == pytest.approx([0.04, 106 / 104 - 1])


def test_sessions_end_where_the_session_number_changes() -> None:
    assert m.session_ends(np.array([3, 3, 3, 4, 6, 6])).tolist() == [2, 3, 5]
    assert m.session_ends(np.array([0])).tolist() == [0]


@given(RETURNS, st.floats(0.01, 100.0))
@settings(deadline=None, max_examples=50)
def test_sharpe_and_sortino_do_not_know_the_scale_or_the_order(
    returns: np.ndarray, scale: float
) -> None:
    shuffled = np.random.default_rng(0).permutation(returns)
    if np.std(returns) < 1e-4 or np.min(returns) > -1e-4:
        return

    assert m.sharpe(returns * scale) == pytest.approx(m.sharpe(returns), rel=1e-6, abs=1e-9)
    assert m.sharpe(shuffled) == pytest.approx(m.sharpe(returns), rel=1e-6, abs=1e-9)
    assert m.sortino(returns * scale) == pytest.approx(m.sortino(returns), rel=1e-6, abs=1e-9)
    assert m.sortino(shuffled) == pytest.approx(m.sortino(returns), rel=1e-6, abs=1e-9)


@given(RETURNS)
@settings(deadline=None, max_examples=50)
def test_losing_instead_of_winning_turns_the_sharpe_round(returns: np.ndarray) -> None:
    ratio = m.sharpe(returns)

    assert m.sharpe(-returns) == (None if ratio is None else pytest.approx(-ratio))


def test_calmar_looks_at_the_last_three_years_only() -> None:
    equity = np.concatenate((np.linspace(100, 20, 300), np.linspace(20, 40, 756)))
    equity[1000] *= 0.9
    run = account(equity.tolist())

    growth = (40 / equity[299]) ** (252 / 756) - 1
    assert m.calmar(run) == pytest.approx(growth / -naive_drawdown(equity[300:], equity[299]))


@pytest.mark.parametrize("returns", [np.zeros(9), np.full(9, 0.001), np.array([0.01]), np.zeros(0)])
def test_constant_or_too_few_returns_have_no_sharpe(returns: np.ndarray) -> None:
    assert m.sharpe(returns) is None


def test_nothing_lost_leaves_sortino_and_profit_factor_undefined() -> None:
    assert m.sortino(np.array([0.01, 0.0, 0.02])) is None
    assert m.profit_factor(np.array([1.0, 2.0])) is None
    assert m.profit_factor(np.zeros(0)) is None


def test_a_profit_factor_is_capped_at_ten() -> None:
    assert m.profit_factor(np.array([1000.0, -1.0])) == 10.0


def test_sqn_counts_a_hundred_trades_at_most_and_skips_trades_without_risk() -> None:
    pnl = np.tile([3.0, -1.0], 100)
    hundred = 10.0 * 1.0 / np.std(pnl, ddof=1)

    assert m.sqn(pnl, np.ones(200)) == pytest.approx(hundred)
    assert m.sqn(np.append(pnl, 99.0), np.append(np.ones(200), 0.0)) == pytest.approx(hundred)
    assert m.sqn(np.array([1.0]), np.ones(1)) is None
    assert m.sqn(np.array([1.0, 1.0]), np.ones(2)) is None


def test_one_bar_without_trades_has_figures_and_no_ratios() -> None:
    run = account([100.0])

    found = measure(run, m.session_returns(run.path.equity, run.path.ends, run.capital), None)

    assert (found.sharpe, found.sortino, found.calmar, found.volatility) == (None,) * 4
    assert (found.win_rate, found.profit_factor, found.expectancy, found.sqn) == (None,) * 4
    assert (found.total_return, found.max_drawdown, found.trades) == (0.0, 0.0, 0)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_an_account_that_is_not_finite_is_measured_without_a_crash(bad: float) -> None:
    run = account([100.0, bad, 100.0, 101.0])

    found = measure(run, m.session_returns(run.path.equity, run.path.ends, run.capital), None)

    assert math.isnan(found.max_drawdown)
    assert found.sharpe is None


def test_a_ruined_account_has_no_growth_rate() -> None:
    assert m.cagr(100.0, 0.0, 10) is None
    assert m.cagr(100.0, -5.0, 10) is None
    assert m.cagr(100.0, 1e9, 1) is None
