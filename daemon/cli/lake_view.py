"""How an ingestion looks: one progress bar, then what came in and what did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from daemon.cli.options import capitals
from daemon.cli.output import err, out, print_json
from daemon.lake.gaps import Gaps
from daemon.lake.ingest import IngestReport
from daemon.lake.verify import Problem

EPOCH = date(1970, 1, 1)


@contextmanager
def ingesting(quiet: bool) -> Iterator[Callable[[int, int, str], None]]:
    """A watcher of (parts done, parts in all, key of the part), shown on a terminal only."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, disable=quiet or not err.is_terminal) as progress:
        task = progress.add_task("ingest", total=None)
        yield lambda done, total, key: progress.update(
            task, completed=done, total=total, description=key
        )


def gap_document(gaps: Gaps) -> dict[str, Any]:
    """Gaps of a symbol for people and programs: dates instead of day numbers."""
    return {
        "kind": gaps.kind,
        "symbol": gaps.symbol,
        "missing_sessions": [EPOCH + timedelta(days=day) for day in gaps.missing],
        "sessions_with_gaps": [
            {"session": EPOCH + timedelta(days=day), "missing_minutes": minutes}
            for day, minutes in zip(
                gaps.session_date.tolist(), gaps.minutes_missing.tolist(), strict=True
            )
        ],
        "missing_minutes": int(gaps.minutes_missing.sum()),
        "minutes_expected": gaps.minutes_expected,
    }


def print_ingest(report: IngestReport, as_json: bool) -> None:
    """The report as a document or in sentences; a symbol in small letters gets a suggestion."""
    told = [(part, _hinted(part, message)) for part, message in report.failed]
    if as_json:
        failed = [{"part": part, "message": message} for part, message in told]
        print_json(
            {
                "parts": report.parts,
                "rows": report.rows,
                "skipped": report.skipped,
                "failed": failed,
                "seconds": report.seconds,
                "notes": report.notes,
            }
        )
        return
    out.print(
        f"{report.parts:,} parts with {report.rows:,} rows in {report.seconds:.1f} s; "
        f"{report.skipped:,} parts were there already; {len(report.failed):,} failed"
    )
    for note in report.notes:
        out.print(note, markup=False, soft_wrap=True)
    for part, message in told:
        out.print(f"  {_once(part, message)}", markup=False, soft_wrap=True)


def _hinted(part: str, message: str) -> str:
    """Only symbols begin their message; the keys of files are left alone."""
    hint = capitals([part]) if message.startswith(f"{part}: ") else ""
    return f"{message}; {hint}" if hint else message


def _once(part: str, message: str) -> str:
    """The message, with its part before it unless it begins with that, or with its path."""
    head = message.partition(": ")[0]
    named = head == part or head.endswith("/" + part.rpartition("/")[2])
    return message if named else f"{part}: {message}"


def print_problems(problems: Sequence[Problem], as_json: bool) -> None:
    """What is wrong with the lake, a line each."""
    if as_json:
        print_json({"ok": not problems, "problems": problems})
        return
    for problem in problems:
        where = f"{problem.kind} {problem.symbol} {problem.file}"
        out.print(f"{where}: {problem.message}", markup=False, soft_wrap=True)
    if not problems:
        out.print("Every part is whole.")
