"""One night from a configuration: its identity, its market, its result as a document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from daemon.config import Loaded
from daemon.domain.evolution.records import Elite, Night, Stage
from daemon.plugin.security import stop_after_attacks
from daemon.settings import NightTable
from daemon.supervisor.bootstrap import Runtime, report_faults, runtime
from daemon.supervisor.market_setup import ensure_market
from daemon.supervisor.night import Crew, NightOutcome, Watcher, run_night
from daemon.supervisor.provenance import settings_document
from daemon.supervisor.quality import judge_market

BEST = 10


@dataclass(frozen=True, slots=True)
class NightResult:
    """What `night --json` prints, and the briefing's text beside it."""

    outcome: NightOutcome
    evaluations: int
    accepted: int
    rejected: int
    best: Sequence[Elite]


async def one_night(loaded: Loaded, asked: NightTable, watch: Watcher) -> NightResult:
    """Opens or continues the night of this seed and settings, and runs it to its end.

    The caller holds the state lock.
    """
    async with runtime(loaded) as started:
        report_faults(started)
        stop_after_attacks(started.store, started.bench.clock.now())
        await ensure_market(started)
        await judge_market(started)
        night = started.store.open_night(planned(started, asked), asked.recheck)
        crew = Crew(started.shifts, started.store, started.bench.clock, watch)
        outcome = await run_night(night, crew, asked.minutes)
        return summarised(started, outcome)


def planned(started: Runtime, asked: NightTable) -> Night:
    """The night that seed, settings and data name, with the settings whole."""
    kept = settings_document(started.loaded, started.plugins)
    kind = "rehearsal" if started.bench.rehearsal else "night"
    return Night(
        id=f"{kind}-{asked.seed}-{kept.hash[:8]}",
        seed=asked.seed,
        evaluations=asked.evaluations,
        settings_hash=kept.hash,
        market_hash=started.bench.markets.fingerprint(),
        started=started.bench.clock.now(),
        settings=kept.document,
    )


def summarised(started: Runtime, outcome: NightOutcome) -> NightResult:
    """Counts and the best strategies of a night, by queries."""
    store, night = started.store, outcome.night
    tried = store.tried(night.id)
    screened = [genome for genome in store.genomes(Stage.SCREENED) if genome.hash in tried]
    ended = next(found for found in store.nights() if found.id == night.id)
    return NightResult(
        outcome=replace(outcome, night=ended),
        evaluations=store.trial_count(night.id),
        accepted=len(screened),
        rejected=len(store.lessons(night.id)),
        best=store.best_of_night(night.id, BEST),
    )
