"""Where the arrays of a child come from: large pages that its zygote never wrote to.

A child pays for each page of 4 KB that it writes to: for a fresh one, and more for a copy of its
zygote's. glibc cuts blocks out of gaps between the zygote's own first, and then out of the page
where those end. So 1 a zygote closes its gaps once it is warm, 2 it has the heap reach some pages
of 2 MB further, untouched, and 3 for the length of each fork it holds all that lies before the
first of them: a child finds nothing free but large pages. Where there is no glibc a fork is plain;
where there are no large pages, a child's arrays lie in small ones. What the zygote itself keeps is
`pages`' duty.

All this holds in the environment that `slot` gives a zygote: one arena, blocks below 32 MB from the
heap and not from maps of their own, and a heap that gives nothing back unless it is told to. What
the heap reaches further is mapped before a child is limited: room beside its `Limits`.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_LARGE: Final = 2 << 20
_REACH: Final = 4 * _LARGE
"""What a child may use beside its limit of memory, about."""

_OWN: Final = 4 << 20
"""Addresses left to the zygote itself, whose own blocks must not begin its children's pages."""

_LEAST: Final = 1 << 10
_HEAD: Final = 16
"""Of a block: its size, and room that the one before it may use."""

_TOP_PAD: Final = -2
_USUAL_PAD: Final = 128 << 10


class _Mallinfo(ctypes.Structure):
    """glibc's `struct mallinfo2`."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


@dataclass(frozen=True, slots=True)
class _Glibc:
    """What glibc tells of its heap and lets one do with it. Addresses and sizes are in bytes."""

    malloc: Callable[[int], int]
    free: Callable[[int], None]
    sbrk: Callable[[int], int]
    trim: Callable[[int], int]
    tell: Callable[[], Any]
    option: Callable[[int, int], int]

    def end(self) -> int:
        """Where the heap ends."""
        return self.sbrk(0)

    def top(self) -> int:
        """Where the last block ends: from here to `end` nothing is in use."""
        return self.end() - int(self.tell().keepcost)


class Heap:
    """The heap of a process that has loaded what it needs, to fork from."""

    __slots__ = ("_first", "_glibc")

    def __init__(self) -> None:
        start = heap_start()
        self._glibc = _glibc() if start else None
        self._first = 0
        if self._glibc is not None:
            reached = self._glibc.end()
            _close_gaps(self._glibc, start)
            # beyond all that was ever in use: where a page once was, none becomes a large one
            self._first = _aligned(max(reached, self._glibc.end()))

    def fork(self) -> int:
        """os.fork, in whose child the next array lies in a fresh large page."""
        glibc = self._glibc
        if glibc is None:
            return os.fork()
        held = glibc.malloc(self._before(glibc))
        pid = os.fork()
        if pid:
            glibc.free(held)
        return pid

    def _before(self, glibc: _Glibc) -> int:
        """Size of the block that ends where the first large page of children begins."""
        top = glibc.top()
        if not top + _HEAD < self._first <= glibc.end() - _LARGE:
            self._first = max(self._first, _aligned(top + _OWN))
            _extend(glibc, self._first - top - 2 * _HEAD)
        return self._first - top - 2 * _HEAD


def _aligned(address: int) -> int:
    """The next beginning of a large page."""
    return -(-address // _LARGE) * _LARGE


def heap_start() -> int:
    """Where this process's heap begins, 0 where nothing tells."""
    maps = Path("/proc/self/maps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    return next((int(line.split("-")[0], 16) for line in lines if line.endswith("[heap]")), 0)


def _close_gaps(glibc: _Glibc, start: int) -> None:
    """Takes every gap between start and top, for good; its pages go back to the system."""
    glibc.trim(0)
    told, top = glibc.tell(), glibc.top()
    size = 1 << (told.fordblks - told.keepcost).bit_length()
    while size >= _LEAST:
        block = glibc.malloc(size)
        if not start <= block < top:  # a map of its own may lie on either side
            glibc.free(block)
            size //= 2


def _extend(glibc: _Glibc, before: int) -> None:
    """Has the heap reach large pages beyond a block of this size at the top."""
    glibc.option(_TOP_PAD, _REACH)
    glibc.free(glibc.malloc(before))
    glibc.option(_TOP_PAD, _USUAL_PAD)


def _glibc() -> _Glibc | None:
    library = ctypes.CDLL(None)
    try:
        malloc, free, sbrk = library.malloc, library.free, library.sbrk
        trim, tell, option = library.malloc_trim, library.mallinfo2, library.mallopt
    except AttributeError:
        return None
    malloc.argtypes = trim.argtypes = (ctypes.c_size_t,)
    free.argtypes, sbrk.argtypes = (ctypes.c_void_p,), (ctypes.c_ssize_t,)
    malloc.restype = sbrk.restype = ctypes.c_size_t
    free.restype, tell.restype = None, _Mallinfo
    return _Glibc(malloc, free, sbrk, trim, tell, option)
