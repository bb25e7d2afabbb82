"""What a night sees: what was there when it was opened, and what it made itself.

So a night that was broken off goes on, after any others, exactly as it would have alone.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Exists, ScalarSelect, String, bindparam, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import SQLModel, col

from daemon.store import tables

EVALUATE = "evaluate"
_NIGHT = bindparam("night", type_=String())


def _before(column: str) -> ScalarSelect[Any]:
    mark = getattr(tables.Night, column)
    return select(mark).where(col(tables.Night.id) == _NIGHT).scalar_subquery()


def _asked_for() -> Exists:
    job = tables.Job
    own = (col(job.kind) == EVALUATE, col(job.night) == _NIGHT)
    return select(col(job.id)).where(*own, col(job.key) == col(tables.Genome.hash)).exists()


GENOMES: Final = or_(
    _NIGHT.is_(None), col(tables.Genome.number) <= _before("genomes_before"), _asked_for()
)
"""Genomes that the night of the parameter `night` sees; all of them for None. Its own have a job to
be evaluated in it."""

LESSONS: Final = or_(
    _NIGHT.is_(None),
    col(tables.Lesson.number) <= _before("lessons_before"),
    col(tables.Lesson.night) == _NIGHT,
)
"""Lessons that the night of the parameter `night` sees; all of them for None."""


def watermarks(session: Session) -> dict[str, Any]:
    """The newest genome, lesson and trial, as the columns of a night that opens now."""
    return {
        "genomes_before": _newest(session, tables.Genome),
        "lessons_before": _newest(session, tables.Lesson),
        "trials_before": _newest(session, tables.Trial),
    }


def _newest(session: Session, table: type[SQLModel]) -> int:
    number = table.__table__.c.number  # type: ignore[attr-defined]
    return int(session.execute(select(func.max(number))).scalar_one() or 0)
