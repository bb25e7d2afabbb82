"""Writes everything that one step changes, inside the transaction it is given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from daemon.domain.evolution.records import Effects
from daemon.store import genomes, jobs, journal, ledger, mutations, nights, proofs, trials


def write(session: Session, effects: Effects, now: datetime) -> None:
    """What is there already by its natural key has happened, and changes nothing."""
    genomes.add(session, effects.genomes, now)
    mutations.add(session, effects.mutations)
    mutations.add_lessons(session, effects.lessons, now)
    trials.keep_settings(session, effects.settings)
    ledger.add(session, effects.trials, now)
    proofs.charge(session, effects.queries, now)
    proofs.add(session, effects.dossiers, now)
    for change in effects.stages:
        journal.move(session, change, now)
    jobs.add(session, effects.jobs, now)
    journal.write(session, effects.events, now)
    if effects.briefing is not None:
        nights.publish(session, effects.briefing, now)
    if effects.retries is not None:
        nights.count_retries(session, effects.retries)
    if effects.finished_night:
        nights.finish(session, effects.finished_night, now)
