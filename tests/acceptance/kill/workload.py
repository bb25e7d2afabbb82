"""A small night that never was: real store, real threads, pretended work.

Generations of mutations are recruited, harvested (some become lessons), evaluated and published,
each step one job whose effects come with its end. Whatever is written follows from the ticket, so
that every run that ends has the same content, however often it was killed on the way.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import alembic.command  # noqa: F401  (warms the server that processes are forked from)

from daemon.domain.evolution.records import (
    BriefingFiles,
    Claim,
    Effects,
    Event,
    Lesson,
    NewJob,
    Stage,
    StageChange,
)
from daemon.store import jobs
from daemon.store.faults import fault_point
from daemon.store.migrate import CURRENT, Shapes
from daemon.store.store import SqlStore
from tests.store.samples import NIGHT, digest, evaluation, genome, mutation, trial

POOL = 6
SHAPES_AHEAD = 40
STUCK = 3
STUCK_SECONDS = 1.5
MIGRATE = "KILL_MIGRATE"
WORK_SECONDS = 0.002

CONTENT: Mapping[str, str] = {
    "night": "id, seed, finished IS NOT NULL",
    "mutation": "id, night, generation, ticket, parents, sources",
    "genome": "hash, source, name, stage, night",
    "parent": "genome, position, parent",
    "lesson": "mutation, night, text, code",
    "trial": "genome, night, params_hash, selection, session_returns, positions_hash",
    "job": "kind, key, payload, state, faults, error",
    "event": "kind, subject, detail",
    "briefing": "night, document, markdown, html_path",
}


def work(folder: Path, generations: int, broken: str = "") -> None:
    """Works until nothing is left; ends with STUCK where jobs are held by nobody.

    broken: "no_release" forgets to free the jobs of crashed instances, "effect_first" commits the
    effects of a job before, and apart from, its end.
    """
    if broken == "no_release":
        jobs.free_orphans = lambda _session, _epoch: None
    store = SqlStore.open(folder / "nightshift.db", shapes=shapes(folder))
    shift = _Shift(store, folder, generations, broken)
    store.commit(Effects(jobs=(NewJob("recruit", "0"),)))
    threads = [threading.Thread(target=shift.work, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()


def content(folder: Path) -> dict[str, Counter[tuple[object, ...]]]:
    """Every row of every table without the numbers and times that differ between runs."""
    with closing(sqlite3.connect(folder / "nightshift.db")) as connection:
        return {
            table: Counter(connection.execute(f"SELECT {columns} FROM {table}"))
            for table, columns in CONTENT.items()
        }


def prepare(folder: Path) -> None:
    """An empty state folder with many small migrations ahead of it."""
    later = folder / "later"
    later.mkdir(parents=True)
    for number in range(2, SHAPES_AHEAD + 2):
        (later / f"v{number:04}.py").write_text(
            "import sqlalchemy as sa\nfrom alembic import op\n"
            f'revision = "{number:04}"\ndown_revision = "{number - 1:04}"\n'
            "def upgrade():\n"
            '    with op.batch_alter_table("genome", recreate="always") as genome:\n'
            f'        genome.add_column(sa.Column("later_{number}", sa.String()))\n'
        )


class _Shift:
    def __init__(self, store: SqlStore, folder: Path, generations: int, broken: str) -> None:
        self._store = store
        self._folder = folder
        self._generations = generations
        self._broken = broken
        self._steps = {"recruit": self._recruit, "harvest": _harvest, "evaluate": _evaluate}

    def work(self) -> None:
        idle_since = time.monotonic()
        while self._open():
            if self._step():
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since > STUCK_SECONDS:
                os._exit(STUCK)
            else:
                time.sleep(0.001)

    def _open(self) -> bool:
        states = self._store.job_counts().values()
        return any(count.get("waiting") or count.get("running") for count in states)

    def _step(self) -> bool:
        for kind, step in self._steps.items():
            for claim in self._store.claim(kind, 1):
                time.sleep(WORK_SECONDS)
                self._commit(step(claim), claim)
                return True
        if any(self._store.waiting(kind) for kind in self._steps):
            return False
        for claim in self._store.claim("publish", 1):
            self._commit(self._publish(claim), claim)
            return True
        return False

    def _commit(self, effects: Effects, claim: Claim) -> None:
        if self._broken == "effect_first":
            self._store.commit(effects)
            self._store.commit(Effects(), claim)
        else:
            self._store.commit(effects, claim)

    def _recruit(self, claim: Claim) -> Effects:
        generation = int(claim.key)
        night = NIGHT.__class__(f"n{generation}", generation, POOL, "s", "m", NIGHT.started)
        self._store.open_night(night)
        pool = [mutation(ticket, generation, night=night.id) for ticket in range(POOL)]
        asked = (NewJob("harvest", m.id, _place(generation, m.ticket)) for m in pool)
        return Effects(
            mutations=tuple(pool), jobs=(*asked, NewJob("publish", claim.key)), events=_note(claim)
        )

    def _publish(self, claim: Claim) -> Effects:
        fault_point("publish_file")
        night = f"n{claim.key}"
        best = sorted((t.evaluation.selection, t.genome) for t in self._store.trials(night))
        document, final = json.dumps(best), self._folder / f"{night}.json"
        part = final.with_suffix(".part")
        part.write_text(document)
        part.replace(final)
        after = int(claim.key) + 1
        return Effects(
            briefing=BriefingFiles(night, document, f"# {night}", final.name),
            finished_night=night,
            jobs=(NewJob("recruit", str(after)),) if after < self._generations else (),
            events=_note(claim),
        )


def _harvest(claim: Claim) -> Effects:
    generation, ticket = claim.payload["generation"], claim.payload["ticket"]
    name, night = f"{generation}-{ticket}", f"n{generation}"
    if _refused(generation, ticket):
        lesson = Lesson(claim.key, night, "jitter", (), f"# {name}", "import", 1, "no imports")
        return Effects(lessons=(lesson,), events=_note(claim))
    has_parent = generation > 0 and not _refused(generation - 1, ticket)
    parents = (digest(f"{generation - 1}-{ticket}"),) if has_parent else ()
    child = genome(name, night=night, parents=parents)
    asked = NewJob("evaluate", child.hash, _place(generation, ticket))
    return Effects(genomes=(child,), jobs=(asked,), events=_note(claim))


def _evaluate(claim: Claim) -> Effects:
    generation, ticket = claim.payload["generation"], claim.payload["ticket"]
    number = generation * POOL + ticket
    found = evaluation(number, 500, selection=(number * 37 % 100) / 100)
    stage = Stage.SCREENED if found.selection > 0.6 else Stage.FAILED
    return Effects(
        trials=(trial(claim.key, night=f"n{generation}", evaluation=found),),
        stages=(StageChange(claim.key, stage, f"selection {found.selection}"),),
        events=_note(claim),
    )


def _refused(generation: int, ticket: int) -> bool:
    return (generation * POOL + ticket) % 5 == 3


def _place(generation: int, ticket: int) -> dict[str, int]:
    return {"generation": generation, "ticket": ticket}


def _note(claim: Claim) -> tuple[Event, ...]:
    # Events have no natural key: a step whose effects are written twice shows here.
    return (Event("done", f"{claim.kind} {claim.key}"),)


def shapes(folder: Path) -> Shapes:
    """The shape the database has, or the next one where a migration is wanted."""
    revision = 1
    database = folder / "nightshift.db"
    if database.exists():
        with closing(sqlite3.connect(database)) as connection:
            revision = int(connection.execute("SELECT * FROM alembic_version").fetchone()[0])
        revision += int(os.environ.get(MIGRATE, "0"))
    head = min(revision, SHAPES_AHEAD + 1)
    return Shapes((*CURRENT.versions, folder / "later"), f"{head:04}")


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]))
