"""kill -9 at any moment, then start: nothing lost, nothing doubled, nothing stuck.

The last two tests break the store on purpose: a kill test that passes then proves nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from daemon.store.store import SqlStore
from tests.acceptance.kill import workload
from tests.acceptance.kill.harness import (
    KillReport,
    Window,
    forked,
    kill_repeatedly,
    run_to_the_end,
)

GENERATIONS = 16
CLAIM = Window("claim", ("before_claim",), 0.002, 6)
RUN = Window("run", ("after_claim",), 0.003, 4)
COMMIT = Window("commit", ("begin_commit", "before_commit", "after_commit"), 0.003, 4)
PUBLISH = Window(
    "publish", ("publish_file", "begin_publish", "before_publish", "after_publish"), 0.004
)
STEPS = ("begun", "kept", "copied", "upgraded", "proved", "bare", "renamed")
MIGRATE = Window(
    "migrate", tuple(f"migrate_{step}" for step in STEPS), 0.06, 0, {workload.MIGRATE: "1"}
)


@dataclass(frozen=True)
class Outcome:
    """What a series of kills and one last undisturbed run left behind, against a calm run."""

    report: KillReport
    exit_code: int | None
    lost: int
    doubled: int
    wrong: tuple[str, ...]


def outcome(
    tmp_path: Path, kills: int, windows: tuple[Window, ...], generations: int, broken: str = ""
) -> Outcome:
    calm, harried, marks = tmp_path / "calm", tmp_path / "harried", tmp_path / "marks"
    for folder in (calm, harried):
        workload.prepare(folder)
    assert run_to_the_end(forked(workload.work, calm, generations), marks, 60) == 0

    start = forked(workload.work, harried, generations, broken)
    report = kill_repeatedly(start, kills, windows, lambda: ended(harried, generations), marks)
    code = run_to_the_end(start, marks, 60)

    wanted, found = workload.content(calm), workload.content(harried)
    more = {table: found[table] - wanted[table] for table in wanted}
    less = {table: wanted[table] - found[table] for table in wanted}
    store = SqlStore.open(harried / "nightshift.db", shapes=workload._shapes(harried))
    wrong = tuple(store.verify())
    store.close()
    return Outcome(report, code, total(less), total(more), wrong)


def total(rows: dict[str, Counter[tuple[object, ...]]]) -> int:
    return sum(counter.total() for counter in rows.values())


def ended(folder: Path, generations: int) -> bool:
    return (folder / f"n{generations - 1}.json").exists()


def test_fifty_kills_lose_nothing_double_nothing_and_leave_nothing_stuck(
    tmp_path: Path, record_property: pytest.RecordProperty
) -> None:
    windows = (CLAIM, RUN, COMMIT, PUBLISH, MIGRATE)

    found = outcome(tmp_path, 50, windows, GENERATIONS)

    record_property("kills", str(found.report))
    print(found.report)
    assert found.report.fault == 0
    assert not found.report.finished, "the work ended before it was killed often enough"
    assert found.report.kills.total() >= 50
    assert all(found.report.kills[window.name] >= 5 for window in windows), str(found.report)
    assert found.exit_code == 0
    assert (found.lost, found.doubled, found.wrong) == (0, 0, ())


def test_a_store_that_does_not_free_the_jobs_of_the_dead_is_found_out(tmp_path: Path) -> None:
    found = outcome(tmp_path, 6, (RUN,), 4, "no_release")

    assert found.exit_code == workload.STUCK
    assert found.lost > 0


def test_a_store_that_writes_effects_before_the_end_of_the_job_is_found_out(
    tmp_path: Path,
) -> None:
    found = outcome(tmp_path, 20, (COMMIT,), 8, "effect_first")

    assert found.doubled > 0
