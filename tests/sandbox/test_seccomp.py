"""The filter of system calls: run step by step here, for both machines, and by the kernel."""

from __future__ import annotations

import os
import struct
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.sandbox import bpf, seccomp
from daemon.sandbox.bpf import ALLOW, KILL, Label
from daemon.sandbox.calls import ARM64, MACHINES, X86_64, Calls

CHANNEL = 3
PROT_EXEC = 4
WAKES = (1, 129)
machines = pytest.mark.parametrize("calls", [X86_64, ARM64], ids=["x86-64", "arm64"])


def ran(program: bytes, number: int, machine: int, arguments: tuple[int, ...] = ()) -> int:
    """What the kernel's machine would answer: the four kinds of step that the filter uses."""
    words = [number, machine, 0, 0]
    for value in (*arguments, *[0] * (6 - len(arguments))):
        words += [value & 0xFFFFFFFF, value >> 32]
    place = held = 0
    while True:
        code, yes, no, operand = struct.unpack_from("<HBBI", program, 8 * place)
        place += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            held = words[operand // 4]
            continue
        met = {0x15: held == operand, 0x35: held >= operand, 0x45: bool(held & operand)}[code]
        place += yes if met else no


def allowed(calls: Calls, channel: bool) -> set[int]:
    extra = calls.channel if channel else ()
    return {*calls.plain, *calls.mapping, calls.wake, *extra}


@machines
@pytest.mark.parametrize("channel", [None, CHANNEL])
def test_nothing_but_the_list_is_allowed(calls: Calls, channel: int | None) -> None:
    program = seccomp.program(calls, channel)

    for number in range(700):
        arguments = (CHANNEL, WAKES[0], 3)
        expected = ALLOW if number in allowed(calls, channel is not None) else KILL
        assert ran(program, number, calls.audit, arguments) == expected, number


@machines
def test_the_list_is_short(calls: Calls) -> None:
    assert len(allowed(calls, channel=True)) == 10


@machines
def test_a_call_of_another_architecture_is_killed(calls: Calls) -> None:
    program = seccomp.program(calls, None)

    for machine in (0x40000003, 0xC000003E, 0xC00000B7, 0x40000028, 0):
        expected = ALLOW if machine == calls.audit else KILL
        assert ran(program, calls.plain[0], machine) == expected


def test_a_call_of_the_x32_abi_is_killed() -> None:
    program = seccomp.program(X86_64, CHANNEL)

    for number in (*allowed(X86_64, channel=True), 500):
        assert ran(program, number | 0x40000000, X86_64.audit, (3, 1, 0)) == KILL


@machines
@settings(max_examples=100, deadline=None)
@given(protection=st.integers(0, 2**64 - 1))
def test_executable_memory_is_killed(calls: Calls, protection: int) -> None:
    program = seccomp.program(calls, None)

    for number in calls.mapping:
        found = ran(program, number, calls.audit, (0, 4096, protection))
        assert found == (KILL if protection & PROT_EXEC else ALLOW)


@machines
@settings(max_examples=100, deadline=None)
@given(descriptor=st.integers(0, 2**32 - 1) | st.integers(0, 10))
def test_only_the_channel_is_read_and_written(calls: Calls, descriptor: int) -> None:
    program = seccomp.program(calls, CHANNEL)

    for number in calls.channel:
        found = ran(program, number, calls.audit, (descriptor,))
        assert found == (ALLOW if descriptor == CHANNEL else KILL)


@machines
@pytest.mark.parametrize("operation", [0, 1, 3, 6, 128, 129, 131, 257])
def test_a_futex_only_wakes(calls: Calls, operation: int) -> None:
    program = seccomp.program(calls, None)

    found = ran(program, calls.wake, calls.audit, (0, operation))

    assert found == (ALLOW if operation in WAKES else KILL)


def test_a_label_that_is_nowhere_and_a_jump_back_are_errors() -> None:
    with pytest.raises(KeyError):
        bpf.assembled([bpf.if_equal(1, yes="nowhere")])
    with pytest.raises(ValueError, match="to back, was -1"):
        bpf.assembled([Label("back"), bpf.if_equal(1, yes="back")])


def test_a_machine_without_a_list_has_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    seccomp.prepared.cache_clear()
    monkeypatch.setattr("daemon.sandbox.seccomp.MACHINES", {})

    with pytest.raises(OSError, match="no list of system calls for the machine"):
        seccomp.prepared(None)


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
def test_this_machine_has_a_list() -> None:
    assert os.uname().machine in MACHINES
