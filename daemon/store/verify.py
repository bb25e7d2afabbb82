"""Whether the database is whole: its pages, its references, its guards, and the trial ledger."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from daemon.errors import BadDataError
from daemon.store import chain, evidence, guards
from daemon.store.chain import START, Link
from daemon.store.database import Database, plain_connection, translated
from daemon.store.head import Head

MOST = 20
"""Sentences of one kind at most; damage to a whole ledger needs no more."""
_SERIES = "SELECT hash, content FROM series"
_OF_NEWEST = (
    " WHERE hash IN (SELECT session_returns FROM trial WHERE number > ?1"
    " UNION SELECT market_returns FROM trial WHERE number > ?1)"
)


def problems(database: Database, head: Head, newest: int | None = None) -> tuple[str, ...]:
    """Everything that is wrong, one sentence each; empty where the database is whole.

    Pages and references are SQLite's own checks; the triggers have to stand; the content of every
    series has to match its hash; numbered tables have no holes; dossiers and charged looks agree
    with each other, the journal and the ledger; and every trial's link has to fit its content and
    the link before, up to those that the head and the daemon's starts remember.
    newest: only that many of the newest trials with their returns; no pages, references, dossiers.
    """
    try:
        kept = head.read()  # before the snapshot, which it may not lead
        with _snapshot(database) as snapshot:
            after = 0 if newest is None else max(0, _last(snapshot).number - newest)
            found = list(_pages(snapshot)) if newest is None else []
            found += guards.missing(_triggers(snapshot))
            found += _some(_series(snapshot, after))
            found += _holes(snapshot)
            found += [] if newest is not None else _some(evidence.misfits(snapshot))
            found += _some(
                chain.misfits(_rows(snapshot, after), _at(snapshot, after) if after else START)
            )
            return (*found, *_remembered(snapshot, head, kept))
    except BadDataError as error:
        return (str(error),)


@contextmanager
def _snapshot(database: Database) -> Iterator[sqlite3.Connection]:
    with translated(database.path), plain_connection(database.path) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")
        yield connection


def _pages(snapshot: sqlite3.Connection) -> Iterator[str]:
    for (text,) in snapshot.execute(f"PRAGMA integrity_check({MOST})"):
        if text != "ok":
            yield f"pages: {text}"
    for row in snapshot.execute("PRAGMA foreign_key_check"):
        yield f"{row[0]}: row {row[1]} refers to a missing {row[2]}"


def _triggers(snapshot: sqlite3.Connection) -> dict[str, str]:
    found = snapshot.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {row["name"]: row["sql"] for row in found}


def _series(snapshot: sqlite3.Connection, after: int) -> Iterator[str]:
    query = (_SERIES + _OF_NEWEST, (after,)) if after else (_SERIES, ())
    for row in snapshot.execute(*query):
        try:
            whole = hashlib.sha256(zlib.decompress(row["content"])).hexdigest() == row["hash"]
        except zlib.error:
            whole = False
        if not whole:
            yield f"series: the returns kept as {row['hash']} are not what was written"


def _holes(snapshot: sqlite3.Connection) -> Iterator[str]:
    for table in ("genome", "event", "instance", "sealed_query", "dossier", "call"):
        key = "epoch" if table == "instance" else "number"
        query = f"SELECT count(*), coalesce(max({key}), 0), coalesce(min({key}), 1) FROM {table}"
        many, last, first = snapshot.execute(query).fetchone()
        if many != last or first != 1:
            yield f"{table}: rows are missing from the sequence of numbers"


def _rows(snapshot: sqlite3.Connection, after: int) -> Iterator[Mapping[str, Any]]:
    newer = f"WHERE number > {after}" if after else ""
    rows = snapshot.execute(f"SELECT * FROM trial {newer} ORDER BY number")
    names = [column[0] for column in rows.description]
    return (dict(zip(names, row, strict=True)) for row in rows)


def _last(snapshot: sqlite3.Connection) -> Link:
    row = snapshot.execute(chain.NEWEST).fetchone()
    return START if row is None else Link(*row)


def _at(snapshot: sqlite3.Connection, number: int) -> Link:
    row = snapshot.execute(chain.AT, (number,)).fetchone()
    return Link(number, row["chain"] if row else START.chain)


def _remembered(snapshot: sqlite3.Connection, head: Head, kept: Link | None) -> Iterator[str]:
    """Where the ledger is not the one that the head and the starts of the daemon knew."""
    last = _last(snapshot)
    if kept is None and last != START:
        yield (
            f"trial: {head.path} is missing, so that nobody can tell if trials were cut off after "
            f"number {last.number}; take it from a backup, or let the next trial write it anew"
        )
    starts = "SELECT epoch, trials, chain FROM instance WHERE chain IS NOT NULL ORDER BY epoch"
    known = [
        (f"start {row['epoch']} of the daemon", Link(row["trials"], row["chain"]))
        for row in snapshot.execute(starts)
    ]
    known += [(head.path.name, kept)] if kept else []
    who, most = max(known, key=lambda one: one[1].number, default=("", START))
    if most.number > last.number:
        lost = chain.gone(last.number + 1, most.number)
        yield f"trial: {lost} cut off the end of the ledger; {who} knew it"
    for who, link in known:
        if 0 < link.number <= last.number and _at(snapshot, link.number) != link:
            yield f"trial: number {link.number} is not the one that {who} knew"
            return


def _some(sentences: Iterator[str]) -> Iterator[str]:
    for count, sentence in enumerate(sentences):
        if count == MOST:
            yield f"{sentence.partition(':')[0]}: there is more of this kind"
            return
        yield sentence
