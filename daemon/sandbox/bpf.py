"""An assembler for the classic BPF programs that filter system calls.

A program is a list of instructions and labels; jumps name labels and go forward only. The kernel
runs it on `struct seccomp_data` at every call: number, architecture, address, six arguments
(Linux, Documentation/userspace-api/seccomp_filter.rst; opcodes: include/uapi/linux/filter.h).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

NUMBER: Final = 0
ARCHITECTURE: Final = 4
ALLOW: Final = 0x7FFF0000
KILL: Final = 0x80000000
"""Ends the whole process with SIGSYS (SECCOMP_RET_KILL_PROCESS)."""

_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_AT_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_ANSWER: Final = 0x06  # BPF_RET | BPF_K
_INSTRUCTION: Final = struct.Struct("<HBBI")
_FARTHEST: Final = 255


@dataclass(frozen=True, slots=True)
class Label:
    """A place that jumps name."""

    name: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """One step. yes, no: labels to go on at; '' is the next instruction."""

    code: int
    operand: int
    yes: str = ""
    no: str = ""


def load(offset: int) -> Instruction:
    """Takes the 32-bit word at an offset of the call's data."""
    return Instruction(_LOAD, offset)


def argument(number: int) -> Instruction:
    """Takes the low word of an argument, counted from 0 (little-endian machines)."""
    return load(16 + 8 * number)


def if_equal(value: int, yes: str = "", no: str = "") -> Instruction:
    """Goes on by whether the word is this value."""
    return Instruction(_EQUAL, value, yes, no)


def if_at_least(value: int, yes: str = "", no: str = "") -> Instruction:
    """Goes on by whether the word is at least this value, unsigned."""
    return Instruction(_AT_LEAST, value, yes, no)


def if_any_bit(bits: int, yes: str = "", no: str = "") -> Instruction:
    """Goes on by whether the word has any of these bits."""
    return Instruction(_ANY_BIT, bits, yes, no)


def answer(action: int) -> Instruction:
    """Ends with an action."""
    return Instruction(_ANSWER, action)


def assembled(program: Sequence[Instruction | Label]) -> bytes:
    """The program as the kernel reads it, 8 bytes an instruction.

    KeyError for a label that is nowhere, ValueError for a jump backwards or too far.
    """
    places: dict[str, int] = {}
    steps: list[Instruction] = []
    for item in program:
        if isinstance(item, Label):
            places[item.name] = len(steps)
        else:
            steps.append(item)
    return b"".join(_encoded(step, number, places) for number, step in enumerate(steps))


def _encoded(step: Instruction, number: int, places: dict[str, int]) -> bytes:
    yes, no = (_distance(name, number, places) for name in (step.yes, step.no))
    return _INSTRUCTION.pack(step.code, yes, no, step.operand)


def _distance(name: str, number: int, places: dict[str, int]) -> int:
    """Instructions to skip after this one."""
    distance = places[name] - number - 1 if name else 0
    if not 0 <= distance <= _FARTHEST:
        raise ValueError(f"expected a jump of 0 to {_FARTHEST} to {name}, was {distance}")
    return distance
