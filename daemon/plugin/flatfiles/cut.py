"""Gunzip a day file and keep the lines of the wanted tickers, by byte ranges.

Vendor files are sorted by ticker: a block of text whose first and last ticker frame no wanted one
is passed over unread. The order is checked at a line every 64 KiB; a file that is not sorted is
given back whole, and the caller picks its rows.
"""

from __future__ import annotations

import io
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Final, cast

from isal import igzip
from isal.igzip_lib import IsalError

from daemon.errors import BadDataError
from daemon.plugin.flatfiles.wanted import Run, Wanted

BLOCK: Final = 1 << 20
AHEAD: Final = 8
_SAMPLES: Final = 16
_SMALL: Final = 1 << 18
_ISAL: Final = cast("type[Exception]", IsalError)  # its stub calls the class an instance
_BROKEN_GZIP: Final[tuple[type[Exception], ...]] = (EOFError, igzip.BadGzipFile, _ISAL)


def whole_text(path: Path) -> bytes:
    """The file gunzipped. BadDataError if it is no whole gzip file."""
    with _reported(path):
        text: bytes = igzip.decompress(path.read_bytes())  # type: ignore[no-untyped-call]
    return text


def lines_of(path: Path) -> Iterator[str]:
    """The lines of the gunzipped file. BadDataError where it breaks off, after those before."""
    with _reported(path), igzip.open(path, "rb") as file:  # type: ignore[no-untyped-call]
        yield from io.TextIOWrapper(file, "utf-8-sig", "replace", newline="")


def wanted_text(path: Path, wanted: Wanted) -> bytes:
    """The header and the lines of the wanted tickers, or the whole text if it is not sorted."""
    cutter = _Cutter(wanted)
    with _reported(path):
        if path.stat().st_size < _SMALL:
            return whole_text(path)
    with _reported(path), _blocks(path) as blocks:
        for block in blocks:
            cutter.take(block)
        cutter.finish()
    return whole_text(path) if cutter.unsorted else b"".join([cutter.header, *cutter.kept])


def wanted_pieces(path: Path, wanted: Wanted, size: int) -> Iterator[bytes]:
    """The header, then the wanted lines in pieces of about `size` bytes; holds no more of them.

    BadDataError where the file breaks off or is not sorted by ticker, after what came before.
    """
    cutter = _Cutter(wanted)
    with _reported(path), _blocks(path) as blocks:
        for block in blocks:
            told = bool(cutter.header)
            cutter.take(block)
            if not told:
                yield cutter.header
            if cutter.unsorted:
                raise BadDataError(
                    f"{path}: expected rows sorted by ticker in a file of this size, found others; "
                    "fetch the file again"
                )
            if sum(map(len, cutter.kept)) >= size:
                yield cutter.taken()
        cutter.finish()
        yield cutter.taken()


class _Cutter:
    """Takes blocks of text in order and keeps the header and the wanted lines."""

    def __init__(self, wanted: Wanted) -> None:
        self.header = b""
        self.kept: list[bytes] = []
        self.unsorted = False
        self._runs = wanted.runs()
        self._lows = [run.low for run in self._runs]
        self._highs = [run.high for run in self._runs]
        self._carry = b""
        self._last = b""

    def take(self, block: bytes) -> None:
        end = block.rfind(b"\n") + 1
        if end == 0:
            self._carry += block
            return
        start = block.find(b"\n") + 1
        line = self._carry + block[:start]
        self._lines(line, 0, len(line))
        self._lines(block, start, end)
        self._carry = block[end:]

    def taken(self) -> bytes:
        """What was kept since the last time."""
        text = b"".join(self.kept)
        self.kept.clear()
        return text

    def finish(self) -> None:
        """The last line may lack its end."""
        if self._carry:
            self._lines(self._carry + b"\n", 0, len(self._carry) + 1)

    def _lines(self, text: bytes, start: int, end: int) -> None:
        if not self.header and end:
            start = text.find(b"\n") + 1
            self.header = text[:start]
            self.unsorted = not self.header.lower().startswith((b"ticker,", b"\xef\xbb\xbfticker,"))
        if start >= end or self.unsorted:
            return
        samples = _samples(text, start, end)
        if any(b'"' in one for one in samples) or samples != sorted([self._last, *samples])[1:]:
            self.unsorted = True
            return
        self._last = samples[-1]
        first = bisect_left(self._highs, samples[0])
        for run in self._runs[first : bisect_right(self._lows, samples[-1])]:
            self.kept.append(_lines_of(text, run, start, end))
        if not self._runs:
            self.kept.append(text[start:end])


def _samples(text: bytes, start: int, end: int) -> list[bytes]:
    """Tickers of the first line, some lines between and the last line, in the order of the text."""
    lines = {start, text.rfind(b"\n", start, end - 1) + 1 or start}
    step = (end - start) // _SAMPLES
    for k in range(1, _SAMPLES):
        line = text.find(b"\n", start + k * step, end - 1) + 1
        if line:
            lines.add(line)
    return [text[line : text.find(b",", line, end)] for line in sorted(lines)]


def _lines_of(text: bytes, run: Run, start: int, end: int) -> bytes:
    """The lines from the first of a run to its last."""
    needles = [b"\n" + one for one in run.starts]
    first = start
    if not text.startswith(run.starts, start):
        found = [at for needle in needles if (at := text.find(needle, start, end)) >= 0]
        if not found:
            return b""
        first = min(found) + 1
    last = max(first, *(text.rfind(needle, first, end) + 1 for needle in needles))
    return text[first : text.index(b"\n", last) + 1]


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except _BROKEN_GZIP as error:
        raise BadDataError(
            f"{path}: expected a whole gzip file, found one that breaks off or is damaged "
            f"({str(error).rstrip('.')[:120]}); fetch the file again"
        ) from error
    except OSError as error:
        raise BadDataError(
            f"{path}: expected a file that can be read, found {error.strerror}; "
            "mend its rights or fetch it again"
        ) from error


@contextmanager
def _blocks(path: Path) -> Iterator[Iterator[bytes]]:
    """Blocks of the gunzipped file, made by a thread that runs ahead (isal frees the GIL)."""
    queue: Queue[bytes | BaseException | None] = Queue(AHEAD)
    stop = Event()
    thread = Thread(target=_gunzip, args=(path, queue.put, stop), name="gunzip", daemon=True)
    thread.start()

    def take() -> Iterator[bytes]:
        while (block := queue.get()) is not None:
            if isinstance(block, BaseException):
                raise block
            yield block

    try:
        yield take()
    finally:
        stop.set()
        while thread.is_alive():
            if not queue.empty():
                queue.get_nowait()
            thread.join(0.001)


def _gunzip(path: Path, put: Callable[[bytes | BaseException | None], None], stop: Event) -> None:
    try:
        with igzip.open(path, "rb") as file:  # type: ignore[no-untyped-call]
            while not stop.is_set() and (block := file.read(BLOCK)):
                put(block)
        put(None)
    except (OSError, EOFError, _ISAL) as error:
        put(error)
