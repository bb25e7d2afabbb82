"""How a sweep looks: progress, the best points, or one document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any, Final

from rich.progress import Progress

from daemon.cli.figures_view import figure, held_words, print_terms, unjudged_words
from daemon.cli.output import err, out, print_table
from daemon.domain.briefing.wording import number
from daemon.supervisor.evaluations import Backtest
from daemon.supervisor.failed import Failed, Outcome
from daemon.supervisor.owner_report import figures

SHOWN = 20
FIGURES: Final = {
    "return": "total_return",
    "sharpe": "sharpe",
    "drawdown": "max_drawdown",
    "trades": "trades",
    "fees": "fees",
}
"""What the table shows of each point, by the head of its column."""


@contextmanager
def watching_sweep(
    axes: Mapping[str, Sequence[float]], quiet: bool
) -> Iterator[Callable[[int], None]]:
    """A watcher that moves a progress bar on standard error, on a terminal only."""
    with Progress(console=err, disable=quiet or not err.is_terminal) as progress:
        task = progress.add_task("sweep", total=prod(len(values) for values in axes.values()))
        yield lambda done: progress.update(task, completed=done)


def sweep_document(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """The answer of `sweep --json`: every point in order, a failed one with the reason."""
    return {"runs": [_row(outcome) for outcome in outcomes], "seconds": seconds}


def _row(outcome: Outcome) -> dict[str, Any]:
    params = dict(outcome.params)
    if isinstance(outcome, Failed):
        nothing = dict.fromkeys(("metrics", "trade_hash"))
        return {"params": params, **nothing, "fitness_refusal": "", "failure": outcome.failure}
    return {
        "params": params,
        "metrics": figures(outcome),
        "fitness_refusal": outcome.evaluation.fitness_refusal,
        "trade_hash": outcome.simulation.trades.hash,
        "failure": "",
    }


def print_sweep(outcomes: Sequence[Outcome], seconds: float, report: Path | None) -> None:
    """The best points by Sharpe beside the market held, those that failed, where the report lies.

    At least one point succeeded.
    """
    runs = [outcome for outcome in outcomes if isinstance(outcome, Backtest)]
    ranked = sorted(runs, key=lambda run: -(run.evaluation.metrics.sharpe or float("-inf")))
    print_terms(runs[0])
    out.print(held_words(runs[0].evaluation))
    judged = not any(unjudged_words(run.evaluation) for run in ranked[:SHOWN])
    columns = [*outcomes[0].params, *FIGURES, "fitness", *([] if judged else ["why there is none"])]
    rows = [_best_row(run)[: len(columns)] for run in ranked[:SHOWN]]
    title = f"{len(outcomes)} points in {seconds:.2f} s, best Sharpe first"
    print_table(title, columns, rows, columns[: len(outcomes[0].params) + len(FIGURES) + 1])
    _print_failures([outcome for outcome in outcomes if isinstance(outcome, Failed)])
    if report is not None:
        out.print(f"The report: {report / 'index.html'}", markup=False, soft_wrap=True)


def _best_row(run: Backtest) -> list[object]:
    found = run.evaluation
    figures = [figure(name, getattr(found.metrics, name)) for name in FIGURES.values()]
    fitness = figure("fitness", found.fitness)
    return [*map(number, run.params.values()), *figures, fitness, unjudged_words(found)]


def _print_failures(failed: Sequence[Failed]) -> None:
    if not failed:
        return
    columns = [*failed[0].params, "why"]
    rows = [(*point.params.values(), point.failure) for point in failed[:SHOWN]]
    noun = "point" if len(failed) == 1 else "points"
    print_table(f"{len(failed)} {noun} failed", columns, rows)
