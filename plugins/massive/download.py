"""One flat file onto the disk: whole under its name, or not there at all.

Bytes go to a temporary file. What breaks off is carried on from the byte where it ended, as long
as the file is still the one listed; a file that was replaced meanwhile is begun again. Length and
checksum are compared before the file gets its name; that it is whole gzip shows when it is read.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import RawIOBase
from pathlib import Path
from typing import Any, Final, Protocol

from daemon.errors import MissingError, NoRoomError
from daemon.plugin.retry import RetryPolicy, TryAgain, Waiting, retried
from plugins.massive.listing import Listed, Replaced

Told = Callable[[int], None]
"""Called with the bytes of a file that are there so far."""

TEMPORARY: Final = ".temporary"
FETCHED: Final = "fetched"
ROUNDS: Final = 20
SPARE_BYTES: Final = 64 << 20
SLOWEST: Final = 1024.0
PATIENCE_S: Final = 60.0


class Answered(Protocol):
    """The bytes of a file from a place on. length: how many the server says will come."""

    @property
    def etag(self) -> str: ...
    @property
    def length(self) -> int: ...
    @property
    def pieces(self) -> Generator[bytes]: ...


class Files(Protocol):
    """The vendor's files; Replaced where one is no longer the one listed, TryAgain as ever."""

    def looked_up(self, file: Listed) -> Listed: ...
    def opened(self, file: Listed, start: int) -> Answered: ...


@dataclass(frozen=True, slots=True)
class Downloader:
    """Fetches files into a folder.

    keep: each gets its key as its path, and is fetched again only when the vendor replaced it;
    else each fetch gives a file of its own, for one reader.
    """

    files: Files
    folder: Path
    keep: bool
    policy: RetryPolicy
    waiting: Waiting

    def fetch(self, wanted: Listed, told: Told) -> Path:
        """The file on the disk.

        TransientError once the tries are used up, MissingError where it is not to be had,
        NoRoomError where there is no room for it, AccessError for refused keys.
        """
        kept = self.folder / wanted.key
        if self.keep and _is_here(kept, wanted):
            told(wanted.size)
            return kept
        handle, name = self._begun(wanted)
        try:
            with os.fdopen(handle, "wb", buffering=0) as file:
                half = _Half(file, wanted, told, self.folder)
                self._complete(half)
                half.sync()
            with _disk(self.folder, half.wanted):
                target = self._place_for(half.wanted)
                os.replace(name, target)
        finally:
            Path(name).unlink(missing_ok=True)
        return target

    def _begun(self, wanted: Listed) -> tuple[int, str]:
        """An empty temporary file, open, and its path."""
        with _disk(self.folder, wanted):
            temporary = self.folder / TEMPORARY
            temporary.mkdir(parents=True, exist_ok=True)
            _expect_room(temporary, wanted)
            return tempfile.mkstemp(dir=temporary, prefix=f"{Path(wanted.key).name}-")

    def _place_for(self, wanted: Listed) -> Path:
        """Where the finished file goes; a crash before it is there makes the next run fetch it."""
        kept = self.folder / wanted.key
        if not self.keep:
            fetched = self.folder / FETCHED
            fetched.mkdir(exist_ok=True)
            return Path(tempfile.mkdtemp(dir=fetched)) / kept.name
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.unlink(missing_ok=True)
        _note_of(kept).write_text(wanted.stamp)
        return kept

    def _complete(self, half: _Half) -> None:
        """Tries anew as long as each round of tries brings bytes; a dead end is the last error."""
        for rest in reversed(range(ROUNDS)):
            before = half.size
            try:
                retried(lambda: self._carry_on(half), self.policy, self.waiting)
                return
            except TryAgain:
                if half.size <= before or not rest:
                    raise

    def _carry_on(self, half: _Half) -> None:
        try:
            answer = self.files.opened(half.wanted, half.size)
        except Replaced as error:
            half.begin_again(self.files.looked_up(half.wanted))
            raise TryAgain(str(error)) from error
        half.check_answer(answer.etag, answer.length)
        began, start = self.waiting.monotonic(), half.size
        for piece in answer.pieces:
            half.add(piece)
            elapsed = self.waiting.monotonic() - began
            if elapsed > PATIENCE_S and half.size - start < SLOWEST * elapsed:
                answer.pieces.close()
                raise TryAgain(
                    f"massive: {half.wanted.key} comes at less than a kilobyte a second; "
                    "try again later"
                )
        half.check_whole()


