"""One whole night: breed, check, backtest until the trials are done, then publish.

Each round first finishes what is open, then asks for more, so that a night that was killed and
continued takes the same decisions as one that was not:

1. `harvester` turns answers into genomes or lessons, 2. `executor` turns genomes into trials,
3. `recruiter` asks for the next generation. When the trials are done, `publisher` writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from loguru import logger

from daemon.domain.evolution.records import BriefingFiles, Effects, NewJob, Night
from daemon.errors import MissingError, NightShiftError, PluginError
from daemon.plugin.host import Clock, Store
from daemon.plugin.roles import Shift, ShiftReport, Turn

ROUND = ("harvester", "executor", "recruiter")
BARREN_ROUNDS = 12
"""Rounds without a new trial after which breeding has nothing more to offer."""

FAULTS_ALLOWED = 3
Watcher = Callable[[str, ShiftReport], None]


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """How a night ended. reason: trials, minutes, or exhausted."""

    night: Night
    reason: str
    briefing: BriefingFiles


async def run_night(
    night: Night,
    shifts: dict[str, Shift],
    store: Store,
    clock: Clock,
    minutes: float,
    watch: Watcher = lambda name, report: None,
) -> NightOutcome:
    """Runs rounds until the trials are done, the minutes are over or nothing new comes."""
    _require(shifts)
    reason = await _rounds(night, shifts, store, clock, minutes, watch)
    store.commit(Effects(jobs=(NewJob("publish", night.id),)))
    watch("publisher", await one_turn(shifts["publisher"], _turn(night, store, clock)))
    briefing = store.briefing(night.id)
    if briefing is None:
        raise PluginError("the publisher left no briefing; see the log for what it said")
    return NightOutcome(night, reason, briefing)


async def _rounds(
    night: Night,
    shifts: dict[str, Shift],
    store: Store,
    clock: Clock,
    minutes: float,
    watch: Watcher,
) -> str:
    started, barren = clock.monotonic(), 0
    while True:
        before, idle = store.trial_count(night.id), True
        for name in ROUND:
            turn = _turn(night, store, clock)
            if turn.trials_left <= 0:
                return "trials"
            report = await one_turn(shifts[name], turn)
            logger.bind(step=name).info("{}", report.summary)
            watch(name, report)
            idle = idle and report.idle
            _stop_on_faults(name, report)
        barren = 0 if store.trial_count(night.id) > before else barren + 1
        if idle or barren >= BARREN_ROUNDS:
            return "exhausted"
        if minutes and clock.monotonic() - started >= minutes * 60:
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


def _turn(night: Night, store: Store, clock: Clock) -> Turn:
    return Turn(clock.now(), night, night.evaluations - store.trial_count(night.id))


def _require(shifts: dict[str, Shift]) -> None:
    missing = [name for name in (*ROUND, "publisher") if name not in shifts]
    if missing:
        raise MissingError(
            f"no shift named {', '.join(missing)} is loaded; "
            "add its plugin to [plugins] load in daemon.toml"
        )
