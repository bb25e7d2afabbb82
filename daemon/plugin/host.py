"""What a plugin is given: ports to the daemon, its own settings, a clock and randomness.

Bootstrap hands the real ports in, tests hand fakes in (`tests/fakes.py`). Every write goes
through `Store.commit`: one transaction for the effects of one step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from daemon.domain.briefing.document import Briefing
from daemon.domain.engine import causality
from daemon.domain.engine.positions import Positions
from daemon.domain.evolution.calls import Call, Cap, Entry, Settlement
from daemon.domain.evolution.dossier import Dossier
from daemon.domain.evolution.records import (
    BriefingFiles,
    Claim,
    Effects,
    Elite,
    Event,
    Genome,
    Lesson,
    Mutation,
    Night,
    Retries,
    Stage,
    Step,
    Trial,
)
from daemon.domain.market.bars import Market
from daemon.domain.market.supply import Failing, Supplied, Want
from daemon.errors import NightShiftError
from daemon.log import Secret
from daemon.plugin.roles import Executor, Messenger, Swarm

Settings = TypeVar("Settings", bound=BaseModel)


class Clock(Protocol):
    """The one source of time."""

    def now(self) -> datetime: ...
    def monotonic(self) -> float: ...


class Store(Protocol):
    """The database as shifts see it."""

    def commit(self, effects: Effects, claim: Claim | None = None) -> None:
        """All effects and the end of the claimed job in one transaction; FencedError if lost."""

    def commit_all(self, steps: Sequence[Step]) -> tuple[int, NightShiftError | None]:
        """Steps in their order and one transaction, up to the first that cannot be written.

        Gives how many were, and what kept the next from it: FencedError where its claim was lost.
        """

    def claim(self, kind: str, limit: int, night: str | None = None) -> Sequence[Claim]:
        """Up to `limit` waiting jobs of a kind, oldest first, leased to this daemon.

        night: only those that belong to it; a shift works for the night of its turn.
        """

    @property
    def lease_s(self) -> float:
        """Seconds a claim holds, unless it is extended; see `daemon.plugin.leases`."""

    def extend(self, claim: Claim) -> None:
        """Holds a claimed job for another lease; FencedError if it was lost."""

    def release(self, claim: Claim, error: str) -> None:
        """Gives a job back after a fault that was not its own; parked after three faults.

        Without an error nothing failed: it goes back untouched and no fault is counted.
        """

    def waiting(self, kind: str, night: str | None = None, swarm: str = "") -> int:
        """How many jobs of a kind wait or run, of a night or in all; of one swarm, if named."""

    def genome(self, hash_or_prefix: str) -> Genome: ...

    # A night that is named sees what was there when it was opened, and what it made itself: so one
    # that was broken off goes on, after any others, as it would have alone.
    def genomes(self, stage: Stage | None = None, night: str | None = None) -> Sequence[Genome]: ...
    def known(self, genome_hash: str, night: str | None = None) -> bool:
        """True if the canonical text was stored or refused before."""

    def same_behaviour(self, behaviour: str, night: str | None = None) -> str:
        """Hash of the genome that behaves so on the probe market, or ''."""

    def mutations(self, ids: Sequence[str]) -> Sequence[Mutation]: ...
    def last_generation(self, night: str) -> int:
        """Number of the newest generation asked for in a night, -1 before the first."""

    def lessons(self, night: str | None = None) -> Sequence[Lesson]: ...
    def trials(self, night: str | None = None) -> Sequence[Trial]: ...
    def trial_count(self, night: str | None = None) -> int:
        """Trials evaluated in full."""

    def elites(self, settings_hash: str, night: str | None = None) -> Sequence[Elite]:
        """Best trial of each niche made under these settings, by selection, best first."""

    def floors(self, settings_hash: str, night: str | None = None) -> Mapping[str, float]:
        """The selection of each of these elites, by niche."""

    def dossiers(self, night: str) -> Sequence[Dossier]:
        """Of the finalists of a night, in the order in which they were tried."""

    def nights(self) -> Sequence[Night]: ...
    def happened(self, kind: str, since: datetime) -> Sequence[tuple[datetime, Event]]:
        """The lines of a kind in the journal from an instant on, oldest first."""

    def briefing(self, night: str | None = None) -> BriefingFiles | None: ...


class Books(Protocol):
    """The books of paid model calls; see `daemon.domain.evolution.calls`."""

    def enter(
        self, calls: Sequence[Call], caps: Sequence[Cap], common: Mapping[str, str]
    ) -> Sequence[str]:
        """Enters calls in their order as far as every cap allows; the ids of those in the books.

        One that was entered before is there already and costs nothing more. common: the parts of
        prompts that requests share, by hash.
        """

    def hand(self, ids: Sequence[str], handle: str) -> None:
        """Notes the batch that open calls were sent in."""

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Ends open calls, all in one transaction; one that has ended stays as it is."""

    def entries(self, mutations: Sequence[str]) -> Mapping[str, Sequence[Entry]]:
        """The calls of each of these requests that has any, the first attempt first."""

    def spent(self, since: datetime) -> int:
        """Millionths of a dollar of everything entered since: settled, or else reserved."""

    def handles(self, since: datetime) -> frozenset[str]:
        """The batches that calls entered since were sent in."""


