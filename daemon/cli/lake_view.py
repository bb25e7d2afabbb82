"""How an ingestion looks: one progress bar, then what came in and what did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from daemon.cli.output import err, out, print_json
from daemon.lake.ingest import IngestReport


@contextmanager
def ingesting(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A watcher of (parts done, parts in all), shown on a terminal only."""
    columns = (TextColumn("ingest"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal) as progress:
        task = progress.add_task("ingest", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def print_ingest(report: IngestReport, as_json: bool) -> None:
    """The report as a document or in sentences."""
    if as_json:
        failed = [{"part": part, "message": message} for part, message in report.failed]
        print_json(
            {
                "parts": report.parts,
                "rows": report.rows,
                "skipped": report.skipped,
                "failed": failed,
                "seconds": report.seconds,
            }
        )
        return
    out.print(
        f"{report.parts:,} parts with {report.rows:,} rows in {report.seconds:.1f} s; "
        f"{report.skipped:,} parts were there already; {len(report.failed):,} failed"
    )
    for part, message in report.failed:
        out.print(f"  {part}: {message}", markup=False)
