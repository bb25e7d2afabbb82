"""Campaigns in processes of their own, as many at once as there are cores.

A campaign keeps one core busy with Python alone; two in one process would wait for each other. A
process reads jobs as lines of JSON and answers each with one; what it is told and tells is our own.

A job with `after`, the place of one before it in the list, can begin once that one is answered, and
is told its answer as `earlier`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from daemon.errors import PluginError

MODULE: Final = "daemon.supervisor.measured"
_LONGEST_LINE: Final = 1 << 26
Job = Mapping[str, Any]
Done = Callable[[int, Mapping[str, Any]], None]
_Answer: TypeAlias = asyncio.Future[dict[str, Any]]


async def run_all(jobs: Sequence[Job], at_once: int, done: Done) -> list[dict[str, Any]]:
    """The answers in the order of the jobs, whoever ends first; `done` hears of each.

    Of the jobs that can begin, the first does. PluginError where a process ends without an answer;
    the others are then ended too. ValueError where a job comes after one that is not before it.
    """
    _require_order(jobs)
    waiting = list(range(len(jobs)))
    answers: list[_Answer] = [asyncio.get_running_loop().create_future() for _ in jobs]
    workers = [_work(jobs, waiting, answers, done) for _ in range(min(max(at_once, 1), len(jobs)))]
    tasks = [asyncio.ensure_future(worker) for worker in workers]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [answer.result() for answer in answers]


def _require_order(jobs: Sequence[Job]) -> None:
    """Else two jobs could wait for each other for ever."""
    for place, job in enumerate(jobs):
        if "after" in job and not 0 <= job["after"] < place:
            raise ValueError(
                f"job {place} comes after job {job['after']}; expected one of those before it in "
                "the list, put it behind what it waits for"
            )


async def _work(
    jobs: Sequence[Job], waiting: list[int], answers: Sequence[_Answer], done: Done
) -> None:
    """One process, for as long as jobs wait."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", MODULE), stdin=pipe, stdout=pipe, stderr=pipe, limit=_LONGEST_LINE
    )
    try:
        while waiting:
            place = next((p for p in waiting if _can_begin(jobs[p], answers)), None)
            if place is None:
                await _another(answers)
                continue
            waiting.remove(place)
            answers[place].set_result(await _answer(process, _told(jobs[place], answers)))
            done(place, answers[place].result())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _can_begin(job: Job, answers: Sequence[_Answer]) -> bool:
    return "after" not in job or answers[job["after"]].done()


def _told(job: Job, answers: Sequence[_Answer]) -> Job:
    return {**job, "earlier": answers[job["after"]].result()} if "after" in job else job


async def _another(answers: Sequence[_Answer]) -> None:
    """Returns with the next answer."""
    open_ = [answer for answer in answers if not answer.done()]
    await asyncio.wait(open_, return_when=asyncio.FIRST_COMPLETED)


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
