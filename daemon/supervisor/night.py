"""One whole night: breed, check, backtest until the trials are done, prove the best, publish.

Each round first finishes what is open, then asks for more, so that a night that was killed and
continued takes the same decisions as one that was not:

1. `harvester` turns answers into genomes or lessons, 2. `executor` turns genomes into trials,
3. `recruiter` asks for the next generation. When the trials are done, the finalists are put to the
tests of the ladder, a small tribunal is held, and `publisher` writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from loguru import logger

from daemon.domain.evolution.records import BriefingFiles, Effects, NewJob, Night
from daemon.errors import MissingError, NightShiftError, PluginError
from daemon.plugin.host import Clock, Store
from daemon.plugin.roles import Shift, ShiftReport, Turn

ROUND = ("harvester", "executor", "recruiter")
LAST = ("prover", "tribunal", "publisher")
BARREN_ROUNDS = 12
"""Rounds without a new trial after which breeding has nothing more to offer."""

LOOK_S = 5.0
"""Seconds between two looks at answers that are on their way, while there is nothing else to do."""

LONGEST_WAIT_S = 26 * 3600.0
"""No answer of a swarm takes as long: a batch expires within a day."""

FAULTS_ALLOWED = 3
Watcher = Callable[[str, ShiftReport], None]
Enough = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """How a night ended. reason: trials, minutes, or exhausted."""

    night: Night
    reason: str
    briefing: BriefingFiles


@dataclass(frozen=True, slots=True)
class Crew:
    """Who works at a night. watch: hears of every turn. sleep: waits so many seconds."""

    shifts: Mapping[str, Shift]
    store: Store
    clock: Clock
    watch: Watcher = lambda name, report: None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def turn(self, night: Night) -> Turn:
        """What a shift is given now."""
        left = night.evaluations - self.store.trial_count(night.id)
        return Turn(self.clock.now(), night, left)

    async def work(self, name: str, night: Night) -> ShiftReport:
        """One turn of a shift."""
        report = await one_turn(self.shifts[name], self.turn(night))
        logger.bind(step=name).info("{}", report.summary)
        self.watch(name, report)
        return report


async def run_night(night: Night, crew: Crew, minutes: float) -> NightOutcome:
    """Breeds, puts the finalists to the test, and publishes."""
    _require(crew.shifts, (*ROUND, *LAST))
    reason = await breed(night, crew, minutes)
    await crew.work("prover", night)
    await crew.work("tribunal", night)
    crew.store.commit(Effects(jobs=(NewJob("publish", night.id),)))
    await crew.work("publisher", night)
    briefing = crew.store.briefing(night.id)
    if briefing is None:
        raise PluginError("the publisher left no briefing; see the log for what it said")
    return NightOutcome(night, reason, briefing)


async def _never() -> bool:
    return False


async def breed(night: Night, crew: Crew, minutes: float, enough: Enough = _never) -> str:
    """Rounds until the trials are done, the minutes are over or nothing new comes; which it was.

    enough: asked after each round whether to end there.
    """
    _require(crew.shifts, ROUND)
    started, barren, waited = crew.clock.monotonic(), 0, 0.0
    while True:
        before, idle, waits = crew.store.trial_count(night.id), True, False
        for name in ROUND:
            if crew.turn(night).trials_left <= 0:
                return "trials"
            report = await crew.work(name, night)
            idle, waits = idle and report.idle, waits or report.waits
            _stop_on_faults(name, report)
        barren = 0 if crew.store.trial_count(night.id) > before else barren + 1
        if idle or barren >= BARREN_ROUNDS:
            if waited >= LONGEST_WAIT_S or not waits:
                return "exhausted"
            await crew.sleep(LOOK_S)
            waited += LOOK_S
        else:
            waited = 0.0
        if await enough():
            return "enough"
        if minutes and crew.clock.monotonic() - started >= minutes * 60:
            return "minutes"


async def one_turn(shift: Shift, turn: Turn) -> ShiftReport:
    """A turn within its deadline; what a plugin gets wrong is a PluginError that names it."""
    try:
        async with asyncio.timeout(shift.deadline_s):
            return await shift.run(turn)
    except TimeoutError as error:
        raise PluginError(
            f"the shift {shift.name} passed its deadline of {shift.deadline_s:g} s; "
            "nothing is lost, run the night again"
        ) from error
    except NightShiftError:
        raise
    except Exception as error:  # the border to a plugin
        logger.bind(step=shift.name).opt(exception=error).error("the shift failed")
        raise PluginError(
            f"the shift {shift.name} failed: {error!r}; the log has the whole of it; "
            "nothing is lost, mend or block its plugin and run the night again"
        ) from error


def _stop_on_faults(name: str, report: ShiftReport) -> None:
    """Where everything a shift tried failed for a reason of its own, so will everything else."""
    faults, done = report.counts.get("faults", 0), sum(report.counts.values())
    if faults >= FAULTS_ALLOWED and faults == done:
        raise PluginError(
            f"the {name} failed at each of {faults} jobs ({report.summary}); "
            "the journal and the log say why; nothing is lost, mend it and run the night again"
        )


def _require(shifts: Mapping[str, Shift], names: Sequence[str]) -> None:
    missing = [name for name in names if name not in shifts]
    if missing:
        raise MissingError(
            f"no shift named {', '.join(missing)} is loaded; "
            "add its plugin to [plugins] load in daemon.toml"
        )