class Markets(Protocol):
    """The lake as shifts see it: aligned bars up to the as-of instant of the configuration."""

    def market(self, timeframe: str, universe: str = "") -> Market: ...
    def skipped(self, timeframe: str, universe: str = "") -> tuple[str, ...]:
        """Symbols of the universe that have no data."""

    def health(self) -> Mapping[str, Any]:
        """What the lake holds and what is wrong with it, for the briefing."""


class Supply(Protocol):
    """The lake as it is filled from the sources that are loaded."""

    async def fill(self, want: Want, pauses: Sequence[timedelta]) -> Supplied:
        """Asks source after source; who has none is marked and tried again after the pauses.

        UsageError for a source that is not loaded. What a source does not give is told, not raised.
        """

    async def repair(self, symbols: Sequence[str], questions: int) -> str:
        """Asks the sources again, at most so often, for what the gap scanner finds wrong with the
        symbols, as `lake repair` does: a sentence, or "" where there was nothing to mend."""

    async def retire(self) -> str:
        """Removes what is older than [lake.retention] keeps: a sentence, or "" if nothing was."""

    def failing(self) -> Sequence[Failing]:
        """Symbols that no source has, with the time of the next try."""

    def unready(self, names: Iterable[str]) -> Sequence[str]:
        """What those of the named sources lack that cannot be asked, a sentence each."""

    def in_session(self, now: datetime, after: timedelta) -> bool:
        """Whether the exchange's regular session is on, or ended less than `after` ago."""


class Outlook(Protocol):
    """What the loaded sources say of the market itself, and what of it the owner is to hear."""

    async def closed(self, names: Sequence[str]) -> str | None:
        """A sentence where the first of the sources that can tell calls the market closed now, ""
        where it does not; None where nobody can tell."""

    async def disagreements(self, names: Sequence[str], today: date) -> Sequence[str] | None:
        """A sentence for each coming holiday or half day on which the first of the sources that
        can tell and the exchange calendar differ; None where nobody can tell."""

    async def stopped(
        self, kinds: Sequence[str], symbols: Sequence[str], sessions: int
    ) -> Sequence[str]:
        """Sentences on those of the symbols that have had no bar of a kind for so many sessions
        though no delisting is known."""

    def note(self, topic: str, sentences: Sequence[str]) -> None:
        """Tells these in the journal and in every briefing until others are told on the topic."""


Probe = causality.Probe
Causality = causality.Causality
"""What `Sandbox` answers; the sandbox may not import this package."""

Occasion = causality.Occasion


class Sandbox(Protocol):
    """The only way to run a genome."""

    @property
    def level(self) -> str: ...
    async def probe(self, source: str, thorough: bool = True) -> Probe:
        """Run, determinism, causality and warm-up parity on the probe market, in a child or two.

        thorough: False for the run alone, which tells the behaviour.
        """

    async def positions(
        self, source: str, market: Market, params: Mapping[str, float]
    ) -> Positions:
        """Of (T, N), finite, in [-1, 1]; GenomeRefused where the genome is at fault."""

    async def prove(
        self,
        source: str,
        market: Market,
        params: Mapping[str, float],
        positions: Positions,
        seed: int = 0,
        occasion: Occasion = "graduation",
    ) -> Causality:
        """Why these positions look ahead on this market, empty where nothing shows it.

        seed: of the trial, draws where the market is cut and what follows there. occasion: the
        same checks on each, with more cuts and symbols the more there is to gain.
        """


def _no_rendering(briefing: Briefing, audience: str) -> str | None:
    return None


@dataclass(frozen=True)
class Host:
    """Everything a plugin may touch.

    raw_settings: the plugin's own table of daemon.toml. briefings: folder for published files.
    secrets, environment: what of the names in the plugin's `SECRETS` and `ENVIRONMENT` is there,
    from the environment, the service's credentials or the .env beside daemon.toml. folder: the
    plugin's own below the state folder, not made yet, for what may be lost. swarms, executors:
    what plugins registered, filled in before any shift runs. render: the first
    answer of the plugins' `render_briefing` for an audience. retried_timeouts: how many genomes
    were run once more because they were late, since it was asked last.
    """

    plugin: str
    clock: Clock
    store: Store
    books: Books
    markets: Markets
    supply: Supply
    outlook: Outlook
    sandbox: Sandbox
    evaluations: Executor
    seed_folder: Path
    briefings: Path
    raw_settings: Mapping[str, Any]
    secrets: Mapping[str, Secret]
    environment: Mapping[str, str]
    folder: Path
    swarms: dict[str, Swarm]
    executors: dict[str, Executor]
    messengers: dict[str, Messenger]
    settings_hash: str
    render: Callable[[Briefing, str], str | None] = _no_rendering
    retried_timeouts: Callable[[], int] = lambda: 0

    def retries(self, night: str) -> Retries | None:
        """The retried timeouts as an effect on a night, for the next commit; None without any."""
        timeouts = self.retried_timeouts()
        return Retries(night, timeouts) if timeouts else None

    def settings(self, model: type[Settings]) -> Settings:
        """The plugin's settings, checked; unknown keys are errors."""
        return model.model_validate(dict(self.raw_settings))
