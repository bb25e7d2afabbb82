"""Nights: one campaign each, continued where it was broken off, and its briefing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.engine.simulate import ENGINE_VERSION
from daemon.domain.evolution.records import (
    BriefingFiles,
    NewJob,
    Night,
    Retries,
    SettingsDocument,
)
from daemon.errors import BadDataError
from daemon.store import jobs, tables, trials, views


def open_night(
    session: Session, night: Night, recheck: int, any_market: bool, now: datetime
) -> Night:
    """The unfinished night that was asked for the same, else this one as a new row.

    The same market too, unless any will do.
    Where a night of its id has been, the new one is called ID-2, ID-3 and so on. The settings it
    brings are kept before the first trial is made under them. A new night takes over what ended
    nights left waiting, and tries up to `recheck` of the best known strategies again that were
    never tried on this market, under these settings, by this engine.
    """
    if night.settings:
        trials.keep_settings(session, [SettingsDocument(night.settings_hash, night.settings)])
    unfinished = select(tables.Night).where(
        col(tables.Night.finished).is_(None),
        col(tables.Night.seed) == str(night.seed),
        col(tables.Night.evaluations) == night.evaluations,
        col(tables.Night.settings_hash) == night.settings_hash,
    )
    if not any_market:
        unfinished = unfinished.where(col(tables.Night.market_hash) == night.market_hash)
    found = session.scalars(unfinished.order_by(col(tables.Night.id))).first()
    if found is not None:
        return _night(found)
    row = tables.Night(
        id=_free_id(session, night.id),
        seed=str(night.seed),
        evaluations=night.evaluations,
        settings_hash=night.settings_hash,
        market_hash=night.market_hash,
        started=night.started,
        **views.watermarks(session),
    )
    row.carried = jobs.carry_over(session, row.id)
    again = trials.best_untried(session, night, ENGINE_VERSION, recheck)
    row.rechecked = len(again)
    jobs.add(session, [NewJob(views.EVALUATE, key, {}, row.id) for key in again], now)
    session.execute(insert(tables.Night).values(**row.model_dump()))
    return _night(row)


def count_retries(session: Session, retries: Retries) -> None:
    """Adds to the genomes of a night that were late and run once more."""
    known = col(tables.Night.id) == retries.night
    more = col(tables.Night.retried_timeouts) + retries.timeouts
    session.execute(update(tables.Night).where(known).values(retried_timeouts=more))


def finish(session: Session, night: str, now: datetime) -> None:
    """The night has ended; its first end stands.

    What it left waiting stays its own until the next night is opened, which takes it over: the
    same texts asked for again would be refused as known.
    """
    known = col(tables.Night.id) == night
    if session.scalars(select(tables.Night).where(known)).first() is None:
        raise BadDataError(f"the night {night} cannot end: it was never opened")
    open_ = known & col(tables.Night.finished).is_(None)
    session.execute(update(tables.Night).where(open_).values(finished=now))


def nights(session: Session) -> tuple[Night, ...]:
    """All nights, oldest first."""
    by_start = select(tables.Night).order_by(col(tables.Night.started), col(tables.Night.id))
    return tuple(_night(row) for row in session.scalars(by_start))


def publish(session: Session, briefing: BriefingFiles, now: datetime) -> None:
    """Keeps a briefing, in place of an earlier one of the same night."""
    texts = {
        "document": briefing.document,
        "markdown": briefing.markdown,
        "html_path": briefing.html_path,
        "at": now,
    }
    row = upsert(tables.Briefing).values(night=briefing.night, **texts)
    session.execute(row.on_conflict_do_update(index_elements=["night"], set_=texts))


def briefing_of_day(session: Session, start: datetime, end: datetime) -> BriefingFiles | None:
    """The newest briefing written from start (inclusive) to end (exclusive)."""
    at = col(tables.Briefing.at)
    row = session.scalars(
        select(tables.Briefing).where(at >= start, at < end).order_by(at.desc())
    ).first()
    return None if row is None else _files(row)


def briefing(session: Session, night: str | None) -> BriefingFiles | None:
    """The briefing of a night, or of the night begun last that has one."""
    if night is None:
        latest = select(tables.Briefing).join(
            tables.Night, col(tables.Night.id) == col(tables.Briefing.night)
        )
        found = latest.order_by(col(tables.Night.started).desc(), col(tables.Night.id).desc())
    else:
        found = select(tables.Briefing).where(col(tables.Briefing.night) == night)
    row = session.scalars(found).first()
    return None if row is None else _files(row)


def _files(row: tables.Briefing) -> BriefingFiles:
    return BriefingFiles(row.night, row.document, row.markdown, row.html_path)


def _free_id(session: Session, base: str) -> str:
    taken = set(session.scalars(select(col(tables.Night.id))))
    names = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _night(row: tables.Night) -> Night:
    return Night(
        id=row.id,
        seed=int(row.seed),
        evaluations=row.evaluations,
        settings_hash=row.settings_hash,
        market_hash=row.market_hash,
        started=row.started,
        finished=row.finished,
        carried=row.carried,
        rechecked=row.rechecked,
        retried_timeouts=row.retried_timeouts,
    )
