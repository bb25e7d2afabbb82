"""The few calls to the Linux kernel that Python has no function for, as errors instead of -1."""

from __future__ import annotations

import ctypes
import os
from typing import Final

_libc: Final = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int, pointer: int = 0) -> None:
    """prctl(2); OSError where the kernel refuses."""
    done = _libc.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(pointer), 0, 0)
    _checked(done, f"prctl {option}")


def syscall(number: int, *values: int) -> int:
    """syscall(2) with whole numbers and addresses; OSError where the kernel refuses."""
    made = (ctypes.c_long(value) for value in values)
    return _checked(_libc.syscall(ctypes.c_long(number), *made), f"system call {number}")


def _checked(result: int, name: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name} failed: {os.strerror(number)}")
    return result
