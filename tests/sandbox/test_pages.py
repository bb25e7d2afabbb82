"""Objects of a zygote lie side by side, in few pages."""

from __future__ import annotations

import ctypes
import mmap
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.sandbox import pages, slot

ROOT = Path(__file__).parents[2]
MB = 1 << 20
SCRIPT = """\
import sys
from pathlib import Path
from daemon.sandbox import pages

kept = pages.lay_out() if sys.argv[1] == "laid" else []
later = [object() for _ in range(20_000)]
import numpy as np
lines = Path("/proc/self/maps").read_text().splitlines()
objects = [line for line in lines if len(line.split()) == 5]
print(len(list(pages.large_places(objects))), pages.gather())
"""


def told_of(how: str) -> list[int]:
    command = [sys.executable, "-s", "-c", SCRIPT, how]
    done = subprocess.run(
        command, env=slot._ENVIRONMENT, cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [int(word) for word in done.stdout.split()]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells what is mapped")
def test_large_pages_fit_into_what_was_laid_out() -> None:
    assert told_of("laid")[0] >= told_of("plain")[0] + 3


def collapses() -> bool:
    """Whether this kernel puts a range into a large page when asked."""
    if sys.platform != "linux":
        return False
    with mmap.mmap(-1, 4 * MB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as room:
        room[:] = bytes(b"1" * len(room))
        advise = ctypes.CDLL(None).madvise
        advise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        held = ctypes.c_char.from_buffer(room)
        place = -(-ctypes.addressof(held) // (2 * MB)) * 2 * MB
        made = advise(place, 2 * MB, 25) == 0
        del held
    return made


@pytest.mark.skipif(not collapses(), reason="this kernel makes no large pages when asked")
def test_what_was_laid_out_is_gathered_into_large_pages() -> None:
    assert told_of("laid")[1] >= 3


def test_a_large_page_lies_within_private_memory_without_a_name() -> None:
    maps = [
        "00100000-00900000 rw-p 00000000 00:00 0 ",
        "00a00000-00b00000 rw-p 00000000 00:00 0 ",
        "01000000-01200000 rw-p 00000000 00:00 0                          [heap]",
        "02000000-02400000 r--p 00000000 00:00 0 ",
        "03000000-03400000 rw-s 00000000 00:01 99                         /memfd:nightshift",
        "04000000-04400000 rw-p 00000000 fe:00 29734                      /usr/lib/libc.so.6",
        "05000000-05400000 rw-p 00000000 00:00 0                          [stack]",
    ]

    assert list(pages.large_places(maps)) == [2 * MB, 4 * MB, 6 * MB, 16 * MB]


def test_elsewhere_nothing_is_laid_out_or_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")

    assert pages.lay_out() == []
    assert pages.gather() == 0
