"""One strategy of the briefing, from its genome, its trial and its parents."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np

from daemon.domain.briefing.document import Benchmark, BlockScore, Curve, Parent, Strategy
from daemon.domain.briefing.names import operator_name, refusal_name
from daemon.domain.briefing.scales import thinned
from daemon.domain.briefing.wording import (
    calendar_day,
    capitalised,
    counted,
    listed,
    month_text,
    percent,
    plain,
    printable,
    ratio,
)
from daemon.domain.evolution.evaluation import Block, Descriptors, Evaluation
from daemon.domain.evolution.records import Genome, Trial
from daemon.domain.market.bars import Floats
from daemon.domain.stats.metrics import SESSIONS_A_YEAR, Metrics

_DIGITS: Final = 6
_FEW_TRADES: Final = 30
_SELDOM: Final = 0.15


def strategy_of(
    genome: Genome, trial: Trial, known: Mapping[str, Genome], verdict: str
) -> Strategy:
    """The strategy behind a priced trial. known: genomes by hash, parents among them."""
    evaluation = _priced(trial)
    parents = tuple(Parent(h, plain(known[h].name, 60)) for h in genome.parents if h in known)
    return Strategy(
        hash=genome.hash,
        name=plain(genome.name, 60),
        idea=_idea(genome, known),
        timeframe=evaluation.timeframe,
        symbols=evaluation.symbols,
        params=dict(trial.params),
        operator=operator_name(genome.operator),
        parents=parents,
        change=_change(known[parents[0].hash], genome) if parents else "",
        source=printable(genome.source),
        metrics=evaluation.metrics,
        fitness=evaluation.fitness,
        selection=evaluation.selection,
        fee_share=fee_share(evaluation.metrics),
        character=_character(evaluation.descriptors),
        benchmark=benchmark_of(evaluation.market_returns),
        curve=_curve(evaluation),
        blocks=tuple(_block(block, evaluation) for block in evaluation.blocks),
        verdict=verdict,
        notes=(*_cautions(evaluation, verdict), *_heritage(genome, known), *_notes(evaluation)),
    )


def benchmark_of(market_returns: Floats) -> Benchmark:
    """Buy and hold, from returns a session; Sharpe with the sample deviation, times root 252."""
    equity = np.cumprod(1.0 + market_returns).astype(np.float64)
    spread = float(market_returns.std(ddof=1)) if len(market_returns) > 1 else 0.0
    years = len(market_returns) / SESSIONS_A_YEAR
    total = float(equity[-1]) - 1.0
    return Benchmark(
        total_return=total,
        cagr=(1.0 + total) ** (1.0 / years) - 1.0 if total > -1 else None,
        sharpe=float(market_returns.mean()) / spread * SESSIONS_A_YEAR**0.5 if spread else None,
        max_drawdown=float(_drawdown(equity).min()),
    )


def fee_share(metrics: Metrics) -> float | None:
    """Fees over the profit before fees; None where there was no profit."""
    if metrics.total_return <= -1.0:
        return None
    capital = metrics.final_equity / (1.0 + metrics.total_return)
    gross = metrics.final_equity - capital + metrics.fees
    return metrics.fees / gross if gross > 0 else None


def session_day(evaluation: Evaluation, session: int) -> date:
    """Date of a session, spaced evenly between the first and the last (exact at both ends)."""
    last = max(len(evaluation.session_returns) - 1, 1)
    span = evaluation.last_date - evaluation.first_date
    return calendar_day(evaluation.first_date + round(span * session / last))


def weak_blocks(evaluation: Evaluation) -> str:
    """The blocks without a positive fitness, in words; "" if there are none.

    Fitness is 0 where the Sharpe ratio of the block is within its own error.
    """
    weak = [b for b in evaluation.blocks if b.fitness is None or b.fitness <= 0]
    if not weak:
        return ""
    spans = [f"{month_text(_block(b, evaluation).start)}" for b in weak]
    of = counted(len(evaluation.blocks), "block")
    return f"it earned nothing clear of chance in {len(weak)} of {of} (from {listed(spans)})"


def _priced(trial: Trial) -> Evaluation:
    if trial.evaluation is None:
        raise ValueError(f"expected a trial that was priced, genome {trial.genome} failed")
    return trial.evaluation


def _change(parent: Genome, child: Genome) -> str:
    lines = difflib.unified_diff(
        parent.source.splitlines(), child.source.splitlines(), "parent", "child", lineterm=""
    )
    return printable("\n".join(lines))


def _curve(evaluation: Evaluation) -> Curve:
    start = np.ones(1)
    strategy = np.concatenate([start, np.cumprod(1.0 + evaluation.session_returns)])
    benchmark = np.concatenate([start, np.cumprod(1.0 + evaluation.market_returns)])
    falls = _drawdown(strategy), _drawdown(benchmark)
    keep = thinned([strategy, benchmark, *falls])
    columns = [tuple(np.round(c[keep], _DIGITS).tolist()) for c in (strategy, benchmark, *falls)]
    days = tuple(session_day(evaluation, max(int(k) - 1, 0)) for k in keep)
    return Curve(days, columns[0], columns[1], columns[2], columns[3])


def _drawdown(equity: Floats) -> Floats:
    return equity / np.maximum.accumulate(np.maximum(equity, 1.0)) - 1.0


def _block(block: Block, evaluation: Evaluation) -> BlockScore:
    return BlockScore(
        start=session_day(evaluation, block.first_session),
        end=session_day(evaluation, block.last_session),
        sharpe=block.sharpe,
        fitness=block.fitness,
        refusal=refusal_name(block.refusal) if block.refusal else "",
    )


def _character(traits: Descriptors) -> str:
    held = f"about {traits.holding:.0f} sessions"
    if traits.holding < 1.5:
        held = "about one session" if traits.holding >= 1 else "less than a session"
    lean = f"is on average {percent(abs(traits.net), signed=False)} net "
    lean += "long" if traits.net > 0 else "short"
    if abs(traits.net) < 0.005:
        lean = "is about as much long as short"
    return (
        f"Holds a position for {held}, {lean}, trades {traits.turnover:,.0f} times "
        f"its equity a year, and moves about {ratio(traits.beta)}\u00a0% when the market moves "
        "1\u00a0%."
    )


def _cautions(evaluation: Evaluation, verdict: str) -> list[str]:
    """What speaks against a strategy, unless the verdict has said it."""
    metrics, weak = evaluation.metrics, weak_blocks(evaluation)
    found = []
    if metrics.trades < _FEW_TRADES:
        found.append(f"Only {counted(metrics.trades, 'trade')}: little to judge by.")
    if metrics.exposure < _SELDOM:
        share = percent(metrics.exposure, 0, signed=False)
        found.append(f"It was invested in only {share} of the time.")
    if weak and weak not in verdict:
        found.append(f"{capitalised(weak)}.")
    return [*found, *_against_market(metrics, benchmark_of(evaluation.market_returns))]


def _against_market(metrics: Metrics, held: Benchmark) -> list[str]:
    own, other = metrics.cagr, held.cagr
    poorer = own is not None and other is not None and own < other
    calmer = held.sharpe is None or (metrics.sharpe or 0.0) > held.sharpe
    found = []
    if poorer:
        gain = f"{percent(own)} against {percent(other)} a year"
        better = ", at a better Sharpe ratio" if calmer else ""
        found.append(f"It earned less than the market held ({gain}){better}.")
    if not calmer:
        found.append(
            "Its Sharpe ratio is no better than that of the market held "
            f"({ratio(metrics.sharpe)} against {ratio(held.sharpe)})."
        )
    return found


def _idea(genome: Genome, known: Mapping[str, Genome]) -> str:
    """Its own sentence if it was written whole; of a changed one, that of its first parent."""
    if not genome.parents:
        return plain(genome.idea, 240)
    parent = known.get(genome.parents[0], genome)
    return plain(f"Descends from: {parent.idea}", 240)


def _heritage(genome: Genome, known: Mapping[str, Genome]) -> list[str]:
    """Changes add to the idea that a genome inherits, and may have made it false."""
    older = [parent for h in genome.parents if h in known for parent in known[h].parents]
    return ["Its sentence was written for an ancestor; read the code."] if older else []


def _notes(evaluation: Evaluation) -> tuple[str, ...]:
    metrics, notes = evaluation.metrics, []
    if "fee_estimated" in evaluation.flags:
        notes.append("Some dates lie outside the fee table; their fees are estimates.")
    if "price_levels" in evaluation.flags:
        notes.append(
            "Its positions hang on the level of prices or volumes, not on relative moves alone: "
            "at other prices it is another strategy."
        )
    if "ended_early" in evaluation.flags:
        notes.append(
            "It still holds a symbol whose prices stop before the market's do; "
            "the position counts at its last price."
        )
    if metrics.ambiguous_share > 0:
        notes.append(
            f"In {percent(metrics.ambiguous_share, signed=False)} of the trades stop and target "
            "lay inside one bar; the worse of the two was booked."
        )
    if evaluation.skipped:
        notes.append(f"Skipped for want of data: {listed(list(evaluation.skipped))}.")
    return tuple(notes)
