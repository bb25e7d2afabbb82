"""Evaluations: what they contain, what they refuse, and what they flag."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.engine.simulation import Simulation
from daemon.domain.evolution.evaluation import Evaluation, EvaluationRules, evaluate
from daemon.domain.evolution.fitness import FitnessRefusal, fitness, selection_value
from daemon.domain.market.bars import Market
from daemon.domain.stats.benchmark import session_view
from daemon.domain.stats.convexity import convexity
from daemon.domain.stats.metrics import sharpe, sortino
from daemon.domain.stats.sharpe import moments, variance
from daemon.domain.trading.friction import RETAIL
from tests.domain.stats.made import market_of, simulation_of, trades_of, walk
from tests.domain.stats.slow import naive_drawdown

RULES = EvaluationRules()
MARKET = market_of(walk(0, 504))
RETURNS = np.random.default_rng(1).normal(0.0012, 0.008, 504)


def judged(simulation: Simulation, market: Market = MARKET, nodes: int = 100) -> Evaluation:
    return evaluate(market, simulation, RETAIL, "positions", nodes, RULES)


def test_an_evaluation_carries_every_hash_and_where_it_was_made() -> None:
    found = evaluate(
        MARKET, simulation_of(RETURNS), RETAIL, "positions", 100, RULES, skipped=("GONE",)
    )

    assert (found.market_hash, found.positions_hash) == (MARKET.hash, "positions")
    assert (found.friction, found.friction_hash) == ("retail", RETAIL.hash)
    assert (found.symbols, found.timeframe, found.bars) == (("S0", "S1", "S2"), "1d", 504)
    assert (found.first_date, found.last_date) == (16_801, 16_801 + 503)
    assert found.trade_hash == trades_of(40, 504).hash
    assert (found.skipped, found.flags) == (("GONE",), ())
    assert found.session_returns == pytest.approx(RETURNS)
    assert found.market_returns == pytest.approx(session_view(MARKET).held)
    assert found.market_returns != pytest.approx(session_view(MARKET).returns)


def test_fitness_is_that_of_the_whole_period() -> None:
    found = judged(simulation_of(RETURNS))
    whole = found.metrics

    assert whole.sharpe == pytest.approx(sharpe(RETURNS))
    assert found.fitness == fitness(
        whole.sharpe, whole.sortino, whole.convexity, whole.max_drawdown
    )


def test_a_block_is_judged_alone_and_shrunk_by_the_error_of_its_sharpe() -> None:
    found = judged(simulation_of(RETURNS))
    view = session_view(MARKET)
    block = found.blocks[2]
    part = slice(block.first_session, block.last_session + 1)
    returns = RETURNS[part]

    seen = moments(returns)
    assert seen is not None
    drawdown = naive_drawdown(np.cumprod(1 + returns), 1.0)
    shape = convexity(returns, view.returns[part], view.volatile[part]).factor
    raw = fitness(sharpe(returns), sortino(returns), shape, drawdown)
    error = math.sqrt(252 * variance(seen))
    assert block.sharpe == pytest.approx(sharpe(returns))
    assert block.unshrunk == pytest.approx(raw)
    kept = max(0.0, 1 - error / block.sharpe) if block.sharpe > 0 else 1.0
    assert block.fitness == pytest.approx(raw * kept)


def test_selection_is_a_low_quantile_of_the_blocks_less_the_weight_of_the_code() -> None:
    found = judged(simulation_of(RETURNS), nodes=300)
    scores = [block.fitness for block in found.blocks]

    assert len(scores) == 6
    assert found.selection == pytest.approx(selection_value(scores, 300, 0.25, 0.02))
    assert found.selection == pytest.approx(np.quantile(scores, 0.25) - 0.06)


def test_the_size_of_the_position_matters_through_the_drawdown_alone() -> None:
    steep = RETURNS - RETURNS.min() * 0.01
    whole, tenth = judged(simulation_of(steep)), judged(simulation_of(steep / 10))

    assert whole.metrics.sharpe == pytest.approx(tenth.metrics.sharpe, rel=0.02)
    assert tenth.fitness > whole.fitness
    assert tenth.fitness / (1 + tenth.metrics.max_drawdown) == pytest.approx(
        whole.fitness / (1 + whole.metrics.max_drawdown), rel=0.05
    )


def test_a_block_without_any_position_has_earned_nothing() -> None:
    returns, trades = RETURNS.copy(), trades_of(40, 504)
    returns[:80] = 0.0
    later = replace(trades, entry_bar=trades.entry_bar + 90, exit_bar=trades.exit_bar + 90)

    first = judged(simulation_of(returns, later)).blocks[0]

    assert (first.sharpe, first.fitness, first.refusal) == (None, 0.0, "")


def refusals() -> list[tuple[FitnessRefusal, Simulation, Market]]:
    ruined = RETURNS.copy()
    ruined[300] = -1.2
    dust = replace(trades_of(40, 504), quantity=np.full(40, 1e-9))
    short = market_of(walk(0, 39))
    broken = replace(simulation_of(RETURNS), equity=np.full(504, np.nan))
    held = simulation_of(np.zeros(504))
    return [
        (FitnessRefusal.NOT_FINITE, broken, MARKET),
        (FitnessRefusal.NOT_FINITE, replace(simulation_of(RETURNS), traded=math.inf), MARKET),
        (FitnessRefusal.RUINED, simulation_of(ruined), MARKET),
        (FitnessRefusal.TOO_SHORT, simulation_of(RETURNS[:39]), short),
        (FitnessRefusal.TOO_FEW_TRADES, simulation_of(RETURNS, trades_of(19, 504)), MARKET),
        (
            FitnessRefusal.TOO_FEW_TRADES,
            simulation_of(RETURNS, trades_of(30, 504, closed=False)),
            MARKET,
        ),
        (
            FitnessRefusal.TOO_LITTLE_EXPOSURE,
            simulation_of(RETURNS, trades_of(20, 504, held=1)),
            MARKET,
        ),
        (FitnessRefusal.TOO_LITTLE_EXPOSURE, simulation_of(RETURNS, dust), MARKET),
        (FitnessRefusal.NO_VARIANCE, held, MARKET),
    ]


@pytest.mark.parametrize(("reason", "simulation", "market"), refusals())
def test_what_cannot_be_judged_is_refused_with_the_reason(
    reason: FitnessRefusal, simulation: Simulation, market: Market
) -> None:
    found = judged(simulation, market)

    assert found.fitness_refusal == reason.value
    assert (found.fitness, found.selection, found.blocks) == (None, None, ())


def test_twenty_closed_trades_and_forty_sessions_are_enough() -> None:
    enough = judged(simulation_of(RETURNS, trades_of(20, 504)))
    short = judged(simulation_of(RETURNS[:40], trades_of(20, 40)), market_of(walk(0, 40)))

    assert enough.fitness is not None
    assert short.selection is not None
    assert len(short.blocks) == 3


def test_an_annual_sharpe_above_five_on_slow_bars_is_suspected() -> None:
    golden = np.random.default_rng(1).normal(0.004, 0.008, 504)
    fast = market_of(np.repeat(walk(0, 504), 2, axis=0), 2, "5m")

    assert judged(simulation_of(golden)).flags == ("suspected_leak",)
    assert "suspected_leak" not in judged(simulation_of(np.repeat(golden, 2) / 2), fast).flags


def test_estimated_fees_and_ambiguous_trades_are_flagged() -> None:
    trades = trades_of(40, 504)
    doubtful = replace(trades, ambiguous=np.arange(40) < 9)

    found = judged(simulation_of(RETURNS, doubtful, fee_estimated=True))

    assert found.flags == ("fee_estimated", "ambiguous")
    assert found.metrics.ambiguous_share == 9 / 40


def test_descriptors_by_hand() -> None:
    market = market_of(walk(0, 504, 1))
    moves = session_view(market).returns
    short = replace(trades_of(40, 504, held=6), quantity=np.full(40, -10.0))

    found = judged(simulation_of(0.001 - 0.7 * moves, short), market).descriptors

    equity = float(np.mean(100_000 * np.cumprod(1.001 - 0.7 * moves)))

    assert found.beta == pytest.approx(-0.7)
    assert found.holding == pytest.approx(6.0)
    assert found.net == pytest.approx(-40 * 10 * 100.0 * 6 / 504 / equity)
    assert found.turnover == pytest.approx(1e6 / 2 / equity)
    assert found.niche == "t0-b0-h2"


def test_minutes_are_judged_by_session_and_held_in_parts_of_one() -> None:
    market = market_of(np.repeat(walk(0, 60), 10, axis=0), 10, "1m")
    returns = np.random.default_rng(1).normal(0.0001, 0.001, 600)

    found = judged(simulation_of(returns, trades_of(40, 600, held=5)), market)

    assert len(found.session_returns) == 60
    assert found.session_returns[0] == pytest.approx(np.prod(1 + returns[:10]) - 1)
    assert found.descriptors.holding == pytest.approx(0.5)


def test_the_same_simulation_gives_the_same_evaluation() -> None:
    one, two = judged(simulation_of(RETURNS)), judged(simulation_of(RETURNS))

    assert (one.metrics, one.blocks, one.selection) == (two.metrics, two.blocks, two.selection)


def test_an_evaluation_of_eight_years_takes_a_few_milliseconds() -> None:
    market = market_of(walk(0, 2016, 12))
    simulation = simulation_of(np.random.default_rng(1).normal(0.0005, 0.01, 2016))
    judged(simulation, market)

    seconds = []
    for _ in range(5):
        started = time.perf_counter()
        judged(simulation, market)
        seconds.append(time.perf_counter() - started)

    assert min(seconds) < 0.005
