"""A worker slot: starts a zygote, has it fork, enforces deadlines, replaces it when it fails.

A zygote that proves less than the slot asks for runs nothing.

Everything here blocks and belongs to one thread at a time, but `kill` and `stop`, which may come
from any. The pool owns the threads; what a child answered is read by `answers`.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from daemon.errors import MissingError, TransientError
from daemon.sandbox import darwin, proving, wire
from daemon.sandbox.layers import Level
from daemon.sandbox.memory import Output
from daemon.sandbox.proving import Proof

_ROOT: Final = str(Path(__file__).resolve().parents[2])
_BLOCKED: Final = ("pandas", "polars", "pyarrow", "numba")
_LAUNCH: Final = f"""\
import os, sys
os.register_at_fork = lambda **hooks: None
sys.path.insert(0, {_ROOT!r})
sys.modules.update(dict.fromkeys({_BLOCKED!r}))
from daemon.sandbox.pages import lay_out
kept = lay_out()
from daemon.sandbox.zygote import main
main(int(sys.argv[1]))
"""
"""No module hooks into a fork: a zygote has one thread and draws nothing, and what `threading` and
`random` would do in each child costs a tenth of the child. Before anything else is loaded, memory
for its objects is laid out."""

_ENVIRONMENT: Final = {
    "LD_BIND_NOW": "1",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}
"""The whole environment of a zygote. Large blocks come from the heap, are used again, and lie in
huge pages where there are any: fresh pages cost more than the arithmetic on them. `heap` rests on
these MALLOC thresholds: with the usual ones its blocks would be maps of their own, and the pages it
lays out for children would be given back at once. Symbols are bound at once, or each child would
bind its own, in pages of its own."""

_START_S: Final = 20.0
_STARTS: Final = 3
_FORK_S: Final = 2.0
_KILL_S: Final = 1.0
_MOST_KEPT: Final = 64 << 20
_MOST_FORKS: Final = 5000
_LOOK_EVERY: Final = 100
_MOST_MEMORY_BYTES: Final = 128 << 20


@dataclass(frozen=True, slots=True)
class Exit:
    """How a child ended. status: of wait. late: killed at its deadline. lost: its zygote died.

    over: killed for its memory, where the system itself keeps no limit.
    """

    status: int
    cpu_s: float = 0.0
    memory_kb: int = 0
    late: bool = False
    lost: bool = False
    over: bool = False


@dataclass(slots=True)
class _Zygote:
    process: subprocess.Popen[bytes]
    channel: socket.socket
    proofs: tuple[Proof, ...]
    forks: int = 0


@dataclass(slots=True)
class _Child:
    pid: int
    watch: int | None
    memory: darwin.MemoryWatch | None = None


class Slot:
    """One zygote and at most one child at a time.

    required: the least level that it has to prove, if any. wanted: false once nobody waits for the
    work any more; its child is then killed at birth. proofs: of its newest zygote.
    """

    def __init__(self, required: Level | None = None) -> None:
        self.zygotes_started = 0
        self.wanted = True
        self.proofs: tuple[Proof, ...] = ()
        self._required = required
        self._zygote: _Zygote | None = None
        self._output: Output | None = None
        self._child: _Child | None = None
        self._lock = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Has a warm zygote ready; MissingError if none comes up, or it proves too little."""
        if self._closed:
            raise TransientError("the sandbox is closing; ask the next one")
        if self._zygote is not None and _is_worn(self._zygote):
            self.discard()
        for _ in range(_STARTS):
            if self._zygote is None:
                self._zygote = _launched()
                self.zygotes_started += 1
        if self._zygote is None:
            raise _no_start(f"it was killed from outside {_STARTS} times")
        self._require_level(self._zygote)

    def _require_level(self, zygote: _Zygote) -> None:
        self.proofs = zygote.proofs
        proved = proving.level_of(zygote.proofs)
        if self._required is None or proved.reaches(self._required):
            return
        self.discard()
        raise MissingError(
            f"genomes are not run: [sandbox] level asks for {self._required}, this machine proves "
            f"{proved}: {'; '.join(proving.broken(zygote.proofs)) or 'it is made for less'}; "
            f'mend that, or set level = "{proved}" knowing what it leaves open'
        )

    def spawn(self, body: bytes, descriptors: Sequence[int], memory_bytes: int = 0) -> bool:
        """Forks a child for a job; False if the zygote failed (the next call has a new one).

        memory_bytes: what it may grow by, watched where the system keeps no such limit.
        """
        self.start()
        zygote = self._zygote
        assert zygote is not None
        try:
            zygote.channel.settimeout(_FORK_S)
            wire.send_request(zygote.channel, body, descriptors)
            heard = wire.receive_notice(zygote.channel)
        except OSError:
            heard = None
        if heard is None or heard[0].kind != wire.FORK:
            self.discard()
            return False
        zygote.forks += 1
        pid = heard[0].pid
        watched = sys.platform == "darwin" and memory_bytes
        memory = darwin.MemoryWatch(pid, memory_bytes, self.kill) if watched else None
        with self._lock:
            self._child = _Child(pid, heard[1][0] if heard[1] else None, memory)
        if not self.wanted or self._closed:
            self.kill()
        return True

    def output(self, size: int) -> Output:
        """Wiped memory of at least so many bytes, used again while it is not large."""
        if self._output is None or not size <= self._output.shared.size <= max(size, _MOST_KEPT):
            self._output = Output(size)
        return self._output

    def settle(self, seconds: float) -> Exit:
        """Waits for the child; kills it when `seconds` have passed."""
        heard = self._hear(seconds)
        late = heard is None
        if late:
            self.kill()
            heard = self._hear(_KILL_S)
        over = self._forget_child()
        if heard is None or heard.kind != wire.EXIT:
            self.discard()
            return Exit(0, late=late, lost=True)
        return Exit(heard.status, heard.cpu_us / 1e6, heard.memory_kb, late, over=over)

    def wait_for(self, channel: socket.socket, seconds: float) -> bool:
        """True once the child has spoken on its channel, False if it ended or time is up."""
        assert self._zygote is not None
        poll = select.poll()
        poll.register(channel, select.POLLIN)
        poll.register(self._zygote.channel, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(seconds * 1000)}
        return channel.fileno() in ready

    def kill(self) -> None:
        """Ends the child now, whatever it does."""
        with self._lock:
            if self._child is None:
                return
            with contextlib.suppress(ProcessLookupError):
                if sys.platform == "linux" and self._child.watch is not None:
                    signal.pidfd_send_signal(self._child.watch, signal.SIGKILL)
                else:
                    os.kill(self._child.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Kills the child and the zygote, from any thread; the slot starts nothing any more."""
        self._closed = True
        self.kill()
        zygote = self._zygote
        if zygote is not None:
            zygote.process.kill()

    def discard(self) -> None:
        """Ends the zygote and gives back its descriptors; the next child gets a new one."""
        self._forget_child()
        zygote, self._zygote = self._zygote, None
        self._output = None
        if zygote is not None:
            zygote.process.kill()
            zygote.process.wait()
            zygote.channel.close()

    def _hear(self, seconds: float) -> wire.Notice | None:
        """The next notice, None if it does not come in time, GONE if the zygote is dead."""
        assert self._zygote is not None
        self._zygote.channel.settimeout(max(seconds, 1e-3))
        try:
            heard = wire.receive_notice(self._zygote.channel)
        except TimeoutError:
            return None
        except OSError:
            return wire.Notice(wire.GONE)
        return wire.Notice(wire.GONE) if heard is None else heard[0]

    def _forget_child(self) -> bool:
        """True if the child was killed for its memory."""
        with self._lock:
            child, self._child = self._child, None
        if child is None:
            return False
        if child.memory is not None:
            child.memory.stop()
        if child.watch is not None:
            os.close(child.watch)
        return child.memory is not None and child.memory.over


def _launched() -> _Zygote | None:
    """A warm zygote; None where somebody else killed it before it was."""
    ours, theirs = socket.socketpair()
    with theirs, contextlib.ExitStack() as failing:
        failing.callback(ours.close)
        process = _started(theirs)
        assert process.stderr is not None
        theirs.close()
        ours.settimeout(_START_S)
        with process.stderr as complaints:
            proofs = _first_word(ours)
            if proofs is None:
                if _was_killed(process):
                    return None
                process.kill()
                process.wait()
                said = complaints.read().decode(errors="replace").strip().splitlines()
                raise _no_start(said[-1] if said else "no answer")
        failing.pop_all()
    return _Zygote(process, ours, proving.decoded(proofs))


def _was_killed(process: subprocess.Popen[bytes]) -> bool:
    """True where SIGKILL ended it; it closes its channel a moment before it can be waited for."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(_KILL_S) == -signal.SIGKILL
    return False


def _started(channel: socket.socket) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-s", "-P", "-B", "-c", _LAUNCH, str(channel.fileno())]
    command = [*darwin.launcher(Path(_ROOT) / "daemon"), *command]
    try:
        return subprocess.Popen(
            command,
            env=_ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[channel.fileno()],
            start_new_session=True,
        )
    except OSError as error:
        raise _no_start(str(error)) from error


def _no_start(cause: str) -> MissingError:
    return MissingError(f"the sandbox does not start: {cause}; `nightshift doctor` looks closer")


def _first_word(channel: socket.socket) -> bytes | None:
    """What a zygote proved, once it is warm."""
    try:
        heard = wire.receive_notice(channel)
        warm = heard is not None and heard[0].kind == wire.WARM
        return wire.receive_proofs(channel, heard[0]) if heard and warm else None
    except OSError:
        return None


def _is_worn(zygote: _Zygote) -> bool:
    """True where many forks or grown memory make a fresh zygote the better one."""
    if not zygote.forks or zygote.forks % _LOOK_EVERY:
        return False
    if zygote.forks >= _MOST_FORKS:
        return True
    statm = Path(f"/proc/{zygote.process.pid}/statm")
    if not statm.exists():
        return False
    pages = int(statm.read_text().split()[1])
    return pages * resource.getpagesize() > _MOST_MEMORY_BYTES
