"""Gathers what is to be known of a finalist, no further than it is worth.

1. the checks on the ledger · 2. where all of them pass, the reruns · 3. where all of those pass
too and the sealed data could say something, the one look at them. This is the only place where
sealed data are read, and every look is charged before it is taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from daemon.domain.evolution.dossier import Standing
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.evidence import (
    Evidence,
    Sealed,
    open_checks,
    rerun_checks,
    sealed_checks,
)
from daemon.domain.evolution.ladder import first_failure
from daemon.domain.evolution.records import Effects, Genome, SealedQuery
from daemon.domain.evolution.seal import Seal
from daemon.domain.market.bars import Floats, Market
from daemon.domain.market.subset import held_to
from daemon.domain.stats.luck import Looks
from daemon.plugin.host import Markets
from daemon.supervisor.evaluations import Evaluations, Terms
from daemon.supervisor.proving.reruns import rerun

_EPOCH: Final = date(1970, 1, 1).toordinal()


UpTo = Callable[[date], Markets]
"""Markets with every bar up to a day, sealed or not; nobody but the gatherer is given it."""

LooksBefore = Callable[[str, int, Evaluation], tuple[Looks, Floats]]
"""Of a night, up to a trial: the looks, and the returns of its trials beside that evaluation."""

Commit = Callable[[Effects], None]


class Gatherer:
    """Evidence for finalists, on one ledger and its data."""

    def __init__(
        self, evaluations: Evaluations, up_to: UpTo, looks: LooksBefore, commit: Commit
    ) -> None:
        self._evaluations = evaluations
        self._up_to = up_to
        self._looks = looks
        self._commit = commit

    async def evidence(self, genome: Genome, terms: Terms, standing: Standing) -> Evidence:
        """GenomeRefused where the genome cannot be run, MissingError where its data are gone."""
        market = await self._market(genome, standing.open_until)
        base = (await self._evaluations.backtest(genome.source, market, {}, terms)).evaluation
        looks, rivals = await asyncio.to_thread(self._looks, standing.night, standing.through, base)
        seal = standing.seal
        found = Evidence(
            base=base,
            looks=looks,
            rivals=rivals,
            sealed_sessions=0 if seal is None else seal.sessions,
            seen_by_hand=genome.hash in standing.seen_by_hand,
        )
        if first_failure(open_checks(found)):
            return found
        again = await rerun(self._evaluations, genome.source, market, terms)
        found = replace(found, reruns=again.variants, reasons=again.reasons)
        if seal is None or first_failure((*rerun_checks(found), *sealed_checks(found))):
            return found
        return replace(found, sealed=await self._look(genome, terms, standing.night, market, seal))

    async def _look(
        self, genome: Genome, terms: Terms, night: str, market: Market, seal: Seal
    ) -> Sealed:
        query = SealedQuery(genome.hash, night)
        await asyncio.to_thread(self._commit, Effects(queries=(query,)))
        whole = await self._market(genome, seal.last)
        held = await asyncio.to_thread(held_to, whole, market.symbols)
        found = await self._evaluations.backtest(genome.source, held, {}, terms, always_prove=True)
        return Sealed(found.evaluation, _sessions_from(held, seal))

    async def _market(self, genome: Genome, until: int) -> Market:
        markets = self._up_to(date.fromordinal(_EPOCH + until))
        return await asyncio.to_thread(markets.market, genome.timeframe, genome.universe)


def _sessions_from(market: Market, seal: Seal) -> int:
    """How many sessions of a market are sealed."""
    return len(np.unique(market.axis.session[market.axis.session_date >= seal.first]))
