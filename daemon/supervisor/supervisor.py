"""The daemon: every shift at its trigger, one at a time each, until it is told to stop.

APScheduler keeps the times (memory only; progress lives in the store); missed slots are coalesced
to one. A shift that fails is counted and tried again at its next slot; after three faults in a
row it is set aside and named in the journal, and the others go on.
"""

from __future__ import annotations

import asyncio
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
from daemon.plugin.roles import Daily, Every, Shift, ShiftReport, Turn
from daemon.supervisor.bootstrap import Runtime, report_faults, runtime
from daemon.supervisor.market_setup import ensure_market
from daemon.supervisor.nights import Nights
from daemon.supervisor.pulse import HEARTBEAT, Pulse, write_pulse

FAULTS_ALLOWED = 3
HEARTBEAT_S = 10.0
STOP_S = 8.0
ORDER = ("recruiter", "harvester", "executor", "publisher")


async def serve(loaded: Loaded, once: bool) -> bool:
    """Runs until SIGTERM or SIGINT, or through every shift once. The caller holds the lock.

    True unless a shift of the one round failed; the daemon itself outlives its shifts' faults.
    """
    stop = _stop_event()
    async with runtime(loaded) as started:
        report_faults(started)
        await ensure_market(started)
        nights = Nights(started)
        shifts = [Watched(shift, started, nights) for shift in _ordered(started)]
        if once:
            return all([await shift.run() for shift in shifts])
        await _until_stopped(started, shifts, stop)
        return True


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
        night = await self._nights.current()
        if self.shift.name == "publisher":
            store.commit(Effects(jobs=(NewJob("publish", night.id),)))
        return Turn(clock.now(), night, night.evaluations - store.trial_count(night.id))


def _ordered(started: Runtime) -> list[Shift]:
    shifts = started.registry.shifts
    known = [name for name in ORDER if name in shifts]
    return [shifts[name] for name in [*known, *(n for n in shifts if n not in known)]]


async def _until_stopped(started: Runtime, shifts: list[Watched], stop: asyncio.Event) -> None:
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
    await stop.wait()
    scheduler.shutdown(wait=False)
    await _stopped(running)
    _beat(started, {}, stopped=True)
    logger.info("the daemon stopped")


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


async def _stopped(running: set[asyncio.Task[bool]]) -> None:
    """Lets turns end for a while, then cancels them; their jobs are claimed again at the start."""
    if not running:
        return
    _, late = await asyncio.wait(list(running), timeout=STOP_S)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)


def _next_runs(scheduler: AsyncIOScheduler) -> dict[str, str]:
    jobs = scheduler.get_jobs()
    return {job.name: job.next_run_time.isoformat() for job in jobs if job.next_run_time}
