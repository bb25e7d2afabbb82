"""Campaigns in processes of their own: in order, side by side, and whole or not at all."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psutil
import pytest

from daemon.errors import PluginError
from daemon.supervisor.measured import processes


@pytest.fixture(autouse=True)
def echo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "MODULE", "tests.supervisor.measured.echo")


def run(jobs: list[dict[str, Any]], at_once: int) -> tuple[list[dict[str, Any]], list[int]]:
    heard: list[int] = []
    found = processes.run_all(jobs, at_once, lambda place, answer: heard.append(place))
    return asyncio.run(found), heard


def test_answers_come_in_the_order_of_the_jobs_whoever_ends_first() -> None:
    jobs = [{"n": 0, "sleep": 0.6}, {"n": 1}, {"n": 2}]

    answers, heard = run(jobs, 2)

    assert [answer["n"] for answer in answers] == [0, 1, 2]
    assert heard == [1, 2, 0]
    assert len({answer["pid"] for answer in answers}) == 2


def test_a_job_that_needs_an_answer_begins_as_soon_as_it_is_there_and_is_told_it() -> None:
    jobs = [{"n": 0, "sleep": 0.9}, {"n": 1}, {"n": 2, "after": 0}, {"n": 3, "after": 1}]

    answers, heard = run(jobs, 2)

    assert [answer["n"] for answer in answers] == [0, 1, 2, 3]
    assert heard == [1, 3, 0, 2]
    assert answers[2]["earlier"] == answers[0]
    assert answers[3]["earlier"] == answers[1]
    assert answers[3]["after"] == 1


def test_processes_without_a_job_that_can_begin_wait_for_the_answer() -> None:
    jobs = [{"n": 0, "sleep": 0.3}, {"n": 1, "after": 0}, {"n": 2, "after": 1}]

    answers, heard = run(jobs, 3)

    assert heard == [0, 1, 2]
    assert answers[2]["earlier"]["earlier"] == answers[0]


@pytest.mark.parametrize("after", [1, 2, -1])
def test_a_job_that_comes_after_none_before_it_is_refused_and_nothing_waits(after: int) -> None:
    words = f"job 1 comes after job {after}; expected one of those before it"

    with pytest.raises(ValueError, match=words):
        run([{"n": 0}, {"n": 1, "after": after}, {"n": 2, "after": 0}], 2)


def test_a_process_works_on_as_long_as_jobs_wait_and_is_gone_afterwards() -> None:
    answers, _ = run([{"n": n} for n in range(5)], 1)

    pids = {answer["pid"] for answer in answers}
    assert len(pids) == 1
    assert not psutil.pid_exists(pids.pop())


def test_no_job_starts_no_process() -> None:
    assert run([], 2) == ([], [])


def test_a_process_that_gives_up_says_why_and_ends_the_others() -> None:
    began = time.monotonic()

    with pytest.raises(PluginError, match="without an answer: the lake is empty"):
        run([{"sleep": 20.0}, {"fail": "the lake is empty"}, {"after": 0}, {"after": 1}], 3)

    assert time.monotonic() - began < 10.0
    assert not [p for p in psutil.Process().children() if "measured.echo" in " ".join(p.cmdline())]
