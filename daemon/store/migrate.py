"""Which database file is opened: a fresh one, the one there is, or a migrated copy of it.

Alembic on SQLite is not transactional, so a migration never touches the file in use:
1. `_alone` takes the old file out of WAL mode and locks it for everyone else,
2. `_copy` keeps it as `NAME.before-REVISION` and copies it to `NAME.migrating`,
3. `_upgrade` migrates the copy, `_prove` checks it and flushes it to the disk,
4. stale journals are removed and the copy is renamed over the old file.
Killed anywhere, the old file or the new one stands under the name, and the next start goes on.
"""

from __future__ import annotations

import functools
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from daemon.errors import BadDataError, MissingError, TransientError, UsageError
from daemon.store.database import Database, connect, plain_connection, sync_folder, translated
from daemon.store.faults import fault_point
from daemon.store.head import Head

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

HEAD = "0007"
SCRIPTS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Shapes:
    """The known shapes of the database: folders of Alembic revisions, and the newest of them."""

    versions: tuple[Path, ...] = (SCRIPTS / "versions",)
    head: str = HEAD


CURRENT = Shapes()


def open_database(path: Path, shapes: Shapes = CURRENT, *, migrate: bool = True) -> Database:
    """The database of a state folder, made or migrated where needed.

    migrate: false beside a running daemon; an older shape is then refused instead of migrated.
    Raises BadDataError if the file is damaged, MissingError if it has vanished, UsageError if it
    is of another shape.
    """
    with translated(path):
        if not path.exists():
            if said := lost(path):
                raise MissingError(said)
            _create(path, shapes)
        revision = _revision(path)
        if revision != shapes.head:
            _migrate(path, revision, shapes, migrate)
        if migrate:
            quick_check(path)
            _remove_unfinished(path)
    return connect(path)


def lost(path: Path) -> str:
    """What to say of a database that is gone while something of it is still there; else ''."""
    log, head = Path(f"{path}-wal"), Head.of(path).path
    left = [p for p in (log, head, *_kept(path)) if p.exists() and (p == head or p.stat().st_size)]
    if path.exists() or not left:
        return ""
    return (
        f"the database {path} is gone but {left[0].name} is still there; "
        "restore a backup, or remove what is left of it to begin anew"
    )


def quick_check(path: Path) -> None:
    """Raises BadDataError if the pages of the file do not fit together."""
    with plain_connection(path) as connection:
        _check(path, connection, "quick_check")


def _kept(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.before-*")) if path.parent.is_dir() else []


def _create(path: Path, shapes: Shapes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new-{os.getpid()}")
    _remove(fresh)
    fresh.touch(mode=0o600)
    fresh.write_bytes(_empty(shapes))
    _prove(fresh)
    fault_point("create_proved")
    try:
        with suppress(FileExistsError):  # made meanwhile: a link never replaces it as a rename does
            os.link(fresh, path)
    finally:
        _remove(fresh)
    sync_folder(path.parent)


@functools.lru_cache(maxsize=4)
def _empty(shapes: Shapes) -> bytes:
    """A database of that shape without a row; the way there takes long for a process of many."""
    with tempfile.TemporaryDirectory(prefix="nightshift-shape-") as folder:
        path = Path(folder) / "empty.db"
        path.touch()
        _upgrade(path, shapes)
        return path.read_bytes()


def _remove_unfinished(path: Path) -> None:
    """Removes what processes that have died while they made the database left beside it."""
    for left in path.parent.glob(f"{path.name}.new-*"):
        number = left.name.rpartition("-")[2]
        if number.isdigit() and not _is_running(int(number)):
            _remove(left)


def _is_running(pid: int) -> bool:
    """True for another user's process too, which may not be signalled."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _migrate(path: Path, revision: str, shapes: Shapes, allowed: bool) -> None:
    if revision not in {known.revision for known in _scripts(shapes).walk_revisions()}:
        raise UsageError(
            f"the database {path} has shape {revision}, newer than this version knows "
            f"({shapes.head}); install the version that wrote it, or restore an older backup"
        )
    if not allowed:
        raise UsageError(
            f"the database {path} has the older shape {revision}, expected {shapes.head}; "
            "run `nightshift night` or `nightshift run` once, it migrates"
        )
    copy = path.with_name(f"{path.name}.migrating")
    with _alone(path) as old:
        fault_point("migrate_begun")
        _copy(old, path.with_name(f"{path.name}.before-{revision}"))
        fault_point("migrate_kept")
        _copy(old, copy)
        fault_point("migrate_copied")
        _upgrade(copy, shapes)
        fault_point("migrate_upgraded")
        _prove(copy)
        fault_point("migrate_proved")
        _remove_journals(path)
        fault_point("migrate_bare")
        copy.replace(path)
        fault_point("migrate_renamed")
    sync_folder(path.parent)


@contextmanager
def _alone(path: Path) -> Iterator[sqlite3.Connection]:
    """The file with its write-ahead log folded in, locked for as long as the block runs."""
    with plain_connection(path) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        if mode != "delete":
            raise TransientError(
                f"the database {path} is read by another program; end it so that it can migrate"
            )
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        _check(path, connection, "integrity_check")
        yield connection


def _copy(source: sqlite3.Connection, target: Path) -> None:
    part = target.with_name(f"{target.name}.part")
    _remove(part)
    part.touch(mode=0o600)
    with plain_connection(part) as connection:
        source.backup(connection)
    _flush(part)
    _remove_journals(target)
    part.replace(target)
    sync_folder(target.parent)


def _upgrade(path: Path, shapes: Shapes) -> None:
    # Alembic takes 0.3 s to import and is needed only where the shape changes.
    from alembic import command
    from sqlalchemy import NullPool, create_engine

    engine = create_engine(f"sqlite+pysqlite:///{path}", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            # A copy that is torn is thrown away; a whole one is flushed before its rename.
            connection.exec_driver_sql("PRAGMA synchronous = OFF")
            connection.exec_driver_sql("PRAGMA journal_mode = MEMORY")
            config = _config(shapes)
            config.attributes["connection"] = connection
            command.upgrade(config, shapes.head)
    finally:
        engine.dispose()


def _scripts(shapes: Shapes) -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config(shapes))


def _config(shapes: Shapes) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    folders = "\n".join(str(folder) for folder in shapes.versions)
    config.set_main_option("version_locations", folders.replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def _prove(path: Path) -> None:
    with plain_connection(path) as connection:
        _check(path, connection, "integrity_check")
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise BadDataError(f"{path}: {len(broken)} rows of {broken[0][0]} refer to nothing")
    _remove_journals(path)
    _flush(path)


def _check(path: Path, connection: sqlite3.Connection, pragma: str) -> None:
    (first, *_) = connection.execute(f"PRAGMA {pragma}(1)").fetchone()
    if first != "ok":
        raise BadDataError(
            f"the database {path} is damaged ({first}); it was left as it is: "
            "restore a backup, or move it away to begin anew"
        )


def _revision(path: Path) -> str:
    if path.stat().st_size == 0:
        raise BadDataError(f"the database {path} is empty; restore a backup or remove the file")
    with plain_connection(path) as connection:
        known = connection.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")
        if known.fetchone() is None:
            raise BadDataError(f"{path} is not a database of Night Shift; move it away")
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else "none"


def _flush(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _remove_journals(path)


def _remove_journals(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
