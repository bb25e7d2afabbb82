"""The database under damage, a full disk and company."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from daemon.domain.evolution.records import Effects, Event
from daemon.errors import BadDataError, MissingError, NightShiftError, TransientError
from daemon.store import database, migrate
from daemon.store.store import SqlStore
from tests.store.samples import NIGHT, evaluation, genome, trial


def filled(path: Path, trials: int = 60) -> None:
    store = SqlStore.open(path)
    store.open_night(NIGHT)
    rows = (trial(params={"n": n}, evaluation=evaluation(n, 300)) for n in range(trials))
    store.commit(Effects(genomes=(genome(),), trials=tuple(rows)))
    store.close()


def test_every_connection_has_the_pragmas_that_promises_rest_on(store: SqlStore) -> None:
    with store.database.reading() as session:
        found = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }

    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
    }


def test_a_write_takes_its_lock_at_the_beginning(store: SqlStore, path: Path) -> None:
    other = sqlite3.connect(path, timeout=0)

    with store.database.writing() as session:
        session.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")

    other.close()


def test_a_reader_sees_the_state_before_an_unfinished_write(store: SqlStore) -> None:
    with store.database.writing() as session:
        session.execute(text("UPDATE night SET evaluations = 1"))
        (seen,) = store.nights()

    assert seen.evaluations == 500
    assert store.nights()[0].evaluations == 1


def _change_and_fail(session: Session) -> None:
    session.execute(text("UPDATE night SET evaluations = 1"))
    raise ZeroDivisionError


def test_whatever_raises_inside_a_write_undoes_it(store: SqlStore) -> None:
    with pytest.raises(ZeroDivisionError), store.database.writing() as session:
        _change_and_fail(session)

    assert store.nights()[0].evaluations == 500


def test_a_lock_held_too_long_by_another_program_is_for_another_try(
    store: SqlStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    store.database.engine.dispose()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(TransientError, match="held by another program"):
        store.commit(Effects(events=(Event("x", "y"),)))

    other.execute("ROLLBACK")
    other.close()
    store.commit(Effects(events=(Event("x", "y"),)))


def test_writers_and_readers_in_threads_never_meet_a_lock(store: SqlStore, path: Path) -> None:
    faults: list[Exception] = []
    beside = SqlStore.open(path, daemon=False)

    def work(of: SqlStore, name: str) -> None:
        try:
            for n in range(25):
                of.commit(Effects(events=(Event("x", f"{name} {n}"),)))
                of.journal(limit=5)
        except NightShiftError as error:
            faults.append(error)

    threads = [Thread(target=work, args=(of, str(i))) for i, of in enumerate((store, beside) * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    beside.close()

    assert faults == []
    assert len(store.journal(limit=500)) == 100


def _commit_a_hundred(store: SqlStore) -> None:
    for n in range(100, 200):
        store.commit(Effects(trials=(trial(params={"n": n}, evaluation=evaluation(n, 3000)),)))


def test_a_full_disk_is_one_sentence_and_loses_nothing(path: Path) -> None:
    filled(path)
    store = SqlStore.open(path)
    with store.database.reading() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
    event.listen(
        store.database.engine,
        "checkout",
        lambda connection, *_: connection.execute(f"PRAGMA max_page_count = {pages + 40}"),
    )

    with pytest.raises(MissingError, match="free disk space"):
        _commit_a_hundred(store)

    kept = store.trial_count()
    store.close()
    again = SqlStore.open(path)
    assert 60 <= again.trial_count() == kept < 160
    assert again.verify() == ()
    again.commit(Effects(trials=(trial(params={"n": 999}),)))
    again.close()


@pytest.mark.parametrize("seed", range(8))
def test_overwritten_pages_are_noticed_and_the_file_is_left_as_it_is(path: Path, seed: int) -> None:
    filled(path)
    generator = np.random.default_rng(seed)
    content = bytearray(path.read_bytes())
    for page in generator.integers(0, len(content) // 4096, 1 + seed * 3):
        content[page * 4096 : (page + 1) * 4096] = generator.bytes(4096)
    path.write_bytes(content)

    with pytest.raises((BadDataError, MissingError)):
        SqlStore.open(path)

    assert path.read_bytes() == bytes(content)


def test_returns_that_changed_behind_their_hash_are_noticed(store: SqlStore) -> None:
    store.commit(Effects(genomes=(genome(),), trials=(trial(),)))
    with store.database.writing() as session:
        session.execute(text("DROP TRIGGER series_no_update"))
        session.execute(text("UPDATE series SET content = X'00' WHERE rowid = 1"))

    guard, problem = store.verify()

    assert guard.startswith("triggers: series_no_update")
    assert problem.startswith("series: the returns kept as")
    with pytest.raises(BadDataError, match="the returns kept as"):
        store.trials()


def test_trials_taken_out_by_force_are_noticed(store: SqlStore) -> None:
    store.commit(Effects(genomes=(genome(),), trials=(trial(), trial(params={}))))
    with store.database.writing() as session:
        session.execute(text("DROP TRIGGER trial_no_delete"))
        session.execute(text("DELETE FROM trial WHERE number = 1"))

    assert store.verify() == (
        "triggers: trial_no_delete, which refuses changes, was removed or altered",
        "trial: number 1 was taken out of the ledger",
    )


@pytest.mark.parametrize("content", [b"", b"not a database " * 400])
def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(BadDataError):
        SqlStore.open(path)

    assert path.read_bytes() == content


def test_a_database_of_somebody_else_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE x (y)")
    other.close()

    with pytest.raises(BadDataError, match="not a database of Night Shift"):
        SqlStore.open(path)


@pytest.mark.parametrize("left", ["nightshift.db-wal", "nightshift.db.before-0001"])
def test_a_database_that_vanished_is_not_silently_begun_anew(path: Path, left: str) -> None:
    path.with_name(left).write_bytes(b"rows")

    with pytest.raises(MissingError, match=f"{left} is still there"):
        SqlStore.open(path)

    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")

    with pytest.raises(MissingError, match="cannot be written"):
        SqlStore.open(tmp_path / "state" / "nightshift.db")


def test_closing_does_not_wait_for_a_reader(store: SqlStore, path: Path) -> None:
    store.commit(Effects(events=(Event("x", "y"),)))
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM event").fetchone()
    store.commit(Effects(events=(Event("x", "z"),)))

    began = time.monotonic()
    store.close()

    assert time.monotonic() - began < 5
    reader.close()


def test_a_new_database_is_private_and_nothing_is_left_beside_it(path: Path) -> None:
    SqlStore.open(path).close()

    assert os.stat(path).st_mode & 0o077 == 0
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_database_made_meanwhile_by_another_program_is_not_replaced(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = tmp_path / "others.db"
    filled(others, 1)
    monkeypatch.setattr(migrate, "fault_point", lambda _name: shutil.copy(others, path))

    store = SqlStore.open(path, daemon=False)

    assert store.trial_count() == 1
    store.close()
