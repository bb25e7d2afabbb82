"""Genomes and their lineage: written once, by hash of the canonical text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.evolution.records import Event, Genome, Stage
from daemon.errors import UsageError
from daemon.store import journal, tables, views
from daemon.store.prepared import Prepared, parameters

_LAST = "\U0010ffff"
_INSERT = insert(tables.Genome).values(**parameters(tables.Genome))
_TRIED = Prepared(_INSERT.on_conflict_do_nothing(index_elements=["hash"]))
_BORN = Prepared(
    _INSERT.on_conflict_do_update(
        index_elements=["hash"],
        set_={name: _INSERT.excluded[name] for name in parameters(tables.Genome)},
        where=col(tables.Genome.stage) == Stage.BORN.value,
    )
)
_CANDIDATE = col(tables.Genome.stage) != Stage.BORN.value
_FIND = Prepared(
    select(*tables.METADATA.tables["genome"].columns)
    .where(col(tables.Genome.hash).between(bindparam("first"), bindparam("last")))
    .order_by(col(tables.Genome.hash))
    .limit(3)
)
_STORED = Prepared(
    select(col(tables.Genome.hash)).where(
        col(tables.Genome.hash) == bindparam("hash"), _CANDIDATE, views.GENOMES
    )
)
_REFUSED = Prepared(
    select(col(tables.Lesson.genome))
    .where(col(tables.Lesson.genome) == bindparam("hash"), views.LESSONS)
    .limit(1)
)
_TWIN = Prepared(
    select(col(tables.Genome.hash))
    .where(col(tables.Genome.behaviour) == bindparam("behaviour"), _CANDIDATE, views.GENOMES)
    .order_by(col(tables.Genome.number))
    .limit(1)
)
_LINEAGE = select(col(tables.Parent.genome), col(tables.Parent.parent)).order_by(
    col(tables.Parent.genome), col(tables.Parent.position)
)
_PARENTS = Prepared(_LINEAGE.where(col(tables.Parent.genome) == bindparam("genome")))
_DESCEND = Prepared(insert(tables.Parent).values(**parameters(tables.Parent)))


def add(session: Session, genomes: Sequence[Genome], now: datetime) -> None:
    """Writes genomes, then their lineage; one that is known already is left as it is.

    A genome of stage `born` (a text the owner tried by hand, not a candidate) is taken over by
    the same text arriving at a later stage.
    """
    new = [genome for genome in genomes if _insert(session, genome, now)]
    lineage = [
        {"genome": genome.hash, "position": position, "parent": parent}
        for genome in new
        for position, parent in enumerate(genome.parents)
    ]
    _DESCEND.run_all(session, lineage)
    journal.write(session, map(_birth, new), now)


def find(session: Session, hash_or_prefix: str) -> Genome:
    """The one genome whose hash begins so; UsageError where there is none or more than one."""
    rows = _FIND.run(session, first=hash_or_prefix, last=hash_or_prefix + _LAST).all()
    if not rows:
        raise UsageError(f'no genome in the store begins with "{hash_or_prefix}"')
    if len(rows) > 1 and rows[0].hash != hash_or_prefix:
        some = ", ".join(row.hash[: len(hash_or_prefix) + 6] for row in rows)
        raise UsageError(
            f'"{hash_or_prefix}" names several genomes ({some}); give more of the hash'
        )
    lineage = _PARENTS.run(session, genome=rows[0].hash)
    return _record(rows[0], tuple(row.parent for row in lineage))


def all_of(session: Session, stage: Stage | None, night: str | None) -> tuple[Genome, ...]:
    """Genomes of a stage, or all, in order of birth; as a night sees them, None: all."""
    query = select(tables.Genome).where(views.GENOMES).order_by(col(tables.Genome.number))
    if stage is not None:
        query = query.where(col(tables.Genome.stage) == stage.value)
    return records(session, session.scalars(query, {"night": night}).all())


def known(session: Session, genome_hash: str, night: str | None) -> bool:
    """True if the text is stored (beyond `born`) or was refused; as a night sees it."""
    asked = {"hash": genome_hash, "night": night}
    found = (each.run(session, **asked).first() for each in (_STORED, _REFUSED))
    return bool(genome_hash) and any(found)


def same_behaviour(session: Session, behaviour: str, night: str | None) -> str:
    """Hash of the oldest genome of this behaviour, or ''; the empty behaviour is nobody's.

    night: the one that asks, which sees only what was there before it and its own; None: all.
    """
    found = _TWIN.run(session, behaviour=behaviour, night=night).scalar() if behaviour else ""
    return found or ""


def by_stage(session: Session) -> dict[str, int]:
    """Genomes on each rung of the ladder that has any, in the order of their names."""
    stage = col(tables.Genome.stage)
    rows = session.execute(select(stage, func.count()).group_by(stage).order_by(stage)).all()
    return {str(name): int(number) for name, number in rows}


def records(session: Session, rows: Sequence[tables.Genome]) -> tuple[Genome, ...]:
    """Rows as genomes, with their parents."""
    lineage = _lineage(session, [row.hash for row in rows])
    return tuple(_record(row, tuple(lineage.get(row.hash, ()))) for row in rows)


def _insert(session: Session, genome: Genome, now: datetime) -> bool:
    values = {
        "hash": genome.hash,
        "source": genome.source,
        "name": genome.name,
        "idea": genome.idea,
        "timeframe": genome.timeframe,
        "universe": genome.universe,
        "operator": genome.operator,
        "behaviour": genome.behaviour,
        "nodes": genome.nodes,
        "stage": genome.stage.value,
        "night": genome.night,
        "seed": "" if genome.seed is None else str(genome.seed),
        "at": now,
    }
    statement = _TRIED if genome.stage is Stage.BORN else _BORN
    return statement.run(session, **values).rowcount == 1


def _birth(genome: Genome) -> Event:
    detail = {"from": "", "to": genome.stage.value, "reason": genome.operator}
    return Event(journal.MOVE, genome.hash, detail)


def _lineage(session: Session, hashes: Sequence[str]) -> dict[str, list[str]]:
    lineage: dict[str, list[str]] = {}
    for some in _parcels(hashes):
        for genome, parent in session.execute(_LINEAGE.where(col(tables.Parent.genome).in_(some))):
            lineage.setdefault(genome, []).append(parent)
    return lineage


def _parcels(hashes: Sequence[str], size: int = 500) -> Iterable[Sequence[str]]:
    return (hashes[i : i + size] for i in range(0, len(hashes), size))


def _record(row: tables.Genome | Row[Any], parents: tuple[str, ...]) -> Genome:
    return Genome(
        hash=row.hash,
        source=row.source,
        name=row.name,
        idea=row.idea,
        timeframe=row.timeframe,
        universe=row.universe,
        operator=row.operator,
        parents=parents,
        behaviour=row.behaviour,
        nodes=row.nodes,
        stage=Stage(row.stage),
        night=row.night,
        number=row.number or 0,
        seed=int(row.seed) if row.seed else None,
    )
