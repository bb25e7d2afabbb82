"""The executor: backtests waiting genomes and writes what was found into the ledger of trials.

1. `run` keeps as many backtests in flight as there are workers, and never more than trials left.
2. Each is folded in the order of its claim: trial, stage and the end of the job are one step; the
   steps of about a second are one transaction.
3. What would enter the archive is run again and proved not to look ahead, beside the backtests
   that follow it.
4. A genome that cannot be run, or that looks ahead on the real market, is a failed trial, which
   does not count; a fault that is not the genome's gives its job back at the end, and five in a
   row end the round.
5. So is one for which the lake has no bars, once another genome of the night could be run. Until
   then it waits; where none can, it is not the genomes' fault and the round ends: NoBarsError.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import Effects, Genome, Origin, Step, Trial
from daemon.errors import (
    SECURITY,
    ConfigError,
    FencedError,
    GenomeRefused,
    MissingError,
    NoBarsError,
    SecurityError,
    UsageError,
    did_you_mean,
)
from daemon.plugin.backlog import Backlog
from daemon.plugin.host import Host
from daemon.plugin.leases import leases_kept
from daemon.plugin.roles import Every, Executor, ShiftReport, Turn
from daemon.plugin.security import answer_attacks, attack_in, quarantine
from daemon.plugin.threads import in_thread
from plugins.executor.round import FLIGHT, Backtest, Round, is_counted
from plugins.executor.settings import ExecutorSettings
from plugins.executor.verdict import judged, moves, unrunnable

NAME = "executor"


class ExecutorShift:
    """Runs trials; promotes to screened from the threshold on."""

    name = NAME
    deadline_s = 7200.0

    def __init__(self, host: Host) -> None:
        self._host = host
        self._store = host.store
        self._settings = host.settings(ExecutorSettings)
        self.trigger = Every(self._settings.interval_s)

    async def run(self, turn: Turn) -> ShiftReport:
        """Backtests until no genome waits or the night's trials are spent."""
        executor = self._executor()
        workers = self._settings.workers or max(1, executor.slots)
        monotonic = self._host.clock.monotonic
        threshold = self._settings.threshold
        round_ = Round(turn, workers, threshold, monotonic, Backlog(monotonic))
        try:
            async with leases_kept(self._store, round_.claims):
                await self._fold_all(round_, executor)
        finally:
            for backtest in round_.flight:
                backtest.work.cancel()
            for claim, error in round_.held.values():
                with suppress(FencedError):
                    self._store.release(claim, error)
        if round_.barless and not round_.counts["faults"]:
            missing = round_.barless[0].work.exception()
            raise NoBarsError(f"no genome of this night can be run: {missing}")
        return _report(round_)

    async def _fold_all(self, round_: Round, executor: Executor) -> None:
        try:
            while await self._start(round_, executor):
                await self._fold(round_, round_.flight[0])
                round_.flight.popleft()
                if round_.steps.is_due() or not round_.flight:
                    await self._store_all(round_)
        finally:
            await self._store_all(round_)

    async def _start(self, round_: Round, executor: Executor) -> bool:
        """Fills up what is in flight; false once there is nothing left to fold."""
        if round_.floors is None:
            night = round_.turn.night
            round_.floors = await in_thread(self._store.floors, night.settings_hash, night.id)
        if round_.wants_claims():
            await in_thread(round_.claim, self._store)
        while round_.claimed and len(round_.flight) < FLIGHT * round_.workers:
            claim, genome = round_.claimed.popleft()
            work = asyncio.create_task(round_.tried(executor, genome))
            round_.flight.append(Backtest(claim, genome, work))
        return bool(round_.flight)

    async def _fold(self, round_: Round, backtest: Backtest) -> None:
        """One backtest's trial, stage and end of job, as a step that waits to be stored."""
        claim = backtest.claim
        try:
            effects = await self._effects(round_, backtest)
        except NoBarsError:
            round_.barless.append(backtest)
        except (MissingError, UsageError, SecurityError):  # the others would meet the same
            raise
        except Exception as error:  # the border of one task: the others go on
            await self._store_all(round_)
            round_.fault(claim, error)
        else:
            await self._fold_barless(round_)
            retries = self._host.retries(round_.turn.night.id)
            round_.steps.add(Step(replace(effects, retries=retries), claim))
            if any(event.kind == SECURITY for event in effects.events):
                await self._store_all(round_)

    async def _store_all(self, round_: Round) -> None:
        """Stores what is folded; what is wrong with a step is no fault of those behind it.

        But one that was held against it as the best of its niche has to be tried again.
        """
        steps = round_.steps.taken()
        while steps:
            stored, error = await in_thread(self._stored, steps)
            for step in steps[:stored]:
                moved = [change.stage for change in step.effects.stages]
                round_.finish(step.claim, "trials" if is_counted(step) else "unrunnable", *moved)
                host = self._host
                await answer_attacks(step.effects, host.messengers, self._store, host.clock)
            if error is None:
                return
            lost, behind = steps[stored], steps[stored + 1 :]
            if isinstance(error, FencedError):
                round_.finish(lost.claim, "fenced")
            else:
                round_.fault(lost.claim, error)
            steps = round_.stand_without(lost, behind)

    def _stored(self, steps: Sequence[Step]) -> tuple[int, Exception | None]:
        """How many of the steps are stored, and what kept the next one from it."""
        try:
            return self._store.commit_all(steps)
        except (MissingError, UsageError):  # the others would meet the same
            raise
        except Exception as error:  # the border of one task: the others go on
            return 0, error

    async def _fold_barless(self, round_: Round) -> None:
        """Fails the genomes without bars that waited, before the first that has some is stored."""
        if round_.able:
            waiting, round_.barless = round_.barless, []
            for backtest in waiting:
                await self._fold(round_, backtest)

    async def _effects(self, round_: Round, backtest: Backtest) -> Effects:
        genome = backtest.genome
        try:
            evaluation = await round_.settled(self._executor(), backtest)
        except (GenomeRefused, MissingError, UsageError) as error:
            if not is_its_own(error, backtest.genome, round_.able):
                raise
            trial = self._trial(round_, genome.hash, None, str(error))
            if attack := attack_in(error):
                effects = quarantine(genome, attack, round_.turn.night.id)
                return replace(effects, trials=(trial,))
            verdict = unrunnable(genome.hash, error)
        else:
            round_.able = True
            trial = self._trial(round_, genome.hash, evaluation, "")
            verdict = judged(genome.hash, evaluation, self._settings.threshold)
        return Effects(trials=(trial,), stages=moves(genome.stage, verdict))

    def _trial(
        self, round_: Round, genome: str, evaluation: Evaluation | None, failure: str
    ) -> Trial:
        return Trial(
            genome=genome,
            night=round_.turn.night.id,
            origin=Origin.NIGHT,
            params={},
            settings_hash=self._host.settings_hash,
            sandbox=self._host.sandbox.level,
            evaluation=evaluation,
            failure=failure,
            capital=0.0 if evaluation is None else evaluation.capital,
            engine="" if evaluation is None else evaluation.engine,
            cost=round_.costs.pop(genome),
        )

    def _executor(self) -> Executor:
        """The host's own, or the registered one that the settings name."""
        name = self._settings.runs_on
        if name == self._host.evaluations.name:
            return self._host.evaluations
        if name not in self._host.executors:
            hint = did_you_mean(name, self._host.executors)
            raise ConfigError("executor.runs_on", f'no executor named "{name}" is loaded', hint)
        return self._host.executors[name]


def is_its_own(error: Exception, genome: Genome, able: bool) -> bool:
    """True where other genomes would not meet the error. able: some of this night could be run."""
    if isinstance(error, NoBarsError):
        return able
    return isinstance(error, GenomeRefused) or bool(genome.universe)


def _report(round_: Round) -> ShiftReport:
    counts = dict(sorted(round_.counts.items()))
    trials, screened = counts.get("trials", 0), counts.get("screened", 0)
    if not counts:
        return ShiftReport(True, "no genome waits for its backtest", counts)
    return ShiftReport(False, f"{trials} trials, {screened} of them screened", counts)
