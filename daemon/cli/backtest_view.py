"""How one backtest looks: the document of interface.md, and a page of figures for people."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from daemon.cli.output import out, print_table
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.stats.metrics import PROFIT_FACTOR_CAP
from daemon.supervisor.evaluations import Backtest
from daemon.supervisor.owner_report import figures, instant, session_equity, trade_rows

EPOCH = date(1970, 1, 1)


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


def figure_rows(evaluation: Evaluation) -> list[tuple[str, Any]]:
    """Every figure by its name; one at its cap says so."""
    metrics = evaluation.metrics
    named = {name: getattr(metrics, name) for name in metrics.__dataclass_fields__}
    if metrics.profit_factor is not None and metrics.profit_factor >= PROFIT_FACTOR_CAP:
        named["profit_factor"] = f"{PROFIT_FACTOR_CAP:g} or more"
    named |= {"fitness": evaluation.fitness, "selection_fitness": evaluation.selection}
    return [
        (name.replace("_", " "), "undefined" if value is None else value)
        for name, value in named.items()
    ]


def print_backtest(result: Backtest, seconds: float, report: Path | None) -> None:
    """Figures for people."""
    evaluation = result.evaluation
    if evaluation.simulated:
        out.print("[bold reverse] SIMULATED MARKET [/] no real prices")
    out.print(f"{result.gated.manifest.idea}", markup=False)
    first = EPOCH + timedelta(days=evaluation.first_date)
    last = EPOCH + timedelta(days=evaluation.last_date)
    out.print(
        f"{', '.join(evaluation.symbols)}; {evaluation.timeframe}; {first} to {last}; "
        f"{evaluation.bars:,} bars; friction {evaluation.friction}; {seconds:.3f} s",
        markup=False,
    )
    if evaluation.skipped:
        out.print(f"skipped, no data: {', '.join(evaluation.skipped)}", markup=False)
    print_table("", ("figure", "value"), figure_rows(evaluation))
    if evaluation.fitness_refusal:
        out.print(f"no fitness: {evaluation.fitness_refusal.replace('_', ' ')}")
    if evaluation.flags:
        out.print(f"flags: {', '.join(evaluation.flags)}")
    if report is not None:
        out.print(f"The report: {report / 'index.html'}", markup=False, soft_wrap=True)
