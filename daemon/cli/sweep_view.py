"""How a sweep looks: progress, the best points, or one document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

from rich.progress import Progress

from daemon.cli.output import err, out, print_table
from daemon.supervisor.evaluations import Backtest
from daemon.supervisor.owner_report import figures

SHOWN = 20


@contextmanager
def watching_sweep(
    axes: Mapping[str, Sequence[float]], quiet: bool
) -> Iterator[Callable[[int], None]]:
    """A watcher that moves a progress bar on standard error, on a terminal only."""
    with Progress(console=err, disable=quiet or not err.is_terminal) as progress:
        task = progress.add_task("sweep", total=prod(len(values) for values in axes.values()))
        yield lambda done: progress.update(task, completed=done)


def sweep_document(runs: Sequence[Backtest], seconds: float) -> dict[str, Any]:
    """The answer of `sweep --json`."""
    return {
        "runs": [
            {
                "params": dict(run.params),
                "metrics": figures(run),
                "fitness_refusal": run.evaluation.fitness_refusal,
                "trade_hash": run.simulation.trades.hash,
            }
            for run in runs
        ],
        "seconds": seconds,
    }


def print_sweep(runs: Sequence[Backtest], seconds: float, report: Path | None) -> None:
    """The best points by Sharpe, and where the report lies."""
    ranked = sorted(runs, key=lambda run: -(run.evaluation.metrics.sharpe or float("-inf")))
    columns = [*runs[0].params, "return", "sharpe", "drawdown", "trades", "fees", "fitness"]
    rows = [
        (*run.params.values(), m.total_return, m.sharpe, m.max_drawdown, m.trades, m.fees, fitness)
        for run in ranked[:SHOWN]
        for m, fitness in [(run.evaluation.metrics, run.evaluation.fitness)]
    ]
    print_table(f"{len(runs)} points in {seconds:.2f} s, best Sharpe first", columns, rows)
    if report is not None:
        out.print(f"The report: {report / 'index.html'}", markup=False, soft_wrap=True)
