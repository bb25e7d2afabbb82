"""Bringing rows of a source into the lake: idempotent, resumable, bounded in memory.

1. `Source.parts` says what there is; parts with a receipt are skipped unread.
2. Parts are read in order, a few ahead in threads; what is refused becomes one sentence each.
3. Rows wait in memory by symbol; when the buffer is full or a minute is over, every symbol's rows
   are merged into its parts, and only then the source's parts that were read to their end get
   their receipts.
4. With bars come splits, dividends and listing dates, where the source has them; they too get a
   receipt, and are asked for again when parts are read.

A broken file is refused whole; a broken row refuses that symbol's rows of that file; neither is
marked done, so the next ingestion tries again. A crash leaves rows that are written again. A source
that refuses the key or no longer answers ends the ingestion; what came before is written. Without
room on the disk it waits for some, when it writes as well as when the source fetches a part.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from daemon.domain.market.contracts import root_of
from daemon.domain.market.kinds import BAR_KINDS, BESIDE_KINDS, kind_named
from daemon.domain.market.scan.wrong import wrong_bars
from daemon.errors import MissingError, TransientError, UsageError
from daemon.lake.actions import ACTIONS, actions_of_bars, ingest_actions
from daemon.lake.lake import Lake
from daemon.lake.layout import Layout
from daemon.lake.lock import single_writer
from daemon.lake.ports import P, Request, SourceOf, SourcePart
from daemon.lake.precedence import Wrong
from daemon.lake.reading import read_ahead
from daemon.lake.run import Run

Progress = Callable[[int, int, str], None]
"""Called with (parts done, parts to do, the key of the part just done or what was fetched)."""

R = TypeVar("R", bound=Request)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingestion did.

    parts: parts read; rows: rows that were new or different; skipped: parts with a receipt (of
    actions: symbols without a change); failed: (part or symbol, sentence); notes: sentences on
    what is not there although nothing failed; lacking: symbols asked for without any rows.
    """

    parts: int = 0
    rows: int = 0
    skipped: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def ingest(
    lake: Lake,
    source: SourceOf[R, P],
    request: R,
    progress: Progress | None = None,
    force: bool = False,
    optional: bool = False,
    along: Collection[str] = BESIDE_KINDS,
) -> IngestReport:
    """Brings rows or corporate actions in; with force, parts with a receipt are read again.

    optional: nobody named the symbols, so those without data are a note and no failure.
    along: what bars bring along, of splits, dividends and listing dates.

    UsageError for a kind the source does not have, MissingError where there is nothing to bring
    in, no room for it or no answer any more, AccessError for a refused key, LockedError beside
    another writer. All else is in `failed`.
    """
    return _ingest(lake, source, request, progress, _Manner(force, optional, along))


def ask_again(
    lake: Lake, source: SourceOf[R, P], request: R, progress: Progress | None = None
) -> IngestReport:
    """Like `ingest` of everything, receipts or not: what the source gave before may be mended there
    by now. Bars that are wrong give way to its own of the same rank, see `precedence`."""
    manner = _Manner(force=True, wrong=partial(wrong_bars, lake.sessions))
    return _ingest(lake, source, request, progress, manner)


