"""The kernel against an independent slow implementation, on random markets, rules and friction."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.engine.simulate import simulate
from daemon.domain.stats.holding import holding
from tests.domain.engine.reference import Reference
from tests.domain.engine.worlds import random_case

seeds = st.integers(0, 2**32 - 1)


@given(seeds)
@settings(max_examples=2500, deadline=None, derandomize=True, database=None)
def test_the_kernel_agrees_with_the_slow_reference(seed: int) -> None:
    case = random_case(np.random.default_rng(seed))

    fast = simulate(*case)

    slow = Reference(*case).run()
    trades = [getattr(fast.trades, name) for name in type(fast.trades).__slots__]
    np.testing.assert_allclose(
        np.array(trades, dtype=np.float64).T.reshape(-1, 10),
        np.array(slow.rows(), dtype=np.float64).reshape(-1, 10),
        rtol=1e-9,
        atol=2e-6,
    )
    np.testing.assert_allclose(fast.equity, slow.equity, rtol=1e-9, atol=1e-5)
    assert (fast.orders, fast.rejected) == (slow.orders, slow.rejected)
    assert fast.fee_estimated == slow.fee_estimated
    np.testing.assert_allclose([fast.fees, fast.traded], [slow.fees / 1e6, slow.traded], atol=1e-4)


@given(seeds)
@settings(max_examples=1000, deadline=None, derandomize=True, database=None)
def test_the_trades_tell_on_which_bars_anything_was_held(seed: int) -> None:
    case = random_case(np.random.default_rng(seed))

    trades = simulate(*case).trades

    every = np.ones(len(trades), dtype=bool)
    found = holding(trades.entry_bar, trades.exit_bar, every, len(case[0].axis))
    held = Reference(*case).run().held
    assert found.share() == held.mean()
    assert [found.any(bar, bar) for bar in range(len(held))] == held.tolist()


@given(seeds)
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_the_trades_add_up_to_the_change_of_equity(seed: int) -> None:
    market, targets, sizing, exits, friction, capital = random_case(np.random.default_rng(seed))

    run = simulate(market, targets, sizing, exits, friction, capital)

    assert abs(run.trades.pnl.sum() - (run.equity[-1] - capital)) < 1e-6
    assert abs(run.trades.fees.sum() - run.fees) < 1e-6


@given(seeds)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_the_same_inputs_give_the_same_bytes(seed: int) -> None:
    case = random_case(np.random.default_rng(seed))

    first, second = simulate(*case), simulate(*case)

    assert first.trades.hash == second.trades.hash
    assert first.equity.tobytes() == second.equity.tobytes()


@given(seeds)
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_nothing_on_a_bar_depends_on_later_bars(seed: int) -> None:
    rng = np.random.default_rng(seed)
    market, targets, sizing, exits, friction, capital = random_case(rng)
    cut = int(rng.integers(1, market.shape[0] + 1))

    whole = simulate(market, targets, sizing, exits, friction, capital)
    part = simulate(market.part(0, cut), targets[:cut], sizing, exits, friction, capital)

    ends_early = exits.session_end and cut < market.shape[0]
    last = cut - 1 if ends_early else cut
    np.testing.assert_array_equal(part.equity[:last], whole.equity[:last])
