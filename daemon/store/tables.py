"""The tables of the daemon's database; plain shapes, written by one module each.

`number` columns are SQLite row numbers: given in the order of commits, without holes.
"""

# No `from __future__ import annotations` here: SQLModel reads annotations when a class is made.
from datetime import datetime

from sqlalchemy import JSON, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from daemon.store import data_tables
from daemon.store.columns import Json, UTCDateTime


class Instance(SQLModel, table=True):
    """One start of a daemon. boot: of the machine; monotonic stamps compare within it only.

    trials, chain: the newest trial then and its link, 0 and '' where there was none; NULL in starts
    of before there were links.
    """

    epoch: int | None = Field(default=None, primary_key=True)
    boot: str
    started: datetime = Field(sa_type=UTCDateTime)
    trials: int | None = None
    chain: str | None = None


class Job(SQLModel, table=True):
    """Work to be done once. state: waiting, running, done or failed (parked after its faults).

    owner: epoch of the instance that holds it. lease_until: monotonic seconds of that instance.
    night: the one it belongs to, or ''.
    """

    __table_args__ = (
        UniqueConstraint("kind", "key", "night", name="job_once"),
        Index("job_next", "kind", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    key: str
    payload: Json = Field(sa_type=JSON)
    state: str = "waiting"
    attempt: int = 0
    faults: int = 0
    owner: int | None = Field(default=None, foreign_key="instance.epoch")
    lease_until: float | None = None
    error: str = ""
    night: str = Field(default="", sa_column_kwargs={"server_default": ""})
    created: datetime = Field(sa_type=UTCDateTime)
    changed: datetime = Field(sa_type=UTCDateTime)


class Night(SQLModel, table=True):
    """One campaign. seed: in decimal, as it may be wider than SQLite's integers.

    The columns that end in `_before` are the newest rows there were when it was opened.
    """

    id: str = Field(primary_key=True)
    seed: str
    evaluations: int
    settings_hash: str
    market_hash: str
    started: datetime = Field(sa_type=UTCDateTime)
    finished: datetime | None = Field(default=None, sa_type=UTCDateTime)
    carried: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    rechecked: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    retried_timeouts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    genomes_before: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lessons_before: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    trials_before: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Genome(SQLModel, table=True):
    """A genome's text and where it stands on the ladder.

    seed: of its operator, in decimal, '' where nothing drew.
    """

    number: int | None = Field(default=None, primary_key=True)
    hash: str = Field(unique=True)
    source: str
    name: str
    idea: str
    timeframe: str
    universe: str
    operator: str
    behaviour: str = Field(index=True)
    nodes: int
    stage: str = Field(index=True)
    night: str
    at: datetime = Field(sa_type=UTCDateTime)
    seed: str = Field(default="", sa_column_kwargs={"server_default": ""})


class Parent(SQLModel, table=True):
    """Lineage: the parents of a genome in their order."""

    genome: str = Field(primary_key=True, foreign_key="genome.hash")
    position: int = Field(primary_key=True)
    parent: str = Field(foreign_key="genome.hash", index=True)


class Mutation(SQLModel, table=True):
    """One request for a child. seed: in decimal, as it may be wider than SQLite's integers."""

    __table_args__ = (UniqueConstraint("night", "generation", "ticket", name="mutation_ticket"),)

    id: str = Field(primary_key=True)
    night: str = Field(foreign_key="night.id")
    generation: int
    ticket: int
    swarm: str
    operator: str
    seed: str
    parents: list[str] = Field(sa_type=JSON)
    sources: list[str] = Field(sa_type=JSON)
    name: str
    handle: str


class Lesson(SQLModel, table=True):
    """A refused child. genome: hash of its canonical text, '' where it has none."""

    __table_args__ = (UniqueConstraint("mutation", "code", "line", "message", name="lesson_once"),)

    number: int | None = Field(default=None, primary_key=True)
    mutation: str
    night: str = Field(index=True)
    operator: str
    parents: list[str] = Field(sa_type=JSON)
    text: str
    code: str
    line: int
    message: str
    genome: str = Field(index=True)
    at: datetime = Field(sa_type=UTCDateTime)


class Series(SQLModel, table=True):
    """Returns by session, kept once by content. hash: SHA-256 of the bytes before compression."""

    hash: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


class Settings(SQLModel, table=True):
    """Settings whole, kept once by their hash. document: JSON text."""

    hash: str = Field(primary_key=True)
    document: str


class Trial(SQLModel, table=True):
    """The append-only ledger. evaluated: false where the genome failed to run.

    `chain` links the row to the one before, see the module of that name; seed: in decimal, of the
    operator. A figure is NULL where it is undefined, not a number, or where there is no evaluation.
    """

    __table_args__ = (
        UniqueConstraint(
            "genome",
            "params_hash",
            "market_hash",
            "friction_hash",
            "settings_hash",
            "origin",
            "night",
            "capital",
            "engine",
            "tier",
            name="trial_once",
        ),
        Index(
            "trial_elite",
            "settings_hash",
            "niche",
            "selection",
            sqlite_where=text("origin = 'night' AND selection IS NOT NULL"),
        ),
        Index("trial_night", "night", "evaluated"),
    )

    number: int | None = Field(default=None, primary_key=True)
    genome: str = Field(foreign_key="genome.hash")
    night: str
    origin: str
    params: Json = Field(sa_type=JSON)
    params_hash: str
    settings_hash: str
    sandbox: str
    capital: float
    engine: str
    failure: str
    at: datetime = Field(sa_type=UTCDateTime)
    evaluated: bool
    market_hash: str = ""
    positions_hash: str = ""
    friction: str = ""
    friction_hash: str = ""
    timeframe: str = ""
    symbols: list[str] = Field(default=[], sa_type=JSON)
    first_date: int = 0
    last_date: int = 0
    bars: int = 0
    trade_hash: str = ""
    simulated: bool = False
    skipped: list[str] = Field(default=[], sa_type=JSON)
    flags: list[str] = Field(default=[], sa_type=JSON)
    blocks: list[Json] = Field(default=[], sa_type=JSON)
    descriptors: Json = Field(default={}, sa_type=JSON)
    niche: str = ""
    fitness: float | None = None
    fitness_refusal: str = ""
    selection: float | None = None
    session_returns: str | None = Field(default=None, foreign_key="series.hash")
    market_returns: str | None = Field(default=None, foreign_key="series.hash")
    total_return: float | None = None
    cagr: float | None = None
    sharpe: float | None = None
    sortino: float | None = None
    convexity: float | None = None
    max_drawdown: float | None = None
    calmar: float | None = None
    volatility: float | None = None
    exposure: float | None = None
    turnover: float | None = None
    trades: int | None = None
    win_rate: float | None = None
    profit_factor: float | None = None
    expectancy: float | None = None
    sqn: float | None = None
    fees: float | None = None
    final_equity: float | None = None
    ambiguous_share: float | None = None
    tier: str = Field(default="selection", sa_column_kwargs={"server_default": "selection"})
    behaviour: str = Field(default="", sa_column_kwargs={"server_default": ""})
    operator: str = Field(default="", sa_column_kwargs={"server_default": ""})
    seed: str = Field(default="", sa_column_kwargs={"server_default": ""})
    chain: str = Field(default="", sa_column_kwargs={"server_default": ""})
    parents: list[str] = Field(default=[], sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    dollars: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    wall_s: float | None = None
    cpu_s: float | None = None


class Event(SQLModel, table=True):
    """A line of the append-only journal."""

    number: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    subject: str = Field(index=True)
    detail: Json = Field(sa_type=JSON)
    at: datetime = Field(sa_type=UTCDateTime)


class Briefing(SQLModel, table=True):
    """The briefing of a night; publishing again replaces it."""

    night: str = Field(primary_key=True, foreign_key="night.id")
    document: str
    markdown: str
    html_path: str
    at: datetime = Field(sa_type=UTCDateTime)


class SealedQuery(SQLModel, table=True):
    """A charged look at sealed data, one for each genome; number: its place in the error budget."""

    __tablename__ = "sealed_query"

    number: int | None = Field(default=None, primary_key=True)
    genome: str = Field(unique=True, foreign_key="genome.hash")
    night: str
    at: datetime = Field(sa_type=UTCDateTime)


class Dossier(SQLModel, table=True):
    """The evidence for a step of the ladder. evidence: SHA-256 of the document. taken: passed."""

    __table_args__ = (UniqueConstraint("genome", "night", name="dossier_once"),)

    number: int | None = Field(default=None, primary_key=True)
    genome: str = Field(foreign_key="genome.hash")
    night: str
    evidence: str
    taken: bool
    document: str
    at: datetime = Field(sa_type=UTCDateTime)


class Call(SQLModel, table=True):
    """A paid model call; see `daemon.domain.evolution.calls`. Money: millionths of a dollar.

    request, answer: JSON, compressed. common: hash in `settings` of what requests share.
    """

    number: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    mutation: str = Field(index=True)
    night: str
    swarm: str
    model: str
    prompt: str
    common: str
    request: bytes = Field(sa_type=LargeBinary)
    reserved: int
    attempt: int
    handle: str
    state: str
    answer: bytes = Field(sa_type=LargeBinary)
    tokens: Json = Field(sa_type=JSON)
    spent: int
    at: datetime = Field(sa_type=UTCDateTime, index=True)
    settled: datetime | None = Field(default=None, sa_type=UTCDateTime)


METADATA = data_tables.Quality.metadata
"""Of these tables and those of `data_tables`."""
