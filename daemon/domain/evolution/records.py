"""The values that travel between shifts and store: genomes, mutations, trials and their effects.

Each is immutable and is written once by the stage that owns it; nothing here knows a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.lineage import Cost, Lineage
from daemon.domain.evolution.tiers import Tier
from daemon.domain.genome.contract import Number


class Stage(StrEnum):
    """The ladder: one step at a time, only forward, or out."""

    BORN = "born"
    GATED = "gated"
    SCREENED = "screened"
    PROVEN = "proven"
    SHADOWED = "shadowed"
    READY = "ready"
    APPROVED = "approved"
    PAPER = "paper"
    LIVE = "live"
    FAILED = "failed"
    REJECTED = "rejected"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Genome:
    """A genome that passed the gate. hash: of the canonical text. number: order of birth.

    seed: what its operator drew from; None where it drew nothing.
    """

    hash: str
    source: str
    name: str
    idea: str
    timeframe: str
    universe: str
    operator: str
    parents: tuple[str, ...]
    behaviour: str
    nodes: int
    stage: Stage = Stage.GATED
    night: str = ""
    number: int = 0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Mutation:
    """One request for one child: everything its writer needs, so that it can be asked again.

    id: hash of night, generation and ticket (an idempotency key). sources: the parents' texts,
    in the order of `parents`. seed: drives whatever the operator draws. handle: what a remote
    swarm calls it, once submitted.
    """

    id: str
    night: str
    generation: int
    ticket: int
    swarm: str
    operator: str
    seed: int
    parents: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    name: str = ""
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A child that was refused, and why; it goes back to the swarm.

    genome: hash of its canonical text, '' where it has none.
    """

    mutation: str
    night: str
    operator: str
    parents: tuple[str, ...]
    text: str
    code: str
    line: int
    message: str
    genome: str = ""


class Origin(StrEnum):
    """Who asked for a trial. screen: the tests of a finalist."""

    NIGHT = "night"
    OWNER = "owner"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Trial:
    """One row of the append-only ledger: what was run on what, and what was found.

    evaluation: None where the genome failed to run; then `failure` says why. sandbox: level of the
    confinement that was proved (A, B or C; "limits" before there were levels). number: position in
    the ledger, 0 when new. capital: dollars it started with. engine: version of the rules it was
    priced by. market_hash, friction, friction_hash: of a failed trial, where known; an evaluation
    has its own. tier: the dearest data it touched. lineage: filled in by the store.
    """

    genome: str
    night: str
    origin: Origin
    params: Mapping[str, Number]
    settings_hash: str
    sandbox: str
    evaluation: Evaluation | None
    failure: str = ""
    number: int = 0
    at: datetime | None = None
    capital: float = 0.0
    engine: str = ""
    market_hash: str = ""
    friction: str = ""
    friction_hash: str = ""
    tier: Tier = Tier.SELECTION
    cost: Cost = field(default_factory=Cost)
    lineage: Lineage | None = None


@dataclass(frozen=True, slots=True)
class SettingsDocument:
    """Settings whole, as JSON text, by the hash that trials and nights name them by."""

    hash: str
    document: str


@dataclass(frozen=True, slots=True)
class StageChange:
    """A genome moves on the ladder, with the reason; stored together with its event."""

    genome: str
    stage: Stage
    reason: str


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the journal."""

    kind: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


TRIBUNAL: Final = "tribunal"
"""Kind of the event that tells of a night's tribunal; its subject is the night."""

UNTRIED: Final = "finalist_failed"
"""Kind of the event that tells of a finalist that could not be run; its subject is the genome."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """Work to be done once: `key` is unique for its kind and night; asking twice changes nothing.

    night: the one that it belongs to, and that alone claims it; '' where it is nobody's.
    """

    kind: str
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    night: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job held by this attempt; `attempt` is its fencing number."""

    job: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    attempt: int


@dataclass(frozen=True, slots=True)
class BriefingFiles:
    """A published briefing: its document as JSON text, its Markdown, and where its HTML lies."""

    night: str
    document: str
    markdown: str
    html_path: str


@dataclass(frozen=True, slots=True)
class Retries:
    """Genomes of a night that were late although they hardly computed, and were run once more."""

    night: str
    timeouts: int


class Kept(Protocol):
    """A dossier as the store keeps it. text: canonical JSON; evidence_hash: its SHA-256."""

    @property
    def genome(self) -> str: ...
    @property
    def night(self) -> str: ...
    @property
    def taken(self) -> bool: ...
    @property
    def text(self) -> str: ...
    @property
    def evidence_hash(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SealedQuery:
    """A look at sealed data that a genome is charged with, once in its life."""

    genome: str
    night: str


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything one step changes; committed in one transaction, together with its job.

    settings: those of the trials, kept once by hash. finished_night: id of a night that ends with
    this step.
    """

    genomes: tuple[Genome, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    trials: tuple[Trial, ...] = ()
    stages: tuple[StageChange, ...] = ()
    jobs: tuple[NewJob, ...] = ()
    events: tuple[Event, ...] = ()
    briefing: BriefingFiles | None = None
    finished_night: str = ""
    settings: tuple[SettingsDocument, ...] = ()
    retries: Retries | None = None
    queries: tuple[SealedQuery, ...] = ()
    dossiers: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """What one step changes, and the claim of the job that ends with it."""

    effects: Effects
    claim: Claim


@dataclass(frozen=True, slots=True)
class Night:
    """One campaign: its identity, what was asked of it, and whether it has ended.

    settings: the document behind settings_hash, kept when the night is opened; '' when read back.
    carried: jobs it took over from nights that ended. rechecked: known strategies it tries again.
    retried_timeouts: genomes run once more because they were late; above 0, the night may not be
    repeatable.
    """

    id: str
    seed: int
    evaluations: int
    settings_hash: str
    market_hash: str
    started: datetime
    finished: datetime | None = None
    settings: str = ""
    carried: int = 0
    rechecked: int = 0
    retried_timeouts: int = 0


@dataclass(frozen=True, slots=True)
class Elite:
    """The best trial of a genome, as selection and briefing need it."""

    genome: Genome
    trial: Trial
    niche: str
    selection: float
