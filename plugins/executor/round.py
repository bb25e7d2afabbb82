"""One turn of the executor: what is claimed, in flight, folded and stored, and what was counted."""

from __future__ import annotations

import asyncio
import math
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.lineage import Cost
from daemon.domain.evolution.records import Claim, Genome, Step
from daemon.errors import TransientError
from daemon.plugin.backlog import Backlog
from daemon.plugin.host import Occasion, Store
from daemon.plugin.roles import EvaluationTask, Executor, Turn
from daemon.plugin.security import attack_in
from plugins.executor.verdict import LEAK

FAULTS_IN_A_ROW: Final = 5
FLIGHT: Final = 5
"""Backtests under way for each worker, begun or not: those behind a proof need not wait for it."""

CLAIMS: Final = 64
"""Genomes claimed at a time at most, so that the store is not asked after each backtest."""


@dataclass(frozen=True, slots=True)
class Tried:
    """An evaluation, and the one with its proof or what that raised; None where none was asked."""

    found: Evaluation
    proof: Evaluation | Exception | None = None


@dataclass(frozen=True, slots=True)
class Backtest:
    """A claimed genome whose backtest is under way."""

    claim: Claim
    genome: Genome
    work: asyncio.Task[Tried]


@dataclass
class Round:
    """One turn: backtests in order of their claims, what was counted, and what is not finished.

    claimed: genomes whose backtest has not begun. drained: no more waited when it was claimed last.
    threshold: selection fitness from which on a genome is screened.
    steps: what is folded and not stored yet.
    held: claims by job, each with what went wrong, or ''; they go back at the end.
    able: a genome of the night could be run. barless: those without bars that wait for such a one.
    faults: in a row, of backtests or of steps that could not be stored. floors: best selection of
    each niche of the archive, None before they are read, and again once a new best could not be
    stored. best: jobs of those that entered. costs: by genome, so far.
    """

    turn: Turn
    workers: int
    threshold: float
    monotonic: Callable[[], float]
    steps: Backlog[Step]
    claimed: deque[tuple[Claim, Genome]] = field(default_factory=deque)
    flight: deque[Backtest] = field(default_factory=deque)
    counts: Counter[str] = field(default_factory=Counter)
    held: dict[int, tuple[Claim, str]] = field(default_factory=dict)
    barless: list[Backtest] = field(default_factory=list)
    drained: bool = False
    able: bool = False
    faults: int = 0
    floors: Mapping[str, float] | None = None
    best: set[int] = field(default_factory=set)
    costs: dict[str, Cost] = field(default_factory=dict)
    room: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self.room = asyncio.Semaphore(self.workers)
        self.able = self.turn.trials_left < self.turn.night.evaluations

    def wants_claims(self) -> bool:
        """Whether nothing claimed is left to begin with, though there is room and hope for it."""
        room = FLIGHT * self.workers - len(self.flight)
        return not self.claimed and room >= self.workers and not (self.drained and self.flight)

    def claim(self, store: Store) -> None:
        """Claims more genomes, never more than trials left."""
        done = self.counts["trials"] + sum(map(is_counted, self.steps.pieces))
        left = self.turn.trials_left - done - len(self.flight)
        if left <= 0:
            return
        claims = store.claim("evaluate", min(CLAIMS, left), self.turn.night.id)
        self.drained = len(claims) < min(CLAIMS, left)
        self.held |= {claim.job: (claim, "") for claim in claims}
        self.claimed += [(claim, store.genome(claim.key)) for claim in claims]

    async def tried(self, executor: Executor, genome: Genome) -> Tried:
        """The evaluation, once a worker is free, with its proof where it would enter the archive.

        That is asked against what is folded by now, beside the backtests that follow; now and then
        for nothing, because another takes the niche before its turn comes.
        """
        async with self.room:
            found = await self._evaluated(executor, genome, task_of(genome))
            if not self._enters(found):
                return Tried(found)
            try:
                return Tried(found, await self._proved(executor, genome, found))
            except Exception as error:  # the border of one proof: it may not be needed
                return Tried(found, error)

    async def settled(self, executor: Executor, backtest: Backtest) -> Evaluation:
        """What counts, once all before it are folded: proved where it enters the archive.

        Raises what its proof raised where it would enter, and an attack wherever one was seen.
        """
        tried = await backtest.work
        proof, enters = tried.proof, self._enters(tried.found)
        if isinstance(proof, Exception) and (enters or attack_in(proof)):
            raise proof
        if not enters:
            return tried.found
        if not isinstance(proof, Evaluation):  # the floor was higher when it was tried
            async with self.room:
                proof = await self._proved(executor, backtest.genome, tried.found)
        self._entered(proof, backtest.claim.job)
        return proof

    def stand_without(self, lost: Step, behind: Sequence[Step]) -> list[Step]:
        """Of the steps behind one that is not stored those that may be.

        If it was the best of its niche, others of that niche were not proved, because they did not
        reach it: they go back at the end of the round, and floors are read again.
        """
        if lost.claim.job not in self.best:
            return list(behind)
        self.floors, niche = None, _niche(lost)
        return [s for s in behind if _niche(s) != niche or s.claim.job in self.best]

    async def _proved(self, executor: Executor, genome: Genome, found: Evaluation) -> Evaluation:
        """The same with a proof, of more cuts for what would be screened."""
        screened = found.selection is not None and found.selection >= self.threshold
        occasion: Occasion = "screening" if screened else "niche"
        task = replace(task_of(genome), proof=occasion, seed=self.turn.night.seed)
        return await self._evaluated(executor, genome, task)

    async def _evaluated(
        self, executor: Executor, genome: Genome, task: EvaluationTask
    ) -> Evaluation:
        """The evaluation; what it takes is added to the genome's cost."""
        began, cpu_s = self.monotonic(), None
        try:
            found = await executor.evaluate(task)
            cpu_s = found.cpu_s
        finally:
            cost = self.costs.get(genome.hash, Cost(0.0, 0.0))
            self.costs[genome.hash] = cost.plus(self.monotonic() - began, cpu_s)
        return found

    def _enters(self, found: Evaluation) -> bool:
        """Whether a trial with this evaluation would be the best of its niche."""
        floors = self.floors or {}
        floor = floors.get(found.descriptors.niche, -math.inf)
        return found.selection is not None and found.selection > floor

    def _entered(self, found: Evaluation, job: int) -> None:
        """Notes the new best of its niche, which a suspected leak never is."""
        self.best.add(job)
        if self.floors is None or found.selection is None or LEAK in found.flags:
            return
        niche = found.descriptors.niche
        best = max(found.selection, self.floors.get(niche, -math.inf))
        self.floors = {**self.floors, niche: best}

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


def task_of(genome: Genome) -> EvaluationTask:
    """The backtest of a genome as it stands, on the market that it names."""
    return EvaluationTask(
        source=genome.source,
        params={},
        timeframe=genome.timeframe,
        universe=genome.universe,
        friction="",
    )


def is_counted(step: Step) -> bool:
    """True for a trial that was evaluated; one that could not be run uses up nothing."""
    return step.effects.trials[0].evaluation is not None


def _niche(step: Step) -> str | None:
    evaluation = step.effects.trials[0].evaluation
    return None if evaluation is None else evaluation.descriptors.niche