@dataclass(slots=True)
class _Half:
    """A file on its way: what was written, and its checksum so far."""

    file: RawIOBase
    wanted: Listed
    told: Told
    folder: Path
    size: int = 0
    digest: Any = field(default_factory=lambda: hashlib.md5(usedforsecurity=False))

    def add(self, piece: bytes) -> None:
        """The next bytes. TryAgain, from the beginning, where there are more than listed."""
        with _disk(self.folder, self.wanted):
            left = memoryview(piece)
            while left:
                left = left[self.file.write(left) or 0 :]
        self.digest.update(piece)
        self.size += len(piece)
        if self.size > self.wanted.size:
            self._dismiss(f"{self.size} bytes or more")
        self.told(self.size)

    def check_answer(self, etag: str, length: int) -> None:
        """TryAgain where the server is about to send something else than the rest."""
        if etag != self.wanted.etag:
            self._dismiss(f"the file of ETag {etag[:40]} instead of {self.wanted.etag}")
        if length != self.wanted.size - self.size:
            self._dismiss(f"{length} bytes instead of {self.wanted.size - self.size}")

    def check_whole(self) -> None:
        """TryAgain where bytes are missing or wrong; a file in pieces has no plain checksum."""
        if self.size < self.wanted.size:
            raise TryAgain(
                f"massive: {self.wanted.key} ended after {self.size} of {self.wanted.size} bytes; "
                "try again later"
            )
        if "-" not in self.wanted.etag and self.digest.hexdigest() != self.wanted.etag:
            self._dismiss(f"bytes whose checksum is not {self.wanted.etag}")

    def begin_again(self, wanted: Listed) -> None:
        """Forgets every byte."""
        self.wanted = wanted
        self.size = 0
        self.digest = hashlib.md5(usedforsecurity=False)
        with _disk(self.folder, wanted):
            self.file.seek(0)
            self.file.truncate()
        self.told(0)

    def sync(self) -> None:
        """Waits until the disk has every byte."""
        with _disk(self.folder, self.wanted):
            os.fsync(self.file.fileno())

    def _dismiss(self, found: str) -> None:
        self.begin_again(self.wanted)
        raise TryAgain(f"massive: {self.wanted.key}: the server sent {found}; try again later")


def sweep(folder: Path) -> None:
    """Removes what a killed download or its reader left; files that are kept stay."""
    for left in (TEMPORARY, FETCHED):
        shutil.rmtree(folder / left, ignore_errors=True)


def forget(path: Path) -> None:
    """Removes a file that was fetched."""
    path.unlink(missing_ok=True)
    _note_of(path).unlink(missing_ok=True)
    if path.parent.parent.name == FETCHED:
        path.parent.rmdir()


def _is_here(target: Path, wanted: Listed) -> bool:
    """True for a kept file that is still the vendor's."""
    note = _note_of(target)
    return target.is_file() and note.is_file() and note.read_text() == wanted.stamp


def _note_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.version")


def _expect_room(folder: Path, wanted: Listed) -> None:
    free = shutil.disk_usage(folder).free
    if free < wanted.size + SPARE_BYTES:
        raise NoRoomError(
            f"{folder}: no room left on the disk for {wanted.key}, expected "
            f"{(wanted.size + SPARE_BYTES) >> 20} MB, found {free >> 20}; free some space and "
            "ingest again"
        )


@contextmanager
def _disk(folder: Path, wanted: Listed) -> Iterator[None]:
    """About a file operation: NoRoomError where the disk is full, MissingError for all else."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "free some space" if full else "mend the folder's rights"
        raise (NoRoomError if full else MissingError)(
            f"{folder}: {wanted.key} cannot be written ({error.strerror}); {remedy} and ingest "
            "again"
        ) from error
