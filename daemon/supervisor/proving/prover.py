"""The step from screened to proven: a night's best strategies are put to the tests of the ladder.

Trials, dossier and stage of a finalist go into one commit. The look at sealed data was charged
before, in one of its own: after a crash in between the same finalist looks again at the same data,
which tells nobody anything new.

It is no plugin: the safety of an account rests on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from daemon.domain.evolution.dossier import Dossier, Standing, dossier
from daemon.domain.evolution.evidence import Evidence, checks
from daemon.domain.evolution.ladder import first_failure, step_from
from daemon.domain.evolution.records import (
    UNTRIED,
    Effects,
    Event,
    Genome,
    Night,
    Origin,
    Stage,
    StageChange,
    Trial,
)
from daemon.domain.evolution.seal import Seal
from daemon.domain.evolution.tiers import Tier
from daemon.errors import GenomeRefused, MissingError
from daemon.plugin.roles import Every, ShiftReport, Turn
from daemon.store.store import SqlStore
from daemon.supervisor.evaluations import Evaluations
from daemon.supervisor.proving.gather import Gatherer

NAME: Final = "prover"
_LOOKED_AT: Final = 20
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Sight:
    """What the search sees: until which day, and what is sealed after it."""

    open_until: date
    seal: Seal | None


@dataclass(frozen=True, slots=True)
class Rules:
    """finalists: tried a night. settings_hash, sandbox: what trials are recorded with."""

    finalists: int
    settings_hash: str
    sandbox: str


class Prover:
    """Tries finalists: hourly in the daemon, and before the briefing of every night."""

    name = NAME
    trigger = Every(3600.0)
    deadline_s = 7200.0

    def __init__(
        self,
        gatherer: Gatherer,
        evaluations: Evaluations,
        store: SqlStore,
        rules: Rules,
        sight: Callable[[], Sight],
    ) -> None:
        self._gatherer = gatherer
        self._evaluations = evaluations
        self._store = store
        self.rules = rules
        self.sight = sight

    async def run(self, turn: Turn) -> ShiftReport:
        """Tries the finalists of a night that were not tried yet."""
        finalists = await asyncio.to_thread(self._finalists, turn.night)
        proven = sum([await self._try(turn.night, genome) for genome in finalists])
        counts = {"finalists": len(finalists), "proven": proven}
        if not finalists:
            return ShiftReport(True, "no strategy waits to be proven", counts)
        return ShiftReport(False, f"{len(finalists)} finalists tried, {proven} proven", counts)

    def standing(self, night: Night) -> Standing:
        """What evidence for a finalist of that night rests on now."""
        newest, sight = self._store.proofs.newest_link(), self.sight()
        return Standing(
            night=night.id,
            settings_hash=self.rules.settings_hash,
            sandbox=self.rules.sandbox,
            through=newest.number,
            chain=newest.chain,
            open_until=(sight.open_until - _EPOCH).days,
            seal=sight.seal,
            seen_by_hand=self._store.proofs.seen_by_hand(),
        )

    def _finalists(self, night: Night) -> list[Genome]:
        tried = {each.genome for each in self._store.proofs.dossiers(night.id)}
        best = [elite.genome for elite in self._store.best_of_night(night.id, _LOOKED_AT)]
        waiting = [g for g in best if g.stage is Stage.SCREENED and g.hash not in tried]
        return waiting[: max(self.rules.finalists - len(tried), 0)]

    async def _try(self, night: Night, genome: Genome) -> bool:
        standing = await asyncio.to_thread(self.standing, night)
        terms = self._evaluations.terms("", name=genome.name)
        try:
            evidence = await self._gatherer.evidence(genome, terms, standing)
        except (GenomeRefused, MissingError) as error:
            event = Event(UNTRIED, genome.hash, {"night": night.id, "why": str(error)})
            await asyncio.to_thread(self._store.commit, Effects(events=(event,)))
            return False
        step = step_from(Stage.SCREENED)
        assert step is not None
        found = dossier(genome, step, evidence, terms.friction, standing)
        effects = self._effects(genome, evidence, found)
        await asyncio.to_thread(self._store.commit, effects)
        return found.taken

    def _effects(self, genome: Genome, evidence: Evidence, found: Dossier) -> Effects:
        failure = first_failure(checks(evidence))
        reason = f"every check was passed; the evidence is {found.evidence_hash[:12]}"
        if failure is not None:
            reason = failure.words
        detail = {"night": found.night, "evidence": found.evidence_hash, "reason": reason}
        return Effects(
            trials=tuple(self._trials(genome, evidence, found.night)),
            stages=(StageChange(genome.hash, Stage.PROVEN, reason),) if found.taken else (),
            dossiers=(found,),
            events=(Event("dossier", genome.hash, detail),),
        )

    def _trials(self, genome: Genome, evidence: Evidence, night: str) -> Iterator[Trial]:
        """Every look that was taken is a trial."""
        rules = self.rules
        plain = Trial(
            genome=genome.hash,
            night=night,
            origin=Origin.SCREEN,
            params={},
            settings_hash=rules.settings_hash,
            sandbox=rules.sandbox,
            evaluation=None,
        )
        for variant in evidence.reruns or ():
            one = replace(plain, params=variant.params, failure=variant.failure)
            found = variant.found
            yield (
                one
                if found is None
                else replace(one, evaluation=found, capital=found.capital, engine=found.engine)
            )
        if evidence.sealed is not None:
            seen = evidence.sealed.found
            yield replace(
                plain, evaluation=seen, capital=seen.capital, engine=seen.engine, tier=Tier.SEALED
            )
