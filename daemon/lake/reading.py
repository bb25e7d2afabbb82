"""Reading the parts of a source in order, a few at the same time, and what came of each.

A part comes in pieces of some rows each: a day of ticks does not fit into memory. A reader waits
where nobody takes its pieces.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from queue import Full, Queue
from threading import Event
from typing import Final, Protocol, TypeVar

from daemon.errors import AccessError, BadDataError, MissingError, NoRoomError, TransientError
from daemon.lake.layout import folder_name
from daemon.lake.ports import Batch, Fetched, Fetching, P, Request, SourceOf

THREADS: Final = 2
PIECES: Final = 3
PIECE_ROWS: Final = 100_000
_PATIENCE_S: Final = 0.1
R = TypeVar("R", bound=Request)
T = TypeVar("T")
Unasked = AccessError | NoRoomError | TransientError


class Trying(Protocol):
    """Does something, again and again while there is no room for it."""

    def __call__(self, write: Callable[[], T], /) -> T: ...


def once(write: Callable[[], T]) -> T:
    """Does it and waits for no room."""
    return write()


@dataclass(frozen=True, slots=True)
class Reading:
    """Some of one part: good batches, and a sentence for each thing refused.

    unasked: why the source could not be asked at all, or had no room for what it fetched;
    last: nothing more comes of the part.
    """

    batches: tuple[Batch, ...]
    failed: tuple[str, ...] = ()
    unasked: Unasked | None = None
    last: bool = False


def read_ahead(
    source: SourceOf[R, P],
    request: R,
    parts: Sequence[P],
    told: Fetched,
    trying: Trying = once,
) -> Generator[tuple[P, Reading]]:
    """Parts in order with what was read of them piece by piece, two being read at the same time.

    trying: how a part is begun, for which a source may need room on the disk.
    """
    stop = Event()
    lines = [_Line(Queue(PIECES), stop) for _ in parts]
    readers: list[Future[None]] = []
    near = source.fetching(parts, request, told) if isinstance(source, Fetching) else nullcontext()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="ingest") as pool, near:
        try:
            for place, (part, line) in enumerate(zip(parts, lines, strict=True)):
                readers.extend(
                    pool.submit(
                        _read, partial(_begun, source, request, parts[ahead]), lines[ahead], trying
                    )
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


def _begun(source: SourceOf[R, P], request: R, part: P) -> Iterator[Batch]:
    """The batches of a part, the first of them here by now."""
    batches = iter(source.rows(part, request))
    return chain(list(islice(batches, 1)), batches)


def _read(begun: Callable[[], Iterator[Batch]], line: _Line, trying: Trying) -> None:
    def wanted() -> Iterator[Batch]:
        return iter(()) if line.stop.is_set() else begun()

    try:
        for reading in _pieces(lambda: trying(wanted)):
            if not line.put(reading):
                return
    finally:
        line.put(None)


def _pieces(begun: Callable[[], Iterator[Batch]]) -> Iterator[Reading]:
    good: list[Batch] = []
    failed: list[str] = []
    unasked: Unasked | None = None
    rows = 0
    try:
        for batch in begun():
            problem = _nameless(batch.symbol)
            if problem:
                failed.append(problem)
                continue
            good.append(batch)
            rows += rows_in(batch)
            if rows >= PIECE_ROWS:
                yield Reading(tuple(good))
                good, rows = [], 0
    except BadDataError as error:
        failed += error.sentences
    except (AccessError, NoRoomError, TransientError) as error:
        failed.append(str(error))
        unasked = error
    except MissingError as error:
        failed.append(str(error))
    yield Reading(tuple(good), tuple(failed), unasked, last=True)


def rows_in(batch: Batch) -> int:
    """How many rows a batch has."""
    return len(next(iter(batch.columns.values())))


def _nameless(symbol: str) -> str:
    try:
        folder_name(symbol)
    except BadDataError as error:
        return str(error)
    return ""
