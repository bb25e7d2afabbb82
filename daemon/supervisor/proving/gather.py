"""Gathers what is to be known of a finalist, no further than it is worth.

1. the checks on the ledger · 2. where all of them pass, the reruns · 3. where all of those pass
too and the sealed data could say something, the one look at them. This is the only place where
sealed data are read, and every look is charged before it is taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from daemon.domain.evolution.budget import Stake
from daemon.domain.evolution.dossier import Standing
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.evidence import Evidence, Sealed, checks, open_checks
from daemon.domain.evolution.ladder import first_failure
from daemon.domain.evolution.records import Effects, Genome, SealedQuery
from daemon.domain.market.bars import Floats, Market
from daemon.domain.market.subset import held_to
from daemon.domain.stats.luck import Looks
from daemon.errors import MissingError
from daemon.plugin.host import Markets
from daemon.supervisor.evaluations import Evaluations, Terms
from daemon.supervisor.proving.reruns import rerun

_EPOCH: Final = date(1970, 1, 1).toordinal()

UpTo = Callable[[date], Markets]
"""Markets with every bar up to a day, sealed or not; nobody but the gatherer is given it."""

LooksBefore = Callable[[str, int, Evaluation], tuple[Looks, Floats]]
"""Of a night, up to a trial: the looks, and the returns of its trials beside that evaluation."""

StakeOf = Callable[[str, Standing], Stake]
"""Of a genome whose look was charged: its place in the error budget."""

Commit = Callable[[Effects], None]


@dataclass(frozen=True, slots=True)
class Finalist:
    """One of the night's best, and what is known of it so far."""

    genome: Genome
    terms: Terms
    evidence: Evidence

    @property
    def worth_a_look(self) -> bool:
        """Whether all that can be known without sealed data speaks for it."""
        known = self.evidence
        return known.reruns is not None and first_failure(checks(known)) is None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is asked of the trial ledger, and told to it."""

    looks: LooksBefore
    stake: StakeOf
    commit: Commit


class Gatherer:
    """Evidence for finalists, on one ledger and its data."""

    def __init__(self, evaluations: Evaluations, up_to: UpTo, ledger: Ledger) -> None:
        self._evaluations = evaluations
        self._up_to = up_to
        self._ledger = ledger

    async def evidence(self, genome: Genome, terms: Terms, standing: Standing) -> Evidence:
        """All of it, the look included where it is worth one.

        GenomeRefused where the genome cannot be run, MissingError where its data are gone.
        """
        found = await self.unsealed(genome, terms, standing)
        if not found.worth_a_look:
            return found.evidence
        await self.charge([found], standing)
        return (await self.look(found, standing)).evidence

    async def unsealed(self, genome: Genome, terms: Terms, standing: Standing) -> Finalist:
        """What the ledger and the open data tell; raises as `evidence` does."""
        market = await self._market(genome, standing.open_until)
        base = (await self._evaluations.backtest(genome.source, market, {}, terms)).evaluation
        looks, rivals = await asyncio.to_thread(
            self._ledger.looks, standing.night, standing.through, base
        )
        seal = standing.seal
        found = Evidence(
            base=base,
            looks=looks,
            rivals=rivals,
            sealed_sessions=0 if seal is None else seal.sessions,
            seen_by_hand=genome.hash in standing.seen_by_hand,
        )
        if first_failure(open_checks(found)):
            return Finalist(genome, terms, found)
        again = await rerun(self._evaluations, genome.source, market, terms)
        found = replace(found, reruns=again.variants, reasons=again.reasons)
        return Finalist(genome, terms, found)

    async def charge(self, finalists: Sequence[Finalist], standing: Standing) -> None:
        """Takes the next places of the error budget, in that order; before any of them is shown
        sealed data. One that was charged keeps its place."""
        queries = tuple(SealedQuery(one.genome.hash, standing.night) for one in finalists)
        await asyncio.to_thread(self._ledger.commit, Effects(queries=queries))

    async def look(self, one: Finalist, standing: Standing) -> Finalist:
        """The one look at the sealed data, on an account that begins with them.

        MissingError for one that was not charged; else raises as `evidence` does.
        """
        genome, seal = one.genome, standing.seal
        stake = await asyncio.to_thread(self._ledger.stake, genome.hash, standing)
        assert seal is not None
        whole = await self._market(genome, seal.last)
        held = await asyncio.to_thread(held_to, whole, one.evidence.base.symbols)
        runs, first = self._evaluations, int(np.searchsorted(held.axis.session_date, seal.first))
        if first == len(held.axis):
            raise MissingError(
                f"its symbols have no bars in the sealed sessions, from {_day(seal.first)} on; "
                "expected some, ingest them with `nightshift lake ingest`"
            )
        found, positions = await runs.answered(genome.source, held, {}, one.terms)
        proved = await runs.proved(found, positions)
        begun = await asyncio.to_thread(runs.begun_at, first, proved, positions, one.terms)
        sealed = Sealed(begun.evaluation, stake)
        return replace(one, evidence=replace(one.evidence, sealed=sealed))

    async def _market(self, genome: Genome, until: int) -> Market:
        markets = self._up_to(_day(until))
        return await asyncio.to_thread(markets.market, genome.timeframe, genome.universe)


def _day(number: int) -> date:
    return date.fromordinal(_EPOCH + number)
