"""The step from screened to proven: a night's best strategies are put to the tests of the ladder.

1. All finalists of a turn are gathered on what the ledger and the open data tell. 2. Those that are
worth a look are charged for it in one commit, best first: the set is fixed, and so are the places
in the error budget. 3. Each is shown the sealed data. 4. Trials, dossiers and stages of all go into
one commit. After a crash in between the same ones look again at the same data, which tells nobody
anything new.

It is no plugin: the safety of an account rests on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeAlias, TypeGuard

from daemon.domain.evolution.dossier import Standing, dossier
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
from daemon.errors import GenomeRefused, SecurityError
from daemon.plugin.roles import Every, ShiftReport, Turn
from daemon.store.store import SqlStore
from daemon.supervisor.evaluations import Evaluations
from daemon.supervisor.proving.gather import Finalist, Gatherer
from daemon.supervisor.proving.together import compared

NAME: Final = "prover"
_BEST: Final = 20
"""Of a night's trials that are looked through for finalists."""

_EPOCH: Final = date(1970, 1, 1)

_Tried: TypeAlias = Finalist | Effects
"""A finalist with its evidence, or what is told of one that could not be run."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What the search sees: until which day, and what is sealed after it."""

    open_until: date
    seal: Seal | None


@dataclass(frozen=True, slots=True)
class Rules:
    """finalists: tried a night. settings_hash, sandbox: what trials are recorded with.

    lifetime_error: rate of the error budget.
    """

    finalists: int
    settings_hash: str
    sandbox: str
    lifetime_error: float


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
        night = turn.night
        genomes = await asyncio.to_thread(self._finalists, night)
        if not genomes:
            counts = {"finalists": 0, "proven": 0}
            return ShiftReport(True, "no strategy waits to be proven", counts)
        standing = await asyncio.to_thread(self.standing, night)
        tried = [await self._gathered(genome, standing) for genome in genomes]
        shown = await asyncio.to_thread(compared, await self._shown(tried, standing))
        effects = [
            one if isinstance(one, Effects) else self._effects(one, standing) for one in shown
        ]
        await asyncio.to_thread(self._store.commit, _as_one(effects))
        proven = sum(len(each.stages) for each in effects)
        counts = {"finalists": len(genomes), "proven": proven}
        return ShiftReport(False, f"{len(genomes)} finalists tried, {proven} proven", counts)

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
            lifetime_error=self.rules.lifetime_error,
            seen_by_hand=self._store.proofs.seen_by_hand(),
        )

    def _finalists(self, night: Night) -> list[Genome]:
        """The night's best that wait, but for those whose look was taken, however it ended.

        There is one look in a life, and no choice depends on what a look showed.
        """
        proofs = self._store.proofs
        tried = {each.genome for each in proofs.dossiers(night.id)}
        out = tried | proofs.looked_at()
        best = [elite.genome for elite in self._store.best_of_night(night.id, _BEST)]
        waiting = [g for g in best if g.stage is Stage.SCREENED and g.hash not in out]
        return waiting[: max(self.rules.finalists - len(tried), 0)]

    async def _gathered(self, genome: Genome, standing: Standing) -> _Tried:
        terms = self._evaluations.terms("", name=genome.name)
        try:
            return await self._gatherer.unsealed(genome, terms, standing)
        except SecurityError:  # the end of the night, not of one finalist
            raise
        except Exception as error:  # the border of one finalist: the others go on
            return _untried(genome, standing, error)

    async def _shown(self, tried: Sequence[_Tried], standing: Standing) -> list[_Tried]:
        """The same, those that are worth a look after it."""
        worth = {n: one for n, one in enumerate(tried) if _is_worth_a_look(one)}
        if worth:
            await self._gatherer.charge(list(worth.values()), standing)
        return [
            await self._looked(worth[n], standing) if n in worth else one
            for n, one in enumerate(tried)
        ]

    async def _looked(self, one: Finalist, standing: Standing) -> _Tried:
        try:
            return await self._gatherer.look(one, standing)
        except GenomeRefused as error:
            return self._spoilt(one, standing, error)
        except SecurityError:
            raise
        except Exception as error:
            return _untried(one.genome, standing, error)

    def _spoilt(self, one: Finalist, standing: Standing, error: GenomeRefused) -> Effects:
        """A look that the genome broke off: it saw the sealed data, and sees them no more."""
        trial = replace(
            self._plain(one.genome, standing.night), failure=str(error), tier=Tier.SEALED
        )
        return replace(_untried(one.genome, standing, error), trials=(trial,))

    def _effects(self, one: Finalist, standing: Standing) -> Effects:
        genome, evidence, step = one.genome, one.evidence, step_from(Stage.SCREENED)
        assert step is not None
        found = dossier(genome, step, evidence, one.terms.friction, standing)
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
        plain = self._plain(genome, night)
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

    def _plain(self, genome: Genome, night: str) -> Trial:
        return Trial(
            genome=genome.hash,
            night=night,
            origin=Origin.SCREEN,
            params={},
            settings_hash=self.rules.settings_hash,
            sandbox=self.rules.sandbox,
            evaluation=None,
        )


def _is_worth_a_look(one: _Tried) -> TypeGuard[Finalist]:
    return isinstance(one, Finalist) and one.worth_a_look


def _untried(genome: Genome, standing: Standing, error: Exception) -> Effects:
    detail = {"night": standing.night, "why": str(error)}
    return Effects(events=(Event(UNTRIED, genome.hash, detail),))


def _as_one(effects: Sequence[Effects]) -> Effects:
    """What several finalists change, in their order."""
    return Effects(
        trials=tuple(trial for each in effects for trial in each.trials),
        stages=tuple(change for each in effects for change in each.stages),
        dossiers=tuple(one for each in effects for one in each.dossiers),
        events=tuple(event for each in effects for event in each.events),
    )
