"""Jobs: who may work on what. A lease belongs to an instance, an attempt fences the one before.

Leases run on the monotonic clock of the instance that took them, so a jump of the wall clock
neither frees nor freezes one; those of earlier instances (crashed, or of an earlier boot of the
machine) are freed when a new one starts, which the lock on the state folder makes safe.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    bindparam,
    delete,
    func,
    null,
    select,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.evolution.records import Claim, Event, NewJob, Stage
from daemon.errors import FencedError
from daemon.store import journal, tables
from daemon.store.chain import Link
from daemon.store.prepared import Prepared, parameters
from daemon.store.views import EVALUATE

MAX_FAULTS = 3
ONCE = ["kind", "key", "night"]
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
LEASE_RAN_OUT = "the lease ran out before the work was done"

_ADD = Prepared(
    insert(tables.Job).values(**parameters(tables.Job)).on_conflict_do_nothing(index_elements=ONCE)
)
_HELD = update(tables.Job).where(
    col(tables.Job.id) == bindparam("job"),
    col(tables.Job.attempt) == bindparam("nth"),
    col(tables.Job.owner) == bindparam("epoch"),
    col(tables.Job.state) == RUNNING,
)
_GIVEN_BACK = _HELD.values(owner=null(), lease_until=null(), changed=bindparam("now"))
_EXTEND = Prepared(_HELD.values(lease_until=bindparam("until")))
_FINISH = Prepared(_GIVEN_BACK.values(state=DONE, error=""))
_RELEASE = Prepared(
    _GIVEN_BACK.values(state=bindparam("to"), faults=bindparam("count"), error=bindparam("said"))
)


@dataclass(frozen=True, slots=True)
class Lease:
    """On whose behalf and how long jobs are held. monotonic: seconds now; epoch: the instance."""

    epoch: int
    monotonic: float
    seconds: float


def start_instance(session: Session, now: datetime, newest: Link) -> int:
    """Counts a start of the daemon and frees what earlier ones held; gives the new epoch.

    newest: the link of the newest trial, which the start remembers.
    """
    row = insert(tables.Instance).values(
        boot=boot_id(), started=now, trials=newest.number, chain=newest.chain
    )
    epoch = session.execute(row.returning(col(tables.Instance.epoch))).scalar_one()
    free_orphans(session, epoch)
    return int(epoch or 0)


def free_orphans(session: Session, epoch: int | None) -> None:
    """Jobs that instances before this one held wait again; a crash is no fault of theirs."""
    orphans = (col(tables.Job.state) == RUNNING) & (col(tables.Job.owner) != epoch)
    session.execute(
        update(tables.Job).where(orphans).values(state=WAITING, owner=None, lease_until=None)
    )


def add(session: Session, jobs: Iterable[NewJob], now: datetime) -> None:
    """Asks for work; what was asked for before, done or not, is left alone."""
    rows = [
        {
            "kind": job.kind,
            "key": job.key,
            "payload": dict(job.payload),
            "state": WAITING,
            "attempt": 0,
            "faults": 0,
            "owner": None,
            "lease_until": None,
            "error": "",
            "night": job.night,
            "created": now,
            "changed": now,
        }
        for job in jobs
    ]
    _ADD.run_all(session, rows)


def claim(
    session: Session, kind: str, limit: int, lease: Lease, now: datetime, night: str | None = None
) -> tuple[Claim, ...]:
    """The oldest waiting jobs of a kind, taken; of one night, or of any for None."""
    _end_overdue(session, kind, lease, now)
    job = tables.Job
    waiting = (col(job.kind) == kind) & (col(job.state) == WAITING) & _of(night)
    oldest = select(col(job.id)).where(waiting).order_by(col(job.id)).limit(limit)
    taken = session.execute(
        update(job)
        .where(col(job.id).in_(oldest))
        .values(
            state=RUNNING,
            owner=lease.epoch,
            attempt=col(job.attempt) + 1,
            lease_until=lease.monotonic + lease.seconds,
            changed=now,
        )
        .returning(col(job.id), col(job.key), col(job.payload), col(job.attempt))
        .execution_options(synchronize_session=False)
    ).all()
    by_age = sorted(taken, key=lambda row: row[0] or 0)
    return tuple(Claim(i or 0, kind, key, payload, n) for i, key, payload, n in by_age)


def extend(session: Session, claim: Claim, lease: Lease) -> None:
    """Holds a job for longer; FencedError if it was lost."""
    until = lease.monotonic + lease.seconds
    _must_hold(claim, _EXTEND.run(session, **_holder(claim, lease.epoch), until=until))


def finish(session: Session, claim: Claim, epoch: int, now: datetime) -> None:
    """The job is done; FencedError if another attempt has it."""
    _must_hold(claim, _FINISH.run(session, **_holder(claim, epoch), now=now))


def release(session: Session, claim: Claim, epoch: int, error: str, now: datetime) -> None:
    """Gives a job back, an error with a fault on its count; parked as failed when that is full.

    Without an error nothing failed, and no fault is counted.
    """
    faults = select(col(tables.Job.faults)).where(col(tables.Job.id) == claim.job)
    count = session.execute(faults).scalar_one() + bool(error)
    parked = bool(error) and count >= MAX_FAULTS
    state = FAILED if parked else WAITING
    given = _RELEASE.run(
        session, **_holder(claim, epoch), to=state, count=count, said=error, now=now
    )
    _must_hold(claim, given)
    if parked:
        _note_parked(session, claim.kind, claim.key, error, now)


def waiting(session: Session, kind: str, night: str | None = None, swarm: str = "") -> int:
    """Jobs of a kind that wait or run; of one night, or of all for None; of one swarm, if named."""
    open_ = (col(tables.Job.kind) == kind) & col(tables.Job.state).in_((WAITING, RUNNING))
    open_ &= _of(night)
    if swarm:
        open_ &= func.json_extract(col(tables.Job.payload), "$.swarm") == swarm
    return session.execute(select(func.count()).select_from(tables.Job).where(open_)).scalar_one()


def counts(session: Session) -> Mapping[str, Mapping[str, int]]:
    """Jobs by kind and state, for `status`."""
    columns = (col(tables.Job.kind), col(tables.Job.state))
    rows = session.execute(select(*columns, func.count()).group_by(*columns).order_by(*columns))
    table: dict[str, dict[str, int]] = {}
    for kind, state, number in rows:
        table.setdefault(kind, {})[state] = number
    return table


def boot_id() -> str:
    """What the machine calls this boot; another after every restart of it."""
    if sys.platform == "darwin":
        answer = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"], capture_output=True, check=True
        )
        return answer.stdout.decode().strip()
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def carry_over(session: Session, night: str) -> int:
    """Gives a night what the nights that ended left waiting; how many jobs that were.

    Dropped is what came to nothing meanwhile: a genome that was tried, a thing asked for twice.
    """
    job = tables.Job
    ended = select(col(tables.Night.id)).where(col(tables.Night.finished).is_not(None))
    left = (col(job.state) == WAITING) & col(job.night).in_(ended)
    tried = select(col(tables.Genome.hash)).where(col(tables.Genome.stage) != Stage.GATED.value)
    wanted = (col(job.kind) != EVALUATE) | col(job.key).not_in(tried)
    once = select(func.min(col(job.id))).where(left & wanted).group_by(job.kind, job.key)
    kept = list(session.scalars(once))
    session.execute(update(job).where(col(job.id).in_(kept)).values(night=night))
    session.execute(delete(job).where(left))
    return len(kept)


def _of(night: str | None) -> ColumnElement[bool]:
    return true() if night is None else col(tables.Job.night) == night


def _end_overdue(session: Session, kind: str, lease: Lease, now: datetime) -> None:
    job = tables.Job
    held = (col(job.kind) == kind) & (col(job.state) == RUNNING) & (col(job.owner) == lease.epoch)
    overdue = select(job).where(held & (col(job.lease_until) < lease.monotonic))
    for row in session.scalars(overdue).all():
        late = Claim(row.id or 0, row.kind, row.key, row.payload, row.attempt)
        release(session, late, lease.epoch, LEASE_RAN_OUT, now)


def _holder(claim: Claim, epoch: int) -> dict[str, Any]:
    return {"job": claim.job, "nth": claim.attempt, "epoch": epoch}


def _must_hold(claim: Claim, changed: CursorResult[Any]) -> None:
    if changed.rowcount != 1:
        raise FencedError(
            f"attempt {claim.attempt} of the {claim.kind} job {claim.key} lost its lease; "
            "its result is dropped"
        )


def _note_parked(session: Session, kind: str, key: str, error: str, now: datetime) -> None:
    detail = {"key": key, "error": error}
    journal.write(session, [Event("job_parked", kind, detail)], now)
