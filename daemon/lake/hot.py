"""Hot copies: markets as packed files that readers map instead of building them again.

A copy is named by the digest of everything it was made from, so it is never out of date; copies
that nobody asked for lately are deleted when all together pass a limit.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from daemon.domain.market.bars import Market
from daemon.domain.market.packed import VERSION, pack, unpack
from daemon.lake.files import write_whole

FORMAT: Final = 1


def hot_key(facts: Sequence[object]) -> str:
    """Name of the hot copy of a market made from these facts."""
    text = json.dumps([FORMAT, VERSION, *facts], default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class HotCopies:
    """A folder of packed markets, at most `limit_bytes` of them together (but one at least)."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes

    def path(self, key: str) -> Path:
        """Where the copy of that name lies or would lie."""
        return self._folder / f"{key}.market"

    def open(self, key: str) -> Market | None:
        """The market mapped read-only, or nothing where there is no whole copy to be used."""
        try:
            handle = os.open(self.path(key), os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            os.utime(handle)
            return unpack(memoryview(mmap.mmap(handle, 0, prot=mmap.PROT_READ)))
        except (ValueError, struct.error):  # damaged from outside; it is built and written again
            return None
        finally:
            os.close(handle)

    def keep(self, key: str, market: Market) -> Market:
        """Writes the copy and gives it back mapped. MissingError where the disk is full."""
        path = self.path(key)
        write_whole(path, b"".join(pack(market)), self._folder / ".temporary")
        self._sweep(path)
        return self.open(key) or market

    def _sweep(self, newest: Path) -> None:
        copies = sorted(
            ((p, p.stat()) for p in self._folder.glob("*.market")), key=lambda c: -c[1].st_mtime_ns
        )
        self._sweep_leftovers(newest)
        total = 0
        for path, status in copies:
            total += status.st_size
            if total > self._limit_bytes and path != newest:
                path.unlink(missing_ok=True)

    def _sweep_leftovers(self, newest: Path) -> None:
        """Deletes half-written copies of processes that died: an hour older than the newest."""
        now = newest.stat().st_mtime
        for path in (self._folder / ".temporary").iterdir():
            with suppress(FileNotFoundError):
                if now - path.stat().st_mtime > 3_600:
                    path.unlink()
