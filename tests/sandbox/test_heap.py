"""Where a child's arrays lie, and that its zygote's heap stays as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.sandbox import heap, slot

ROOT = Path(__file__).parents[2]
SCRIPT = """\
import os, resource, sys
import numpy as np
from daemon.sandbox.heap import Heap

def in_child(fork):
    end, beginning = os.pipe()
    pid = fork()
    if pid == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        arrays = [np.ones(20_000) for _ in range(30)]
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
        os.write(beginning, f"{faults} {arrays[0].ctypes.data}".encode())
        os._exit(0)
    os.waitpid(pid, 0)
    said = os.read(end, 100).split()
    os.close(end), os.close(beginning)
    return [int(word) for word in said]

used = [np.ones(20_000) for _ in range(40)]
del used
heap = Heap()
places = {in_child(heap.fork)[1] for _ in range(50)}
own = np.ones(20_000).ctypes.data
print(*in_child(os.fork)[:1], *in_child(heap.fork), len(places), own)
print(heap._glibc.end() - heap._first)
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="large pages are asked of Linux alone")


@pytest.fixture(scope="module")
def told() -> list[int]:
    """Faults of a plain child and of one of a heap, its array's place, how many there were, where
    an array of its parent lies, and how far the heap reaches beyond the first large page."""
    if heap._glibc() is None:
        pytest.skip("this C library is not glibc")
    command = [sys.executable, "-s", "-c", SCRIPT]
    done = subprocess.run(
        command, env=slot._ENVIRONMENT, cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [int(word) for word in done.stdout.split()]


@linux
def test_the_first_array_of_a_child_begins_a_large_page(told: list[int]) -> None:
    assert told[2] % (2 << 20) < 64 << 10


@linux
def test_a_child_of_a_heap_takes_its_arrays_from_few_pages(told: list[int]) -> None:
    offered = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    if not offered.exists() or "[never]" in offered.read_text():
        pytest.skip("this kernel has no large pages")
    assert told[1] * 2 < told[0]


@linux
def test_a_child_has_whole_large_pages_before_it_without_growing_its_heap(told: list[int]) -> None:
    assert told[5] >= 6 << 20


@linux
def test_forks_leave_the_heap_as_it_was(told: list[int]) -> None:
    _, _, place, places, own, _ = told

    assert places == 1
    assert own < place


def test_a_heap_of_another_library_forks_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "_glibc", lambda: None)
    monkeypatch.setattr(os, "fork", lambda: 7)

    assert heap.Heap().fork() == 7
