"""Named points at which a test may kill the process, and which it may watch being passed.

Off unless NIGHTSHIFT_TEST is 1. NIGHTSHIFT_FAULT=name:count ends the process, as SIGKILL would,
when it passes that point for the count-th time. NIGHTSHIFT_MARKS names a file to which each point
passed is appended as "THREAD NAME", so that a test can kill from outside in a chosen window.
"""

from __future__ import annotations

import os
import threading
from collections import Counter

_passed: Counter[str] = Counter()
_lock = threading.Lock()


def fault_point(name: str) -> None:
    """Marks that this point is passed; does not come back where a test asked to die here."""
    if os.environ.get("NIGHTSHIFT_TEST") != "1":
        return
    marks = os.environ.get("NIGHTSHIFT_MARKS")
    if marks:
        _mark(marks, name)
    wanted, _, count = os.environ.get("NIGHTSHIFT_FAULT", "").partition(":")
    with _lock:
        _passed[name] += 1
        if name == wanted and _passed[name] >= int(count or 1):
            os._exit(137)


def _mark(path: str, name: str) -> None:
    line = f"{threading.get_ident()} {name}\n".encode()
    marks = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(marks, line)
    os.close(marks)
