"""The newest link of the trial ledger, kept in a small file beside the database.

It tells when the end of the ledger was cut off. It is written after each commit, so that it may
lag behind a crash and never leads. The record has one length and is written in one piece in place:
a process killed in between leaves the old or the new one, and no temporary file; the file's lock
keeps readers and writers of other processes apart. A file that is still empty knows of no trial.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import BadDataError
from daemon.store.chain import START, Link

_RECORD = re.compile(rb"(\d{20}) ([0-9a-f]{64})\n")
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
        with _opened(self.path, os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX) as handle:
            if self._link(handle).number < link.number:
                os.pwrite(handle, f"{link.number:020d} {link.chain}\n".encode(), 0)

    def _link(self, handle: int) -> Link:
        content = os.pread(handle, _LONGEST, 0)
        if not content:
            return START
        record = _RECORD.fullmatch(content)
        if record is None:
            raise BadDataError(
                f"{self.path} does not hold the newest link of the trial ledger any more; take it "
                "from a backup, or remove it (the next trial writes it anew)"
            )
        return Link(int(record[1]), record[2].decode())


@contextmanager
def _opened(path: Path, flags: int, lock: int) -> Iterator[int]:
    handle = os.open(path, flags, 0o600)
    try:
        fcntl.flock(handle, lock)
        yield handle
    finally:
        os.close(handle)
