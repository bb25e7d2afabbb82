"""What a backtest or a sweep ran on, and its figures in words; the documents are elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from daemon.cli.output import out
from daemon.domain.briefing.names import refusal_name
from daemon.domain.briefing.strategy import benchmark_of
from daemon.domain.briefing.wording import counted, dollars, listed, percent, ratio
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.genome.contract import Number
from daemon.domain.stats.metrics import PROFIT_FACTOR_CAP
from daemon.supervisor.evaluations import Backtest
from daemon.supervisor.owner_report import EPOCH

_GAINS: Final = frozenset(("total_return", "cagr"))
_SHARES: Final = _GAINS | {"max_drawdown", "volatility", "exposure", "win_rate", "ambiguous_share"}
_DOLLARS: Final = frozenset(("expectancy", "fees", "final_equity"))


def print_terms(run: Backtest) -> None:
    """The idea, then symbols, bars and dates, then the money and the friction profile."""
    evaluation = run.evaluation
    if evaluation.simulated:
        out.print("[bold reverse] SIMULATED MARKET [/] no real prices")
    out.print(run.gated.manifest.idea, markup=False)
    first = EPOCH + timedelta(days=evaluation.first_date)
    last = EPOCH + timedelta(days=evaluation.last_date)
    sessions = counted(len(evaluation.session_returns), "session")
    said = [
        f"{', '.join(evaluation.symbols)}: {evaluation.timeframe} bars from {first} to {last} "
        f"({sessions}, {counted(evaluation.bars, 'bar')})",
        f"{dollars(evaluation.capital)} to start with, friction profile {evaluation.friction}",
    ]
    if evaluation.skipped:
        said.append(f"skipped, no data: {', '.join(evaluation.skipped)}")
    out.print("\n".join(map(_spaced, said)), markup=False)


def figure(name: str, value: Number | None) -> str:
    """A figure of `Metrics` by its name as people write it; one at its cap says so."""
    if value is None:
        return "undefined"
    if name == "profit_factor" and value >= PROFIT_FACTOR_CAP:
        return f"{PROFIT_FACTOR_CAP:g} or more"
    if name in _SHARES:
        return _spaced(percent(value, signed=name in _GAINS))
    if name in _DOLLARS:
        return dollars(value)
    return f"{value:,}" if isinstance(value, int) else ratio(value)


def held_words(evaluation: Evaluation) -> str:
    """What the same symbols made, bought once and held, in a sentence."""
    held = benchmark_of(evaluation.market_returns)
    return (
        f"Buy and hold of the same symbols: return {figure('total_return', held.total_return)}, "
        f"Sharpe {figure('sharpe', held.sharpe)}, "
        f"drawdown {figure('max_drawdown', held.max_drawdown)}"
    )


def unjudged_words(evaluation: Evaluation) -> str:
    """Why there is no fitness, or none over the blocks, as the end of "it ..."; "" where there is.

    A block without a fitness leaves the selection without one.
    """
    if evaluation.fitness_refusal:
        return refusal_name(evaluation.fitness_refusal)
    if evaluation.selection is not None:
        return ""
    reasons = dict.fromkeys(refusal_name(b.refusal) for b in evaluation.blocks if b.refusal)
    count = sum(block.fitness is None for block in evaluation.blocks)
    blocks = counted(len(evaluation.blocks), "block")
    return _spaced(f"{listed(list(reasons))} in {count} of {blocks}")


def _spaced(text: str) -> str:
    """With ordinary spaces, so that what is printed can be searched for."""
    return text.replace("\u00a0", " ")
