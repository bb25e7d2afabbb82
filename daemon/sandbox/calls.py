"""Numbers of the system calls a confined child may make, by machine: data, nothing else.

x86-64: arch/x86/entry/syscalls/syscall_64.tbl; arm64: include/uapi/asm-generic/unistd.h; audit
constants: include/uapi/linux/audit.h. A genome computes and its allocator asks for memory; what a
library does at its first use ends with a wake-up that nobody waits for. Nothing else is needed once
the child is confined.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Calls:
    """One machine. audit: its architecture as a filter sees it.

    plain: allowed whatever the arguments. mapping: allowed unless the third argument asks for
    executable memory. wake: futex, allowed to wake only. channel: allowed on the channel's
    descriptor only. foreign: numbers from here on belong to another ABI of the same architecture
    (x32); 0 where there is none.
    """

    audit: int
    plain: tuple[int, ...]
    mapping: tuple[int, ...]
    wake: int
    channel: tuple[int, ...]
    foreign: int = 0


X86_64: Final = Calls(
    audit=0xC000003E,
    plain=(
        231,  # exit_group
        12,  # brk
        11,  # munmap
        25,  # mremap
        28,  # madvise
    ),
    mapping=(
        9,  # mmap
        10,  # mprotect
    ),
    wake=202,  # futex
    channel=(
        0,  # read
        1,  # write
    ),
    foreign=0x40000000,
)
ARM64: Final = Calls(
    audit=0xC00000B7,
    plain=(
        94,  # exit_group
        214,  # brk
        215,  # munmap
        216,  # mremap
        233,  # madvise
    ),
    mapping=(
        222,  # mmap
        226,  # mprotect
    ),
    wake=98,  # futex
    channel=(
        63,  # read
        64,  # write
    ),
)
MACHINES: Final = {"x86_64": X86_64, "amd64": X86_64, "aarch64": ARM64, "arm64": ARM64}
"""By what uname calls the machine."""
