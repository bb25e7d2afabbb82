"""The briefing as a document: what the owner reads in the morning, before any rendering.

`briefing_compose` fills it in from records, `briefing_text` shows it on a terminal, the publisher
renders it as a page. `as_json` writes it, `from_json` reads it back; the hash in it covers
everything but `clock`, so that the same store content gives the same hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import date, datetime
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from daemon.domain.briefing.proofs import Chance, Finalist, Tribunal
from daemon.domain.genome.contract import Number
from daemon.domain.stats.metrics import Metrics

VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Clock:
    """Wall-clock figures, outside the hashed part. ended: time of the last trial."""

    started: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something happened: its code, its name in plain English, and one example."""

    code: str
    name: str
    count: int
    example: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """What the night did.

    asked: trials asked for. evaluated: trials priced in full. accepted: strategies at or above
    the threshold. without_fitness: evaluated, but not judged (no selection fitness). failed:
    trials that broke. tried: those priced and those that broke. judged: those with a fitness.
    refused: children that never became a trial. ledger: trials priced in full ever, this night
    included. quarantined: strategies held back as suspected leaks. carried: genomes and requests
    that earlier nights left. rechecked: known strategies tried again. retried_timeouts: genomes
    that were late and run once more.
    """

    asked: int
    evaluated: int
    accepted: int
    without_fitness: int
    failed: int
    refused: int
    generations: int
    ledger: int
    quarantined: int = 0
    carried: int = 0
    rechecked: int = 0
    retried_timeouts: int = 0

    @property
    def tried(self) -> int:
        return self.evaluated + self.failed

    @property
    def judged(self) -> int:
        return self.evaluated - self.without_fitness


@dataclass(frozen=True, slots=True)
class OperatorScore:
    """What an operator brought: children priced, and how many beat their best parent."""

    name: str
    children: int
    comparable: int
    improved: int
    best_gain: float | None


@dataclass(frozen=True, slots=True)
class Luck:
    """What the best of so many strategies without skill would show; annual Sharpe ratios.

    noise: expected maximum over `trials` independent trials of true Sharpe zero, whose estimates
    vary by 1/T. bound: what that maximum exceeds once in twenty. strict: the expected maximum with
    the variance of all trials, where that is larger, so that whatever spreads them counts as luck.
    best: the highest Sharpe seen. deflated: probability that its true Sharpe is above `strict`
    (Bailey and Lopez de Prado 2014). None where fewer than two trials could be judged. judged:
    trials with a selection fitness, the only ones that `best` is taken from. Suspected leaks and
    trials of the owner count in `trials` and in nothing else.
    """

    trials: int
    sessions: int
    noise: float | None
    strict: float | None
    best: float | None
    deflated: float | None
    verdict: str
    bound: float | None = None
    judged: int = 0


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Equal dollars in each symbol at the open after its first bar, then held, without costs."""

    total_return: float
    cagr: float | None
    sharpe: float | None
    max_drawdown: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Growth of one dollar and depth below the last high (<= 0), thinned for drawing."""

    days: tuple[date, ...]
    strategy: tuple[float, ...]
    benchmark: tuple[float, ...]
    drawdown: tuple[float, ...]
    benchmark_drawdown: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class BlockScore:
    """One walk-forward block; `refusal` says in words why it has no fitness."""

    start: date
    end: date
    sharpe: float | None
    fitness: float | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Parent:
    """Where a strategy came from."""

    hash: str
    name: str


