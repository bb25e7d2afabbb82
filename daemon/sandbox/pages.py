"""The pages of what a zygote keeps: as few as the system makes of them, before it forks.

A fork copies an entry for each page of 4 KB that the zygote ever wrote to, and the end of the child
takes it down again: a third of what a child costs. A page of 2 MB is one entry; the kernel makes
them of what lies side by side, but Python maps memory for its objects piece by piece, between the
libraries that it loads meanwhile. So 1 `lay_out` has the pieces mapped side by side before numpy
is imported, and 2 `gather` asks for large pages once everything is loaded. Where the kernel makes
none (before Linux 6.1, or elsewhere) zygotes and children work as ever, at the old cost.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

_LARGE: Final = 2 << 20
_COLLAPSE: Final = 25
"""MADV_COLLAPSE: puts the pages of a range into a large one, whatever else is set."""

_OBJECTS: Final = 8 << 20
"""What a warm zygote's objects take, in bytes; whatever more there is has its old place."""

_LONGEST: Final = 512
"""The longest object that Python takes from its own memory, in bytes; longer ones are malloc's."""


def lay_out(size: int = _OBJECTS) -> list[bytes]:
    """Has Python map memory for `size` bytes of objects side by side, and most of it free again.

    It stays mapped while the answer is held: a few objects in each piece of it.
    """
    if sys.platform != "linux":
        return []
    length = _LONGEST - sys.getsizeof(b"")
    filling = [bytes(length) for _ in range(size // _LONGEST)]
    return filling[:: (1 << 18) // _LONGEST]


def gather() -> int:
    """Has the kernel put this process's private memory into large pages; how many it made."""
    maps = Path("/proc/self/maps")
    if sys.platform != "linux" or not maps.exists():
        return 0
    advise = ctypes.CDLL(None).madvise
    advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    places = list(large_places(maps.read_text().splitlines()))
    return sum(advise(place, _LARGE, _COLLAPSE) == 0 for place in places)


def large_places(maps: Iterable[str]) -> Iterator[int]:
    """Addresses at which a large page fits into memory of nobody else. maps: of /proc."""
    for line in maps:
        place, access, _, _, _, *name = line.split()
        if access == "rw-p" and name in ([], ["[heap]"]):
            first, end = (int(address, 16) for address in place.split("-"))
            yield from range(-(-first // _LARGE) * _LARGE, end - _LARGE + 1, _LARGE)
