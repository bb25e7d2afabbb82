"""Guards of the child, each taken away in one forked child and no other.

`LAUNCH` starts a zygote whose children look for the name of a guard in their parameters: so that
one zygote serves every guard. A guard goes after the fork, and before the child is confined.
"""

from __future__ import annotations

import builtins
import ctypes
import mmap
import os
import resource
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from daemon.domain.genome import cache, namespace, program
from daemon.errors import GenomeRefused
from daemon.sandbox import bpf, confine, landlock, seccomp, slot, unchecked
from daemon.sandbox.calls import MACHINES, Calls
from daemon.sandbox.wire import Job

KEY: Final = "without"
_FILTER: Final = seccomp.program
_FIRST, _, _LAST = slot._LAUNCH.rpartition("main(int")
LAUNCH: Final = f"{_FIRST}from tests.hostile.mutants import install\ninstall()\nmain(int{_LAST}"


def install() -> None:
    """Has the children of this process leave out the guard that their parameters name."""
    decode, confine_child = Job.decode, confine.confine_child
    asked = [""]

    def decoded(body: bytes) -> Job:
        job = decode(body)
        params = dict(job.params[0])
        asked[0] = str(params.pop(KEY, ""))
        return replace(job, params=(params,))

    def confined(*given: Any) -> None:
        if asked[0]:
            CHILD[asked[0]]()
        confine_child(*given)

    Job.decode = staticmethod(decoded)  # type: ignore[method-assign]
    confine.confine_child = confined


def _unlimited(which: int) -> Callable[[], None]:
    def remove() -> None:
        limit = resource.setrlimit
        resource.setrlimit = lambda kind, values: None if kind == which else limit(kind, values)

    return remove


def _filtered(program_of: Callable[[Calls], bytes]) -> Callable[[], None]:
    """Puts another filter of system calls on."""

    def remove() -> None:
        text = program_of(MACHINES[os.uname().machine])
        seccomp.program = lambda calls, channel: text  # type: ignore[assignment]
        seccomp.prepared.cache_clear()

    return remove


def _every_call(calls: Calls) -> bytes:
    """Executable memory and waiting stay refused, whatever is not listed is allowed."""
    return bpf.assembled(
        [
            bpf.load(bpf.NUMBER),
            *(bpf.if_equal(number, yes="mapping") for number in calls.mapping),
            bpf.if_equal(calls.wake, yes="wake", no="allow"),
            bpf.Label("wake"),
            bpf.argument(1),
            bpf.if_equal(seccomp._FUTEX_WAKE_PRIVATE, yes="allow"),
            bpf.if_equal(seccomp._FUTEX_WAKE, yes="allow", no="kill"),
            bpf.Label("mapping"),
            bpf.argument(2),
            bpf.if_any_bit(seccomp._PROT_EXEC, yes="kill", no="allow"),
            bpf.Label("kill"),
            bpf.answer(bpf.KILL),
            bpf.Label("allow"),
            bpf.answer(bpf.ALLOW),
        ]
    )


def _no_landlock() -> None:
    landlock.ruleset = lambda: -1  # type: ignore[assignment]
    landlock.restrict = lambda descriptor: None  # type: ignore[assignment]


def _every_builtin() -> None:
    program.BUILTINS = vars(builtins)


def _whole_numpy() -> None:
    program.NUMPY = np


def _own(name: str) -> Callable[[], None]:
    """Gives genomes numpy's own function instead of ours."""
    return lambda: setattr(program.NUMPY, name, getattr(np, name))


def _writable_map() -> None:
    """Makes every map of shared memory one for writing; it is the child's own copy then."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        if "memfd:nightshift" in line and " r--p " in line:
            start, stop = (int(part, 16) for part in line.split()[0].split("-"))
            protection = mmap.PROT_READ | mmap.PROT_WRITE
            size = ctypes.c_size_t(stop - start)
            if ctypes.CDLL(None).mprotect(ctypes.c_void_p(start), size, protection):
                raise OSError(f"cannot make the map at {start:x} one for writing")


def _writable_views() -> None:
    namespace._read_only = lambda array: array.copy()


def _remembered_writable() -> None:
    cache._frozen = lambda answer: answer


def _any_answer() -> None:
    check = unchecked.as_positions

    def lenient(answer: Any, shape: tuple[int, ...]) -> Any:
        try:
            return check(answer, shape)
        except GenomeRefused:
            return np.zeros(shape)

    unchecked.as_positions = lenient


def _open_descriptors() -> None:
    confine.keep_only = lambda channel: None


CHILD: Final[dict[str, Callable[[], Any]]] = {
    "closed builtins": _every_builtin,
    "proxy of numpy": _whole_numpy,
    "np.empty of ours": _own("empty"),
    "np.array of ours": _own("array"),
    "bars are read-only": _writable_views,
    "indicators are read-only": _remembered_writable,
    "answers are arrays of numbers": _any_answer,
    "market is mapped read-only": _writable_map,
    "address space": _unlimited(resource.RLIMIT_AS),
    "processor time": _unlimited(resource.RLIMIT_CPU),
    "no descriptors": _unlimited(resource.RLIMIT_NOFILE),
    "no processes": _unlimited(resource.RLIMIT_NPROC),
    "list of system calls": _filtered(_every_call),
    "no executable memory": _filtered(
        lambda calls: _FILTER(replace(calls, plain=calls.plain + calls.mapping, mapping=()), None)
    ),
    "no waiting": _filtered(
        lambda calls: _FILTER(replace(calls, plain=(*calls.plain, calls.wake)), None)
    ),
    "Landlock": _no_landlock,
    "descriptors are closed": _open_descriptors,
}
"""By name of the guard: what takes it away."""
