"""The kernel's layers that hold a genome in: each call adds some, none can be taken off again.

`confine_zygote` runs once, after the zygote has loaded what it needs; its children inherit it.
`confine_child` runs in each child after its memory is mapped and before the genome's code is read:
no descriptors, resource limits, Landlock without rules, a filter of system calls. Whether they
hold is proved by `proving`, not claimed here.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from typing import Final

from daemon.sandbox import kernel, landlock, seccomp
from daemon.sandbox.layers import NONE_OFF, PLATFORM, Layer, Off

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_CHILD_SUBREAPER: Final = 36
_NOBODY: Final = 65534
_LAST_DESCRIPTOR: Final = 256
CHANNEL: Final = 3
"""Descriptor of a zygote's or a streaming child's channel; 0 to 2 are the null device."""


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
        kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        kernel.prctl(_PR_SET_DUMPABLE, 0)
        kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1)
        kernel.prctl(_PR_SET_CHILD_SUBREAPER, 1)
    if Layer.LANDLOCK not in absent():
        landlock.ruleset()
    if Layer.SECCOMP not in absent():
        for channel in (None, CHANNEL):
            seccomp.prepared(channel)


def absent() -> Off:
    """Layers that this system does not have at all."""
    missing = set()
    if PLATFORM != "linux" or not landlock.abi():
        missing.add(Layer.LANDLOCK)
    if PLATFORM != "linux" or not seccomp.is_there():
        missing.add(Layer.SECCOMP)
    return frozenset(missing)


def confine_child(cpu_s: int, memory_bytes: int, channel: int | None, off: Off = NONE_OFF) -> None:
    """Puts on every layer but those that are off; only `channel` stays open, as CHANNEL.

    memory_bytes: address space on top of what the process has mapped by now. OSError where the
    kernel refuses a layer: the process must not run a genome then.
    """
    if sys.platform == "linux":
        kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    room = memory_bytes if Layer.LIMITS in off else memory_bytes + _mapped_bytes()
    if Layer.LANDLOCK not in off:
        landlock.restrict(landlock.ruleset())
    keep_only(channel)
    if Layer.LIMITS not in off:
        _limit_resources(cpu_s, room)
    if Layer.SECCOMP not in off:
        seccomp.install(None if channel is None else CHANNEL)


def _limit_resources(cpu_s: int, address_space: int) -> None:
    """Memory, processor time, and no new file, process or descriptor."""
    if sys.platform == "linux":
        _limit(resource.RLIMIT_AS, address_space)
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
    if sys.platform != "linux":
        return 0
    # without Python's buffered file, which costs a tenth of the whole confinement
    descriptor = os.open("/proc/self/statm", os.O_RDONLY)
    text = os.read(descriptor, 100)
    os.close(descriptor)
    return int(text.split()[0]) * resource.getpagesize()
