"""Kills a program again and again in chosen windows of its work, and counts where it hit.

The program announces the points it passes (`daemon.store.faults`, NIGHTSHIFT_MARKS). The harness
starts it, waits until a thread enters the window that is next in turn, lets a random moment pass
and sends SIGKILL. A kill counts for the window in which that thread was when it died, as its last
mark tells, not for the one that was aimed at. `command` drives any command line, so that the same
harness can kill the daemon itself; `forked` starts Python functions from a warm server.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

POLL_SECONDS = 0.0003
MARKS = "NIGHTSHIFT_MARKS"


class Running(Protocol):
    """A started program."""

    def pid(self) -> int: ...
    def poll(self) -> int | None:
        """The exit code, or None while it runs."""


Start = Callable[[Mapping[str, str]], Running]


@dataclass(frozen=True, slots=True)
class Window:
    """Part of the work: the first of its marks begins it, and until the last a thread is in it.

    spread_s: how long after its beginning a kill may come. passes: up to so many beginnings
    may go by in a run before the one that is aimed at.
    """

    name: str
    marks: tuple[str, ...]
    spread_s: float
    passes: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class KillReport:
    """Kills per window of death, and starts in all.

    finished: all the work was done before it had been killed often enough. fault: the exit code
    with which the program gave up by itself, 0 where it never did.
    """

    kills: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    finished: bool = False
    fault: int = 0

    def __str__(self) -> str:
        windows = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return f"{self.kills.total()} kills in {self.starts} starts: {windows}"


def kill_repeatedly(
    start: Start,
    kills: int,
    windows: Sequence[Window],
    finished: Callable[[], bool],
    marks: Path,
    seed: int = 0,
) -> KillReport:
    """Kills until `kills` have hit and each window has had an even share.

    start: begins the program with these variables on top of its environment. finished: looked at
    after each start. The series ends early where that is true or the program gives up.
    """
    report, chance = KillReport(), random.Random(seed)
    names = {mark: window.name for window in windows for mark in window.marks}
    share = kills // len(windows)
    while report.kills.total() < kills or any(report.kills[w.name] < share for w in windows):
        target = min(windows, key=lambda window: report.kills[window.name])
        marks.unlink(missing_ok=True)
        report.starts += 1
        hit, code = _one_kill(start, target, marks, chance)
        if code == -signal.SIGKILL:
            report.kills[names.get(hit, "elsewhere")] += 1
        else:
            report.fault = code
        report.finished = finished()
        if report.finished or report.fault:
            break
        assert report.starts < 20 * kills, f"the windows cannot be hit: {report}"
    return report


def run_to_the_end(start: Start, marks: Path, within_s: float) -> int | None:
    """The exit code of an undisturbed run, or None if it had to be ended."""
    marks.unlink(missing_ok=True)
    deadline = time.monotonic() + within_s
    with _started(start, {MARKS: str(marks)}) as running:
        while running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        return running.poll()


def command(arguments: Sequence[str], environment: Mapping[str, str]) -> Start:
    """Starts a command line, for instance `nightshift night`, as a child of its own."""

    def start(extra: Mapping[str, str]) -> Running:
        variables = {**os.environ, **environment, "NIGHTSHIFT_TEST": "1", **extra}
        return _Command(subprocess.Popen(arguments, env=variables, stdout=subprocess.DEVNULL))

    return start


def forked(target: Callable[..., None], *arguments: object) -> Start:
    """Starts a function in a process forked from a server that has imported its module."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([target.__module__])

    def start(extra: Mapping[str, str]) -> Running:
        variables = {"NIGHTSHIFT_TEST": "1", **extra}
        process = context.Process(target=_with_variables, args=(variables, target, arguments))
        process.start()
        return _Forked(process)

    return start


def last_marks(marks: Path) -> dict[str, str]:
    """The last point that each thread passed."""
    lines = marks.read_text().splitlines() if marks.exists() else []
    return dict(line.split(" ", 1) for line in lines if " " in line)


class _Command:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def pid(self) -> int:
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.poll()


class _Forked:
    def __init__(self, process: multiprocessing.process.BaseProcess) -> None:
        self._process = process

    def pid(self) -> int:
        return self._process.pid or 0

    def poll(self) -> int | None:
        return self._process.exitcode


def _with_variables(
    variables: Mapping[str, str], target: Callable[..., None], arguments: Sequence[object]
) -> None:
    os.environ.update(variables)
    target(*arguments)


def _one_kill(start: Start, target: Window, marks: Path, chance: random.Random) -> tuple[str, int]:
    """The last mark of the thread that was aimed at, and the exit code of the program."""
    skip = chance.randint(0, target.passes)
    delay = chance.uniform(0.0, target.spread_s)
    with _started(start, {MARKS: str(marks), **target.environment}) as running:
        thread = _entered(running, target, marks, skip)
        if thread:
            time.sleep(delay)
        code = _kill(running)
    return last_marks(marks).get(thread, ""), code


@contextmanager
def _started(start: Start, environment: Mapping[str, str]) -> Iterator[Running]:
    """A program that does not outlive the block, whatever ends it."""
    running = start(environment)
    try:
        yield running
    finally:
        _kill(running)


def _entered(running: Running, target: Window, marks: Path, skip: int) -> str:
    """The thread that entered the window for the (skip + 1)-th time, '' if none ever did."""
    seen, pending = 0, skip
    while running.poll() is None:
        lines = marks.read_text().splitlines() if marks.exists() else []
        for line in lines[seen:]:
            thread, _, name = line.partition(" ")
            if name == target.marks[0]:
                pending -= 1
                if pending < 0:
                    return thread
        seen = len(lines)
        time.sleep(POLL_SECONDS)
    return ""


def _kill(running: Running) -> int:
    """The exit code: of the kill, or of the program where that was first."""
    if running.poll() is None:
        with suppress(ProcessLookupError):
            os.kill(running.pid(), signal.SIGKILL)
    while (code := running.poll()) is None:
        time.sleep(POLL_SECONDS)
    return code
