"""The hash chain of the trial ledger: what a trial's link is made of, and where links do not fit.

A link is the SHA-256 of the link before it and of the row as it is stored: the JSON object of all
columns but `chain` and those that are NULL, names sorted. So a column that later shapes add has to
be NULL in older rows, and the links stay what they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

NEWEST = "SELECT number, chain FROM trial ORDER BY number DESC LIMIT 1"
AT = "SELECT chain FROM trial WHERE number = ?"
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the ledger: the number of a trial, and its link in hexadecimal."""

    number: int
    chain: str


START = Link(0, "")
"""What the first trial follows."""


def link(previous: str, row: Mapping[str, Any]) -> str:
    """The link of a row, given as SQLite stores it, to the one before."""
    content = {name: v for name, v in row.items() if v is not None and name != "chain"}
    return hashlib.sha256(f"{previous}\n{_encode(content)}".encode()).hexdigest()


def newest(session: Session) -> Link:
    """The last link of the ledger; START where there is no trial."""
    row = session.connection().exec_driver_sql(NEWEST).first()
    return START if row is None else Link(*row)


def at(session: Session, number: int) -> Link:
    """The link of a number; with an empty chain where there is no such trial."""
    row = session.connection().exec_driver_sql(AT, (number,)).first()
    return Link(number, row[0] if row else "")


def misfits(rows: Iterable[Mapping[str, Any]], before: Link) -> Iterator[str]:
    """Each number that is missing, or whose link does not fit, in one sentence.

    rows: as stored, by number; before: what the first of them has to follow. A row after a hole
    cannot be held against the link that is gone.
    """
    previous = before
    for row in rows:
        number = row["number"]
        if number <= previous.number:
            yield f"trial: number {number} was put into the ledger by hand"
            continue
        if number > previous.number + 1:
            yield f"trial: {gone(previous.number + 1, number - 1)} taken out of the ledger"
        elif link(previous.chain, row) != row["chain"]:
            yield _changed(number)
        previous = Link(number, row["chain"])


def gone(first: int, last: int) -> str:
    """Numbers as the beginning of a sentence."""
    return f"number {first} was" if first == last else f"numbers {first} to {last} were"


def _changed(number: int) -> str:
    # Whoever changes a row and makes its link anew shows up one row later.
    other = f" (or number {number - 1} was, together with its link)" if number > 1 else ""
    return f"trial: number {number} was changed or put in after it was written{other}"
