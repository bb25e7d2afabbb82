"""The one door to SQLite: connections, transactions, and what its errors mean for the daemon.

One writer at a time (a lock in the process, BEGIN IMMEDIATE between processes); readers see a
snapshot and never wait. `migrate` decides which file is opened, `tables` what is in it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine, QueuePool, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from daemon.errors import (
    BadDataError,
    FencedError,
    MissingError,
    NightShiftError,
    TransientError,
)

BUSY_SECONDS = 10.0
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_NO_ROOM |= {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
_TAKEN = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@dataclass(frozen=True, slots=True)
class Database:
    """An open database of the newest shape; safe to use from many threads."""

    path: Path
    engine: Engine
    _writer: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A snapshot; nothing written through it is kept."""
        with translated(self.path), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: kept whole when the block ends, dropped whole when it raises."""
        engine = self.engine.execution_options(immediate=True)
        with self._writer, translated(self.path), Session(engine) as session, session.begin():
            yield session

    @contextmanager
    def part(self, session: Session) -> Iterator[None]:
        """A part of a transaction: dropped alone when the block raises, the rest stands."""
        connection = session.connection()
        connection.exec_driver_sql("SAVEPOINT part")
        try:
            with translated(self.path):
                yield
        except (BadDataError, FencedError):  # after any other nothing of it may stand
            connection.exec_driver_sql("ROLLBACK TO part")
            raise
        connection.exec_driver_sql("RELEASE part")

    def close(self) -> None:
        """Folds the write-ahead log into the file and lets every handle go."""
        with self._writer:
            self.engine.dispose()
            with translated(self.path), plain_connection(self.path) as connection:
                connection.execute("PRAGMA busy_timeout = 500")  # a reader may keep its log
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def connect(path: Path) -> Database:
    """Opens a file that `migrate` has found whole and of the newest shape."""
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        creator=lambda: _raw(path),
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=24,
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return Database(path, engine)


@contextmanager
def plain_connection(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection without SQLAlchemy, for checks and copies; never makes a new file."""
    connection = _raw(path)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors as the daemon's, by what is to be done next."""
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise _meaning(path, error.orig) from error
        raise
    except sqlite3.Error as error:
        raise _meaning(path, error) from error
    except OSError as error:
        raise _no_room(path, error) from error


def sync_folder(folder: Path) -> None:
    """Makes renames in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _raw(path: Path) -> sqlite3.Connection:
    uri = f"file:{quote(str(path))}?mode=rw"
    return sqlite3.connect(
        uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )


def _prepare(connection: Any, _record: Any) -> None:
    # recursive_triggers: without it INSERT OR REPLACE deletes rows behind the ledger's triggers.
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "journal_size_limit = 67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # The driver would begin late, and deferred: a reader that turns writer gets BUSY at once.
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _meaning(path: Path, error: sqlite3.Error) -> NightShiftError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    if code in _NO_ROOM:
        return _no_room(path, error)
    if code in _TAKEN:
        return TransientError(
            f"the database {path} was held by another program for {BUSY_SECONDS:.0f} s ({error})"
        )
    if code in _DAMAGED:
        return BadDataError(
            f"the database {path} is damaged ({error}); it was left as it is: "
            "restore a backup, or move it away to begin anew"
        )
    return BadDataError(f"the database {path} refused a row or a query: {error}")


def _no_room(path: Path, error: Exception) -> MissingError:
    return MissingError(
        f"the database {path} cannot be written ({error}); what was committed is safe; "
        "free disk space or mend the folder's permissions and start again"
    )
