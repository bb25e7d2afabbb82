"""The door through which trials enter the ledger: each row once, numbered, linked to the last.

The natural key of a trial is all that decides its figures (genome, parameters, market, friction,
settings, capital, engine), origin, night and tier; a trial that is there already has happened, and
writing it again changes nothing. Reading is for `trials`; what a link is made of, for `chain`; the
triggers that keep everybody else from writing, for `guards`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import Float, bindparam, insert, select
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.evolution.records import Event, Trial
from daemon.domain.genome.contract import Number
from daemon.errors import BadDataError
from daemon.store import chain, evaluations, journal, tables
from daemon.store.chain import Link
from daemon.store.guards import TRIAL_ONCE
from daemon.store.head import Head

OF_FAILED = ("market_hash", "friction", "friction_hash")
HEAD_LOST = "ledger_head_lost"

_TABLE = tables.METADATA.tables["trial"]
_SQLITE = dialect()
_FLOATS = frozenset(column.name for column in _TABLE.columns if isinstance(column.type, Float))
_BINDERS: Mapping[str, Callable[[Any], Any] | None] = {
    column.name: column.type.dialect_impl(_SQLITE).bind_processor(_SQLITE)
    for column in _TABLE.columns
}

# As text: a statement costs more to build than to run, one of sixty columns most of all.
_ADD = str(insert(_TABLE).compile(dialect=dialect(paramstyle="named")))
_KNOWN = str(
    select(_TABLE.c.number)
    .where(*(_TABLE.c[name] == bindparam(name) for name in TRIAL_ONCE))
    .compile(dialect=dialect(paramstyle="named"))
)
_BORN = "SELECT behaviour, operator, seed FROM genome WHERE hash = ?"
_PARENTS = "SELECT parent FROM parent WHERE genome = ? ORDER BY position"


def add(session: Session, trials: Sequence[Trial], now: datetime) -> None:
    """Appends trials; `at` is now where a trial does not say."""
    if not trials:
        return
    last, lineage = chain.newest(session), cache(partial(_lineage, session))
    for trial in trials:
        row = _stored(_columns(session, trial, now) | lineage(trial.genome))
        if _is_known(session, row):
            continue
        row["number"] = last.number + 1
        row["chain"] = chain.link(last.chain, row)
        session.connection().exec_driver_sql(_ADD, row)
        last = Link(row["number"], row["chain"])


def begin(session: Session, head: Head) -> Link:
    """The newest link, for a start of the daemon; a ledger of before there were heads gets one."""
    newest = chain.newest(session)
    anchored = select(col(tables.Instance.epoch)).where(col(tables.Instance.chain).is_not(None))
    if newest != chain.START and session.execute(anchored.limit(1)).first() is None:
        head.keep(newest)
    return newest


def check(session: Session, head: Head, now: datetime) -> None:
    """Before trials are added: BadDataError where the ledger is not the one the head remembers.

    A head that is lost, although there are trials, is told in the journal: the next one is new.
    """
    kept, newest = head.read(), chain.newest(session)
    if kept is None:
        if newest != chain.START:
            lost = Event(HEAD_LOST, head.path.name, {"newest": newest.number})
            journal.write(session, [lost], now)
    elif chain.at(session, kept.number) != kept:
        raise BadDataError(
            f"the trial ledger lost trials or was rewritten: {head.path} remembers number "
            f"{kept.number}, and the newest that is there is number {newest.number}; restore a "
            "backup (`nightshift verify` tells what else is wrong)"
        )


def params_hash(params: Mapping[str, Number]) -> str:
    """SHA-256 of the parameters in canonical JSON."""
    return hashlib.sha256(json.dumps(dict(params), sort_keys=True).encode()).hexdigest()


def _columns(session: Session, trial: Trial, now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "genome": trial.genome,
        "night": trial.night,
        "origin": trial.origin.value,
        "params": dict(trial.params),
        "params_hash": params_hash(trial.params),
        "settings_hash": trial.settings_hash,
        "sandbox": trial.sandbox,
        "capital": trial.capital,
        "engine": trial.engine,
        "failure": trial.failure,
        "at": trial.at or now,
        "tier": trial.tier.value,
        "wall_s": trial.cost.wall_s,
        "cpu_s": trial.cost.cpu_s,
        "dollars": trial.cost.dollars,
    }
    if trial.evaluation is None:
        row |= evaluations.NOTHING
        return row | {name: getattr(trial, name) for name in OF_FAILED}
    return row | evaluations.columns(session, trial.evaluation)


def _lineage(session: Session, genome: str) -> dict[str, Any]:
    """What the store knows of a genome's birth; a trial keeps it, for genomes are not append-only.

    A genome that is not there gives blanks, and the reference to it is then refused.
    """
    connection = session.connection()
    found = connection.exec_driver_sql(_BORN, (genome,)).first() or ("", "", "")
    parents = [row[0] for row in connection.exec_driver_sql(_PARENTS, (genome,))]
    return {**dict(zip(("behaviour", "operator", "seed"), found, strict=True)), "parents": parents}


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    """The row as SQLite gives it back: JSON and instants as text, not a number as NULL."""
    row: dict[str, Any] = {}
    for name, value in values.items():
        binder = _BINDERS[name]
        row[name] = binder(value) if binder else value
        if name in _FLOATS and row[name] is not None:
            row[name] = float(row[name]) + 0.0  # SQLite keeps no sign of zero
            if row[name] != row[name]:
                row[name] = None
    return row


def _is_known(session: Session, row: Mapping[str, Any]) -> bool:
    key = {name: row[name] for name in TRIAL_ONCE}
    return session.connection().exec_driver_sql(_KNOWN, key).first() is not None
