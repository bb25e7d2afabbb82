"""Reading the parts of a source in order, a few at the same time, and what came of each.

A part comes in pieces of some rows each: a day of ticks does not fit into memory. A reader waits
where nobody takes its pieces.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from queue import Full, Queue
from threading import Event
from typing import Final, TypeVar

from daemon.errors import AccessError, BadDataError, MissingError, TransientError
from daemon.lake.layout import folder_name
from daemon.lake.ports import Batch, Fetched, Fetching, P, Request, SourceOf

THREADS: Final = 2
PIECES: Final = 3
PIECE_ROWS: Final = 100_000
_PATIENCE_S: Final = 0.1
R = TypeVar("R", bound=Request)


@dataclass(frozen=True, slots=True)
class Reading:
    """Some of one part: good batches, and a sentence for each thing refused.

    unasked: why the source could not be asked at all; last: nothing more comes of the part.
    """

    batches: tuple[Batch, ...]
    failed: tuple[str, ...] = ()
    unasked: AccessError | TransientError | None = None
    last: bool = False


def read_ahead(
    source: SourceOf[R, P], request: R, parts: Sequence[P], told: Fetched
) -> Generator[tuple[P, Reading]]:
    """Parts in order with what was read of them piece by piece, two being read at the same time."""
    stop = Event()
    lines = [_Line(Queue(PIECES), stop) for _ in parts]
    readers: list[Future[None]] = []
    near = source.fetching(parts, request, told) if isinstance(source, Fetching) else nullcontext()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="ingest") as pool, near:
        try:
            for place, (part, line) in enumerate(zip(parts, lines, strict=True)):
                readers.extend(
                    pool.submit(_read, source, request, parts[ahead], lines[ahead])
                    for ahead in range(len(readers), min(place + THREADS, len(parts)))
                )
                yield from ((part, reading) for reading in line.readings(readers[place]))
        finally:
            stop.set()


@dataclass(frozen=True, slots=True)
class _Line:
    """Pieces of one part on their way from its reader to who takes them."""

    queue: Queue[Reading | None]
    stop: Event

    def put(self, reading: Reading | None) -> bool:
        """Hands a piece over; False where nobody wants any more."""
        while not self.stop.is_set():
            try:
                self.queue.put(reading, timeout=_PATIENCE_S)
            except Full:
                continue
            return True
        return False

    def readings(self, reader: Future[None]) -> Iterator[Reading]:
        """The pieces up to the last; then what the reader raised, if it did."""
        while (reading := self.queue.get()) is not None:
            yield reading
        reader.result()


def _read(source: SourceOf[R, P], request: R, part: P, line: _Line) -> None:
    try:
        for reading in _pieces(source, request, part):
            if not line.put(reading):
                return
    finally:
        line.put(None)


def _pieces(source: SourceOf[R, P], request: R, part: P) -> Iterator[Reading]:
    good: list[Batch] = []
    failed: list[str] = []
    unasked: AccessError | TransientError | None = None
    rows = 0
    try:
        for batch in source.rows(part, request):
            problem = _nameless(batch.symbol)
            if problem:
                failed.append(problem)
                continue
            good.append(batch)
            rows += len(next(iter(batch.columns.values())))
            if rows >= PIECE_ROWS:
                yield Reading(tuple(good))
                good, rows = [], 0
    except BadDataError as error:
        failed += error.sentences
    except MissingError as error:
        failed.append(str(error))
    except (AccessError, TransientError) as error:
        failed.append(str(error))
        unasked = error
    yield Reading(tuple(good), tuple(failed), unasked, last=True)


def _nameless(symbol: str) -> str:
    try:
        folder_name(symbol)
    except BadDataError as error:
        return str(error)
    return ""
