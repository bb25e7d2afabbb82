"""The executor: backtests waiting genomes and writes what was found into the ledger of trials.

1. `run` keeps as many backtests in flight as there are workers, and never more than trials left.
2. Each is folded in the order of its claim: trial, stage and the end of the job in one commit.
3. What would enter the archive is run again and proved not to look ahead.
4. A genome that cannot be run, or that looks ahead on the real market, is a failed trial, which
   does not count; a fault that is not the genome's gives its job back at the end, and five in a
   row end the round.
5. So is one for which the lake has no bars, once another genome of the night could be run. Until
   then it waits; where none can, it is not the genomes' fault and the round ends: NoBarsError.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.lineage import Cost
from daemon.domain.evolution.records import (
    Claim,
    Effects,
    Genome,
    Origin,
    Trial,
)
from daemon.errors import (
    ConfigError,
    FencedError,
    GenomeRefused,
    MissingError,
    NoBarsError,
    SecurityError,
    TransientError,
    UsageError,
    did_you_mean,
)
from daemon.plugin.host import Host, Store
from daemon.plugin.leases import leases_kept
from daemon.plugin.roles import EvaluationTask, Every, Executor, ShiftReport, Turn
from daemon.plugin.security import answer_attacks, attack_in, quarantine
from daemon.plugin.threads import in_thread
from plugins.executor.settings import ExecutorSettings
from plugins.executor.verdict import judged, moves, unrunnable

NAME = "executor"
FAULTS_IN_A_ROW = 5


@dataclass(frozen=True, slots=True)
class Backtest:
    """A claimed genome whose backtest is under way."""

    claim: Claim
    genome: Genome
    work: asyncio.Task[Evaluation]


@dataclass
class Round:
    """One turn: backtests in order of their claims, what was counted, and what is not finished.

    held: claims by job, each with what went wrong, or ''; they go back at the end.
    able: a genome of the night could be run. barless: those without bars that wait for such a one.
    faults: in a row. floors: best selection of each niche of the archive, None before it is read.
    costs: by genome, so far.
    """

    turn: Turn
    workers: int
    monotonic: Callable[[], float]
    flight: deque[Backtest] = field(default_factory=deque)
    counts: Counter[str] = field(default_factory=Counter)
    held: dict[int, tuple[Claim, str]] = field(default_factory=dict)
    barless: list[Backtest] = field(default_factory=list)
    able: bool = False
    faults: int = 0
    floors: dict[str, float] | None = None
    costs: dict[str, Cost] = field(default_factory=dict)
    room: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.room = asyncio.Semaphore(self.workers)
        self.able = self.turn.trials_left < self.turn.night.evaluations

    def claim(self, store: Store) -> list[tuple[Claim, Genome]]:
        """More genomes: up to twice the workers in flight, and never more than trials left.

        Nothing while there is little room, so that the store is not asked after each backtest.
        """
        left = self.turn.trials_left - self.counts["trials"]
        room = min(2 * self.workers, left) - len(self.flight)
        if room <= 0 or (room < self.workers and self.flight):
            return []
        claims = store.claim("evaluate", room, self.turn.night.id)
        self.held |= {claim.job: (claim, "") for claim in claims}
        return [(claim, store.genome(claim.key)) for claim in claims]

    async def evaluated(
        self, executor: Executor, genome: Genome, task: EvaluationTask
    ) -> Evaluation:
        """The evaluation, once a worker is free; what it takes is added to the genome's cost."""
        async with self.room:
            began, cpu_s = self.monotonic(), None
            try:
                found = await executor.evaluate(task)
                cpu_s = found.cpu_s
            finally:
                cost = self.costs.get(genome.hash, Cost(0.0, 0.0))
                self.costs[genome.hash] = cost.plus(self.monotonic() - began, cpu_s)
        return found

    def enters(self, store: Store, found: Evaluation) -> bool:
        """Whether a trial with this evaluation would be the best of its niche."""
        if self.floors is None:
            night = self.turn.night
            elites = store.elites(night.settings_hash, night.id)
            self.floors = {elite.niche: elite.selection for elite in elites}
        floor = self.floors.get(found.descriptors.niche, -math.inf)
        return found.selection is not None and found.selection > floor

    def entered(self, found: Evaluation) -> None:
        """Notes what may be the new best of its niche."""
        if self.floors is not None and found.selection is not None:
            niche = found.descriptors.niche
            self.floors[niche] = max(found.selection, self.floors.get(niche, -math.inf))

    def claims(self) -> list[Claim]:
        """Those that are not finished."""
        return [claim for claim, _ in list(self.held.values())]

    def finish(self, claim: Claim, *outcomes: str) -> None:
        """Counts a claim whose effects are stored, or were dropped."""
        del self.held[claim.job]
        self.faults = 0
        self.counts.update(outcomes)

    def fault(self, claim: Claim, error: Exception) -> None:
        """Notes a fault; TransientError once so many came in a row that no genome can be at it."""
        text = f"{type(error).__name__}: {error}"
        self.held[claim.job] = (claim, text)
        self.counts["faults"] += 1
        self.faults += 1
        if self.faults >= FAULTS_IN_A_ROW:
            raise TransientError(f"{self.faults} backtests in a row broke down, the last by {text}")


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
        round_ = Round(turn, workers, self._host.clock.monotonic)
        try:
            async with leases_kept(self._store, round_.claims):
                while await self._start(round_, executor):
                    await self._fold(round_, round_.flight[0])
                    round_.flight.popleft()
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

    async def _start(self, round_: Round, executor: Executor) -> bool:
        """Fills up what is in flight; false once there is nothing left to fold."""
        for claim, genome in await in_thread(round_.claim, self._store):
            work = asyncio.create_task(round_.evaluated(executor, genome, _task(genome)))
            round_.flight.append(Backtest(claim, genome, work))
        return bool(round_.flight)

    async def _proved(self, round_: Round, genome: Genome, found: Evaluation) -> Evaluation:
        """What would enter the archive is asked for again with a proof; the rest is as it is."""
        if not await in_thread(round_.enters, self._store, found):
            return found
        task = replace(_task(genome), prove=True, seed=round_.turn.night.seed)
        proved = await round_.evaluated(self._executor(), genome, task)
        round_.entered(proved)
        return proved

    async def _fold(self, round_: Round, backtest: Backtest) -> None:
        """One backtest's trial, stage and end of job, in one commit."""
        claim = backtest.claim
        try:
            effects = await self._effects(round_, backtest)
            await self._fold_barless(round_)
            effects = replace(effects, retries=self._host.retries(round_.turn.night.id))
            await in_thread(self._store.commit, effects, claim)
        except FencedError:
            round_.finish(claim, "fenced")
        except NoBarsError:
            round_.barless.append(backtest)
        except (MissingError, UsageError, SecurityError):  # the others would meet the same
            raise
        except Exception as error:  # the border of one task: the others go on
            round_.fault(claim, error)
        else:
            counted = effects.trials[0].evaluation is not None
            moved = [change.stage for change in effects.stages]
            round_.finish(claim, "trials" if counted else "unrunnable", *moved)
            host = self._host
            await answer_attacks(effects, host.messengers, self._store, host.clock)

    async def _fold_barless(self, round_: Round) -> None:
        """Fails the genomes without bars that waited, before the first that has some is stored."""
        if round_.able:
            waiting, round_.barless = round_.barless, []
            for backtest in waiting:
                await self._fold(round_, backtest)

    async def _effects(self, round_: Round, backtest: Backtest) -> Effects:
        genome = backtest.genome
        try:
            evaluation = await self._proved(round_, genome, await backtest.work)
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


def _task(genome: Genome) -> EvaluationTask:
    return EvaluationTask(
        source=genome.source,
        params={},
        timeframe=genome.timeframe,
        universe=genome.universe,
        friction="",
    )


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
