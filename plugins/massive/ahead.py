"""Files fetched ahead of their reader, several at once, never more on the disk than allowed.

The reader takes the files in the order in which they were named. A file takes up room from the
beginning of its download until it is given back, so that a slow reader holds up the downloads and
not the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Condition, Lock
from typing import Final

from daemon.errors import NoRoomError, TransientError
from plugins.massive.listing import Listed

Fetch = Callable[[Listed, Callable[[int], None]], Path]
"""Brings a file to the disk, telling how many of its bytes are there."""
Total = Callable[[int, int], None]
"""Called with bytes fetched and bytes to fetch, over all files."""

SPARE: Final = 2
"""Files that wait for the reader beside those that are on their way."""


class Ahead:
    """Hands files out; outside `fetching` each is fetched when it is asked for."""

    def __init__(self, fetch: Fetch, threads: int) -> None:
        self._fetch = fetch
        self._threads = threads
        self._run: _Run | None = None

    @contextmanager
    def fetching(self, files: Sequence[Listed], total: Total) -> Iterator[None]:
        """Begins to fetch these files, in this order; at the end what is not needed is given up."""
        with ThreadPoolExecutor(self._threads, thread_name_prefix="massive") as pool:
            run = _Run(self._fetch, files, self._threads + SPARE, total)
            run.coming = {
                file: pool.submit(run.fetched, number, file) for number, file in enumerate(files)
            }
            self._run = run
            try:
                yield
            finally:
                run.end()
                self._run = None

    @contextmanager
    def file(self, wanted: Listed) -> Iterator[Path]:
        """The file on the disk, for as long as the context lasts; what fetching it raised."""
        run = self._run
        future = run.coming.pop(wanted, None) if run is not None else None
        if run is None or future is None:
            yield self._fetch(wanted, _untold)
            return
        try:
            yield self._come(future, wanted)
        finally:
            run.give_back()

    def _come(self, future: Future[Path], wanted: Listed) -> Path:
        try:
            return _result(future, wanted)
        except NoRoomError:  # long ago perhaps: there may be some by now
            return self._fetch(wanted, _untold)


class _Run:
    """Files on their way to one reader.

    A file's turn comes when all but a few of those before it were given back: by order, so that
    the file the reader waits for never waits for those after it.
    """

    def __init__(self, fetch: Fetch, files: Sequence[Listed], most: int, total: Total) -> None:
        self.coming: dict[Listed, Future[Path]] = {}
        self._fetch = fetch
        self._most = most
        self._given_back = 0
        self._ended = False
        self._turn = Condition()
        self._tally = _Tally(sum(file.size for file in files), total)

    def fetched(self, number: int, file: Listed) -> Path:
        """The file, once its turn has come."""
        with self._turn:
            self._turn.wait_for(lambda: self._ended or number < self._given_back + self._most)
        self._expect_need(file)

        def told(size: int) -> None:
            self._expect_need(file)
            try:
                self._tally.add(file, size)
            except TransientError:  # who is told does not want any more
                self.end()
                raise

        return self._fetch(file, told)

    def give_back(self) -> None:
        """A file was read, or could not be had."""
        with self._turn:
            self._given_back += 1
            self._turn.notify_all()

    def end(self) -> None:
        """Nothing is needed any more."""
        with self._turn:
            self._ended = True
            self._turn.notify_all()
        for future in list(self.coming.values()):
            future.cancel()

    def _expect_need(self, file: Listed) -> None:
        if self._ended:
            raise _unneeded(file)


class _Tally:
    """Bytes of all files."""

    def __init__(self, to_fetch: int, total: Total) -> None:
        self._to_fetch = to_fetch
        self._total = total
        self._lock = Lock()
        self._sizes: dict[Listed, int] = {}

    def add(self, file: Listed, size: int) -> None:
        """How many bytes of a file are there now."""
        with self._lock:
            self._sizes[file] = size
            fetched = sum(self._sizes.values())
        self._total(fetched, self._to_fetch)


def _result(future: Future[Path], file: Listed) -> Path:
    try:
        return future.result()
    except CancelledError as error:
        raise _unneeded(file) from error


def _unneeded(file: Listed) -> TransientError:
    return TransientError(f"massive: {file.key} is not needed any more")


def _untold(size: int) -> None:
    """A file that nobody looks at."""
