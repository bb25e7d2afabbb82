"""The filter of system calls: a short list is allowed, anything else ends the process at once.

Killed are calls of another architecture or ABI, executable memory, waiting, and read or write on
any descriptor but a streaming child's channel. It needs no privileges, only no_new_privs, and can
never be taken off again.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from typing import Final

from daemon.sandbox import bpf, kernel
from daemon.sandbox.bpf import Instruction, Label
from daemon.sandbox.calls import MACHINES, Calls

_PR_GET_SECCOMP: Final = 21
_PR_SET_SECCOMP: Final = 22
_MODE_FILTER: Final = 2
_PROT_EXEC: Final = 4
_FUTEX_WAKE: Final = 1
_FUTEX_WAKE_PRIVATE: Final = 129
_STEP: Final = 8


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


@cache
def is_there() -> bool:
    """True where the kernel filters calls and there is a list for this machine."""
    try:
        kernel.prctl(_PR_GET_SECCOMP, 0)
    except OSError:
        return False
    return os.uname().machine in MACHINES


def program(calls: Calls, channel: int | None) -> bytes:
    """The filter of a machine; channel: the descriptor that may be read and written, if any."""
    steps: list[Instruction | Label] = [
        bpf.load(bpf.ARCHITECTURE),
        bpf.if_equal(calls.audit, no="kill"),
        bpf.load(bpf.NUMBER),
    ]
    if calls.foreign:
        steps.append(bpf.if_at_least(calls.foreign, yes="kill"))
    steps += [bpf.if_equal(number, yes="allow") for number in calls.plain]
    steps += [bpf.if_equal(number, yes="mapping") for number in calls.mapping]
    if channel is not None:
        steps += [bpf.if_equal(number, yes="channel") for number in calls.channel]
    steps += [
        bpf.if_equal(calls.wake, no="kill"),
        bpf.argument(1),
        bpf.if_equal(_FUTEX_WAKE_PRIVATE, yes="allow"),
        bpf.if_equal(_FUTEX_WAKE, yes="allow", no="kill"),
        Label("mapping"),
        bpf.argument(2),
        bpf.if_any_bit(_PROT_EXEC, yes="kill", no="allow"),
    ]
    if channel is not None:
        steps += [
            Label("channel"),
            bpf.argument(0),
            bpf.if_equal(channel, yes="allow", no="kill"),
        ]
    steps += [Label("kill"), bpf.answer(bpf.KILL), Label("allow"), bpf.answer(bpf.ALLOW)]
    return bpf.assembled(steps)


def install(channel: int | None) -> None:
    """Filters every call of this process from now on; OSError where the kernel cannot."""
    kernel.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.addressof(prepared(channel)))


@cache
def prepared(channel: int | None) -> ctypes.Structure:
    """The filter of this machine in memory, made once by the zygote and inherited.

    OSError where there is no list for the machine.
    """
    machine = os.uname().machine
    if machine not in MACHINES:
        raise OSError(f"no list of system calls for the machine {machine}")
    text = program(MACHINES[machine], channel)
    steps = ctypes.create_string_buffer(text, len(text))
    made = _Program(len(text) // _STEP, ctypes.addressof(steps))
    made.keep = steps
    return made
