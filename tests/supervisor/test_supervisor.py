"""The daemon around its shifts: faults, deadlines, the publisher's job, the timetable."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from daemon.config import load_config
from daemon.plugin.manager import load_plugins
from daemon.plugin.roles import Daily, Every, ShiftReport, Turn
from daemon.store.store import SqlStore
from daemon.supervisor import nights, supervisor
from daemon.supervisor.bootstrap import Runtime
from daemon.supervisor.clock import SystemClock
from daemon.supervisor.health import read_status
from daemon.supervisor.nights import Nights
from daemon.supervisor.pulse import read_pulse
from daemon.supervisor.supervisor import Watched

Answer = Callable[[Turn], Awaitable[ShiftReport]]


async def good(turn: Turn) -> ShiftReport:
    return ShiftReport(False, f"{turn.trials_left} left", {})


async def bad(turn: Turn) -> ShiftReport:
    raise ValueError("the vendor changed his mind")


async def hanging(turn: Turn) -> ShiftReport:
    await asyncio.sleep(60)
    raise AssertionError("it was not cut")


async def judged(started: Runtime) -> None:
    """Every bar of the fake market is good."""


@dataclass
class FakeShift:
    name: str
    answer: Answer = good
    deadline_s: float = 10.0
    trigger: Every | Daily = Every(3600.0)  # noqa: RUF009 - frozen
    turns: list[Turn] = field(default_factory=list)

    async def run(self, turn: Turn) -> ShiftReport:
        self.turns.append(turn)
        return await self.answer(turn)


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """A runtime without sandbox and plugins; its market is a name."""
    monkeypatch.setattr(nights, "judge_market", judged)
    monkeypatch.setattr(nights, "rehearsing", lambda loaded, lake: True)
    loaded = load_config(None, tmp_path)
    store = SqlStore.open(tmp_path / "rehearsal.db")
    markets = SimpleNamespace(fingerprint=lambda: "market", renew=lambda as_of: None)
    bench = SimpleNamespace(
        loaded=loaded, clock=SystemClock(), markets=markets, lake=None, rehearsal=True
    )
    rest = {"shifts": {}, "plugins": load_plugins([])}
    yield cast(Runtime, SimpleNamespace(bench=bench, store=store, loaded=loaded, **rest))
    store.close()


def journal(started: Runtime, name: str) -> list[tuple[str, Any]]:
    lines = started.store.journal(name)
    return [(event.kind, event.detail) for _, event in reversed(lines)]


def turns(watched: Watched, count: int) -> None:
    async def several() -> None:
        for _ in range(count):
            await watched.run()

    asyncio.run(several())


def test_what_a_turn_did_is_in_the_journal(started: Runtime) -> None:
    turns(Watched(FakeShift("recruiter"), started, Nights(started)), 1)

    assert journal(started, "recruiter") == [("shift", {"summary": "500 left"})]


def test_a_failing_shift_is_counted_and_set_aside_after_three_faults(started: Runtime) -> None:
    shift = FakeShift("executor", bad)

    turns(Watched(shift, started, Nights(started)), 5)

    assert len(shift.turns) == 3
    lines = journal(started, "executor")
    assert [(kind, detail["faults"]) for kind, detail in lines] == [
        ("shift_failed", 1),
        ("shift_failed", 2),
        ("shift_failed", 3),
    ]
    assert "the vendor changed his mind" in lines[0][1]["error"]


def test_a_good_turn_forgives_what_was_before(started: Runtime) -> None:
    shift = FakeShift("executor", bad)
    watched = Watched(shift, started, Nights(started))

    turns(watched, 2)
    shift.answer = good
    turns(watched, 1)
    shift.answer = bad
    turns(watched, 2)

    assert len(shift.turns) == 5
    assert [detail.get("faults") for _, detail in journal(started, "executor")] == [
        1,
        2,
        None,
        1,
        2,
    ]


def test_a_failing_shift_shows_as_unhealthy_and_the_others_go_on(started: Runtime) -> None:
    failing, working = FakeShift("executor", bad), FakeShift("harvester")

    turns(Watched(failing, started, Nights(started)), 3)
    turns(Watched(working, started, Nights(started)), 3)
    status = read_status(started.loaded)

    assert len(working.turns) == 3
    assert not status["healthy"]
    assert status["reason"].startswith("failing: executor; see the log in ")
    assert {s["name"]: s["faults"] for s in status["shifts"]}["executor"] == 3


def test_the_deadline_cuts_a_hanging_shift_and_says_so(started: Runtime) -> None:
    turns(Watched(FakeShift("harvester", hanging, deadline_s=0.05), started, Nights(started)), 1)

    ((kind, detail),) = journal(started, "harvester")
    assert kind == "shift_failed"
    assert "passed its deadline of 0.05 s" in detail["error"]


def test_a_stop_is_no_fault_of_the_shift(started: Runtime) -> None:
    async def stopped() -> None:
        task = asyncio.create_task(
            Watched(FakeShift("harvester", hanging), started, Nights(started)).run()
        )
        await asyncio.sleep(0.05)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(stopped())

    assert journal(started, "harvester") == []


def test_a_store_that_cannot_be_written_does_not_end_the_daemon(
    started: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(started.store, "commit", full)
    shift = FakeShift("executor")

    turns(Watched(shift, started, Nights(started)), 4)

    assert len(shift.turns) == 3


def test_the_publisher_finds_its_job_waiting(started: Runtime) -> None:
    waiting: list[int] = []

    async def looks(turn: Turn) -> ShiftReport:
        waiting.append(started.store.waiting("publish"))
        return ShiftReport(False, "", {})

    turns(Watched(FakeShift("harvester", looks), started, Nights(started)), 1)
    turns(Watched(FakeShift("publisher", looks), started, Nights(started)), 2)

    assert waiting == [0, 1, 1]


def test_all_shifts_work_for_the_same_night(started: Runtime) -> None:
    first, second = FakeShift("recruiter"), FakeShift("executor")

    turns(Watched(first, started, Nights(started)), 2)
    turns(Watched(second, started, Nights(started)), 1)

    seen = {turn.night for turn in (*first.turns, *second.turns)}
    assert seen == {asyncio.run(Nights(started).current())}
    assert len(started.store.nights()) == 1


def test_the_shipped_shifts_come_in_order_and_strangers_after_them(started: Runtime) -> None:
    names = ("stranger", "publisher", "executor", "recruiter", "harvester")
    own = ("prover", "tribunal")
    started.shifts.update({name: FakeShift(name) for name in (*names, *own)})

    ordered = [shift.name for shift in supervisor._ordered(started)]

    known = ["recruiter", "harvester", "executor", "prover", "tribunal", "publisher"]
    assert ordered == [*known, "stranger"]


class Timetable(AsyncIOScheduler):
    """A scheduler that remembers what it was given."""

    given: list[Any]

    def start(self, paused: bool = False) -> None:
        super().start(paused)
        Timetable.given = self.get_jobs()


def served(started: Runtime, shifts: list[FakeShift], seconds: float) -> None:
    """Runs the daemon's loop and sends it SIGTERM after a while."""

    async def loop() -> None:
        watched = [Watched(shift, started, Nights(started)) for shift in shifts]
        stop = supervisor._stop_event()
        asyncio.get_running_loop().call_later(seconds, os.kill, os.getpid(), signal.SIGTERM)
        await supervisor._until_stopped(started, watched, stop.wait())

    asyncio.run(loop())