def ask_for_missing(
    lake: Lake,
    source: SourceOf[R, P],
    request: R,
    progress: Progress | None = None,
    along: Collection[str] = BESIDE_KINDS,
) -> IngestReport:
    """Like `ingest` of symbols that the source did not have: what it was asked for is asked for
    again, receipts or not; its files are read where they changed. Nobody named the symbols."""
    manner = _Manner(optional=True, along=along, asked=True)
    return _ingest(lake, source, request, progress, manner)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How rows are brought in, see `ingest`. wrong: names bars that give way; asked: see
    `ask_for_missing`."""

    force: bool = False
    optional: bool = False
    along: Collection[str] = BESIDE_KINDS
    wrong: Wrong | None = None
    asked: bool = False

    def again(self, part: SourcePart) -> bool:
        """True for a part that is read whatever its receipt says."""
        return self.force or (self.asked and part.asked)


def _ingest(
    lake: Lake, source: SourceOf[R, P], request: R, progress: Progress | None, manner: _Manner
) -> IngestReport:
    began = time.monotonic()
    request = replace(request, kind=kind_named(request.kind).name)
    if request.kind not in source.kinds:
        raise UsageError(
            f"source {source.name} has no kind {request.kind!r}, "
            f"expected one of {', '.join(source.kinds)}; choose one of them"
        )
    with single_writer(lake.layout):
        if request.kind in BESIDE_KINDS:
            with _answering():
                rows, unchanged, failed = ingest_actions(
                    lake.layout, source, request, lake.fault, request.symbols
                )
            report = IngestReport(1, rows, unchanged, failed)
        else:
            report = _ingest_rows(lake, source, request, progress, manner)
            if manner.along and request.kind in BAR_KINDS:
                read = bool(report.parts)
                refused, notes = actions_of_bars(lake, source, request, read, manner.along)
                report = replace(report, failed=(*report.failed, *refused), notes=notes)
            report = _told(report, source.name, request, manner.optional)
    return replace(report, seconds=time.monotonic() - began)


def _ingest_rows(
    lake: Lake, source: SourceOf[R, P], request: R, progress: Progress | None, manner: _Manner
) -> IngestReport:
    with _answering():
        parts = source.parts(request)
    if not parts:
        raise MissingError(_nothing(source.name, request))
    done, todo = 0, list(parts)

    def told(words: str) -> None:
        if progress is not None:
            progress(done, len(todo), words)

    def fetched(size: int, of: int) -> None:
        told(f"{size / 1e6:,.0f} of {of / 1e6:,.0f} MB fetched")

    run = Run.begun(lake, source.name, request, lake.room.watched(told), manner.wrong)
    todo = [part for part in parts if manner.again(part) or not run.knows(part)]
    if todo:
        run.receipts.done.pop(ACTIONS, None)

    with closing(read_ahead(source, request, todo, fetched, run.room.keep_trying)) as readings:
        for part, reading in readings:
            run.take(part, reading)
            stop = run.stop(reading)
            if stop is not None or run.buffer.full or run.overdue():
                run.flush()
            if stop is not None:
                raise stop
            done += reading.last
            if reading.last:
                told(part.key)
    if todo:
        run.flush()
    lacking = _without_data(lake.layout, source.name, request, run.failed)
    return IngestReport(
        parts=len(todo),
        rows=run.rows,
        skipped=len(parts) - len(todo),
        failed=tuple(run.failed),
        lacking=lacking,
    )


@contextmanager
def _answering() -> Iterator[None]:
    """MissingError where the source has no answer: nothing can be done."""
    try:
        yield
    except TransientError as error:
        raise MissingError(str(error)) from error


def _without_data(
    layout: Layout, source: str, request: Request, failed: Sequence[tuple[str, str]]
) -> tuple[str, ...]:
    """The symbols asked for that the lake does not have now.

    MissingError where that is all of them, or where no symbol at all came of an open request.
    """
    held = set(layout.symbols(request.kind))
    lacking = tuple(symbol for symbol in request.symbols if root_of(symbol) not in held)
    if not failed and (len(lacking) == len(request.symbols) if request.symbols else not held):
        raise MissingError(_nothing(source, request))
    return lacking


def _told(report: IngestReport, source: str, request: Request, optional: bool) -> IngestReport:
    """The report with its lacking symbols as a note, or each as a failure."""
    if not report.lacking:
        return report
    nothing = f"source {source} has no {kind_named(request.kind).words} of"
    if optional:
        names = ", ".join(report.lacking)
        note = f"{nothing} {names}; nobody asked for them by name"
        return replace(report, notes=(*report.notes, note))
    advice = "it may have had another ticker then, check its name"
    lacking = ((name, f"{name}: {nothing} it; {advice}") for name in report.lacking)
    return replace(report, failed=(*report.failed, *lacking))


def _nothing(source: str, request: Request) -> str:
    names = ", ".join(request.symbols[:8]) or "any symbol"
    return (
        f"source {source} has no {kind_named(request.kind).words} of {names} between "
        f"{request.start or 'the beginning'} and {request.end or 'today'}; "
        "choose other dates, symbols or another folder"
    )
