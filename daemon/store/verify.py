"""Whether the database is whole: its pages, its references, and the content behind its hashes."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.errors import BadDataError
from daemon.store import tables
from daemon.store.database import Database, plain_connection


def problems(database: Database) -> tuple[str, ...]:
    """Everything that is wrong, one sentence each; empty where the database is whole.

    Pages and references are SQLite's own checks; the content of every series has to match the
    hash it is kept under, and numbered tables must have no holes.
    """
    try:
        with plain_connection(database.path) as connection:
            pages = [row[0] for row in connection.execute("PRAGMA integrity_check(20)")]
            loose = connection.execute("PRAGMA foreign_key_check").fetchall()
        with database.reading() as session:
            found = [f"pages: {text}" for text in pages if text != "ok"]
            found += [f"{row[0]}: row {row[1]} refers to a missing {row[2]}" for row in loose]
            return (*found, *_series(session), *_holes(session))
    except BadDataError as error:
        return (str(error),)


def _series(session: Session) -> Iterator[str]:
    for row in session.execute(select(col(tables.Series.hash), col(tables.Series.content))):
        try:
            whole = hashlib.sha256(zlib.decompress(row.content)).hexdigest() == row.hash
        except zlib.error:
            whole = False
        if not whole:
            yield f"series: the returns kept as {row.hash} are not what was written"


def _holes(session: Session) -> Iterator[str]:
    for table in (tables.Genome, tables.Trial, tables.Event):
        numbers = session.scalars(select(col(table.number)).order_by(col(table.number))).all()
        if numbers and (len(numbers) != numbers[-1] or numbers[0] != 1):
            yield f"{table.__tablename__}: rows are missing from the sequence of numbers"
