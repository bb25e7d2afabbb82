"""A harried run of the workload held against a calm one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from daemon.store.store import SqlStore
from tests.acceptance.kill import workload
from tests.acceptance.kill.harness import Start, forked, run_to_the_end

WITHIN_SECONDS = 90.0


@dataclass(frozen=True)
class Outcome:
    """What the last, undisturbed run left behind: rows against those of a calm run."""

    exit_code: int | None
    lost: int
    doubled: int
    wrong: tuple[str, ...]


WHOLE = Outcome(0, 0, 0, ())


def against_a_calm_run(
    tmp_path: Path, generations: int, harry: Callable[[Path, Start], None], broken: str = ""
) -> Outcome:
    """Lets `harry` kill the workload in a state folder, ends it in peace and compares."""
    calm, harried, marks = tmp_path / "calm", tmp_path / "harried", tmp_path / "end-marks"
    for folder in (calm, harried):
        workload.prepare(folder)
    calmly = forked(workload.work, calm, generations)
    assert run_to_the_end(calmly, marks, WITHIN_SECONDS) == 0
    start = forked(workload.work, harried, generations, broken)

    harry(harried, start)

    code = run_to_the_end(start, marks, WITHIN_SECONDS)
    wanted, found = workload.content(calm), workload.content(harried)
    store = SqlStore.open(harried / "nightshift.db", shapes=workload.shapes(harried))
    wrong = tuple(store.verify())
    store.close()
    lost = sum((wanted[table] - found[table]).total() for table in wanted)
    doubled = sum((found[table] - wanted[table]).total() for table in wanted)
    return Outcome(code, lost, doubled, wrong)


def ended(folder: Path, generations: int) -> bool:
    """True if the last generation was published."""
    return (folder / f"n{generations - 1}.json").exists()
