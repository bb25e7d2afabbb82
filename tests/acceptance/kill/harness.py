"""Kills a program again and again in chosen windows of its work, and counts where it hit.

The program announces the points it passes (`daemon.store.faults`, NIGHTSHIFT_MARKS). The harness
starts it from a warm server, waits until it enters the window that is next in turn, lets a random
moment pass and sends SIGKILL. A kill counts for the window in which the program was when it died,
as its last mark tells, not for the one that was aimed at. In a window of workers one of its child
processes is killed first; it has to live with that, until it is killed itself a moment later.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

POLL_SECONDS = 0.0003
ENTRY_SECONDS = 60.0
LIFE_AFTER_SECONDS = 0.3
VICTIM_SECONDS = 5.0
WARM = "tests.acceptance.kill.warm"
MARKS = "NIGHTSHIFT_MARKS"

Start = Callable[[Mapping[str, str]], BaseProcess]
Victims = Callable[[psutil.Process], list[psutil.Process]]


@dataclass(frozen=True, slots=True)
class Window:
    """Part of the work: the first of its marks begins it, and until the last the program is in it.

    spread_s: how long after its beginning a kill may come. passes: up to so many beginnings may go
    by in a start before the one that is aimed at. victims: the workers to choose from.
    """

    name: str
    marks: tuple[str, ...]
    spread_s: float
    passes: int = 0
    environment: Mapping[str, str] = field(default_factory=dict)
    victims: Victims | None = None


@dataclass(slots=True)
class KillReport:
    """Kills per window of death, starts in all, and the workers that were seen.

    ended: the exit code with which the program ended by itself, None where it never did.
    """

    kills: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    ended: int | None = None
    workers: list[psutil.Process] = field(default_factory=list)

    def __str__(self) -> str:
        windows = ", ".join(f"{name} {count}" for name, count in self.kills.items())
        return f"{self.kills.total()} kills in {self.starts} starts: {windows}"


def kill_repeatedly(
    start: Start, windows: Sequence[Window], share: int, marks: Path, seed: int = 0
) -> KillReport:
    """Kills until each window has had its share; ends early if the program ends by itself.

    start: begins the program with these variables on top of its environment.
    """
    report, chance = KillReport(Counter({w.name: 0 for w in windows})), random.Random(seed)
    names = {mark: w.name for w in reversed(windows) if not w.victims for mark in w.marks}
    while any(report.kills[window.name] < share for window in windows):
        target = min(windows, key=lambda window: report.kills[window.name])
        assert report.starts < 20 * share * len(windows), f"the windows cannot be hit: {report}"
        report.starts += 1
        code = _one_kill(start, target, marks, chance, report)
        if code != -signal.SIGKILL:
            report.ended = code
            break
        hit = last_mark(marks)
        aimed = hit in target.marks and not target.victims
        report.kills[target.name if aimed else names.get(hit, "elsewhere")] += 1
    return report


def run_to_the_end(start: Start, marks: Path, within_s: float) -> int | None:
    """The exit code of an undisturbed run, or None if it had to be ended."""
    marks.unlink(missing_ok=True)
    deadline = time.monotonic() + within_s
    with _started(start, {MARKS: str(marks)}) as running:
        while running.exitcode is None and time.monotonic() < deadline:
            time.sleep(0.01)
        return running.exitcode


def forked(target: Callable[..., None], *arguments: object) -> Start:
    """Starts a function in a process forked from a server that has imported its module."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([target.__module__, WARM])

    def start(extra: Mapping[str, str]) -> BaseProcess:
        variables = {"NIGHTSHIFT_TEST": "1", **extra}
        process = context.Process(target=_with_variables, args=(variables, target, arguments))
        process.start()
        return process

    return start


def with_variables(start: Start, variables: Mapping[str, str]) -> Start:
    """The same program with more in its environment."""
    return lambda extra: start({**variables, **extra})


def last_mark(marks: Path) -> str:
    """The last point that was passed, "" where none was."""
    lines = _passed(marks)
    return lines[-1] if lines else ""


def outlived(workers: Sequence[psutil.Process], within_s: float = 5.0) -> list[psutil.Process]:
    """Those that still live after so many seconds."""
    deadline = time.monotonic() + within_s
    while (alive := [worker for worker in workers if is_alive(worker)]) and (
        time.monotonic() < deadline
    ):
        time.sleep(0.05)
    return alive


def is_alive(process: psutil.Process) -> bool:
    """False for what has ended, waited for or not."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _with_variables(
    variables: Mapping[str, str], target: Callable[..., None], arguments: Sequence[object]
) -> None:
    os.environ.update(variables)
    target(*arguments)


def _one_kill(
    start: Start, target: Window, marks: Path, chance: random.Random, report: KillReport
) -> int:
    """The exit code of the program; a worker that was killed is counted."""
    skip, delay = chance.randint(0, target.passes), chance.uniform(0.0, target.spread_s)
    marks.unlink(missing_ok=True)
    with _started(start, {MARKS: str(marks), **target.environment}) as running:
        if _entered(running, target, marks, skip):
            time.sleep(delay)
            if target.victims:
                report.kills[target.name] += _kill_worker(running, target.victims, chance, report)
                time.sleep(chance.uniform(0.0, LIFE_AFTER_SECONDS))
        return _kill(running)


def _kill_worker(
    running: BaseProcess, victims: Victims, chance: random.Random, report: KillReport
) -> bool:
    """True if one of the victims lived and was killed."""
    deadline = time.monotonic() + VICTIM_SECONDS
    while time.monotonic() < deadline:
        with suppress(psutil.NoSuchProcess):
            found = [v for v in victims(psutil.Process(running.pid)) if is_alive(v)]
            if found:
                report.workers += found
                chance.choice(found).kill()
                return True
        time.sleep(POLL_SECONDS)
    return False


@contextmanager
def _started(start: Start, environment: Mapping[str, str]) -> Iterator[BaseProcess]:
    """A program that does not outlive the block, whatever ends it."""
    running = start(environment)
    try:
        yield running
    finally:
        _kill(running)


def _entered(running: BaseProcess, target: Window, marks: Path, skip: int) -> bool:
    """True once the window was entered for the (skip + 1)-th time; false if the program ended."""
    deadline = time.monotonic() + ENTRY_SECONDS
    while running.exitcode is None:
        if _passed(marks).count(target.marks[0]) > skip:
            return True
        assert time.monotonic() < deadline, f"never entered {target.name}"
        time.sleep(POLL_SECONDS)
    return False


def _passed(marks: Path) -> list[str]:
    lines = marks.read_text().splitlines() if marks.exists() else []
    return [line.split(" ", 1)[1] for line in lines if " " in line]


def _kill(running: BaseProcess) -> int:
    """The exit code: of the kill, or of the program where that was first."""
    if running.exitcode is None:
        with suppress(ProcessLookupError):
            os.kill(running.pid or 0, signal.SIGKILL)
    while (code := running.exitcode) is None:
        time.sleep(POLL_SECONDS)
    return code