@dataclass(frozen=True, slots=True)
class Strategy:
    """One strategy of the night.

    idea: its sentence; of one that is no seed "Descends from: " and that of its first parent.
    fee_share: fees over profit before fees, None without a profit. change: unified diff against
    its first parent. verdict: what stood in the way; "" for one that passed. notes: sentences on
    what to keep in mind. proven: it passed every check of the ladder. chance: None where it was
    not judged or earned nothing.
    """

    hash: str
    name: str
    idea: str
    timeframe: str
    symbols: tuple[str, ...]
    params: Mapping[str, Number]
    operator: str
    parents: tuple[Parent, ...]
    change: str
    source: str
    metrics: Metrics
    fitness: float | None
    selection: float | None
    fee_share: float | None
    character: str
    benchmark: Benchmark
    curve: Curve
    blocks: tuple[BlockScore, ...]
    verdict: str
    notes: tuple[str, ...]
    proven: bool = False
    chance: Chance | None = None


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One symbol's bars and how good they are. bars: minute or daily. good: share of the sessions
    without a bad finding; bad: how many have one; worst: the worst of them, and what it shows."""

    symbol: str
    bars: str
    good: float
    bad: int
    worst: date
    sentence: str
    refused: bool


@dataclass(frozen=True, slots=True)
class MarketState:
    """The data the night ran on, in sentences, and what is wrong with it.

    quality: the symbols with the fewest good sessions; quality_words: what was made of that.
    """

    symbols: tuple[str, ...]
    start: date | None
    end: date | None
    facts: tuple[str, ...]
    warnings: tuple[str, ...]
    quality: tuple[QualityRow, ...] = ()
    quality_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UsedMarket:
    """A market that trials of the night ran on: its bars and symbols in words, and its hash."""

    name: str
    hash: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is needed to compute the night again.

    markets: from the finest time frame to the coarsest. fresh: it took over nothing of earlier
    nights, so that the command alone does it.
    """

    command: str
    seed: int
    settings_hash: str
    friction: str
    sandbox: str
    markets: tuple[UsedMarket, ...] = ()
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Briefing:
    """The whole document. simulation: words for the banner; "" on a real market.

    sharpes: annual Sharpe of every trial of the night that could be judged, in the order of the
    ledger, without those of suspected leaks. finalists_words: what is true of all finalists.
    tribunal: None where none was held.
    """

    night: str
    headline: str
    summary: tuple[str, ...]
    simulation: str
    ran: Ran
    decisions: tuple[str, ...]
    learnt: tuple[str, ...]
    luck: Luck
    benchmark: Benchmark | None
    sharpes: tuple[float, ...]
    operators: tuple[OperatorScore, ...]
    top: tuple[Strategy, ...]
    near_misses: tuple[Strategy, ...]
    refusals: tuple[Tally, ...]
    lessons: tuple[Tally, ...]
    market: MarketState
    recipe: Recipe
    clock: Clock
    version: int = VERSION
    finalists: tuple[Finalist, ...] = ()
    finalists_words: tuple[str, ...] = ()
    tribunal: Tribunal | None = None


def content_hash(briefing: Briefing) -> str:
    """SHA-256 of everything but the clock."""
    document = {key: value for key, value in asdict(briefing).items() if key != "clock"}
    text = json.dumps(document, sort_keys=True, default=_plain, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def as_json(briefing: Briefing) -> str:
    """The document as one JSON object with its `hash`; dates and times are ISO 8601."""
    document = {"hash": content_hash(briefing), **asdict(briefing)}
    return json.dumps(document, default=_plain, ensure_ascii=False, indent=1, allow_nan=False)


def from_json(text: str) -> Briefing:
    """The document that `as_json` wrote. ValueError for another version."""
    document = json.loads(text)
    if document.get("version") != VERSION:
        raise ValueError(
            f"expected a briefing of version {VERSION}, found {document.get('version')}"
        )
    document.pop("hash", None)
    briefing: Briefing = _rebuilt(Briefing, document)
    return briefing


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"expected a value for JSON, found {type(value).__name__}")


def _rebuilt(kind: Any, value: Any) -> Any:
    """A value of a field's type from what JSON made of it."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        known = {f.name for f in fields(kind)}
        return kind(**{k: _rebuilt(hints[k], v) for k, v in value.items() if k in known})
    if get_origin(kind) is tuple:
        return tuple(_rebuilt(get_args(kind)[0], item) for item in value)
    if get_origin(kind) in (Union, UnionType):
        inner = [option for option in get_args(kind) if option is not type(None)]
        return None if value is None else _rebuilt(inner[0], value)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    return value
