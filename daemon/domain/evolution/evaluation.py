"""From a simulation to an evaluation: measure, cut into blocks, judge.

1. `session_view`: the session returns of the strategy's own symbols. 2. `measure`: the figures of
the whole run. 3. `_refusal`: is there anything to judge? 4. `_blocks`: fitness of each block,
shrunk by the error of its Sharpe. 5. `selection_value` over the blocks. A block in which nothing
was held, or nothing moved, has earned nothing: its fitness is 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from daemon.domain.engine.simulate import ENGINE_VERSION
from daemon.domain.engine.simulation import Simulation, Trades
from daemon.domain.evolution.doubts import ambiguous_profit, ended_early
from daemon.domain.evolution.fitness import (
    FitnessRefusal,
    fitness,
    selection_value,
    shrinkage,
)
from daemon.domain.evolution.niches import bars_held, beta, mean_closed, net_exposure, niche
from daemon.domain.market.bars import TIMEFRAMES, Floats, Market
from daemon.domain.stats.benchmark import SessionView, session_view
from daemon.domain.stats.convexity import convexity
from daemon.domain.stats.holding import Holding, holding
from daemon.domain.stats.metrics import (
    SESSIONS_A_YEAR,
    Account,
    Metrics,
    measure,
    session_returns,
    sharpe,
    sortino,
)
from daemon.domain.stats.path import STILL, SessionPath, session_path
from daemon.domain.stats.risk import Entries, initial_risk
from daemon.domain.stats.sharpe import moments, variance
from daemon.domain.stats.splits import BlockRules, blocks
from daemon.domain.trading.friction import Friction

HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class EvaluationRules:
    """What an evaluation asks for before it judges, and how.

    min_trades: closed trades. min_exposure: share of bars with a position. quantile: of the
    blocks' fitness. node_weight: fitness that 100 nodes of code cost. leak_sharpe: an annual
    Sharpe above it on bars of an hour or more is suspected. ambiguous_share: of the trades, above
    which the result is flagged. ambiguous_profit: of what the trades won and lost, above which it
    is refused (`doubts`). blocks: see `splits`.
    """

    blocks: BlockRules = field(default_factory=BlockRules)
    min_trades: int = 20
    min_exposure: float = 0.05
    quantile: float = 0.25
    node_weight: float = 0.02
    leak_sharpe: float = 5.0
    ambiguous_share: float = 0.2
    ambiguous_profit: float = 0.2


@dataclass(frozen=True, slots=True)
class Block:
    """One walk-forward block: its first and last session, its fitness before and after shrinkage.

    sharpe: annual, None where nothing moved (then fitness is 0). fitness: after shrinkage, the
    one that selection uses; unshrunk: before it. Both None where refused; `refusal` says why.
    """

    first_session: int
    last_session: int
    sharpe: float | None
    fitness: float | None
    refusal: str = ""
    unshrunk: float | None = None


@dataclass(frozen=True, slots=True)
class Descriptors:
    """Behaviour of a strategy, used for niches and diversity, never for fitness.

    turnover: dollars traded a year / mean equity. net: mean net exposure over equity, from the
    trades' entry values. beta: to the mean move of its symbols. holding: mean sessions a closed
    trade was held, in parts of a session where bars are shorter.
    """

    turnover: float
    net: float
    beta: float
    holding: float

    @property
    def niche(self) -> str:
        """Name of the archive's cell, for example `t2-b1-h0`."""
        return niche(self.turnover, self.beta, self.holding)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one backtest found; every hash needed to find it again.

    fitness: on the whole period; selection: over the blocks (F_sel of statistics), the number
    that orders the search. Both None where refused. session_returns: float64 (S,), market_returns
    likewise: the strategy's own symbols bought once and held (`benchmark`); beta and convexity
    are measured against their mean move, rebalanced each session. first_date, last_date: days
    since 1970-01-01. skipped: symbols of the universe that have no data. flags: `fee_estimated`,
    `suspected_leak` (annual Sharpe above 5 on bars of an hour or more), `ambiguous`,
    `ended_early` (holds a symbol whose data stop before the market's last session), `price_levels`
    (its proof showed that positions change at other prices; see `engine.causality`). capital:
    dollars it began with. engine: version of the rules it was priced by. cpu_s: processor seconds
    it took, None where they were not measured or it was read back; no part of what was found.
    """

    market_hash: str
    positions_hash: str
    friction: str
    friction_hash: str
    timeframe: str
    symbols: tuple[str, ...]
    first_date: int
    last_date: int
    bars: int
    metrics: Metrics
    blocks: tuple[Block, ...]
    fitness: float | None
    fitness_refusal: str
    selection: float | None
    descriptors: Descriptors
    session_returns: Floats
    market_returns: Floats
    trade_hash: str
    simulated: bool = False
    skipped: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    capital: float = 0.0
    engine: str = ""
    cpu_s: float | None = field(default=None, compare=False)


def evaluate(
    market: Market,
    simulation: Simulation,
    friction: Friction,
    positions_hash: str,
    nodes: int,
    rules: EvaluationRules,
    skipped: tuple[str, ...] = (),
) -> Evaluation:
    """The evaluation of a simulation run on that market; `nodes` is the size of the genome."""
    view = session_view(market)
    account = _account(market, simulation, view)
    returns = session_returns(simulation.equity, view.ends, simulation.capital)
    run = _Run(account, returns, view)
    metrics = _metrics(run)
    verdict = _refusal(run, metrics, simulation.trades, rules) or _fitness(metrics)
    judged = () if isinstance(verdict, FitnessRefusal) else _blocks(run, rules.blocks)
    return Evaluation(
        market_hash=market.hash,
        positions_hash=positions_hash,
        friction=friction.name,
        friction_hash=friction.hash,
        timeframe=market.timeframe,
        symbols=market.symbols,
        first_date=int(view.dates[0]),
        last_date=int(view.dates[-1]),
        bars=len(market.axis),
        metrics=metrics,
        blocks=judged,
        fitness=None if isinstance(verdict, FitnessRefusal) else verdict,
        fitness_refusal=verdict.value if isinstance(verdict, FitnessRefusal) else "",
        selection=_selection(judged, nodes, rules),
        descriptors=_descriptors(market, simulation, run, metrics),
        session_returns=returns,
        market_returns=view.held,
        trade_hash=simulation.trades.hash,
        simulated=market.simulated,
        skipped=skipped,
        capital=simulation.capital,
        engine=ENGINE_VERSION,
        flags=_flags(market, simulation, metrics, rules),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    account: Account
    returns: Floats
    view: SessionView


def _account(market: Market, simulation: Simulation, view: SessionView) -> Account:
    trades = simulation.trades
    entries = Entries(trades.symbol, trades.quantity, trades.entry_bar, trades.exit_bar)
    return Account(
        capital=simulation.capital,
        path=session_path(simulation.equity, view.ends),
        holding=_holding(market, simulation),
        pnl=trades.pnl,
        risk=initial_risk(market, entries),
        ambiguous=trades.ambiguous,
        traded=simulation.traded,
        fees=simulation.fees,
    )


def _holding(market: Market, simulation: Simulation) -> Holding:
    trades = simulation.trades
    dollars = np.abs(trades.quantity * trades.entry_price)
    counted = dollars > STILL * simulation.capital
    return holding(trades.entry_bar, trades.exit_bar, counted, len(market.axis))


def _metrics(run: _Run) -> Metrics:
    metrics = measure(run.account, run.returns, None)
    if metrics.sharpe is None or not np.isfinite(run.returns).all():
        return metrics
    return replace(
        metrics, convexity=convexity(run.returns, run.view.returns, run.view.volatile).factor
    )


def _refusal(
    run: _Run, metrics: Metrics, trades: Trades, rules: EvaluationRules
) -> FitnessRefusal | None:
    """The first thing that leaves nothing to judge, the gravest first."""
    faults = (
        (not _finite(run.account, metrics), FitnessRefusal.NOT_FINITE),
        (not metrics.max_drawdown > -1.0, FitnessRefusal.RUINED),
        (len(run.returns) < rules.blocks.least, FitnessRefusal.TOO_SHORT),
        (np.count_nonzero(trades.exit_bar >= 0) < rules.min_trades, FitnessRefusal.TOO_FEW_TRADES),
        (metrics.exposure < rules.min_exposure, FitnessRefusal.TOO_LITTLE_EXPOSURE),
        (metrics.sharpe is None, FitnessRefusal.NO_VARIANCE),
        (ambiguous_profit(trades) > rules.ambiguous_profit, FitnessRefusal.AMBIGUOUS),
    )
    return next((refusal for fault, refusal in faults if fault), None)


def _finite(account: Account, metrics: Metrics) -> bool:
    """The drawdown is not a number where any equity is not."""
    earned = float(np.sum(account.pnl))
    figures = (earned, account.traded, account.fees, metrics.max_drawdown)
    return all(map(math.isfinite, figures))


def _fitness(metrics: Metrics) -> float | FitnessRefusal:
    if metrics.sharpe is None or metrics.convexity is None:
        return FitnessRefusal.NO_VARIANCE
    return fitness(metrics.sharpe, metrics.sortino, metrics.convexity, metrics.max_drawdown)


def _selection(judged: tuple[Block, ...], nodes: int, rules: EvaluationRules) -> float | None:
    """None where there is no block, or one of them was refused."""
    scores = [block.fitness for block in judged if block.fitness is not None]
    if not scores or len(scores) < len(judged):
        return None
    return selection_value(scores, nodes, rules.quantile, rules.node_weight)


def _blocks(run: _Run, rules: BlockRules) -> tuple[Block, ...]:
    return tuple(_block(run, first, last) for first, last in blocks(len(run.returns), rules))


def _block(run: _Run, first: int, last: int) -> Block:
    part = slice(first, last + 1)
    returns = run.returns[part]
    seen, ratio = moments(returns), sharpe(returns)
    held = run.account.holding.any(*run.account.path.bars(first, last))
    if seen is None or ratio is None or not held:
        return Block(first, last, None, 0.0, unshrunk=0.0)
    shape = convexity(returns, run.view.returns[part], run.view.volatile[part]).factor
    raw = fitness(ratio, sortino(returns), shape, _block_drawdown(run, first, last))
    if isinstance(raw, FitnessRefusal):
        return Block(first, last, ratio, None, raw.value)
    error = math.sqrt(variance(seen) * SESSIONS_A_YEAR)
    return Block(first, last, ratio, raw * shrinkage(ratio, error), unshrunk=raw)


def _block_drawdown(run: _Run, first: int, last: int) -> float:
    path = run.account.path
    opening = float(path.equity[path.ends[first - 1]]) if first else run.account.capital
    return path.max_drawdown(opening, first, last)


def _flags(
    market: Market, simulation: Simulation, metrics: Metrics, rules: EvaluationRules
) -> tuple[str, ...]:
    minutes = TIMEFRAMES[market.timeframe]
    slow = minutes == 0 or minutes >= HOUR
    raised = {
        "fee_estimated": simulation.fee_estimated,
        "suspected_leak": slow and (metrics.sharpe or 0.0) > rules.leak_sharpe,
        "ambiguous": metrics.ambiguous_share > rules.ambiguous_share,
        "ended_early": ended_early(market, simulation.trades),
    }
    return tuple(name for name, on in raised.items() if on)


def _mean_equity(path: SessionPath) -> float:
    return float(np.mean(path.equity[path.ends]))


def _descriptors(
    market: Market, simulation: Simulation, run: _Run, metrics: Metrics
) -> Descriptors:
    trades = simulation.trades
    held = bars_held(trades, len(market.axis))
    a_session = len(market.axis) / len(run.returns)
    return Descriptors(
        turnover=metrics.turnover,
        net=net_exposure(trades, held, len(market.axis), _mean_equity(run.account.path)),
        beta=beta(run.returns, run.view.returns),
        holding=mean_closed(trades, held) / a_session,
    )
