"""Fakes of the host's ports: all in memory, deterministic, and able to fail or to be killed.

`FakeStore` keeps the promises of the store port (each commit whole or not at all, jobs with leases
and fencing). `Killed` stands for kill -9: it passes every `except Exception`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from daemon.domain.engine.positions import Positions
from daemon.domain.evolution.dossier import Dossier
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import (
    BriefingFiles,
    Claim,
    Effects,
    Elite,
    Event,
    Genome,
    Lesson,
    Mutation,
    NewJob,
    Night,
    Stage,
    Step,
    Trial,
)
from daemon.domain.genome import gate
from daemon.domain.market.bars import Market
from daemon.domain.market.supply import Failing, Supplied, Want
from daemon.errors import (
    BadDataError,
    FencedError,
    GenomeRefused,
    MissingError,
    NightShiftError,
    UsageError,
)
from daemon.plugin.host import Causality, Host, Occasion, Probe
from daemon.plugin.roles import Answer, EvaluationTask, Executor, Messenger, Swarm, Turn

EVENING = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
NIGHT = Night("night-7", 7, 500, "settings", "market", EVENING)
MAX_FAULTS = 3


class Killed(BaseException):
    """The process dies here; nothing after this happens."""


class FakeClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = EVENING) -> None:
        self._at = at
        self._seconds = 0.0

    def now(self) -> datetime:
        return self._at

    def monotonic(self) -> float:
        return self._seconds

    def move(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)
        self._seconds += seconds


@dataclass
class FakeJob:
    """A job as the store keeps it."""

    number: int
    asked: NewJob
    state: str = "waiting"
    attempt: int = 0
    faults: int = 0
    error: str = ""


@dataclass
class FakeStore:
    """The store port in memory.

    die_before, die_after: number of the commit (from 1) at which the process is killed, before
    anything or after everything of it is written; a dead process does nothing until `restart`.
    """

    jobs: dict[tuple[str, str], FakeJob] = field(default_factory=dict)
    by_hash: dict[str, Genome] = field(default_factory=dict)
    requests: dict[str, Mutation] = field(default_factory=dict)
    learnt: list[Lesson] = field(default_factory=list)
    ledger: list[Trial] = field(default_factory=list)
    moves: list[tuple[str, Stage, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    finalists: list[Dossier] = field(default_factory=list)
    published: dict[str, BriefingFiles] = field(default_factory=dict)
    finished: list[str] = field(default_factory=list)
    commits: int = 0
    die_before: int = 0
    die_after: int = 0
    dead: bool = False
    timeouts: int = 0
    lease_s: float = 900.0

    def commit(self, effects: Effects, claim: Claim | None = None) -> None:
        self._live()
        self.commits += 1
        self._live(self.commits != self.die_before)
        if claim is not None:
            self._held(claim).state = "done"
        self._write(effects)
        self._live(self.commits != self.die_after)

    def commit_all(self, steps: Sequence[Step]) -> tuple[int, NightShiftError | None]:
        self._live()
        self.commits += 1
        self._live(self.commits != self.die_before)
        for written, step in enumerate(steps):
            try:
                job = self._held(step.claim)
                self._write(step.effects)
                job.state = "done"
            except (BadDataError, FencedError) as error:
                return written, error
        self._live(self.commits != self.die_after)
        return len(steps), None

    def claim(self, kind: str, limit: int, night: str | None = None) -> Sequence[Claim]:
        self._live()
        oldest = [j for j in self._of(kind, night) if j.state == "waiting"]
        for job in oldest[:limit]:
            job.state = "running"
            job.attempt += 1
        return tuple(
            Claim(job.number, kind, job.asked.key, job.asked.payload, job.attempt)
            for job in oldest[:limit]
        )

    def extend(self, claim: Claim) -> None:
        self._live()
        self._held(claim)

    def release(self, claim: Claim, error: str) -> None:
        self._live()
        job = self._held(claim)
        job.faults += 1 if error else 0
        job.error = error
        job.state = "failed" if job.faults >= MAX_FAULTS else "waiting"

    def waiting(self, kind: str, night: str | None = None, swarm: str = "") -> int:
        mine = (j for j in self._of(kind, night) if swarm in ("", j.asked.payload.get("swarm")))
        return sum(job.state in ("waiting", "running") for job in mine)

    def restart(self) -> None:
        """A new instance: what the dead one held waits again."""
        self.die_before = self.die_after = 0
        self.dead = False
        for job in self.jobs.values():
            if job.state == "running":
                job.state = "waiting"

    def genome(self, hash_or_prefix: str) -> Genome:
        found = [g for key, g in self.by_hash.items() if key.startswith(hash_or_prefix)]
        if len(found) != 1:
            raise UsageError(f'{len(found)} genomes begin with "{hash_or_prefix}"')
        return found[0]

    def genomes(self, stage: Stage | None = None, night: str | None = None) -> Sequence[Genome]:
        return [g for g in self.by_hash.values() if stage in (None, g.stage)]

    def known(self, genome_hash: str, night: str | None = None) -> bool:
        refused = {lesson.genome for lesson in self.learnt} - {""}
        return genome_hash in self.by_hash or genome_hash in refused

    def same_behaviour(self, behaviour: str, night: str | None = None) -> str:
        alike = [key for key, g in self.by_hash.items() if g.behaviour == behaviour]
        return alike[0] if alike and behaviour else ""

    def mutations(self, ids: Sequence[str]) -> Sequence[Mutation]:
        return [self.requests[i] for i in ids if i in self.requests]

    def last_generation(self, night: str) -> int:
        return max((m.generation for m in self.requests.values() if m.night == night), default=-1)

    def lessons(self, night: str | None = None) -> Sequence[Lesson]:
        return [lesson for lesson in self.learnt if night in (None, lesson.night)]

    def trials(self, night: str | None = None) -> Sequence[Trial]:
        return [trial for trial in self.ledger if night in (None, trial.night)]

    def trial_count(self, night: str | None = None) -> int:
        return sum(trial.evaluation is not None for trial in self.trials(night))

    def elites(self, settings_hash: str, night: str | None = None) -> Sequence[Elite]:
        best: dict[str, Elite] = {}
        for trial in self.ledger:
            found = trial.evaluation
            out = self.by_hash[trial.genome].stage in (Stage.REJECTED, Stage.RETIRED)
            mine = trial.settings_hash == settings_hash and not out
            if found is not None and "suspected_leak" in found.flags:
                continue
            if mine and found is not None and found.selection is not None:
                niche = found.descriptors.niche
                if niche not in best or found.selection > best[niche].selection:
                    genome = self.by_hash[trial.genome]
                    best[niche] = Elite(genome, trial, niche, found.selection)
        return sorted(best.values(), key=lambda elite: -elite.selection)

    def floors(self, settings_hash: str, night: str | None = None) -> Mapping[str, float]:
        return {elite.niche: elite.selection for elite in self.elites(settings_hash, night)}

    def nights(self) -> Sequence[Night]:
        return [NIGHT]

    def happened(self, kind: str, since: datetime) -> Sequence[tuple[datetime, Event]]:
        """Every line of the kind: all of it happened in the evening of the fakes."""
        return [(EVENING, event) for event in self.events if event.kind == kind]

    def dossiers(self, night: str) -> Sequence[Dossier]:
        return [each for each in self.finalists if each.night == night]

    def briefing(self, night: str | None = None) -> BriefingFiles | None:
        return self.published.get(night or NIGHT.id)

    def content(self) -> dict[str, Any]:
        """Everything that must be the same whatever the timing, the workers and the kills."""
        return {
            "requests": list(self.requests.values()),
            "genomes": list(self.by_hash.values()),
            "lessons": list(self.learnt),
            "trials": [(t.genome, t.number, t.failure, _figures(t)) for t in self.ledger],
            "moves": list(self.moves),
            "jobs": [(j.asked.kind, j.asked.key, j.state) for j in self.jobs.values()],
        }

    def _live(self, alive: bool = True) -> None:
        self.dead = self.dead or not alive
        if self.dead:
            raise Killed

    def _of(self, kind: str, night: str | None) -> list[FakeJob]:
        of_kind = (job for job in self.jobs.values() if job.asked.kind == kind)
        return [job for job in of_kind if night in (None, job.asked.night)]

    def _held(self, claim: Claim) -> FakeJob:
        job = self.jobs[claim.kind, claim.key]
        if job.state != "running" or job.attempt != claim.attempt:
            raise FencedError(f"attempt {claim.attempt} of {claim.kind} {claim.key} was lost")
        return job

    def _write(self, effects: Effects) -> None:
        for genome in effects.genomes:
            self.by_hash.setdefault(genome.hash, replace(genome, number=len(self.by_hash) + 1))
        for mutation in effects.mutations:
            known = self.requests.setdefault(mutation.id, mutation)
            self.requests[mutation.id] = replace(known, handle=mutation.handle or known.handle)
        self.learnt += [lesson for lesson in effects.lessons if lesson not in self.learnt]
        for trial in effects.trials:
            if (trial.genome, trial.night) not in {(t.genome, t.night) for t in self.ledger}:
                self.ledger.append(replace(trial, number=len(self.ledger) + 1))
        for change in effects.stages:
            self.by_hash[change.genome] = replace(self.by_hash[change.genome], stage=change.stage)
            self.moves.append((change.genome, change.stage, change.reason))
        for job in effects.jobs:
            self.jobs.setdefault((job.kind, job.key), FakeJob(len(self.jobs) + 1, job))
        self.events += effects.events
        self.finalists += [each for each in effects.dossiers if isinstance(each, Dossier)]
        if effects.briefing is not None:
            self.published[effects.briefing.night] = effects.briefing
        if effects.retries is not None:
            self.timeouts += effects.retries.timeouts
        if effects.finished_night:
            self.finished.append(effects.finished_night)


def _figures(trial: Trial) -> tuple[Any, ...]:
    found = trial.evaluation
    return () if found is None else (found.positions_hash, found.selection, found.flags)


class FakeBooks:
    """No test of these fakes pays for anything: those that do keep books in a real store."""

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(f"no test needs {name} of the fake books")


class FakeMarkets:
    """Markets by time frame and universe; MissingError for any other."""

    def __init__(self, markets: Mapping[tuple[str, str], Market] | None = None) -> None:
        self._markets = dict(markets or {})

    def market(self, timeframe: str, universe: str = "") -> Market:
        if (timeframe, universe) not in self._markets:
            raise MissingError(f"no {timeframe} market of the universe {universe!r}")
        return self._markets[timeframe, universe]

    def skipped(self, timeframe: str, universe: str = "") -> tuple[str, ...]:
        return ()

    def health(self) -> Mapping[str, Any]:
        return {"symbols": 0}


@dataclass
class FakeSupply:
    """Answers each want by a function; wants: every one that was filled."""

    answer: Callable[[Want], Supplied] = lambda want: Supplied()
    marks: tuple[Failing, ...] = ()
    open: bool = True
    retired: str = ""
    wants: list[Want] = field(default_factory=list)
    lacks: Mapping[str, str] = field(default_factory=dict)
    repairs: list[tuple[tuple[str, ...], int]] = field(default_factory=list)

    async def fill(self, want: Want, pauses: Sequence[timedelta]) -> Supplied:
        self.wants.append(want)
        return self.answer(want)

    async def repair(self, symbols: Sequence[str], questions: int) -> str:
        self.repairs.append((tuple(symbols), questions))
        return "2 days mended"

    async def retire(self) -> str:
        return self.retired

    def failing(self) -> Sequence[Failing]:
        return self.marks

    def unready(self, names: Iterable[str]) -> Sequence[str]:
        return [self.lacks[name] for name in names if name in self.lacks]

    def in_session(self, now: datetime, after: timedelta) -> bool:
        return self.open


@dataclass
class FakeOutlook:
    """Says of the market what it is told to; notes: the newest on each topic, told: every one."""

    status: str | None = None
    apart: Sequence[str] | None = None
    stops: Sequence[str] = ()
    looks: int = 0
    notes: dict[str, Sequence[str]] = field(default_factory=dict)
    told: list[tuple[str, Sequence[str]]] = field(default_factory=list)

    async def closed(self, names: Sequence[str]) -> str | None:
        self.looks += 1
        return self.status

    async def disagreements(self, names: Sequence[str], today: date) -> Sequence[str] | None:
        return self.apart

    async def stopped(
        self, kinds: Sequence[str], symbols: Sequence[str], sessions: int
    ) -> Sequence[str]:
        return self.stops

    def note(self, topic: str, sentences: Sequence[str]) -> None:
        self.notes[topic] = sentences
        self.told.append((topic, sentences))


@dataclass
class FakeSandbox:
    """Answers each probe by a function of the text; each text behaves in its own way by default.

    pause: turns of the event loop that a probe takes. probed: every text, in the order asked.
    """

    answer: Callable[[str], Probe] = lambda source: Probe(gate.check(source).hash[::-1], ())
    pause: Callable[[str], int] = lambda source: 0
    level: str = "A"
    probed: list[str] = field(default_factory=list)

    async def probe(self, source: str, thorough: bool = True) -> Probe:
        self.probed.append(source)
        for _ in range(self.pause(source)):
            await asyncio.sleep(0)
        return self.answer(source)

    async def positions(
        self, source: str, market: Market, params: Mapping[str, float]
    ) -> Positions:
        raise NotImplementedError("no test needs positions of the fake")

    async def prove(
        self,
        source: str,
        market: Market,
        params: Mapping[str, float],
        positions: Positions,
        seed: int = 0,
        occasion: Occasion = "graduation",
    ) -> Causality:
        raise NotImplementedError("no test needs a proof of the fake")


@dataclass
class FakeExecutor:
    """Answers each evaluation by a function of the task.

    pause: turns of the event loop that it takes. most: largest number that ran side by side.
    tasks: what was asked for, proofs: what was asked for again with a proof.
    """

    answer: Callable[[EvaluationTask], Evaluation]
    pause: Callable[[EvaluationTask], int] = lambda task: 0
    name: str = "local"
    slots: int = 2
    most: int = 0
    tasks: list[EvaluationTask] = field(default_factory=list)
    proofs: list[EvaluationTask] = field(default_factory=list)
    _running: int = 0

    async def evaluate(self, task: EvaluationTask) -> Evaluation:
        (self.proofs if task.proof else self.tasks).append(task)
        self._running += 1
        self.most = max(self.most, self._running)
        try:
            for _ in range(self.pause(task)):
                await asyncio.sleep(0)
            return self.answer(task)
        finally:
            self._running -= 1


@dataclass
class FakeSwarm:
    """Answers each request by a function; None: not ready yet. submitted: every batch."""

    answer: Callable[[Mutation], Answer | None]
    name: str = "fake"
    operators: tuple[str, ...] = ("turn", "cross_turn")
    handle: str = ""
    submitted: list[Sequence[Mutation]] = field(default_factory=list)

    async def submit(self, mutations: Sequence[Mutation]) -> str:
        self.submitted.append(mutations)
        return self.handle

    async def collect(self, mutations: Sequence[Mutation]) -> Sequence[Answer]:
        answers = [self.answer(mutation) for mutation in mutations]
        return [answer for answer in answers if answer is not None]

    async def cancel(self, mutations: Sequence[Mutation]) -> None:
        self.submitted = []

    def cost(self, mutations: Sequence[Mutation]) -> float:
        return 0.0


def unevaluated(task: EvaluationTask) -> Evaluation:
    """The evaluation of a place that runs nothing."""
    raise GenomeRefused(())


def fake_host(tmp_path: Path, store: FakeStore | None = None, **changes: Any) -> Host:
    """A host whose ports are fakes; `changes` put others in their place."""
    swarms: dict[str, Swarm] = {}
    executors: dict[str, Executor] = {}
    messengers: dict[str, Messenger] = {}
    values: dict[str, Any] = {
        "plugin": "test",
        "clock": FakeClock(),
        "store": store if store is not None else FakeStore(),
        "books": FakeBooks(),
        "markets": FakeMarkets(),
        "supply": FakeSupply(),
        "outlook": FakeOutlook(),
        "sandbox": FakeSandbox(),
        "evaluations": FakeExecutor(unevaluated),
        "seed_folder": tmp_path,
        "briefings": tmp_path / "briefings",
        "raw_settings": {},
        "secrets": {},
        "environment": {},
        "folder": tmp_path / "plugin",
        "swarms": swarms,
        "executors": executors,
        "messengers": messengers,
        "settings_hash": "settings",
    }
    return Host(**values | changes)


def turn(trials_left: int = 500, night: Night = NIGHT, now: datetime = EVENING) -> Turn:
    """A call of a shift in the night of the tests."""
    return Turn(now, night, trials_left)
