"""Memory that the daemon shares with its children: sealed memfds, and maps of them.

Markets go in as `packed` buffers, written once and sealed against every change. Answers come out
in memory that is sealed against shrinking and growing before a child gets it, and against writing
once the child is dead: a map of it is then as good as a private copy. Where there are no memfds
(macOS) an unlinked temporary file stands in, nothing is sealed, and answers are copied.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import sys
import tempfile
import threading
import weakref
from collections import OrderedDict
from dataclasses import replace
from typing import Final

import numpy as np

from daemon.domain.market import packed
from daemon.domain.market.bars import Actions, Floats, Market, content_hash

SEALS: Final = sys.platform == "linux"
_HUGE: Final = 1 << 21


class Shared:
    """One piece of shared memory; its descriptor closes when nobody holds it any more."""

    __slots__ = ("__weakref__", "descriptor", "size")

    def __init__(self, size: int) -> None:
        self.descriptor = _anonymous_file()
        self.size = size
        weakref.finalize(self, os.close, self.descriptor)
        os.ftruncate(self.descriptor, size)

    def seal_size(self) -> None:
        """From now on nobody can shrink it under a reader, or grow it."""
        if sys.platform == "linux":
            seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
            fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, seals)

    def seal_content(self) -> None:
        """From now on nobody can write it; OSError while anybody still maps it for writing."""
        if sys.platform == "linux":
            seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
            fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, seals)

    def private(self) -> memoryview:
        """The content as memory of one's own: a private map once sealed, else a copy."""
        if not SEALS:
            return memoryview(bytearray(os.pread(self.descriptor, self.size, 0)))
        mapped = mmap.mmap(self.descriptor, self.size, flags=mmap.MAP_PRIVATE)
        return memoryview(mapped)

    def watched(self) -> memoryview:
        """A read-only map that shows what the child writes as it writes."""
        return memoryview(mmap.mmap(self.descriptor, self.size, prot=mmap.PROT_READ))

    def head(self, length: int) -> bytes:
        """A copy of the first bytes."""
        return os.pread(self.descriptor, length, 0)


def shared_market(market: Market) -> Shared:
    """The market as a genome sees it (adjusted, without actions and quotes), in sealed memory."""
    seen = replace(market.adjusted(), actions=Actions.none(), spread=None)
    shared = Shared(packed.packed_size(seen))
    offset = 0
    with writable(shared.descriptor, shared.size) as target:
        for piece in packed.pack(seen):
            target[offset : offset + len(piece)] = bytes(piece) if len(piece) == 0 else piece
            offset += len(piece)
    shared.seal_content()
    return shared


def writable(descriptor: int, size: int) -> mmap.mmap:
    """A shared map for writing, in huge pages where the system gives them."""
    mapped = mmap.mmap(descriptor, size, flags=mmap.MAP_SHARED)
    if sys.platform == "linux" and size >= _HUGE:
        mapped.madvise(mmap.MADV_HUGEPAGE)
    return mapped


def readable(descriptor: int) -> memoryview:
    """A read-only map of sealed memory."""
    size = os.fstat(descriptor).st_size
    return memoryview(mmap.mmap(descriptor, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ))


def block(view: memoryview, offset: int, shape: tuple[int, int]) -> Floats:
    """Floats (rows, columns) of a layout's block, without copying; a column is contiguous."""
    flat = np.frombuffer(view, np.float64, shape[0] * shape[1], offset)
    return flat.reshape(shape).T


class MarketShelf:
    """Markets already written to shared memory, by content hash; the least used leave first."""

    def __init__(self, capacity: int = 8) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._shelf: OrderedDict[str, Shared] = OrderedDict()

    def shared(self, market: Market) -> Shared:
        """The market in sealed memory; written on first sight."""
        key = market.hash or content_hash(market)
        with self._lock:
            return self._found_or_written(key, market)

    def clear(self) -> None:
        """Forgets everything."""
        self._shelf.clear()

    def _found_or_written(self, key: str, market: Market) -> Shared:
        found = self._shelf.pop(key, None)
        self._shelf[key] = found = found or shared_market(market)
        while len(self._shelf) > self._capacity:
            self._shelf.popitem(last=False)
        return found


def _anonymous_file() -> int:
    if sys.platform == "linux":
        return os.memfd_create("nightshift", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    descriptor, path = tempfile.mkstemp(prefix="nightshift")
    os.unlink(path)
    return descriptor
