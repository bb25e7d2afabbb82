"""How one backtest looks: the document of interface.md, and a page of figures for people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from daemon.cli.figures_view import figure, print_terms, unjudged_words
from daemon.cli.output import out, print_table
from daemon.domain.briefing.strategy import benchmark_of
from daemon.domain.evolution.evaluation import Evaluation
from daemon.supervisor.evaluations import Backtest
from daemon.supervisor.owner_report import EPOCH, figures, instant, session_equity, trade_rows


def backtest_document(result: Backtest, seconds: float) -> dict[str, Any]:
    """The answer of `backtest --json`."""
    evaluation, simulation = result.evaluation, result.simulation
    return {
        "genome": {
            "name": result.name,
            "idea": result.gated.manifest.idea,
            "hash": result.gated.hash,
        },
        "data": {
            "symbols": evaluation.symbols,
            "skipped": evaluation.skipped,
            "timeframe": evaluation.timeframe,
            "start": EPOCH + timedelta(days=evaluation.first_date),
            "end": EPOCH + timedelta(days=evaluation.last_date),
            "bars": evaluation.bars,
            "hash": evaluation.market_hash,
            "simulated": evaluation.simulated,
        },
        "engine": {"version": engine_version(), "friction": evaluation.friction},
        "params": dict(result.params),
        "seconds": seconds,
        "metrics": figures(result),
        "fitness_refusal": evaluation.fitness_refusal,
        "selection": evaluation.selection,
        "flags": evaluation.flags,
        "benchmark": benchmark_of(evaluation.market_returns),
        "trades": trade_rows(result),
        "equity_by": "session",
        "equity": [
            [instant(time), value] for time, value in zip(*session_equity(result), strict=True)
        ],
        "trade_hash": simulation.trades.hash,
    }


def engine_version() -> str:
    """Version of the distribution, which the engine is part of."""
    from importlib.metadata import version

    return version("nightshift")


_SPANS: Final = {"calmar": "calmar, 3 years", "turnover": "turnover a year", "cagr": "cagr a year"}
"""Names of figures that hold for a span of their own."""


def figure_rows(evaluation: Evaluation) -> list[tuple[str, str, str]]:
    """Every figure by its name: the strategy's, and that of its symbols bought once and held."""
    metrics, held = evaluation.metrics, benchmark_of(evaluation.market_returns)
    own = {name: getattr(metrics, name) for name in metrics.__dataclass_fields__}
    own |= {"fitness": evaluation.fitness, "selection_fitness": evaluation.selection}
    others = {name: getattr(held, name) for name in held.__dataclass_fields__}
    others["final_equity"] = evaluation.capital * (1.0 + held.total_return)
    return [
        (
            _SPANS.get(name, name.replace("_", " ")),
            figure(name, value),
            figure(name, others[name]) if name in others else "",
        )
        for name, value in own.items()
    ]


def print_backtest(result: Backtest, seconds: float, report: Path | None) -> None:
    """What it ran on, its figures beside those of the market held, and what to keep in mind."""
    evaluation = result.evaluation
    print_terms(result)
    columns = ("figure", "strategy", "buy and hold")
    print_table(f"run and priced in {seconds:.3f} s", columns, figure_rows(evaluation), columns[1:])
    if unjudged := unjudged_words(evaluation):
        what = "fitness" if evaluation.fitness_refusal else "selection fitness"
        out.print(f"no {what}: it {unjudged}")
    if evaluation.flags:
        out.print(f"flags: {', '.join(evaluation.flags).replace('_', ' ')}")
    if report is not None:
        out.print(f"The report: {report / 'index.html'}", markup=False, soft_wrap=True)