def test_every_job_is_coalesced_flies_alone_and_runs_however_late(
    started: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "AsyncIOScheduler", Timetable)
    shifts = [FakeShift("recruiter"), FakeShift("publisher", trigger=Daily(time(6, 30)))]

    served(started, shifts, 0.3)

    jobs = {job.name: job for job in Timetable.given}
    assert set(jobs) == {"recruiter", "publisher", "heartbeat"}
    for name in ("recruiter", "publisher"):
        assert jobs[name].coalesce
        assert jobs[name].max_instances == 1
        assert jobs[name].misfire_grace_time is None
    daily = jobs["publisher"].next_run_time.astimezone(ZoneInfo("America/New_York"))
    assert (daily.hour, daily.minute) == (6, 30)


def test_periodic_shifts_begin_at_once_daily_ones_wait_and_the_pulse_says_goodbye(
    started: Runtime,
) -> None:
    periodic = FakeShift("recruiter")
    daily = FakeShift("publisher", trigger=Daily(time(6, 30)))

    served(started, [periodic, daily], 0.4)

    assert len(periodic.turns) == 1
    assert daily.turns == []
    pulse = read_pulse(started.loaded.state)
    assert pulse is not None
    assert pulse.stopped


def test_a_turn_under_way_is_waited_for_and_then_cut(
    started: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STOP_S", 0.2)
    ended: list[str] = []

    async def ends_soon(turn: Turn) -> ShiftReport:
        await asyncio.sleep(0.4)
        ended.append("soon")
        return ShiftReport(False, "done", {})

    async def never_ends(turn: Turn) -> ShiftReport:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("cut")
        raise AssertionError

    served(started, [FakeShift("recruiter", ends_soon)], 0.3)
    served(started, [FakeShift("harvester", never_ends)], 0.3)

    assert ended == ["soon", "cut"]
    assert journal(started, "recruiter") == [("shift", {"summary": "done"})]
    assert journal(started, "harvester") == []
