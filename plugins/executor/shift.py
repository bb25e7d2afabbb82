"""The executor: backtests waiting genomes and writes what was found into the ledger of trials.

1. `run` keeps as many backtests in flight as there are workers, and never more than trials left.
2. Each is folded in the order of its claim: trial, stage and the end of the job in one commit.
3. A genome that cannot be run is a failed trial, which does not count; a fault that is not the
   genome's gives its job back at the end.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field

from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import (
    Claim,
    Effects,
    Genome,
    Origin,
    Stage,
    StageChange,
    Trial,
)
from daemon.errors import ConfigError, FencedError, GenomeRefused, MissingError, did_you_mean
from daemon.plugin.host import Host
from daemon.plugin.roles import EvaluationTask, Every, Executor, ShiftReport, Turn
from plugins.executor.settings import ExecutorSettings
from plugins.executor.verdict import judged

NAME = "executor"


@dataclass(frozen=True, slots=True)
class Backtest:
    """A claimed genome whose backtest is under way."""

    claim: Claim
    genome: Genome
    work: asyncio.Task[Evaluation]


@dataclass
class Round:
    """One turn: backtests in order of their claims, what was counted, and what goes back."""

    turn: Turn
    flight: deque[Backtest] = field(default_factory=deque)
    counts: Counter[str] = field(default_factory=Counter)
    returned: list[tuple[Claim, str]] = field(default_factory=list)

    def room(self, workers: int) -> int:
        """How many more backtests may start: twice the workers in all, within the trials left."""
        left = self.turn.trials_left - self.counts["trials"]
        return min(2 * workers, left) - len(self.flight)


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
        room = asyncio.Semaphore(workers)
        round_ = Round(turn)
        try:
            while await self._start(round_, executor, workers, room):
                await self._fold(round_, round_.flight[0])
                round_.flight.popleft()
        finally:
            for backtest in round_.flight:
                backtest.work.cancel()
                round_.returned.append((backtest.claim, ""))
            for claim, error in round_.returned:
                with suppress(FencedError):
                    self._store.release(claim, error)
        return _report(round_)

    async def _start(
        self, round_: Round, executor: Executor, workers: int, room: asyncio.Semaphore
    ) -> bool:
        """Fills up what is in flight; false once there is nothing left to fold."""
        limit = round_.room(workers)
        worthwhile = limit >= workers or (limit > 0 and not round_.flight)
        claims = await asyncio.to_thread(self._store.claim, "evaluate", limit) if worthwhile else ()
        for claim in claims:
            genome = await asyncio.to_thread(self._store.genome, claim.key)
            work = asyncio.create_task(self._evaluated(executor, genome, room))
            round_.flight.append(Backtest(claim, genome, work))
        return bool(round_.flight)

    async def _evaluated(
        self, executor: Executor, genome: Genome, room: asyncio.Semaphore
    ) -> Evaluation:
        task = EvaluationTask(
            source=genome.source,
            params={},
            timeframe=genome.timeframe,
            universe=genome.universe,
            friction=self._settings.friction,
        )
        async with room:
            return await executor.evaluate(task)

    async def _fold(self, round_: Round, backtest: Backtest) -> None:
        """One backtest's trial, stage and end of job, in one commit."""
        claim = backtest.claim
        try:
            effects = await self._effects(round_, backtest)
            await asyncio.to_thread(self._store.commit, effects, claim)
        except FencedError:
            round_.counts["fenced"] += 1
        except MissingError:  # no market data at all: every other genome would meet the same
            raise
        except Exception as error:  # the border of one task: the others go on
            round_.returned.append((claim, f"{type(error).__name__}: {error}"))
            round_.counts["faults"] += 1
        else:
            counted = effects.trials[0].evaluation is not None
            round_.counts["trials" if counted else "unrunnable"] += 1
            round_.counts[effects.stages[0].stage.value] += 1

    async def _effects(self, round_: Round, backtest: Backtest) -> Effects:
        genome = backtest.genome.hash
        try:
            evaluation = await backtest.work
        except (GenomeRefused, MissingError) as error:
            if isinstance(error, MissingError) and not backtest.genome.universe:
                raise
            failed = StageChange(genome, Stage.FAILED, f"it cannot be run: {error}")
            return Effects(
                trials=(self._trial(round_, genome, None, str(error)),), stages=(failed,)
            )
        verdict = judged(genome, evaluation, self._settings.threshold)
        return Effects(trials=(self._trial(round_, genome, evaluation, ""),), stages=(verdict,))

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


def _report(round_: Round) -> ShiftReport:
    counts = dict(sorted(round_.counts.items()))
    trials, screened = counts.get("trials", 0), counts.get("screened", 0)
    if not counts:
        return ShiftReport(True, "no genome waits for its backtest", counts)
    return ShiftReport(False, f"{trials} trials, {screened} of them screened", counts)
