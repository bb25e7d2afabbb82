"""The daemon: every shift at its trigger, one at a time each, until it is told to stop.

APScheduler keeps the times (memory only; progress lives in the store); missed slots are coalesced
to one. A shift that fails is counted and tried again at its next slot; after three faults in a
row it is set aside and named in the journal, and the others go on.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from loguru import logger

from daemon.config import Loaded
from daemon.domain.evolution.records import Effects, Event, NewJob
from daemon.errors import EngineLeakError, SecurityError
from daemon.plugin.roles import Daily, Every, Shift, ShiftReport, Turn
from daemon.plugin.security import stop_after_attacks
from daemon.supervisor.bootstrap import Runtime, report_faults, runtime
from daemon.supervisor.market_setup import ensure_market
from daemon.supervisor.nights import Nights
from daemon.supervisor.pulse import HEARTBEAT, Pulse, write_pulse

FAULTS_ALLOWED = 3
HEARTBEAT_S = 10.0
STOP_S = 7.0
LAST_S = 1.5
ORDER = ("ingestion", "recruiter", "harvester", "executor", "prover", "tribunal", "publisher")


async def serve(loaded: Loaded, once: bool) -> bool:
    """Runs until SIGTERM or SIGINT, or through every shift once. The caller holds the lock.

    True unless a shift of the one round failed; the daemon itself outlives its shifts' faults.
    SecurityError where genomes attacked the sandbox, before or now; EngineLeakError where a
    tribunal found out that the engine leaks.
    """
    stop = _stop_event()
    while True:
        async with runtime(loaded) as started:
            report_faults(started)
            stop_after_attacks(started.store, started.bench.clock.now())
            await ensure_market(started)
            nights = Nights(started)
            shifts = [Watched(shift, started, nights) for shift in _ordered(started)]
            if once:
                good, stuck = await _one_round(shifts, stop)
            else:
                good, stuck = True, await _until_stopped(started, shifts, _either(stop, nights))
            if stuck:
                _leave(stuck, 0 if good and not nights.ended.is_set() else 1)
            stop_after_attacks(started.store, started.bench.clock.now())
            if nights.ended_by is not None:
                raise nights.ended_by
        if stop.is_set() or not nights.outdated.is_set():
            return good
        logger.info("the lake holds real data now: the daemon begins anew on it")


async def _either(stop: asyncio.Event, nights: Nights) -> None:
    """Until the owner stops the daemon, its nights are on the wrong market, or have to end."""
    ends = (stop, nights.outdated, nights.ended)
    waits = [asyncio.ensure_future(event.wait()) for event in ends]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def _one_round(shifts: list[Watched], stop: asyncio.Event) -> tuple[bool, int]:
    """Whether every shift did well, one after the other, and how many turns a stop left stuck."""

    async def each() -> bool:
        return all([await shift.run() for shift in shifts])

    work, stopped = asyncio.ensure_future(each()), asyncio.ensure_future(stop.wait())
    await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if work.done():
        return work.result(), 0
    return False, await _stopped({work})


def _leave(stuck: int, code: int) -> None:
    """Ends the process although a thread still waits for somebody, a vendor that is silent.

    Python would wait for it. Nothing is lost: every step may be cut off anywhere.
    """
    logger.warning("left behind at the end: {} turns whose vendor did not answer", stuck)
    logger.complete()
    os._exit(code)


def _stop_event() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; a second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stopped(number: signal.Signals) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped, number)
    return stop


class Watched:
    """One shift under supervision: single flight, deadline, faults counted."""

    def __init__(self, shift: Shift, started: Runtime, nights: Nights) -> None:
        self.shift = shift
        self._started = started
        self._nights = nights
        self._faults = 0
        self._log = logger.bind(step=shift.name)

    async def run(self) -> bool:
        """One turn, and whether it went well; never raises but for cancellation."""
        if self._faults >= FAULTS_ALLOWED:
            return False
        store, name = self._started.store, self.shift.name
        try:
            report = await self._within_deadline()
            store.commit(Effects(events=(Event("shift", name, {"summary": report.summary}),)))
        except (SecurityError, EngineLeakError) as error:
            self._nights.end(error)
            return False
        except Exception as error:  # the border of a task
            self._failed(error)
            return False
        self._faults = 0
        self._log.info("{}", report.summary)
        return True

    async def _within_deadline(self) -> ShiftReport:
        seconds = self.shift.deadline_s
        async with asyncio.timeout(seconds) as limit:
            try:
                return await self.shift.run(await self._turn())
            except asyncio.CancelledError:
                if limit.expired():
                    raise TimeoutError(f"it passed its deadline of {seconds:g} s") from None
                raise

    def _failed(self, error: Exception) -> None:
        """Counts a fault, in the log and (where the store is not what failed) in the journal."""
        self._faults += 1
        self._log.opt(exception=error).error("failed ({} of {})", self._faults, FAULTS_ALLOWED)
        detail = {"error": repr(error)[:500], "faults": self._faults}
        event = Event("shift_failed", self.shift.name, detail)
        try:
            self._started.store.commit(Effects(events=(event,)))
        except Exception as broken:  # the border of a task
            self._log.error("the journal could not be written: {!r}", broken)

    async def _turn(self) -> Turn:
        store, clock = self._started.store, self._started.bench.clock
        if not getattr(self.shift, "nightly", True):
            return Turn(clock.now(), self._nights.latest(), 0)
        night = await self._nights.current()
        if self.shift.name == "publisher":
            store.commit(Effects(jobs=(NewJob("publish", night.id),)))
        return Turn(clock.now(), night, night.evaluations - store.trial_count(night.id))


def _ordered(started: Runtime) -> list[Shift]:
    shifts = started.shifts
    known = [name for name in ORDER if name in shifts]
    return [shifts[name] for name in [*known, *(n for n in shifts if n not in known)]]


async def _until_stopped(started: Runtime, shifts: list[Watched], stop: Awaitable[None]) -> int:
    """How many turns were still stuck in a thread at the end."""
    zone = ZoneInfo(started.loaded.settings.daemon.timezone)
    scheduler = AsyncIOScheduler(timezone=zone)
    running: set[asyncio.Task[bool]] = set()
    now = started.bench.clock.now()
    for index, watched in enumerate(shifts):
        scheduler.add_job(
            _tracked(watched.run, running),
            _trigger(watched.shift, zone),
            name=watched.shift.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            **({"next_run_time": now + timedelta(seconds=index)} if _periodic(watched) else {}),
        )
    scheduler.add_job(
        lambda: _beat(started, _next_runs(scheduler)),
        IntervalTrigger(seconds=HEARTBEAT_S, timezone=zone),
        name=HEARTBEAT,
        next_run_time=now,
    )
    scheduler.start()
    logger.info("the daemon runs; shifts: {}", ", ".join(w.shift.name for w in shifts))
    await stop
    scheduler.shutdown(wait=False)
    stuck = await _stopped(running)
    _beat(started, {}, stopped=True)
    logger.info("the daemon stopped")
    return stuck


def _beat(started: Runtime, next_runs: dict[str, str], stopped: bool = False) -> None:
    write_pulse(started.loaded.state, Pulse(started.bench.clock.now(), next_runs, stopped))


def _trigger(shift: Shift, zone: ZoneInfo) -> BaseTrigger:
    match shift.trigger:
        case Every(seconds=seconds):
            return IntervalTrigger(seconds=seconds, timezone=zone)
        case Daily(at=at):
            return CronTrigger(hour=at.hour, minute=at.minute, timezone=zone)


def _periodic(watched: Watched) -> bool:
    return isinstance(watched.shift.trigger, Every)


def _tracked(
    run: Callable[[], Awaitable[bool]], running: set[asyncio.Task[bool]]
) -> Callable[[], Awaitable[None]]:
    """The turn as a task that the stop can wait for."""

    async def turn() -> None:
        task = asyncio.ensure_future(run())
        running.add(task)
        task.add_done_callback(running.discard)
        await asyncio.shield(task)

    return turn


async def _stopped(running: set[asyncio.Task[bool]]) -> int:
    """Lets turns end for a while, then cancels them; their jobs are claimed again at the start.

    Answers how many did not even end then.
    """
    if not running:
        return 0
    _, late = await asyncio.wait(list(running), timeout=STOP_S)
    for task in late:
        task.cancel()
    stuck = (await asyncio.wait(late, timeout=LAST_S))[1] if late else set()
    return len(stuck)


def _next_runs(scheduler: AsyncIOScheduler) -> dict[str, str]:
    jobs = scheduler.get_jobs()
    return {job.name: job.next_run_time.isoformat() for job in jobs if job.next_run_time}
