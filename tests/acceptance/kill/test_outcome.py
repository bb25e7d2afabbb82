"""Which files count as left behind: not the journals of a database that is about to be closed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.acceptance.kill import outcome

HOLD = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT * FROM t").fetchall()
print("open", flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    state = tmp_path / "state"
    state.mkdir()
    with closing(sqlite3.connect(state / "rehearsal.db")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (a)")
    return tmp_path


@contextmanager
def held(folder: Path, seconds: float) -> Iterator[int]:
    """Another process that has the database open for so long; its pid."""
    command = [sys.executable, "-c", HOLD, str(folder / "state" / "rehearsal.db"), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield process.pid
        process.kill()


def test_journals_of_a_process_that_is_about_to_end_are_not_left_behind(folder: Path) -> None:
    with held(folder, 0.3):
        assert outcome.loose_files(folder) == []


def test_who_keeps_the_database_open_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcome, "CLOSING_SECONDS", 0.1)

    with held(folder, 60.0) as pid:
        found = outcome.loose_files(folder)

    assert found[:2] == ["rehearsal.db-shm", "rehearsal.db-wal"]
    assert [line.split()[1] for line in found[2:]] == [str(pid)]


def test_a_file_that_nobody_will_rename_is_left_behind(folder: Path) -> None:
    (folder / "state" / f"rehearsal.db.new-{os.getpid()}").touch()
    (folder / "state" / "page.part").touch()

    assert outcome.loose_files(folder) == ["page.part", f"rehearsal.db.new-{os.getpid()}"]
