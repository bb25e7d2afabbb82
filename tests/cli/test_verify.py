"""`verify` and `doctor` name what was done to a trial ledger by force."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.cli.inside import Command


def ledgers(command: Command) -> tuple[Path, Path]:
    """That of the rehearsal, and a whole copy of it as the real one."""
    assert command.config is not None
    rehearsal = command.config.parent / "state" / "rehearsal.db"
    real = rehearsal.with_name("nightshift.db")
    for suffix in ("", ".head"):
        shutil.copy(f"{rehearsal}{suffix}", f"{real}{suffix}")
    return rehearsal, real


def forced(ledger: Path, statement: str) -> None:
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        guards = ("trial_no_update", "trial_no_delete")
        query = "SELECT sql FROM sqlite_master WHERE name = ?"
        kept = [connection.execute(query, (name,)).fetchone()[0] for name in guards]
        for name in guards:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        for sql in kept:
            connection.execute(sql)


def test_verify_names_the_trial_that_was_changed_in_either_ledger(rested: Command) -> None:
    rehearsal, real = ledgers(rested)
    assert rested("verify", "--json").document == {"ok": True, "problems": []}
    forced(rehearsal, "UPDATE trial SET selection = 9.0 WHERE number = 3")
    forced(real, "DELETE FROM trial WHERE number = 4")

    told, documented = rested("verify"), rested("verify", "--json")

    problems = documented.document["problems"]
    assert (told.code, documented.code, documented.document["ok"]) == (1, 1, False)
    assert problems[0] == "nightshift.db: trial: number 4 was taken out of the ledger"
    assert problems[1].startswith("rehearsal.db: trial: number 3 was changed or put in")
    assert told.out.splitlines() == problems


def test_doctor_tells_of_a_ledger_whose_end_was_cut_off(rested: Command) -> None:
    rehearsal, _ = ledgers(rested)
    forced(rehearsal, "DELETE FROM trial WHERE number = (SELECT max(number) FROM trial)")

    checks = rested("doctor", "--json").document["checks"]

    (found,) = [check for check in checks if check["name"] == "database"]
    assert found["status"] == "fail"
    assert found["detail"].startswith("rehearsal.db: trial: number ")
    assert "cut off the end of the ledger; rehearsal.db.head knew it" in found["detail"]


def test_verify_tells_of_a_database_that_is_gone_beside_its_head_and_examines_the_other(
    rested: Command,
) -> None:
    rehearsal, real = ledgers(rested)
    real.unlink()
    forced(rehearsal, "DELETE FROM trial WHERE number = 4")

    told = rested("verify")

    gone, taken_out = told.out.splitlines()
    assert told.code == 1
    assert gone.startswith(f"nightshift.db: the database {real} is gone but nightshift.db.head is")
    assert taken_out == "rehearsal.db: trial: number 4 was taken out of the ledger"
    assert not real.exists()
