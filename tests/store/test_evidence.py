"""Dossiers and charged looks: verify tells of what was done to them behind their triggers."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from daemon.domain.evolution.dossier import Dossier
from daemon.domain.evolution.records import Effects, Event, Genome, Origin, SealedQuery
from daemon.domain.evolution.tiers import Tier
from daemon.store import guards
from daemon.store.store import SqlStore
from tests.domain.briefing.finalist_records import PEEKED, dossier_of
from tests.domain.evolution.test_screens import shown
from tests.store.samples import NIGHT, digest, evaluation, genome, trial

FIRST, SECOND, PEEKING, OTHER = (genome(name) for name in ("a", "b", "c", "d"))


def finalist(of: Genome, place: int | None) -> Effects:
    """All that the prover writes of one that was looked at in a place, or at which nobody did."""
    found = dossier_of(of, **PEEKED if place is None else {"sealed": shown(0.5, place)})
    found = replace(found, document={**found.document, "night": NIGHT.id}, night=NIGHT.id)
    told = Event("dossier", of.hash, {"night": NIGHT.id, "evidence": found.evidence_hash})
    look = trial(of.hash, origin=Origin.SCREEN, tier=Tier.SEALED, evaluation=evaluation(seed=1))
    return Effects(trials=() if place is None else (look,), dossiers=(found,), events=(told,))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with two looks and three dossiers; nobody changes it."""
    path = tmp_path_factory.mktemp("written") / "nightshift.db"
    store = SqlStore.open(path)
    store.open_night(NIGHT)
    store.commit(Effects((FIRST, SECOND, PEEKING, OTHER)))
    store.commit(Effects(queries=tuple(SealedQuery(g.hash, NIGHT.id) for g in (FIRST, SECOND))))
    for one in (finalist(FIRST, 1), finalist(SECOND, 2), finalist(PEEKING, None)):
        store.commit(one)
    store.close()
    return path.parent


def forced(store: SqlStore, statement: str, *values: Any) -> None:
    """A change behind triggers that are put back afterwards, without foreign keys."""
    with closing(sqlite3.connect(store.database.path, isolation_level=None)) as connection:
        for name in guards.expected():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement, values)
        for sql in guards.expected().values():
            connection.execute(sql)


def rewritten(store: SqlStore, text: str, number: int) -> None:
    """The document of a dossier together with its hash."""
    values = (text, hashlib.sha256(text.encode()).hexdigest(), number)
    forced(store, "UPDATE dossier SET document = ?, evidence = ? WHERE number = ?", *values)


def kept(store: SqlStore, number: int) -> Dossier:
    return store.dossiers(NIGHT.id)[number - 1]


def taken_out(of: Genome) -> str:
    return f"dossier: that of genome {of.hash} of night {NIGHT.id} was taken out"


HOLE = "rows are missing from the sequence of numbers"
UNLIKE = "was changed: its document tells another genome, night or outcome"


def test_dossiers_and_looks_as_they_were_written_are_whole(full: SqlStore) -> None:
    assert [each.genome for each in full.dossiers(NIGHT.id)] == [
        FIRST.hash,
        SECOND.hash,
        PEEKING.hash,
    ]
    assert full.verify() == ()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM dossier WHERE number = 1", (f"dossier: {HOLE}", taken_out(FIRST))),
        ("DELETE FROM dossier WHERE number = 3", (taken_out(PEEKING),)),
        (
            "UPDATE dossier SET taken = 1 - taken WHERE number = 2",
            (f"dossier: number 2 {UNLIKE}",),
        ),
        (
            "UPDATE dossier SET document = replace(document, '0.5', '9.5') WHERE number = 1",
            ("dossier: number 1 was changed: its hash is not that of its document",),
        ),
        (
            f"UPDATE dossier SET genome = '{OTHER.hash}' WHERE number = 3",
            (f"dossier: number 3 {UNLIKE}", taken_out(PEEKING)),
        ),
        (
            "UPDATE dossier SET night = 'n9' WHERE number = 3",
            (f"dossier: number 3 {UNLIKE}", taken_out(PEEKING)),
        ),
        (
            "DELETE FROM sealed_query WHERE number = 2",
            (
                "sealed_query: the look of trial 2 is not among those charged",
                "dossier: number 2 holds a look at sealed data that was not charged",
            ),
        ),
        (
            f"INSERT INTO sealed_query VALUES (4, '{OTHER.hash}', 'n1', '2026-03-02 12:00:00')",
            (f"sealed_query: {HOLE}",),
        ),
        (
            f"INSERT INTO sealed_query VALUES (0, '{OTHER.hash}', 'n1', '2026-03-02 12:00:00')",
            (f"sealed_query: {HOLE}",),
        ),
    ],
)
def test_what_was_done_to_them_by_force_is_told(
    full: SqlStore, statement: str, told: tuple[str, ...]
) -> None:
    forced(full, statement)

    assert full.verify() == told


def test_places_that_were_exchanged_are_told(full: SqlStore) -> None:
    forced(full, "UPDATE sealed_query SET number = number - 3")
    forced(full, "UPDATE sealed_query SET number = -number")

    assert full.verify() == (
        "dossier: number 1 was looked at in place 1, which is charged as place 2 now",
        "dossier: number 2 was looked at in place 2, which is charged as place 1 now",
    )


def test_a_document_changed_together_with_its_hash_is_not_the_one_of_the_journal(
    full: SqlStore,
) -> None:
    rewritten(full, kept(full, 2).text.replace("0.5", "9.5"), 2)

    assert full.verify() == ("dossier: number 2 is not one that the journal tells of",)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"genome": []}', "{"])
def test_a_document_that_is_none_of_a_dossier_is_told(full: SqlStore, text: str) -> None:
    rewritten(full, text, 1)

    assert full.verify() == ("dossier: number 1 was changed: its document is none of a dossier",)


def test_a_dossier_put_in_by_hand_is_told(full: SqlStore) -> None:
    found = kept(full, 3)
    text = json.dumps({**found.document, "genome": {"hash": OTHER.hash}})
    row = (4, OTHER.hash, NIGHT.id, digest(text), found.taken, text, "2026-03-02 12:00:00")

    forced(full, "INSERT INTO dossier VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    assert full.verify() == ("dossier: number 4 is not one that the journal tells of",)


def test_a_dossier_of_a_look_taken_out_with_its_line_of_the_journal_is_told_by_the_ledger(
    full: SqlStore,
) -> None:
    forced(full, "DELETE FROM dossier WHERE number = 2")
    forced(full, "UPDATE event SET kind = 'other' WHERE subject = ?", SECOND.hash)

    assert full.verify() == (f"dossier: {HOLE}", taken_out(SECOND))


def test_a_look_that_was_charged_and_not_yet_taken_or_was_broken_off_is_whole(
    full: SqlStore,
) -> None:
    broken = trial(OTHER.hash, origin=Origin.SCREEN, tier=Tier.SEALED, evaluation=None)
    full.commit(Effects(queries=(SealedQuery(OTHER.hash, NIGHT.id),)))
    charged = full.verify()

    full.commit(Effects(trials=(broken,)))

    assert (charged, full.verify()) == ((), ())
