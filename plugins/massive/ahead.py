"""Files fetched ahead of their reader, several at once, never more on the disk than allowed.

The reader takes the files in the order in which they were named. A file takes one of the slots
from the beginning of its download until it is given back, so that a slow reader holds up the
downloads and not the other way round. Slots are handed out in the readers' order: the file
that the reader waits for always has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Semaphore
from typing import Final

from plugins.massive.listing import Listed

Fetch = Callable[[Listed, Callable[[int], None]], Path]
"""Brings a file to the disk, telling how many of its bytes are there."""
Total = Callable[[int, int], None]
"""Called with bytes fetched and bytes to fetch, over all files."""

SPARE: Final = 2
_LOOK_S: Final = 0.2


class Ahead:
    """Hands files out; outside `fetching` each is fetched when it is asked for."""

    def __init__(self, fetch: Fetch, threads: int) -> None:
        self._fetch = fetch
        self._threads = threads
        self._lock = Lock()
        self._coming: dict[Listed, Future[Path | None]] = {}
        self._slots = Semaphore(threads + SPARE)

    @contextmanager
    def fetching(self, files: Sequence[Listed], total: Total) -> Iterator[None]:
        """Begins to fetch these files, in this order; at the end what is not needed is given up."""
        stop = Event()
        tally = _Tally(sum(file.size for file in files), total)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="massive") as pool:
            with self._lock:
                self._slots = Semaphore(self._threads + SPARE)
                self._coming = {
                    file: pool.submit(self._fetch_one, file, tally, stop) for file in files
                }
            try:
                yield
            finally:
                stop.set()
                with self._lock:
                    coming, self._coming = self._coming, {}
                for future in coming.values():
                    future.cancel()

    @contextmanager
    def file(self, wanted: Listed) -> Iterator[Path]:
        """The file on the disk, for as long as the context lasts; what fetching it raised."""
        with self._lock:
            future, slots = self._coming.pop(wanted, None), self._slots
        if future is None:
            yield self._fetch(wanted, _untold)
            return
        try:
            path = future.result()
            yield self._fetch(wanted, _untold) if path is None else path
        finally:
            slots.release()

    def _fetch_one(self, file: Listed, tally: _Tally, stop: Event) -> Path | None:
        slots = self._slots
        while not slots.acquire(timeout=_LOOK_S):
            if stop.is_set():
                return None
        return None if stop.is_set() else self._fetch(file, tally.of(file))


class _Tally:
    """Bytes of all files."""

    def __init__(self, to_fetch: int, total: Total) -> None:
        self._to_fetch = to_fetch
        self._total = total
        self._lock = Lock()
        self._sizes: dict[Listed, int] = {}

    def of(self, file: Listed) -> Callable[[int], None]:
        """What one file's download tells."""

        def told(size: int) -> None:
            with self._lock:
                self._sizes[file] = size
                fetched = sum(self._sizes.values())
            self._total(fetched, self._to_fetch)

        return told


def _untold(size: int) -> None:
    """A file that nobody looks at."""
