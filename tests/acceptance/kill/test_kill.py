"""kill -9 of the daemon or a worker at any moment of real nights: nothing lost, nothing doubled.

Two tests break the store on purpose: a kill test that passes then would prove nothing.
"""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tests.acceptance.kill import nights
from tests.acceptance.kill.harness import (
    KillReport,
    Window,
    forked,
    kill_repeatedly,
    outlived,
    run_to_the_end,
    with_variables,
)
from tests.acceptance.kill.outcome import as_undisturbed, loose_files

MIGRATION = ("begun", "kept", "copied", "upgraded", "proved", "bare", "renamed")


def zygotes(program: psutil.Process) -> list[psutil.Process]:
    return program.children()


def children(program: psutil.Process) -> list[psutil.Process]:
    return [child for zygote in program.children() for child in zygote.children()]


CLAIM = Window("claim", ("before_claim",), 0.003, passes=2)
RUN = Window("run", ("after_claim", "after_commit", "idle"), 0.4, passes=1)
COMMIT = Window(
    "commit", ("begin_commit", "within_commit", "before_commit", "after_commit"), 0.004, passes=3
)
PUBLISH = Window(
    "publish",
    ("publish_compose", "publish_file", "begin_publish", "before_publish", "after_publish"),
    0.05,
)
MIGRATE = Window(
    "migrate",
    tuple(f"migrate_{step}" for step in MIGRATION),
    0.08,
    environment={nights.MIGRATE: "1"},
)
CHILD = Window("worker child", ("after_claim",), 0.3, victims=children)
ZYGOTE = Window("worker zygote", ("after_claim",), 0.3, victims=zygotes)
CLAIMED = Window("run", ("after_claim",), 0.01)
BETWEEN = Window("between effects and end", ("between",), 0.001, passes=3)
DAEMON = (CLAIM, RUN, COMMIT, PUBLISH, MIGRATE)
WORKERS = (CHILD, ZYGOTE)
POINTS = (
    "create_proved",
    "after_claim",
    "begin_commit",
    "within_commit",
    "before_commit",
    "after_commit",
    *MIGRATE.marks,
    "publish_compose",
    "publish_file",
    "begin_publish",
    "before_publish",
    "after_publish",
)


def harried(
    folder: Path,
    request: pytest.FixtureRequest,
    windows: tuple[Window, ...],
    share: int,
    broken: str = "",
) -> KillReport:
    """Kills nights in a new folder so often in each window; the report is told."""
    start = forked(nights.work, nights.place(folder), nights.ENDLESS, broken)
    report = kill_repeatedly(start, windows, share, folder / "marks")
    told = f"{report}{f', by the broken variant {broken}' if broken else ''}"
    request.node.user_properties.append(("kills of real nights", told))
    assert report.ended is None, (folder / "output").read_text()[-2000:]
    return report


def test_fifty_kills_of_real_nights_lose_nothing_double_nothing_and_leave_nothing(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    report = harried(tmp_path / "harried", request, (*DAEMON, *WORKERS), 7)

    assert report.kills.total() >= 50
    assert outlived(report.workers) == []
    assert as_undisturbed(tmp_path / "harried") == ()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_hundreds_of_kills_of_real_nights_lose_nothing(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    report = harried(tmp_path / "harried", request, (*DAEMON, *WORKERS), 45)

    assert report.kills.total() >= 360
    assert outlived(report.workers) == []
    assert as_undisturbed(tmp_path / "harried") == ()


def test_a_store_that_does_not_free_the_jobs_of_the_dead_is_found_out(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    harried(tmp_path / "harried", request, (CLAIMED,), 2, "no_lease")

    wrong = as_undisturbed(tmp_path / "harried", "no_lease")

    assert any("not done" in sentence for sentence in wrong), wrong
    assert any("lost" in sentence for sentence in wrong), wrong


def test_a_store_that_writes_effects_before_the_end_of_the_job_is_found_out(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    harried(tmp_path / "harried", request, (BETWEEN,), 3, "effect_first")

    wrong = as_undisturbed(tmp_path / "harried", "effect_first")

    assert any("more" in sentence for sentence in wrong), wrong


def test_dying_before_the_new_database_has_its_name_leaves_no_file(tmp_path: Path) -> None:
    folder = nights.place(tmp_path / "harried")
    fault = {"NIGHTSHIFT_FAULT": "create_proved:1"}
    start = with_variables(forked(nights.work, folder), fault)
    assert run_to_the_end(start, folder / "marks", 60) == 137

    assert run_to_the_end(forked(nights.work, folder, 0), folder / "marks", 60) == 0

    assert loose_files(folder) == []


def test_dying_at_each_named_point_loses_nothing(tmp_path: Path) -> None:
    folder = nights.place(tmp_path / "harried")
    codes: list[int | None] = []

    for point in POINTS:
        fault = {"NIGHTSHIFT_FAULT": f"{point}:1"}
        if point in MIGRATE.marks:
            fault[nights.MIGRATE] = "1"
        start = with_variables(forked(nights.work, folder), fault)
        codes.append(run_to_the_end(start, folder / "marks", 60))

    assert [p for p, code in zip(POINTS, codes, strict=True) if code != 137] == []
    assert as_undisturbed(folder) == ()
