"""The newest link of the trial ledger, kept in a small file beside the database.

It tells when the end of the ledger was cut off. It is written after each commit, so that it may
lag behind a crash and never leads. The record has one length and is written in one piece in place:
a process killed in between leaves the old or the new one; the file's lock keeps readers and writers
of other processes apart. The first record is written before the file has its name, so that an empty
file was emptied by somebody and makes no sense.
"""

from __future__ import annotations

import fcntl
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import BadDataError
from daemon.store.chain import START, Link
from daemon.store.database import sync_folder

_RECORD = re.compile(rb"(?!0{20})(\d{20}) ([0-9a-f]{64})\n")
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Head:
    """The file of one database."""

    path: Path

    @classmethod
    def of(cls, database: Path) -> Head:
        """That of the database at a path."""
        return cls(database.with_name(f"{database.name}.head"))

    def read(self) -> Link | None:
        """What it remembers; None where it is lost, BadDataError where it makes no sense."""
        try:
            with _opened(self.path, os.O_RDONLY, fcntl.LOCK_SH) as handle:
                return self._link(handle)
        except FileNotFoundError:
            return None

    def keep(self, link: Link) -> None:
        """Remembers a link that is committed; never goes back to an older one."""
        if link == START or self._made(link):
            return
        with _opened(self.path, os.O_RDWR, fcntl.LOCK_EX) as handle:
            if self._link(handle).number < link.number:
                os.pwrite(handle, _record(link), 0)

    def _made(self, link: Link) -> bool:
        """Makes the file with its first record; False where there is one, which holds."""
        if self.path.exists():
            return False
        # The name of an unfinished database: what a killed process left goes at the next start.
        part = self.path.with_name(f"{self.path.stem}.new-{threading.get_native_id()}")
        try:
            with _opened(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, fcntl.LOCK_EX) as handle:
                os.pwrite(handle, _record(link), 0)
                os.fsync(handle)
            os.link(part, self.path)
        except FileExistsError:
            return False
        finally:
            part.unlink(missing_ok=True)
        sync_folder(self.path.parent)
        return True

    def _link(self, handle: int) -> Link:
        content = os.pread(handle, _LONGEST, 0)
        record = _RECORD.fullmatch(content)
        if record is None:
            raise BadDataError(
                f"{self.path} does not hold the newest link of the trial ledger any more; take it "
                "from a backup, or remove it (the next trial writes it anew)"
            )
        return Link(int(record[1]), record[2].decode())


def _record(link: Link) -> bytes:
    return f"{link.number:020d} {link.chain}\n".encode()


@contextmanager
def _opened(path: Path, flags: int, lock: int) -> Iterator[int]:
    handle = os.open(path, flags, 0o600)
    try:
        fcntl.flock(handle, lock)
        yield handle
    finally:
        os.close(handle)
