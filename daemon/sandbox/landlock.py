"""Landlock without a rule: no file, no TCP port, no abstract socket, no signal to the outside.

It binds the calling thread, so that it is put on in a fresh child of one thread. What a kernel
can restrict follows from its Landlock ABI; stat, chmod, UDP, MPTCP and sockets with a path stay
open under it and are the filter's (`seccomp`). Constants: Linux, include/uapi/linux/landlock.h;
the numbers of the calls are the same on x86-64 and arm64.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Final

from daemon.sandbox import kernel

_CREATE: Final = 444
_RESTRICT: Final = 446
_VERSION: Final = 1
_FILES: Final = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many kinds of access to files an ABI knows, from that ABI on: the lowest bits."""

NETWORK_ABI: Final = 4
SCOPE_ABI: Final = 6
_BIND_AND_CONNECT: Final = 3
_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 3


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scope", ctypes.c_uint64),
    )


@cache
def abi() -> int:
    """What the kernel knows of Landlock; 0 where it knows nothing or has it switched off."""
    try:
        return kernel.syscall(_CREATE, 0, 0, _VERSION)
    except OSError:
        return 0


@cache
def ruleset() -> int:
    """A descriptor of the ruleset that handles all and allows nothing; OSError without Landlock.

    Made once by the zygote; a child inherits it, as it is itself, until `restrict`.
    """
    handled = _prepared()
    return kernel.syscall(_CREATE, ctypes.addressof(handled), ctypes.sizeof(handled), 0)


def restrict(descriptor: int) -> None:
    """Puts a ruleset on this thread for ever. Needs no_new_privs."""
    kernel.syscall(_RESTRICT, descriptor, 0)


def handled(version: int) -> tuple[int, int, int]:
    """Bits of files, network and scope that are restricted at an ABI."""
    files = max(bits for first, bits in _FILES.items() if first <= max(version, 1))
    network = _BIND_AND_CONNECT if version >= NETWORK_ABI else 0
    scope = _ABSTRACT_SOCKETS_AND_SIGNALS if version >= SCOPE_ABI else 0
    return (1 << files) - 1, network, scope


@cache
def _prepared() -> _Ruleset:
    return _Ruleset(*handled(abi()))
