"""Questions to the trial ledger, and the settings that trials were made under.

How trials get into it is in `ledger`, how evaluations become columns in `evaluations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, cast, func, insert, or_, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.evolution.lineage import Cost, Lineage
from daemon.domain.evolution.records import Elite, Night, Origin, SettingsDocument, Trial
from daemon.domain.evolution.tiers import Tier
from daemon.store import evaluations, genomes, tables
from daemon.store.ledger import OF_FAILED
from daemon.store.prepared import Prepared

LEAK = "suspected_leak"
PASSED = ("screened", "proven", "shadowed", "ready", "approved", "paper", "live")

# A loose index scan over `trial_elite`: one probe a niche, however many trials there are.
_ELITES = text(
    """
    WITH RECURSIVE cell(niche) AS (
        SELECT min(niche) FROM trial
        WHERE settings_hash = :settings AND origin = 'night' AND selection IS NOT NULL
        UNION ALL
        SELECT (SELECT min(niche) FROM trial
                WHERE settings_hash = :settings AND origin = 'night' AND selection IS NOT NULL
                  AND niche > cell.niche)
        FROM cell WHERE cell.niche IS NOT NULL
    )
    SELECT (SELECT trial.number FROM trial JOIN genome ON genome.hash = trial.genome
            WHERE trial.settings_hash = :settings AND trial.niche = cell.niche
              AND (:night = '' OR trial.night = :night OR trial.number <=
                   (SELECT trials_before FROM night WHERE night.id = :night))
              AND trial.origin = 'night' AND trial.selection IS NOT NULL
              AND genome.stage NOT IN ('rejected', 'retired')
              AND trial.flags NOT LIKE '%"suspected_leak"%'
            ORDER BY trial.selection DESC, trial.number LIMIT 1)
    FROM cell WHERE cell.niche IS NOT NULL
    """
)


_COUNT = select(func.count()).select_from(tables.Trial).where(col(tables.Trial.evaluated))
_COUNT_ALL = Prepared(_COUNT)
_COUNT_BRED = Prepared(
    _COUNT.where(
        col(tables.Trial.night) == bindparam("night"),
        col(tables.Trial.origin) == Origin.NIGHT.value,
    )
)


def best_selection(session: Session) -> dict[str, float]:
    """The best selection fitness of each genome that has one, by hash.

    That of its nights, on their terms; of one that no night tried, the owner's.
    """
    genome, selection = col(tables.Trial.genome), col(tables.Trial.selection)
    found: dict[str, float] = {}
    for origin in (Origin.OWNER, Origin.NIGHT):
        own = col(tables.Trial.origin) == origin.value
        query = select(genome, func.max(selection)).where(selection.is_not(None), own)
        rows = session.execute(query.group_by(genome))
        found |= {hash_: float(best) for hash_, best in rows if best is not None}
    return found


def flags(session: Session) -> dict[str, tuple[str, ...]]:
    """The flags that any trial of a genome has, sorted, by its hash."""
    genome, found = col(tables.Trial.genome), col(tables.Trial.flags)
    query = select(genome, found).where(cast(found, String) != "[]").distinct()
    every: dict[str, set[str]] = {}
    for hash_, names in session.execute(query):
        every.setdefault(hash_, set()).update(names)
    return {hash_: tuple(sorted(names)) for hash_, names in every.items() if names}


def all_of(session: Session, night: str | None) -> tuple[Trial, ...]:
    """Trials of a night, or of all, in order of the ledger, with their returns."""
    query = select(tables.Trial).order_by(col(tables.Trial.number))
    return _records(session, query if night is None else query.where(_of(night)))


def count(session: Session, night: str | None) -> int:
    """Trials evaluated in full; of a night those that it bred, not the tests of its finalists."""
    if night is None:
        return int(_COUNT_ALL.run(session).scalar_one())
    return int(_COUNT_BRED.run(session, night=night).scalar_one())


def keep_settings(session: Session, documents: Iterable[SettingsDocument]) -> None:
    """Keeps settings by their hash; what is kept under it already stands."""
    for kept in documents:
        if settings_of(session, kept.hash) is None:
            row = insert(tables.Settings).values(hash=kept.hash, document=kept.document)
            session.execute(row)


def settings_of(session: Session, settings_hash: str) -> str | None:
    """The settings kept under a hash, as JSON text."""
    kept = select(col(tables.Settings.document)).where(col(tables.Settings.hash) == settings_hash)
    return session.scalars(kept).first()


def elites(session: Session, settings_hash: str, night: str | None) -> tuple[Elite, ...]:
    """The best night trial of each niche by selection (the older of equals), best first.

    Only trials made under these settings: figures of others, with other costs or another market,
    do not compare. night: as this one sees them, None: all.
    """
    return _ranked(session, _elite_numbers(session, settings_hash, night))


def floors(session: Session, settings_hash: str, night: str | None) -> dict[str, float]:
    """The selection of each of these elites, by niche."""
    niche, selection = col(tables.Trial.niche), col(tables.Trial.selection)
    numbers = _elite_numbers(session, settings_hash, night)
    query = select(niche, selection).where(col(tables.Trial.number).in_(numbers))
    return {name: float(value) for name, value in session.execute(query) if value is not None}


def best_of_night(session: Session, night: str, limit: int) -> tuple[Elite, ...]:
    """A night's best trials by selection (the older of equals), suspected leaks left out."""
    selection = col(tables.Trial.selection)
    sound = ~cast(col(tables.Trial.flags), String).contains(f'"{LEAK}"')
    query = select(col(tables.Trial.number)).where(_bred_in(night), selection.is_not(None), sound)
    best = query.order_by(selection.desc(), col(tables.Trial.number)).limit(limit)
    return _ranked(session, [number for number in session.scalars(best) if number])


