"""What finalists are judged by, and what came of it: looks taken, looks charged, dossiers.

A look at sealed data is charged once for each genome; asking again is the same look. Dossiers are
kept as the text that their hash is of.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

import numpy as np
from sqlalchemy import Select, String, cast, func, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.evolution.budget import Stake, stake
from daemon.domain.evolution.dossier import Dossier
from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.fitness import FitnessRefusal
from daemon.domain.evolution.records import Kept, Origin, SealedQuery
from daemon.domain.evolution.tiers import Tier
from daemon.domain.market.bars import Floats
from daemon.domain.stats.clusters import independent_trials
from daemon.domain.stats.discoveries import ErrorBudget
from daemon.domain.stats.luck import Looks
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.errors import MissingError, UsageError
from daemon.store import chain, evaluations, tables
from daemon.store.chain import Link
from daemon.store.database import Database
from daemon.store.trials import LEAK

_YEARLY = math.sqrt(SESSIONS_A_YEAR)


@dataclass(frozen=True, slots=True)
class Proofs:
    """The questions of whoever proves, on one database; each is one snapshot."""

    database: Database

    def looks(self, night: str, through: int, base: Evaluation) -> tuple[Looks, Floats]:
        """The trials up to a number: how many, what they are worth, the per-period Sharpe of those
        that could be rated, and session returns (S, N) of the night's own over the same sessions
        as `base`. Of the whole ledger they are taken to be as alike as those are.
        """
        with self.database.reading() as session:
            count = session.scalar(_priced(through)) or 0
            sharpes = np.array(list(session.scalars(_rated(through))), dtype=np.float64) / _YEARLY
            rivals = _rivals(session, night, through, base)
        trials = max(count, 1)
        return Looks(trials, sharpes, independent_trials(trials, rivals)), rivals

    def newest_link(self) -> Link:
        """The end of the trial ledger."""
        with self.database.reading() as session:
            return chain.newest(session)

    def link_at(self, number: int) -> str:
        """The link of a trial, "" where there is none."""
        with self.database.reading() as session:
            return chain.at(session, number).chain

    def was_charged(self, genome: str) -> bool:
        """True once its look at the sealed data was charged."""
        query = select(col(tables.SealedQuery.number)).where(
            col(tables.SealedQuery.genome) == genome
        )
        with self.database.reading() as session:
            return session.scalar(query) is not None

    def places(self) -> tuple[str, ...]:
        """Hashes of the genomes whose look was charged, in order: the first has place 1."""
        with self.database.reading() as session:
            return tuple(session.scalars(_places()))

    def looked_at(self) -> frozenset[str]:
        """Hashes of the genomes that were shown sealed data: a look is never taken again.

        Those whose look is in a dossier, and those that broke it off.
        """
        trial = tables.Trial
        broken = select(col(trial.genome)).where(
            col(trial.tier) == Tier.SEALED.value, ~col(trial.evaluated)
        )
        with self.database.reading() as session:
            return frozenset(row.genome for row, _ in _looked(session)) | set(
                session.scalars(broken)
            )

    def budget(self, rate: float, before: str = "") -> ErrorBudget:
        """The error budget of the ledger's life, from charged looks and the bets in dossiers.

        A bet that was carried on counts as its newest dossier has it; nothing accepted is taken
        back. before: a night; the budget as it stood before any look of it was in a dossier.
        """
        with self.database.reading() as session:
            places = {genome: n for n, genome in enumerate(session.scalars(_places()), start=1)}
            found = list(takewhile(lambda each: each[0].night != before, _looked(session)))
        budget, e_values = ErrorBudget(rate, len(places)), {}
        for row, look in found:
            if "budget" in look:  # a bet of version 1 began before the border
                e_values[places[row.genome]] = look["e_process"]["e_value"]
                budget = budget.settle(e_values)
        return budget

    def stake(self, genome: str, night: str, rate: float) -> Stake:
        """The place of a finalist of a night; MissingError where its look was never charged."""
        places = self.places()
        if genome not in places:
            raise MissingError(
                f"genome {genome[:12]} has no charged look at sealed data; expected one before its "
                "look is taken, run the prover again"
            )
        return stake(self.budget(rate, before=night), places.index(genome) + 1)

    def seen_by_hand(self) -> tuple[str, ...]:
        """Hashes of the genomes that the owner tried on sealed data himself."""
        trial = tables.Trial
        query = select(col(trial.genome)).where(
            col(trial.tier) == Tier.SEALED.value, col(trial.origin) == Origin.OWNER.value
        )
        with self.database.reading() as session:
            return tuple(sorted(set(session.scalars(query))))

    def charged(self) -> int:
        """Looks at sealed data so far."""
        with self.database.reading() as session:
            query = select(func.count()).select_from(tables.SealedQuery)
            return session.execute(query).scalar_one()

    def dossiers(self, night: str | None = None) -> tuple[Dossier, ...]:
        """Of a night, or all, the oldest first."""
        query = select(tables.Dossier).order_by(col(tables.Dossier.number))
        if night is not None:
            query = query.where(col(tables.Dossier.night) == night)
        with self.database.reading() as session:
            return tuple(_dossier(row) for row in session.scalars(query))

    def dossier(self, begins: str) -> Dossier:
        """The newest whose evidence or genome hash begins so; UsageError where there is none."""
        found = [
            each
            for each in self.dossiers()
            if each.evidence_hash.startswith(begins) or each.genome.startswith(begins)
        ]
        if not found:
            raise UsageError(
                f'no dossier begins with "{begins}"; `nightshift graduations list` names them'
            )
        return found[-1]


def add(session: Session, dossiers: Iterable[Kept], now: datetime) -> None:
    """Writes dossiers; one that is there already by genome and night is left as it is."""
    table = tables.Dossier
    for each in dossiers:
        same = (col(table.genome) == each.genome, col(table.night) == each.night)
        if session.scalar(select(col(table.number)).where(*same)) is None:
            values = {
                "genome": each.genome,
                "night": each.night,
                "evidence": each.evidence_hash,
                "taken": each.taken,
                "document": each.text,
                "at": now,
            }
            session.execute(insert(table).values(**values))


def charge(session: Session, queries: Iterable[SealedQuery], now: datetime) -> None:
    """Charges looks; a genome that was charged before is not charged again."""
    table = tables.SealedQuery
    for each in queries:
        same = select(col(table.number)).where(col(table.genome) == each.genome)
        if session.scalar(same) is None:
            session.execute(insert(table).values(genome=each.genome, night=each.night, at=now))


def _places() -> Select[str]:
    table = tables.SealedQuery
    return select(col(table.genome)).order_by(col(table.number))


def _looked(session: Session) -> Iterator[tuple[tables.Dossier, Mapping[str, Any]]]:
    """The dossiers with a look, the oldest first, and the look of each."""
    table = tables.Dossier
    charged = select(col(tables.SealedQuery.genome))
    query = select(table).where(col(table.genome).in_(charged)).order_by(col(table.number))
    for row in session.scalars(query):
        look = json.loads(row.document)["sealed"]["look"]
        if look is not None:
            yield row, look


def _priced(through: int) -> Select[int]:
    trial = tables.Trial
    return (
        select(func.count())
        .select_from(trial)
        .where(col(trial.evaluated), col(trial.number) <= through)
    )


def _rated(through: int) -> Select[float | None]:
    """Annual Sharpe ratios of the trials that say something about skill, in their order."""
    trial = tables.Trial
    return (
        select(col(trial.sharpe))
        .where(
            col(trial.number) <= through,
            col(trial.sharpe).is_not(None),
            col(trial.origin) == Origin.NIGHT.value,
            col(trial.fitness_refusal) != FitnessRefusal.NOT_FINITE.value,
            ~cast(col(trial.flags), String).contains(f'"{LEAK}"'),
        )
        .order_by(col(trial.number))
    )


def _rivals(session: Session, night: str, through: int, base: Evaluation) -> Floats:
    trial = tables.Trial
    rows = session.scalars(
        select(trial)
        .where(
            col(trial.night) == night,
            col(trial.number) <= through,
            col(trial.origin) == Origin.NIGHT.value,
            col(trial.selection).is_not(None),
            col(trial.first_date) == base.first_date,
            col(trial.last_date) == base.last_date,
        )
        .order_by(col(trial.number))
    ).all()
    series = evaluations.load_series(session, rows)
    kept = [series[row.session_returns] for row in rows if row.session_returns]
    same = [returns for returns in kept if len(returns) == len(base.session_returns)]
    return np.column_stack(same) if same else np.zeros((len(base.session_returns), 0))


def _dossier(row: tables.Dossier) -> Dossier:
    return Dossier(row.genome, row.night, row.taken, json.loads(row.document))
