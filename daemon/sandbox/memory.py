"""Memory that the daemon shares with its children: sealed markets in, a place for answers out.

Markets are `packed` buffers, written once and sealed against every change. An output belongs to a
slot and is used by one child after the other, because fresh pages cost more than the arithmetic
that fills them: it is sealed against shrinking and growing, wiped between children, and read only
by copying. Where there are no memfds (macOS) unlinked temporary files stand in, and nothing is
sealed: a file that a child cut short is noticed as a short read.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import sys
import threading
import weakref
from collections import OrderedDict
from dataclasses import replace

from daemon.domain.market import packed
from daemon.domain.market.bars import Actions, Floats, Ints, Market, content_hash

if sys.platform != "linux":  # it loads what every fork would copy
    import tempfile

_ZEROS = memoryview(bytes(1 << 20))


class Shared:
    """One piece of shared memory; its descriptor closes when nobody holds it any more."""

    __slots__ = ("__weakref__", "descriptor", "size")

    def __init__(self, size: int) -> None:
        self.descriptor = _anonymous_file()
        self.size = size
        weakref.finalize(self, os.close, self.descriptor)
        os.ftruncate(self.descriptor, size)


class Output:
    """Where the children of one slot leave their answers, one child at a time."""

    def __init__(self, size: int) -> None:
        self.shared = Shared(size)
        _seal(self.shared, writing=False)

    def head(self, length: int) -> bytes:
        """A copy of the first bytes."""
        return os.pread(self.shared.descriptor, length, 0)

    def copy_to(self, block: Floats | Ints, offset: int) -> None:
        """Copies as many values as the block has, C order, into it; OSError if they end before."""
        if os.preadv(self.shared.descriptor, [block.data], offset) != block.nbytes:
            raise OSError("expected a whole answer, was a short one")

    def wipe(self, size: int) -> None:
        """Overwrites the first bytes, so that the next child finds nothing of the last one."""
        for offset in range(0, size, len(_ZEROS)):
            os.pwrite(self.shared.descriptor, _ZEROS[: size - offset], offset)


def shared_market(market: Market) -> Shared:
    """The market as a genome sees it (adjusted, without actions and quotes), in sealed memory."""
    return shared_as_seen(replace(market.adjusted(), actions=Actions.none(), spread=None))


def shared_as_seen(seen: Market) -> Shared:
    """A market that is adjusted already, in sealed memory."""
    shared = Shared(packed.packed_size(seen))
    _write(shared.descriptor, [memoryview(piece) for piece in packed.pack(seen) if len(piece)])
    _seal(shared, writing=True)
    return shared


def writable(descriptor: int, size: int) -> mmap.mmap:
    """A shared map for writing, every page of it there at once."""
    flags = mmap.MAP_SHARED | (mmap.MAP_POPULATE if sys.platform == "linux" else 0)
    return mmap.mmap(descriptor, size, flags=flags)


def readable(descriptor: int) -> memoryview:
    """A read-only map of sealed memory."""
    size = os.fstat(descriptor).st_size
    return memoryview(mmap.mmap(descriptor, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ))


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


def _write(descriptor: int, pieces: list[memoryview]) -> None:
    """All pieces, from the first byte on. Not by a map: pages filled whole need no clearing."""
    offset = 0
    while pieces:
        written = os.pwritev(descriptor, pieces, offset)
        offset += written
        while pieces and written >= len(pieces[0]):
            written -= len(pieces.pop(0))
        if written:
            pieces[0] = pieces[0][written:]


def _seal(shared: Shared, writing: bool) -> None:
    """No shrinking, growing or further sealing from now on; no writing either where asked."""
    if sys.platform == "linux":
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
        seals |= fcntl.F_SEAL_WRITE if writing else 0
        fcntl.fcntl(shared.descriptor, fcntl.F_ADD_SEALS, seals)


def _anonymous_file() -> int:
    if sys.platform == "linux":
        descriptor = os.memfd_create("nightshift", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    else:
        descriptor, path = tempfile.mkstemp(prefix="nightshift")
        os.unlink(path)
    return descriptor
