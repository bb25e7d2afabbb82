"""Where dossiers and charged looks are not what was written; they have no chain of their own.

All that comes of a finalist is written at once: its trials, its dossier, and a line of the journal
with the dossier's hash; its look was charged before. So each is held against the others. Of a
charge whose look was never taken nothing but its number tells.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from daemon.domain.evolution.records import Origin
from daemon.domain.evolution.tiers import Tier

_DOSSIERS = (
    "SELECT d.number, d.genome, d.night, d.evidence, d.taken, q.number AS place,"
    " CAST(d.document AS BLOB) AS document"
    " FROM dossier d LEFT JOIN sealed_query q ON q.genome = d.genome ORDER BY d.number"
)
_TOLD = (
    "SELECT subject, json_extract(found, '$.night'), json_extract(found, '$.evidence') FROM"
    " (SELECT subject, CASE WHEN json_valid(detail) THEN detail END AS found FROM event"
    " WHERE kind = 'dossier' ORDER BY number)"
)
_LOOKS = (
    "SELECT t.number, t.genome, t.night, t.evaluated, q.number AS place"
    " FROM trial t LEFT JOIN sealed_query q ON q.genome = t.genome"
    f" WHERE t.tier = '{Tier.SEALED.value}' AND t.origin = '{Origin.SCREEN.value}'"
    " ORDER BY t.number"
)


def misfits(snapshot: sqlite3.Connection) -> Iterator[str]:
    """One sentence for each dossier and each charge that is gone or not what it was.

    snapshot: gives rows by name.
    """
    told = {(genome, night): evidence for genome, night, evidence in snapshot.execute(_TOLD)}
    missing = set(told)
    for row in snapshot.execute(_LOOKS):
        if row["place"] is None:
            yield f"sealed_query: the look of trial {row['number']} is not among those charged"
        if row["evaluated"]:
            missing.add((row["genome"], row["night"]))
    for row in snapshot.execute(_DOSSIERS):
        key = row["genome"], row["night"]
        missing.discard(key)
        wrong = _wrong(row)
        if not wrong and told.get(key) != row["evidence"]:
            wrong = "is not one that the journal tells of"
        if wrong:
            yield f"dossier: number {row['number']} {wrong}"
    for genome, night in sorted(missing, key=str):
        yield f"dossier: that of genome {genome} of night {night} was taken out"


def _wrong(row: sqlite3.Row) -> str:
    """What does not fit in a dossier itself, as the end of a sentence; '' where all does."""
    if hashlib.sha256(row["document"]).hexdigest() != row["evidence"]:
        return "was changed: its hash is not that of its document"
    try:
        return _unlike(row, json.loads(row["document"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "was changed: its document is none of a dossier"


def _unlike(row: sqlite3.Row, document: Any) -> str:
    own = document["genome"]["hash"], document["night"], document["step"]["taken"]
    if own != (row["genome"], row["night"], row["taken"]):
        return "was changed: its document tells another genome, night or outcome"
    look = document["sealed"]["look"]
    if look is None:
        return ""
    if row["place"] is None:
        return "holds a look at sealed data that was not charged"
    place = look.get("budget", {}).get("place", row["place"])  # version 1 knew of no places
    if place != row["place"]:
        return f"was looked at in place {place}, which is charged as place {row['place']} now"
    return ""
