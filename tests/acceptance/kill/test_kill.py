"""kill -9 at any moment, then start: nothing lost, nothing doubled, nothing stuck.

Two tests break the store on purpose: a kill test that passes then would prove nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.acceptance.kill import workload
from tests.acceptance.kill.harness import (
    KillReport,
    Start,
    Window,
    command,
    kill_repeatedly,
    run_to_the_end,
)
from tests.acceptance.kill.series import WHOLE, against_a_calm_run, ended

MIGRATION = ("begun", "kept", "copied", "upgraded", "proved", "bare", "renamed")
CLAIM = Window("claim", ("before_claim",), 0.002, passes=6)
RUN = Window("run", ("after_claim",), 0.003, passes=4)
COMMIT = Window("commit", ("begin_commit", "before_commit", "after_commit"), 0.003, passes=4)
PUBLISH = Window(
    "publish", ("publish_file", "begin_publish", "before_publish", "after_publish"), 0.004
)
MIGRATE = Window(
    "migrate",
    tuple(f"migrate_{step}" for step in MIGRATION),
    0.06,
    environment={workload.MIGRATE: "1"},
)
FAULTS = (
    "after_claim",
    "begin_commit",
    "before_commit",
    "after_commit",
    "publish_file",
    "before_publish",
    "after_publish",
    *MIGRATE.marks,
)


def killing(
    kills: int, windows: tuple[Window, ...], generations: int, report: KillReport
) -> Callable[[Path, Start], None]:
    """A series of kills that fills in the report."""

    def harry(folder: Path, start: Start) -> None:
        marks = folder.with_name("marks")
        done = kill_repeatedly(start, kills, windows, lambda: ended(folder, generations), marks)
        report.kills, report.starts = done.kills, done.starts
        report.finished, report.fault = done.finished, done.fault

    return harry


def with_variables(start: Start, variables: Mapping[str, str]) -> Start:
    """The same program with more in its environment."""
    return lambda extra: start({**variables, **extra})


def test_fifty_kills_lose_nothing_double_nothing_and_leave_nothing_stuck(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    windows, report = (CLAIM, RUN, COMMIT, PUBLISH, MIGRATE), KillReport()

    found = against_a_calm_run(tmp_path, 16, killing(50, windows, 16, report))

    record_property("kills", str(report))
    print(report)
    assert report.fault == 0
    assert not report.finished, "the work ended before it was killed often enough"
    assert report.kills.total() >= 50
    assert all(report.kills[window.name] >= 5 for window in windows), str(report)
    assert found == WHOLE


def test_a_store_that_does_not_free_the_jobs_of_the_dead_is_found_out(tmp_path: Path) -> None:
    harry = killing(6, (RUN,), 4, KillReport())

    found = against_a_calm_run(tmp_path, 4, harry, "no_release")

    assert found.exit_code == workload.STUCK
    assert found.lost > 0


def test_a_store_that_writes_effects_before_the_end_of_the_job_is_found_out(
    tmp_path: Path,
) -> None:
    between = replace(COMMIT, marks=("after_commit", "begin_commit", "before_commit"))
    harry = killing(12, (between,), 6, KillReport())

    found = against_a_calm_run(tmp_path, 6, harry, "effect_first")

    assert found.doubled > 0


def test_dying_at_each_named_point_loses_nothing(tmp_path: Path) -> None:
    points = ("create_proved", *FAULTS, *FAULTS)
    codes: list[int | None] = []

    def harry(folder: Path, start: Start) -> None:
        for point in points:
            fault = {"NIGHTSHIFT_FAULT": f"{point}:1", workload.MIGRATE: "1"}
            codes.append(run_to_the_end(with_variables(start, fault), folder / "marks", 60))

    found = against_a_calm_run(tmp_path, 4, harry)

    assert [p for p, code in zip(points, codes, strict=True) if code != 137] == []
    assert found == WHOLE


@pytest.mark.parametrize("window", [COMMIT, PUBLISH])
def test_the_harness_drives_a_command_line_too(tmp_path: Path, window: Window) -> None:
    folder, marks = tmp_path / "state", tmp_path / "marks"
    workload.prepare(folder)
    arguments = (sys.executable, "-m", workload.__name__, str(folder), "3")

    report = kill_repeatedly(command(arguments, {}), 1, (window,), lambda: False, marks)

    assert report.kills == {window.name: 1}
    assert run_to_the_end(command(arguments, {}), marks, 60) == 0
    assert ended(folder, 3)
