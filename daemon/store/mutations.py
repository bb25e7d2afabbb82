"""Mutations and lessons: what was asked of the swarms, and which answers were refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.evolution.records import Lesson, Mutation
from daemon.store import tables
from daemon.store.prepared import Prepared, parameters

_ASK = insert(tables.Mutation).values(**parameters(tables.Mutation))
_ADD = Prepared(
    _ASK.on_conflict_do_update(
        index_elements=["id"],
        set_={"handle": _ASK.excluded.handle},
        where=_ASK.excluded.handle != "",
    )
)
_LEARN = Prepared(
    insert(tables.Lesson)
    .values(**parameters(tables.Lesson))
    .on_conflict_do_nothing(index_elements=["mutation", "code", "line", "message"])
)


def add(session: Session, mutations: Iterable[Mutation]) -> None:
    """Writes requests; one that is known keeps its text and takes a handle that is new."""
    rows = [
        {
            "id": mutation.id,
            "night": mutation.night,
            "generation": mutation.generation,
            "ticket": mutation.ticket,
            "swarm": mutation.swarm,
            "operator": mutation.operator,
            "seed": str(mutation.seed),
            "parents": list(mutation.parents),
            "sources": list(mutation.sources),
            "name": mutation.name,
            "handle": mutation.handle,
        }
        for mutation in mutations
    ]
    _ADD.run_all(session, rows)


def find(session: Session, ids: Sequence[str]) -> tuple[Mutation, ...]:
    """The requests of these ids, in the order asked for; unknown ones are left out."""
    found: dict[str, Mutation] = {}
    for start in range(0, len(ids), 500):
        some = select(tables.Mutation).where(col(tables.Mutation.id).in_(ids[start : start + 500]))
        found.update((row.id, _mutation(row)) for row in session.scalars(some))
    return tuple(found[i] for i in ids if i in found)


def last_generation(session: Session, night: str) -> int:
    """The newest generation asked for in a night, -1 before the first."""
    newest = select(func.max(col(tables.Mutation.generation)))
    found = session.execute(newest.where(col(tables.Mutation.night) == night)).scalar_one()
    return -1 if found is None else int(found)


def add_lessons(session: Session, lessons: Iterable[Lesson], now: datetime) -> None:
    """Keeps refusals; the same reason for the same mutation is kept once."""
    rows = [
        {
            "mutation": lesson.mutation,
            "night": lesson.night,
            "operator": lesson.operator,
            "parents": list(lesson.parents),
            "text": lesson.text,
            "code": lesson.code,
            "line": lesson.line,
            "message": lesson.message,
            "genome": lesson.genome,
            "at": now,
        }
        for lesson in lessons
    ]
    _LEARN.run_all(session, rows)


def lessons(session: Session, night: str | None) -> tuple[Lesson, ...]:
    """Refusals of a night, or all, in their order."""
    query = select(tables.Lesson).order_by(col(tables.Lesson.number))
    if night is not None:
        query = query.where(col(tables.Lesson.night) == night)
    return tuple(_lesson(row) for row in session.scalars(query))


def _mutation(row: tables.Mutation) -> Mutation:
    return Mutation(
        id=row.id,
        night=row.night,
        generation=row.generation,
        ticket=row.ticket,
        swarm=row.swarm,
        operator=row.operator,
        seed=int(row.seed),
        parents=tuple(row.parents),
        sources=tuple(row.sources),
        name=row.name,
        handle=row.handle,
    )


def _lesson(row: tables.Lesson) -> Lesson:
    return Lesson(
        mutation=row.mutation,
        night=row.night,
        operator=row.operator,
        parents=tuple(row.parents),
        text=row.text,
        code=row.code,
        line=row.line,
        message=row.message,
        genome=row.genome,
    )
