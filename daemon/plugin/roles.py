"""What the objects that a plugin registers have to be able to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Protocol, runtime_checkable

from daemon.domain.engine.causality import Occasion
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import BriefingFiles, Mutation, Night
from daemon.domain.genome.contract import Number
from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Ints
from daemon.domain.market.kinds import Columns, Rank
from daemon.domain.market.present import Holiday, MarketStatus, Quote


@dataclass(frozen=True, slots=True)
class Every:
    """Run again so many seconds after the last start."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Daily:
    """Run once a day at this local time of the owner's time zone."""

    at: time


@dataclass(frozen=True, slots=True)
class Turn:
    """One call of a shift: which night it works for, and how many trials that may still add."""

    now: datetime
    night: Night
    trials_left: int


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """What a turn did. idle: there was nothing to do. waits: for answers that are on their way."""

    idle: bool
    summary: str
    counts: Mapping[str, int]
    waits: bool = False


@runtime_checkable
class Shift(Protocol):
    """A periodic job. `run` may be called again after a crash at any point of it.

    One with the attribute `nightly = False` works for no night: its turns open none, and have the
    newest there was.
    """

    @property
    def name(self) -> str: ...
    @property
    def trigger(self) -> Every | Daily: ...
    @property
    def deadline_s(self) -> float: ...
    async def run(self, turn: Turn) -> ShiftReport: ...


@dataclass(frozen=True, slots=True)
class Request:
    """Which rows an ingestion wants; empty symbols: all there are; dates inclusive."""

    kind: str
    symbols: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one symbol from one file or answer, sorted by the key of their kind.

    columns: arrays of equal length, with the names and types of the kind's columns
    (`daemon.domain.market.kinds`). origin: where they came from, in a few words. rank: how much
    they are believed; a `Rank.DAY_FILE` holds all there is of its exchange dates.
    """

    symbol: str
    columns: Columns
    origin: str
    rank: Rank = Rank.ANSWER

    @staticmethod
    def of_bars(
        symbol: str, bars: Rows, transactions: Ints, origin: str, rank: Rank = Rank.ANSWER
    ) -> Batch:
        """Minute or day bars as a batch; bars: raw prices, times are the starts of bars."""
        columns = {name: getattr(bars, name) for name in ("open_time", *FIELDS)}
        return Batch(symbol, {**columns, "transactions": transactions}, origin, rank)


@dataclass(frozen=True, slots=True)
class ActionRow:
    """A split (`new` shares for `old`) or a cash dividend on its ex-date."""

    symbol: str
    ex_date: date
    cash: float = 0.0
    new: float = 1.0
    old: float = 1.0


@dataclass(frozen=True, slots=True)
class ListingRow:
    """When a symbol was listed, and its last day; None where the source does not know it."""

    symbol: str
    listed: date | None = None
    delisted: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One unit of an ingestion, for instance one day's file: done whole or not at all.

    key: stable name. stamp: changes when the content may have changed (size, mtime, ETag). asked:
    nothing vouches for the content, so that of a symbol that had no rows there may be some later
    under the same stamp; who retries such a symbol reads the part again.
    """

    key: str
    day: date | None
    stamp: str
    asked: bool = False


@runtime_checkable
class Source(Protocol):
    """A source of market data. Broken rows raise BadDataError naming file, line and value.

    TransientError: this part had no answer; AccessError: the key is refused, so ask no more;
    NoRoomError, before the first row: ask again when the disk has room.
    `rows` may be asked for several parts at once, from threads. `actions` gives the good symbols
    and raises BadDataError with the others (`symbols`) at its end, see `daemon.plugin.good`; one
    without symbols refuses the whole answer.
    """

    @property
    def name(self) -> str: ...
    @property
    def kinds(self) -> tuple[str, ...]: ...
    def parts(self, request: Request) -> Sequence[Part]: ...
    def rows(self, part: Part, request: Request) -> Iterator[Batch]: ...
    def actions(self, request: Request) -> Iterable[ActionRow]: ...


@runtime_checkable
class Keyed(Protocol):
    """What a source or a swarm may do besides: tell in a sentence what it lacks before it can be
    asked, "" where it has all."""

    def unready(self) -> str: ...


@runtime_checkable
class Listing(Protocol):
    """What a source with the kind "listings" has to do besides; broken ones as of `actions`."""

    def listings(self, request: Request) -> Iterable[ListingRow]: ...


@runtime_checkable
class Watching(Protocol):
    """What a source may do besides: tell of the market as it is at this moment."""

    def market_status(self) -> MarketStatus: ...
    def holidays(self) -> Sequence[Holiday]: ...
    def last_quote(self, symbol: str) -> Quote: ...


class Fetching(Protocol):
    """What a source may do besides: bring parts nearer, several at once, while others are read.

    The parts are then read in the order in which they are given here. told: called with the bytes
    fetched so far and the bytes of all parts, from any thread.
    """

    def fetching(
        self, parts: Sequence[Part], request: Request, told: Callable[[int, int], None]
    ) -> AbstractContextManager[None]: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a swarm wrote for one mutation; an empty text and an error where it could not.

    operator: what was done, where that is not the operator that was asked for.
    """

    mutation: str
    text: str
    error: str = ""
    operator: str = ""


@runtime_checkable
class Swarm(Protocol):
    """A writer of mutations. The same mutation asked twice gives the same answer or none.

    An operator whose name begins with `cross_` wants a second parent. `collect` leaves out what is
    not ready yet, and asks by itself for what was never submitted (the daemon may have stopped).
    """

    @property
    def name(self) -> str: ...
    @property
    def operators(self) -> tuple[str, ...]: ...
    async def submit(self, mutations: Sequence[Mutation]) -> str: ...
    async def collect(self, mutations: Sequence[Mutation]) -> Sequence[Answer]: ...
    async def cancel(self, mutations: Sequence[Mutation]) -> None: ...
    def cost(self, mutations: Sequence[Mutation]) -> float: ...


@dataclass(frozen=True, slots=True)
class EvaluationTask:
    """One backtest to run: a genome's text, its parameters, and on which named market.

    friction: name of a profile, "" for the one that nights use. proof: the occasion on which it is
    also proved that its positions do not look ahead, with cuts drawn from `seed`; None for none.
    """

    source: str
    params: Mapping[str, Number]
    timeframe: str
    universe: str
    friction: str
    proof: Occasion | None = None
    seed: int = 0


@runtime_checkable
class Executor(Protocol):
    """A place where evaluations run; raises GenomeRefused where the genome is at fault."""

    @property
    def name(self) -> str: ...
    @property
    def slots(self) -> int: ...
    async def evaluate(self, task: EvaluationTask) -> Evaluation: ...


@runtime_checkable
class Messenger(Protocol):
    """A way to reach the owner.

    The publisher hands every briefing to every messenger before it ends the night, and again
    after a crash in between: the second time must change nothing. It is awaited on the daemon's
    loop, so that what blocks belongs in a thread, with a time limit of its own.
    """

    @property
    def name(self) -> str: ...
    async def deliver(self, briefing: BriefingFiles) -> None: ...


@dataclass(frozen=True, slots=True)
class Alert:
    """What the owner should know before the next briefing. key: the same for the same matter."""

    key: str
    title: str
    text: str
    at: datetime


@runtime_checkable
class Alerting(Protocol):
    """What a messenger may do besides: tell the owner at once. Twice changes nothing."""

    async def alert(self, alert: Alert) -> None: ...


@runtime_checkable
class Check(Protocol):
    """A health check; `status` is ok, warn or fail."""

    @property
    def name(self) -> str: ...
    def run(self) -> tuple[str, str]: ...
