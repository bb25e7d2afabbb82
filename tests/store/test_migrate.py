"""An older database becomes the newest shape, or stays what it was."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from daemon.domain.evolution.lineage import Lineage
from daemon.domain.evolution.records import Effects, Event, SettingsDocument
from daemon.errors import BadDataError, MissingError, TransientError, UsageError
from daemon.store import migrate
from daemon.store.database import plain_connection
from daemon.store.migrate import CURRENT, HEAD, SCRIPTS, Shapes, open_database
from daemon.store.store import SqlStore
from daemon.store.tables import METADATA
from tests.store.samples import NIGHT, genome, trial

HERE = Path(__file__).parent
LATER = Shapes((*CURRENT.versions, HERE / "later"), "later")


def filled(path: Path) -> None:
    store = SqlStore.open(path)
    store.open_night(NIGHT)
    store.commit(Effects(genomes=(genome(), genome("two", parents=(genome().hash,)))))
    settings = SettingsDocument("settings", '{"core": {}}')
    store.commit(Effects(trials=(trial(), trial(params={})), settings=(settings,)))
    store.close()


def dump(path: Path) -> list[str]:
    """Every row of every table but those that a start or a migration writes."""
    with plain_connection(path) as connection:
        lines = list(connection.iterdump())
    own = ('INSERT INTO "instance"', 'INSERT INTO "alembic_version"', 'INSERT INTO "genome"')
    return [line for line in lines if line.startswith("INSERT") and not line.startswith(own)]


def columns(path: Path, table: str) -> list[str]:
    with plain_connection(path) as connection:
        return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def test_the_migrations_make_what_the_tables_say(path: Path) -> None:
    database = open_database(path)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, METADATA)

    assert difference == []
    database.close()


def test_the_newest_revision_is_the_one_the_code_names() -> None:
    scripts = ScriptDirectory(str(SCRIPTS), version_locations=[str(CURRENT.versions[0])])

    assert scripts.get_heads() == [HEAD]


@pytest.mark.parametrize("revision", [script.stem for script in (HERE / "shapes").glob("*.sql")])
def test_every_shape_ever_released_opens_with_its_rows(path: Path, revision: str) -> None:
    old = sqlite3.connect(path)
    old.executescript((HERE / "shapes" / f"{revision}.sql").read_text())
    old.close()
    before = dump(path)

    store = SqlStore.open(path)

    assert [g.name for g in store.genomes()] == ["one", "two"]
    assert store.genomes()[1].parents == (genome().hash,)
    assert [t.number for t in store.trials()] == [1, 2]
    assert store.settings("settings") == '{"core": {}}'
    assert {t.lineage for t in store.trials()} == {Lineage(genome().behaviour, "seed")}
    assert [problem for problem in store.verify() if "db.head is missing" not in problem] == []
    store.close()
    grown = zip(dump(path), before, strict=True)  # new columns stand at the end
    assert all(after.startswith(row.removesuffix(");")) for after, row in grown)


def test_an_older_database_is_migrated_and_kept(path: Path) -> None:
    filled(path)
    before = dump(path)

    store = SqlStore.open(path, shapes=LATER)

    assert store.verify() == ()
    store.close()
    kept = path.with_name(f"nightshift.db.before-{HEAD}")
    assert dump(path) == dump(kept) == before
    assert "marked" in columns(path, "genome")
    assert "marked" not in columns(kept, "genome")
    assert sorted(p.name for p in path.parent.iterdir()) == [
        path.name,
        kept.name,
        f"{path.name}.head",
    ]


def test_waiting_jobs_of_older_shapes_belong_to_the_nights_that_asked_for_them(
    path: Path,
) -> None:
    old = sqlite3.connect(path)
    old.executescript((HERE / "shapes" / "0002.sql").read_text())
    key = genome().hash
    columns_ = "kind, key, state, error, payload, attempt, faults, created, changed"
    for kind in ("evaluate", "publish"):
        rest = "'waiting', '', '{}', 0, 0, '2026-03-02 12:00:00', '2026-03-02 12:00:00'"
        old.execute(f"INSERT INTO job ({columns_}) VALUES ('{kind}', '{key}', {rest})")
    old.commit()
    old.close()

    store = SqlStore.open(path)

    assert store.claim("evaluate", 5, "another") == ()
    assert [claim.key for claim in store.claim("evaluate", 5, NIGHT.id)] == [key]
    assert len(store.claim("publish", 5)) == 1
    assert store.known(key, NIGHT.id)
    store.close()


def test_a_later_shape_that_this_version_does_not_know_is_refused(path: Path) -> None:
    SqlStore.open(path, shapes=LATER).close()
    before = path.read_bytes()

    with pytest.raises(UsageError, match="shape later, newer than this version knows"):
        SqlStore.open(path)

    assert path.read_bytes() == before


def test_beside_a_running_daemon_nothing_is_migrated(path: Path) -> None:
    filled(path)

    with pytest.raises(UsageError, match=f"older shape {HEAD}, expected later"):
        SqlStore.open(path, daemon=False, shapes=LATER)

    assert "marked" not in columns(path, "genome")


def test_rows_that_only_the_write_ahead_log_holds_are_migrated_too(
    path: Path, tmp_path: Path
) -> None:
    filled(path)
    crashed = tmp_path / "crashed" / path.name
    crashed.parent.mkdir()
    store = SqlStore.open(path)
    store.commit(Effects(events=(Event("late", "row"),)))
    for suffix in ("", "-wal", "-shm", ".head"):
        shutil.copy(f"{path}{suffix}", f"{crashed}{suffix}")
    store.close()
    assert Path(f"{crashed}-wal").stat().st_size > 0

    after = SqlStore.open(crashed, shapes=LATER)

    assert after.journal(limit=1)[0][1] == Event("late", "row", {})
    assert after.verify() == ()
    after.close()


def test_leftovers_of_a_killed_migration_are_no_hindrance(path: Path) -> None:
    filled(path)
    for name in ("migrating", "migrating-wal", "migrating-journal", "migrating.part"):
        path.with_name(f"{path.name}.{name}").write_bytes(b"torn")

    store = SqlStore.open(path, shapes=LATER)

    assert len(store.trials()) == 2
    store.close()
    assert not list(path.parent.glob("*migrating*"))


def test_a_stale_log_beside_a_renamed_file_does_not_pass_unnoticed(
    path: Path, tmp_path: Path
) -> None:
    filled(path)
    store = SqlStore.open(path)
    for n in range(200):
        store.commit(Effects(events=(Event("many", str(n)),)))
    stale = tmp_path / "stale-wal"
    shutil.copy(f"{path}-wal", stale)
    store.close()
    SqlStore.open(path, shapes=LATER).close()
    shutil.copy(stale, f"{path}-wal")

    with pytest.raises(BadDataError):
        SqlStore.open(path, shapes=LATER)


def test_no_log_of_the_old_file_outlives_the_rename(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path)
    seen: dict[str, list[str]] = {}
    folder = path.parent

    def look(name: str) -> None:
        Path(f"{path}-shm").touch()
        if name == "migrate_bare":
            Path(f"{path}-shm").unlink()
        seen[name] = sorted(p.name for p in folder.iterdir())

    monkeypatch.setattr(migrate, "fault_point", look)
    SqlStore.open(path, shapes=LATER).close()

    kept = f"nightshift.db.before-{HEAD}"
    assert seen["migrate_bare"] == [
        path.name,
        kept,
        "nightshift.db.head",
        "nightshift.db.migrating",
    ]
    assert not Path(f"{path}-wal").exists()


def test_a_migration_waits_for_no_reader_but_says_so(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path)
    monkeypatch.setattr("daemon.store.database.BUSY_SECONDS", 0.05)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM genome").fetchone()

    with pytest.raises(TransientError):
        SqlStore.open(path, shapes=LATER)

    reader.close()
    SqlStore.open(path, shapes=LATER).close()


def test_a_migration_without_room_leaves_the_old_database(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path)

    def full(_path: Path, _shapes: Shapes) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(migrate, "_upgrade", full)
        with pytest.raises(MissingError, match="free disk space"):
            SqlStore.open(path, shapes=LATER)
    assert "marked" not in columns(path, "genome")

    SqlStore.open(path, shapes=LATER).close()
    assert "marked" in columns(path, "genome")


def test_a_migration_that_breaks_references_is_not_swapped_in(path: Path, tmp_path: Path) -> None:
    filled(path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "broken.py").write_text(
        f'from alembic import op\nrevision = "broken"\ndown_revision = "{HEAD}"\n'
        "def upgrade():\n    op.execute(\"DELETE FROM genome WHERE name = 'one'\")\n"
    )

    with pytest.raises(BadDataError, match="refer to nothing"):
        SqlStore.open(path, shapes=Shapes((*CURRENT.versions, tmp_path / "broken"), "broken"))

    store = SqlStore.open(path)
    assert len(store.genomes()) == 2
    store.close()


def test_the_ledger_stays_append_only_through_a_migration(path: Path) -> None:
    filled(path)
    store = SqlStore.open(path, shapes=LATER)

    with pytest.raises(BadDataError, match="append-only"), store.database.writing() as session:
        session.execute(text("DELETE FROM trial"))

    store.close()


def test_the_way_to_the_newest_shape_is_walked_once_for_many_databases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[Path] = []
    upgrade = migrate._upgrade

    def counted(path: Path, shapes: Shapes) -> None:
        walked.append(path)
        upgrade(path, shapes)

    monkeypatch.setattr(migrate, "_upgrade", counted)
    migrate._empty.cache_clear()
    paths = [tmp_path / name / "nightshift.db" for name in "ab"]
    for path in paths:
        open_database(path).close()

    assert len(walked) == 1
    for path in paths:
        filled(path)
        assert path.stat().st_mode & 0o777 == 0o600
