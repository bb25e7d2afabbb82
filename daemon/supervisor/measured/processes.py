"""Campaigns in processes of their own, as many at once as there are cores.

A campaign keeps one core busy with Python alone; two in one process would wait for each other. A
process reads jobs as lines of JSON and answers each with one; what it is told and tells is our own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from daemon.errors import PluginError

MODULE: Final = "daemon.supervisor.measured"
_LONGEST_LINE: Final = 1 << 26
Job = Mapping[str, Any]
Done = Callable[[int, Mapping[str, Any]], None]


async def run_all(jobs: Sequence[Job], at_once: int, done: Done) -> list[dict[str, Any]]:
    """The answers in the order of the jobs, whoever ends first; `done` hears of each.

    PluginError where a process ends without an answer; the others are then ended too.
    """
    answers: list[dict[str, Any]] = [{} for _ in jobs]
    waiting = iter(enumerate(jobs))
    workers = [_work(waiting, answers, done) for _ in range(min(max(at_once, 1), len(jobs)))]
    tasks = [asyncio.ensure_future(worker) for worker in workers]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return answers


async def _work(
    waiting: Iterator[tuple[int, Job]], answers: list[dict[str, Any]], done: Done
) -> None:
    """One process, for as long as jobs wait."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", MODULE), stdin=pipe, stdout=pipe, stderr=pipe, limit=_LONGEST_LINE
    )
    try:
        for place, job in waiting:
            answers[place] = await _answer(process, job)
            done(place, answers[place])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _answer(process: asyncio.subprocess.Process, job: Job) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(json.dumps(job).encode() + b"\n")
    await process.stdin.drain()
    line = await process.stdout.readline()
    if not line:
        complained = (await process.stderr.read()).decode(errors="replace").strip()
        last = complained.splitlines()[-1:] or ["no word"]
        raise PluginError(f"a campaign ended without an answer: {last[0]}")
    answer: dict[str, Any] = json.loads(line)
    return answer