def best_untried(session: Session, night: Night, engine: str, limit: int) -> tuple[str, ...]:
    """Hashes of strategies that passed, best selection first, and were never tried as this night
    would: under its settings, on its market, by this engine.
    """
    trial, other = tables.Trial, tables.Night
    same = select(col(trial.genome)).join(other, col(other.id) == col(trial.night))
    tried = same.where(
        col(trial.origin) == Origin.NIGHT.value,
        col(trial.settings_hash) == night.settings_hash,
        col(other.market_hash) == night.market_hash,
        or_(col(trial.engine) == engine, ~col(trial.evaluated)),
    )
    passed = select(col(tables.Genome.hash)).join(trial, col(trial.genome) == tables.Genome.hash)
    best = passed.where(
        col(tables.Genome.stage).in_(PASSED),
        col(tables.Genome.hash).not_in(tried),
        col(trial.origin) == Origin.NIGHT.value,
        col(trial.selection).is_not(None),
    ).group_by(col(tables.Genome.hash))
    order = (func.max(col(trial.selection)).desc(), func.min(col(tables.Genome.number)))
    return tuple(session.scalars(best.order_by(*order).limit(limit)))


def tried(session: Session, night: str) -> frozenset[str]:
    """Hashes of the genomes with a trial in a night."""
    return frozenset(session.scalars(select(col(tables.Trial.genome)).where(_of(night))))


def selections(session: Session, night: str, after: int) -> tuple[tuple[str, float | None], ...]:
    """Genome and selection of each trial that a night bred, in order of the ledger, from the
    `after`-th on.
    """
    query = select(col(tables.Trial.genome), col(tables.Trial.selection)).where(_bred_in(night))
    newer = query.order_by(col(tables.Trial.number)).offset(after)
    return tuple((genome, selection) for genome, selection in session.execute(newer))


def _elite_numbers(session: Session, settings_hash: str, night: str | None) -> list[int]:
    found = session.scalars(_ELITES, {"settings": settings_hash, "night": night or ""})
    return [number for number in found if number is not None]


def _ranked(session: Session, numbers: Sequence[int]) -> tuple[Elite, ...]:
    trials = _records(session, select(tables.Trial).where(col(tables.Trial.number).in_(numbers)))
    by_hash = _genomes(session, [trial.genome for trial in trials])
    found = []
    for trial in trials:
        evaluation = trial.evaluation
        if evaluation is not None and evaluation.selection is not None:
            niche = evaluation.descriptors.niche
            found.append(Elite(by_hash[trial.genome], trial, niche, evaluation.selection))
    return tuple(sorted(found, key=lambda elite: (-elite.selection, elite.trial.number)))


def _of(night: str) -> Any:
    return col(tables.Trial.night) == night


def _bred_in(night: str) -> Any:
    return and_(_of(night), col(tables.Trial.origin) == Origin.NIGHT.value)


def _records(session: Session, query: Select[tables.Trial]) -> tuple[Trial, ...]:
    rows = session.scalars(query).all()
    series = evaluations.load_series(session, rows)
    return tuple(
        Trial(
            genome=row.genome,
            night=row.night,
            origin=Origin(row.origin),
            params=row.params,
            settings_hash=row.settings_hash,
            sandbox=row.sandbox,
            evaluation=evaluations.record(row, series) if row.evaluated else None,
            failure=row.failure,
            number=row.number or 0,
            at=row.at,
            capital=row.capital,
            engine=row.engine,
            tier=Tier(row.tier),
            cost=Cost(row.wall_s, row.cpu_s, row.dollars),
            lineage=_lineage(row),
            **({} if row.evaluated else {name: getattr(row, name) for name in OF_FAILED}),
        )
        for row in rows
    )


def _lineage(row: tables.Trial) -> Lineage:
    seed = int(row.seed) if row.seed else None
    return Lineage(row.behaviour, row.operator, tuple(row.parents), seed)


def _genomes(session: Session, hashes: Sequence[str]) -> dict[str, Any]:
    query = select(tables.Genome).where(col(tables.Genome.hash).in_(hashes))
    return {g.hash: g for g in genomes.records(session, session.scalars(query).all())}
