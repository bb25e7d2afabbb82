"""The zygote: a clean interpreter with everything a genome needs loaded, that forks children.

It is exec'd by a `Slot` with an empty environment and one socket, and serves one request at a
time: 1 receive a job and its descriptors, map the markets of this job and no others · 2 fork the
child that does it · 3 tell the daemon its pid and pidfd · 4 wait for it, and end whatever it left
behind · 5 tell how it ended. Before the first it proves how well its children are held. It keeps no
deadline: the daemon kills. What is done before the fork is done in pages that are there; a child
pays for each page that it writes to.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import signal
import socket
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

import numpy as np

from daemon.domain.genome import program
from daemon.domain.market import packed
from daemon.domain.market.bars import Market
from daemon.sandbox import child, confine, memory, pages, proving, rehearsal, wire
from daemon.sandbox.heap import Heap

_NULL: Final = 2
_POLL_S: Final = 0.01
_MOST_STRAYS: Final = 1000


def main(descriptor: int) -> None:
    """Warms up, locks itself in, proves it, says so, and serves until the daemon is gone."""
    confine.keep_only(descriptor)
    daemon = socket.socket(fileno=confine.CHANNEL)
    warm_up()
    heap = Heap()
    pages.gather()
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, _NULL)
    os.close(null)
    confine.confine_zygote()
    proofs = proving.encoded(proving.prove(rehearsal.run_plain))
    wire.send_warm(daemon, os.getpid(), proofs)
    mapped, stage = Mapped(), program.stage()
    while (request := wire.receive_request(daemon)) is not None:
        body, descriptors = request
        job = wire.Job.decode(body)
        own = 2 if job.ring else 1
        setting = child.Setting(mapped.markets(descriptors[own:]), stage, confine.absent())
        _serve(daemon, heap, job, descriptors, setting)


def warm_up() -> None:
    """Has done whatever can be done before a fork; numpy says nothing of divisions from then on."""
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")
    rehearsal.rehearse()
    gc.collect()
    gc.freeze()
    gc.disable()


class Mapped:
    """The markets of the last job, kept mapped while the next ones are on the same."""

    __slots__ = ("_files", "_markets")

    def __init__(self) -> None:
        self._files: list[tuple[int, int]] = []
        self._markets: list[Market] = []

    def markets(self, descriptors: Sequence[int]) -> Sequence[Market]:
        """Those in these descriptors; all others are unmapped, so that no child inherits them."""
        found = [(status.st_dev, status.st_ino) for status in map(os.fstat, descriptors)]
        if found != self._files:
            self._files, self._markets = found, []
            self._markets = [packed.unpack(memory.readable(one)) for one in descriptors]
        return self._markets


def _serve(
    daemon: socket.socket,
    heap: Heap,
    job: wire.Job,
    descriptors: list[int],
    setting: child.Setting,
) -> None:
    pid = heap.fork()
    if pid == 0:
        child.serve(job, descriptors, setting)
    for descriptor in descriptors:
        os.close(descriptor)
    watch = os.pidfd_open(pid) if sys.platform == "linux" else -1
    wire.send_notice(daemon, wire.Notice(wire.FORK, pid), [watch] if watch >= 0 else [])
    status, usage = _wait(daemon, pid, watch)
    _end_strays()
    cpu_us = round((usage.ru_utime + usage.ru_stime) * 1e6)
    wire.send_notice(daemon, wire.Notice(wire.EXIT, pid, status, cpu_us, usage.ru_maxrss))


def _wait(daemon: socket.socket, pid: int, watch: int) -> tuple[int, resource.struct_rusage]:
    """The wait status of the child; ends with it if the daemon is gone."""
    poll = select.poll()
    poll.register(daemon, select.POLLIN)
    if watch >= 0:
        poll.register(watch, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll(None if watch >= 0 else _POLL_S * 1000)}
        if daemon.fileno() in ready:
            _give_up(pid)
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            if watch >= 0:
                os.close(watch)
            return status, usage


def _give_up(pid: int) -> NoReturn:
    """Nothing is ever sent while a child runs: the daemon has closed its end."""
    os.kill(pid, signal.SIGKILL)
    _end_strays()
    os._exit(0)


def _end_strays() -> None:
    """Kills what a child forked: orphans become children of the zygote, their subreaper."""
    for _ in range(_MOST_STRAYS):
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            _kill_children()
            time.sleep(_POLL_S / 10)
    os._exit(child.FAILED)


def _kill_children() -> None:
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    if listed.exists():
        for pid in listed.read_text().split():
            os.kill(int(pid), signal.SIGKILL)
