"""Doubts about a result: what trades of unknown order carry, and holdings whose prices ended."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.engine.simulate import simulate
from daemon.domain.engine.simulation import Trades
from daemon.domain.evolution.doubts import ambiguous_profit, ended_early
from daemon.domain.evolution.evaluation import EvaluationRules, evaluate
from daemon.domain.evolution.fitness import FitnessRefusal
from daemon.domain.genome.contract import Exits
from daemon.domain.market.bars import Market, sealed
from daemon.domain.trading.friction import NONE
from tests.domain.stats.made import market_of, simulation_of, trades_of, walk

RETURNS = np.random.default_rng(1).normal(0.0012, 0.008, 504)


def ambiguous_in(count: int, of: int = 40) -> Trades:
    """Trades that earn 20 and lose 10 by turns; losers among the first `count` are ambiguous."""
    return replace(trades_of(of, 504), ambiguous=(np.arange(of) % 2 == 1) & (np.arange(of) < count))


def test_the_share_of_profit_in_ambiguous_trades_by_hand() -> None:
    trades = ambiguous_in(8)  # 4 of 20 losers: 40 of 20 * 20 + 20 * 10 dollars

    assert ambiguous_profit(trades) == pytest.approx(40 / 600)


def test_a_trade_that_is_still_open_carries_no_profit_yet() -> None:
    trades = ambiguous_in(8)
    last_open = replace(trades, exit_bar=np.append(trades.exit_bar[:-1], -1))

    assert ambiguous_profit(last_open) == pytest.approx(40 / 590)


def test_without_any_profit_or_loss_nothing_is_carried() -> None:
    assert ambiguous_profit(replace(ambiguous_in(8), pnl=np.zeros(40))) == 0.0
    assert ambiguous_profit(trades_of(0, 504)) == 0.0


@pytest.mark.parametrize(("count", "refused"), [(24, False), (26, True)])
def test_a_genome_is_refused_when_ambiguous_trades_carry_over_a_fifth(
    count: int, refused: bool
) -> None:
    # twelve losers are 120 of 600 dollars, a fifth exactly; thirteen are more
    market = market_of(walk(0, 504))
    simulation = simulation_of(RETURNS, ambiguous_in(count))

    found = evaluate(market, simulation, NONE, "positions", 100, EvaluationRules())

    assert found.fitness_refusal == (FitnessRefusal.AMBIGUOUS if refused else "")
    assert (found.selection is None) == refused


def delisted(bars: int = 504, last: int = 400) -> Market:
    """Two daily symbols; the second prints nothing after the bar `last`."""
    stale = np.zeros((bars, 2), dtype=bool)
    stale[last + 1 :, 1] = True
    close = walk(0, bars, 2)
    close[last + 1 :, 1] = close[last, 1]
    market = market_of(close, stale=stale)
    return sealed(replace(market, volume=np.where(stale, 0.0, market.volume)))


def flags_of(market: Market, symbol: int, exit_bar: int | None = None) -> tuple[str, ...]:
    targets = np.zeros(market.shape)
    targets[:exit_bar, symbol] = 0.5
    simulation = simulate(market, targets, "weights", Exits(), NONE)
    return evaluate(market, simulation, NONE, "positions", 100, EvaluationRules()).flags


def test_a_position_in_a_symbol_whose_prices_ended_is_flagged() -> None:
    assert "ended_early" in flags_of(delisted(), symbol=1)


def test_a_position_that_was_closed_in_time_or_still_prints_is_not() -> None:
    assert "ended_early" not in flags_of(delisted(), symbol=0)
    assert "ended_early" not in flags_of(delisted(), symbol=1, exit_bar=390)


def test_a_symbol_that_printed_in_the_last_session_has_not_ended() -> None:
    trades = trades_of(1, 504, closed=False)
    stale = np.zeros((504, 1), dtype=bool)
    stale[-5:] = True
    close = walk(0, 504, 1)

    assert not ended_early(market_of(close, 12, "5m", stale=stale), trades)
    assert ended_early(market_of(close, 4, "5m", stale=stale), trades)
