"""The journal and the ladder: what happened, and where each genome stands.

A genome moves one step at a time, only forward, or out; its move and the event that tells of it
are written together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.evolution.records import Event, Stage, StageChange
from daemon.errors import BadDataError
from daemon.store import tables
from daemon.store.prepared import Prepared, parameters

STEPS = (
    Stage.BORN,
    Stage.GATED,
    Stage.SCREENED,
    Stage.PROVEN,
    Stage.SHADOWED,
    Stage.READY,
    Stage.APPROVED,
    Stage.PAPER,
    Stage.LIVE,
)
OUT = (Stage.FAILED, Stage.REJECTED, Stage.RETIRED)
MOVE = "stage"

_GENOME = col(tables.Genome.hash) == bindparam("genome")
_STAGE = Prepared(select(col(tables.Genome.stage)).where(_GENOME))
_MOVE = Prepared(update(tables.Genome).where(_GENOME).values(stage=bindparam("stage")))
_WRITE = Prepared(insert(tables.Event).values(**parameters(tables.Event)))


def reachable(stage: Stage) -> tuple[Stage, ...]:
    """Where a genome may go from a stage; a failed one, still a parent, may yet be retired."""
    if stage is Stage.FAILED:
        return (Stage.REJECTED, Stage.RETIRED)
    if stage in OUT:
        return ()
    return STEPS[STEPS.index(stage) + 1 :][:1] + OUT


def move(session: Session, change: StageChange, now: datetime) -> None:
    """Moves a genome and writes the event; nothing where it stands there already."""
    found = _STAGE.run(session, genome=change.genome).scalar_one_or_none()
    if found is None:
        raise BadDataError(f"the genome {change.genome} cannot move: it is not in the store")
    stage = Stage(found)
    if stage is change.stage:
        return
    if change.stage not in reachable(stage):
        expected = ", ".join(reachable(stage)) or "no move at all"
        raise BadDataError(
            f"the genome {change.genome} cannot go from {stage} to {change.stage}; "
            f"expected {expected}"
        )
    _MOVE.run(session, genome=change.genome, stage=change.stage.value)
    detail = {"from": stage.value, "to": change.stage.value, "reason": change.reason}
    write(session, [Event(MOVE, change.genome, detail)], now)


def write(session: Session, events: Iterable[Event], now: datetime) -> None:
    """Appends lines to the journal."""
    rows = [{"kind": e.kind, "subject": e.subject, "detail": dict(e.detail)} for e in events]
    _WRITE.run_all(session, [{**row, "at": now} for row in rows])


def subjects(session: Session, kinds: Iterable[str]) -> tuple[str, ...]:
    """Whom lines of these kinds are about, in the order of their first line."""
    subject, number = col(tables.Event.subject), col(tables.Event.number)
    of = select(subject).where(col(tables.Event.kind).in_(tuple(kinds)))
    return tuple(session.scalars(of.group_by(subject).order_by(func.min(number))))


def happened(session: Session, kind: str, since: datetime) -> tuple[tuple[datetime, Event], ...]:
    """The lines of a kind from an instant on, oldest first."""
    query = select(tables.Event).where(col(tables.Event.kind) == kind)
    query = query.where(col(tables.Event.at) >= since).order_by(col(tables.Event.number))
    return tuple((e.at, Event(e.kind, e.subject, e.detail)) for e in session.scalars(query))


def read(session: Session, subject: str | None, limit: int) -> tuple[tuple[datetime, Event], ...]:
    """The newest lines, of one subject or of all, newest first."""
    newest = select(tables.Event).order_by(col(tables.Event.number).desc()).limit(limit)
    if subject is not None:
        newest = newest.where(col(tables.Event.subject) == subject)
    return tuple((e.at, Event(e.kind, e.subject, e.detail)) for e in session.scalars(newest))
