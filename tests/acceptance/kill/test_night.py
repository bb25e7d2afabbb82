"""The real night, killed again and again, ends as one that never was interrupted."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from daemon.store.store import SqlStore
from tests.acceptance.kill.harness import Start, Window, command, kill_repeatedly, run_to_the_end

WINDOWS = (
    Window("claim", ("before_claim",), 0.01, passes=2),
    Window("run", ("after_claim",), 0.5, passes=1),
    Window("commit", ("begin_commit", "before_commit", "after_commit"), 0.01, passes=2),
)
PUBLISH = Window("publish", ("begin_publish", "before_publish"), 0.002)
SAME = (
    "SELECT number, hash, source, stage FROM genome ORDER BY number",
    "SELECT number, genome, params, night, selection, fitness, trade_hash, positions_hash,"
    " session_returns FROM trial ORDER BY number",
    "SELECT mutation, code, line, text FROM lesson ORDER BY number",
    "SELECT kind, key, state FROM job ORDER BY kind, key",
    "SELECT id, finished IS NOT NULL FROM night",
)


@pytest.mark.slow
def test_a_night_killed_in_every_window_ends_like_one_that_was_not(
    tmp_path: Path, repository: Path
) -> None:
    calm, harried, marks = tmp_path / "calm", tmp_path / "harried", tmp_path / "marks"
    assert run_to_the_end(_night(repository, calm), marks, 240) == 0

    start = _night(repository, harried)
    report = kill_repeatedly(start, 6, WINDOWS, lambda: _ended(harried), marks)
    assert not report.finished, str(report)
    last = kill_repeatedly(start, 1, (PUBLISH,), lambda: _ended(harried), marks)

    # A kill just after the commit of the briefing finds the night ended: then nothing is left.
    assert last.finished or run_to_the_end(start, marks, 240) == 0
    print(report, last)
    assert report.fault == last.fault == 0
    assert _rows(harried) == _rows(calm)
    store = SqlStore.open(harried / "rehearsal.db", daemon=False)
    assert store.verify() == ()
    store.close()


def _night(repository: Path, state: Path) -> Start:
    config = repository / "daemon.toml"
    arguments = (sys.executable, "-m", "daemon", "night", "--config", str(config))
    return command((*arguments, "--seed", "7", "--evaluations", "60", "--state", str(state)), {})


def _ended(state: Path) -> bool:
    if not (state / "rehearsal.db").exists():
        return False
    with closing(sqlite3.connect(state / "rehearsal.db")) as connection:
        (ended,) = connection.execute("SELECT count(finished) FROM night").fetchone()
    return bool(ended)


def _rows(state: Path) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(state / "rehearsal.db")) as connection:
        return [connection.execute(query).fetchall() for query in SAME]
