"""What a night sees: what was there when it was opened, and what it made itself.

So a night that was broken off goes on, after any others, exactly as it would have alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select, true
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from daemon.store import tables

EVALUATE = "evaluate"


def watermarks(session: Session) -> dict[str, Any]:
    """The newest genome, lesson and trial, as the columns of a night that opens now."""
    return {
        "genomes_before": _newest(session, tables.Genome),
        "lessons_before": _newest(session, tables.Lesson),
        "trials_before": _newest(session, tables.Trial),
    }


def genomes_of(night: str | None) -> ColumnElement[bool]:
    """Genomes that a night sees; all of them for None. Its own have a job to be evaluated in it."""
    if night is None:
        return true()
    job = tables.Job
    own = select(col(job.id)).where(
        col(job.kind) == EVALUATE,
        col(job.night) == night,
        col(job.key) == col(tables.Genome.hash),
    )
    return or_(col(tables.Genome.number) <= _before(night, "genomes_before"), own.exists())


def lessons_of(night: str | None) -> ColumnElement[bool]:
    """Lessons that a night sees; all of them for None."""
    if night is None:
        return true()
    early = col(tables.Lesson.number) <= _before(night, "lessons_before")
    return or_(early, col(tables.Lesson.night) == night)


def _before(night: str, column: str) -> ScalarSelect[Any]:
    mark = getattr(tables.Night, column)
    return select(mark).where(col(tables.Night.id) == night).scalar_subquery()


def _newest(session: Session, table: type[SQLModel]) -> int:
    number = table.__table__.c.number  # type: ignore[attr-defined]
    return int(session.execute(select(func.max(number))).scalar_one() or 0)
