"""The layers that hold a genome in: each function adds some, none can be taken off again.

`confine_zygote` runs once, after the zygote has loaded what it needs; its children inherit it.
`confine_child` runs in each child after its memory is mapped and before the genome is compiled.
The level is called "limits": clean process, no descriptors, resource limits, no privileges. System
call filters and path rules (the levels above) are further calls at the end of `confine_child`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
from typing import Final

LEVEL: Final = "limits"

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_CHILD_SUBREAPER: Final = 36
_NOBODY: Final = 65534
_LAST_DESCRIPTOR: Final = 256
CHANNEL: Final = 3
"""Descriptor of a zygote's or a streaming child's channel; 0 to 2 are the null device."""

_libc = ctypes.CDLL(None, use_errno=True)


def keep_only(channel: int | None) -> None:
    """Moves the one descriptor that stays to CHANNEL and closes all others.

    A zygote does it first, so that whatever is opened or received later has a small number.
    """
    first = CHANNEL
    if channel is not None:
        if channel != CHANNEL:
            os.dup2(channel, CHANNEL)
            os.close(channel)
        first = CHANNEL + 1
    os.closerange(first, _LAST_DESCRIPTOR)


def confine_zygote() -> None:
    """No root, no privileges to gain, no tracing, no core, gone with the daemon."""
    if os.geteuid() == 0:
        _drop_root()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _prctl(_PR_SET_DUMPABLE, 0)
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def confine_child(cpu_s: int, memory_bytes: int, channel: int | None) -> None:
    """Only `channel` stays open (as CHANNEL); no new descriptor, process, file or core.

    memory_bytes: address space on top of what the process has mapped by now.
    """
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _limit(resource.RLIMIT_AS, _mapped_bytes() + memory_bytes)
    keep_only(channel)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NPROC, 0)
    _limit(resource.RLIMIT_NOFILE, 0)


def _drop_root() -> None:
    # A container may map no other user; the limits below hold without this layer.
    with contextlib.suppress(OSError):
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _limit(which: int, value: int) -> None:
    resource.setrlimit(which, (value, value))


def _mapped_bytes() -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option} failed: {os.strerror(number)}")
