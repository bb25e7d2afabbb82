"""Many steps in one transaction are the same as one transaction each; a bad one harms no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from daemon.domain.evolution.records import Effects, Event, NewJob, Stage, StageChange, Step
from daemon.errors import BadDataError, FencedError, MissingError
from daemon.store.store import SqlStore
from tests.store.conftest import HandClock
from tests.store.samples import NIGHT, digest, evaluation, genome, trial

NAMES = ("a", "b", "c", "d")
TABLES = ("job", "genome", "event", "series", "trial")


class Killed(BaseException):
    """The process dies here."""


def effects(name: str, **changes: Any) -> Effects:
    values: dict[str, Any] = {
        "genomes": (genome(name),),
        "trials": (trial(digest(name), evaluation=evaluation(len(name))),),
        "stages": (StageChange(digest(name), Stage.FAILED, "below"),),
        "events": (Event("done", name),),
    }
    return Effects(**values | changes)


def claimed(store: SqlStore) -> list[Step]:
    store.commit(Effects(jobs=tuple(NewJob("evaluate", name) for name in NAMES)))
    return [Step(effects(claim.key), claim) for claim in store.claim("evaluate", len(NAMES))]


def content(store: SqlStore) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(store.database.path)) as connection:
        return {t: connection.execute(f"SELECT * FROM {t}").fetchall() for t in TABLES}


def done(store: SqlStore) -> Sequence[str]:
    return [event.subject for _, event in reversed(store.journal()) if event.kind == "done"]


def another(path: Path, clock: HandClock) -> SqlStore:
    other = SqlStore.open(path, now=clock.now, monotonic=clock.monotonic, lease_s=60.0)
    other.open_night(NIGHT)
    return other


def test_steps_together_leave_the_rows_of_steps_one_by_one(
    store: SqlStore, clock: HandClock, tmp_path: Path
) -> None:
    other = another(tmp_path / "other" / "nightshift.db", clock)

    written, error = store.commit_all(claimed(store))
    for step in claimed(other):
        other.commit(step.effects, step.claim)

    assert (written, error) == (len(NAMES), None)
    assert content(store) == content(other)
    assert store.verify() == other.verify() == ()
    assert store.head.read() == other.head.read()
    other.close()


@pytest.mark.parametrize("lost", range(len(NAMES)))
def test_a_lost_claim_stops_the_steps_before_any_of_its_own_is_written(
    store: SqlStore, lost: int
) -> None:
    steps = claimed(store)
    store.release(steps[lost].claim, "")

    written, error = store.commit_all(steps)

    assert written == lost
    assert isinstance(error, FencedError)
    assert done(store) == list(NAMES[:lost])
    assert store.job_counts()["evaluate"].get("running", 0) == len(NAMES) - lost - 1
    assert store.commit_all(steps[lost + 1 :]) == (len(NAMES) - lost - 1, None)
    assert done(store) == [name for name in NAMES if name != NAMES[lost]]
    assert store.verify() == ()


def test_a_refused_row_takes_its_own_step_along_and_no_other(store: SqlStore) -> None:
    steps = claimed(store)
    orphan = effects("c", genomes=(genome("c", parents=("nobody",)),))
    steps[2] = Step(orphan, steps[2].claim)

    written, error = store.commit_all(steps)

    assert written == 2
    assert isinstance(error, BadDataError)
    assert done(store) == ["a", "b"]
    assert store.job_counts()["evaluate"] == {"done": 2, "running": 2}
    with pytest.raises(BadDataError):
        store.commit(orphan, steps[2].claim)


def test_what_every_step_would_meet_leaves_nothing_of_any(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, before = claimed(store), content(store)
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def second_fails(_session: object, written: Effects, _now: object) -> None:
        if written is steps[1].effects:
            raise full

    with monkeypatch.context() as patched:
        patched.setattr("daemon.store.store.write", second_fails)
        with pytest.raises(MissingError, match="free disk space"):
            store.commit_all(steps)

    assert content(store) == before


@pytest.mark.parametrize("passes", [1, 2, 4])
@pytest.mark.parametrize("point", ["begin_commit", "within_commit", "before_commit"])
def test_a_death_before_the_end_leaves_nothing_of_any_step(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, point: str, passes: int
) -> None:
    steps, before = claimed(store), content(store)
    left = passes if point == "within_commit" else 1

    def die(name: str) -> None:
        nonlocal left
        left -= name == point
        if not left:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("daemon.store.store.fault_point", die)
        with pytest.raises(Killed):
            store.commit_all(steps)

    assert content(store) == before
    assert store.verify() == ()
    assert store.commit_all(steps) == (len(NAMES), None)
    assert done(store) == list(NAMES)


def test_no_steps_change_nothing(store: SqlStore) -> None:
    before = content(store)

    assert store.commit_all([]) == (0, None)

    assert content(store) == before
