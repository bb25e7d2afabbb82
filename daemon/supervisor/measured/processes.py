"""Campaigns in processes of their own, as many at once as there are cores.

A campaign keeps one core busy with Python alone; two in one process would wait for each other. A
process reads one job as JSON, answers one JSON line and ends; what it is told and tells is our own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from daemon.errors import NightShiftError, PluginError

MODULE: Final = "daemon.supervisor.measured"
Job = Mapping[str, Any]
Done = Callable[[int, Mapping[str, Any]], None]


async def run_all(jobs: Sequence[Job], at_once: int, done: Done) -> list[dict[str, Any]]:
    """The answers in the order of the jobs, whoever ends first; `done` hears of each.

    PluginError where a process ends without an answer; the others are then ended too.
    """
    room = asyncio.Semaphore(max(1, at_once))
    answers: list[dict[str, Any]] = [{} for _ in jobs]

    async def one(place: int) -> None:
        async with room:
            answers[place] = await _answer(jobs[place])
            done(place, answers[place])

    async with asyncio.TaskGroup() as group:
        for place in range(len(jobs)):
            group.create_task(one(place))
    return answers


async def _answer(job: Job) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        MODULE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, complained = await process.communicate(json.dumps(job).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        last = complained.decode(errors="replace").strip().splitlines()[-1:] or ["no word"]
        raise PluginError(f"a campaign ended without an answer: {last[0]}")
    answer: dict[str, Any] = json.loads(said)
    return answer


def raise_first(group: ExceptionGroup[Exception]) -> NightShiftError:
    """The first error of ours in a group, to be told in one sentence."""
    found = [error for error in group.exceptions if isinstance(error, NightShiftError)]
    return found[0] if found else PluginError(f"a campaign failed: {group.exceptions[0]!r}")
