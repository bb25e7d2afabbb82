"""How a night looks in a terminal: a progress bar while it runs, the briefing when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from daemon.cli.output import err, out, print_json
from daemon.domain.briefing.document import from_json
from daemon.domain.briefing.text import as_text
from daemon.domain.evolution.records import BriefingFiles, Elite
from daemon.plugin.roles import ShiftReport
from daemon.supervisor.campaign import NightResult
from daemon.supervisor.night import Watcher

WIDEST = 100


@contextmanager
def watching(evaluations: int, quiet: bool) -> Iterator[Watcher]:
    """A watcher that moves a progress bar on standard error, on a terminal only."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("trials"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal) as progress:
        task = progress.add_task("preparing the market", total=evaluations)

        def watch(name: str, report: ShiftReport) -> None:
            progress.update(
                task, description=name, advance=report.counts.get("trials", 0), refresh=True
            )

        yield watch


def print_night(result: NightResult, as_json: bool) -> None:
    """The result as one document, or the briefing as text and the path of its page."""
    briefing = result.outcome.briefing
    if as_json:
        print_json(
            {
                "night_id": result.outcome.night.id,
                "seed": result.outcome.night.seed,
                "ended": result.outcome.reason,
                "evaluations": result.evaluations,
                "accepted": result.accepted,
                "rejected": result.rejected,
                "carried": result.outcome.night.carried,
                "rechecked": result.outcome.night.rechecked,
                "retried_timeouts": result.outcome.night.retried_timeouts,
                "best": [_row(elite) for elite in result.best],
                "briefing": briefing.html_path,
            }
        )
        return
    out.print(terminal_text(briefing), markup=False)
    out.print(f"\nThe briefing with pictures: {briefing.html_path}", soft_wrap=True)


def terminal_text(briefing: BriefingFiles) -> str:
    """The stored document as text as wide as the terminal."""
    return as_text(from_json(briefing.document), min(out.width, WIDEST))


def _row(elite: Elite) -> dict[str, Any]:
    evaluation = elite.trial.evaluation
    return {
        "id": elite.genome.hash[:12],
        "hash": elite.genome.hash,
        "name": elite.genome.name,
        "idea": elite.genome.idea,
        "stage": str(elite.genome.stage),
        "operator": elite.genome.operator,
        "parents": elite.genome.parents,
        "fitness": elite.selection,
        "metrics": None if evaluation is None else evaluation.metrics,
        "trade_hash": "" if evaluation is None else evaluation.trade_hash,
        "positions_hash": "" if evaluation is None else evaluation.positions_hash,
    }
