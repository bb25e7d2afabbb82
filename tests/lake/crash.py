"""Ingests in child processes that die at a fault point; told which folder, prints what happened.

Run as a program: one process forks every child before any thread is started. With "several" as its
second word, a service that is asked and a bucket of day files come in one after the other.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from daemon.lake.files import FAULT_POINTS
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import Request
from tests.lake.flatfiles import FakeSource
from tests.lake.test_ingest import source
from tests.lake.test_verify import earlier, filed

KILLED = 137


def sources(several: bool) -> list[FakeSource]:
    """What comes into the lake, in this order."""
    return [source(), filed()] if several else [source()]


def attempt(folder: Path, point: str, count: int, several: bool) -> int:
    """One child: exit status 137 if it died at the point, 0 if it passed it less often."""
    child = os.fork()
    if child == 0:
        passed = 0

        def fault(name: str) -> None:
            nonlocal passed
            passed += name == point
            if passed == count:
                os._exit(KILLED)

        for one in sources(several):
            ingest(Lake(folder, buffer_rows=1, fault=fault), one, Request("minute"))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """For each point and each time it is passed: a lake with older data, and a killed writer."""
    root, several = Path(sys.argv[1]), sys.argv[2:] == ["several"]
    killed = []
    for point in FAULT_POINTS:
        for count in (1, 4, 6) if several else (1, 2, 4):
            folder = root / f"{point}-{count}"
            child = os.fork()
            if child == 0:
                ingest(Lake(folder), earlier(), Request("minute"))
                os._exit(0)
            os.waitpid(child, 0)
            status = attempt(folder, point, count, several)
            if status == KILLED:
                killed.append(folder.name)
            elif status != 0:
                raise SystemExit(f"{folder.name} ended with {status}")
    print(json.dumps(killed))


if __name__ == "__main__":
    main()
