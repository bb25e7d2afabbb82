"""Reading the parts of a source in order, a few at the same time, and what came of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final, TypeVar

from daemon.errors import AccessError, BadDataError, MissingError, TransientError
from daemon.lake.layout import folder_name
from daemon.lake.ports import Batch, Fetched, Fetching, P, Request, SourceOf

THREADS: Final = 2
AHEAD: Final = 3
R = TypeVar("R", bound=Request)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one part: the good batches, and a sentence for each thing refused.

    unasked: why the source could not be asked at all.
    """

    batches: tuple[Batch, ...]
    failed: tuple[str, ...]
    unasked: AccessError | TransientError | None = None


def read_ahead(
    source: SourceOf[R, P], request: R, parts: Sequence[P], told: Fetched
) -> Iterator[tuple[P, Reading]]:
    """Parts in order with what was read of them, a few being read at the same time."""
    waiting: deque[tuple[P, Future[Reading]]] = deque()
    near = source.fetching(parts, request, told) if isinstance(source, Fetching) else nullcontext()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="ingest") as pool, near:
        try:
            for part in parts:
                waiting.append((part, pool.submit(_read, source, request, part)))
                if len(waiting) >= AHEAD:
                    first, reading = waiting.popleft()
                    yield first, reading.result()
            while waiting:
                first, reading = waiting.popleft()
                yield first, reading.result()
        finally:
            for _, reading in waiting:
                reading.cancel()


def _read(source: SourceOf[R, P], request: R, part: P) -> Reading:
    good: list[Batch] = []
    failed: list[str] = []
    try:
        for batch in source.rows(part, request):
            problem = _nameless(batch.symbol)
            if problem:
                failed.append(problem)
            else:
                good.append(batch)
    except BadDataError as error:
        failed += error.sentences
    except MissingError as error:
        failed.append(str(error))
    except (AccessError, TransientError) as error:
        return Reading(tuple(good), (*failed, str(error)), error)
    return Reading(tuple(good), tuple(failed))


def _nameless(symbol: str) -> str:
    try:
        folder_name(symbol)
    except BadDataError as error:
        return str(error)
    return ""
