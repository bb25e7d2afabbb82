"""One night, end to end: the same seed gives the same night, killed or not."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.acceptance.nights import SMALL_MARKET, Place, comparable, content, place

NIGHT = ("--seed", "7", "--evaluations", "40")


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, dict[str, object]]:
    """A night that nobody disturbed."""
    here = place(tmp_path_factory.mktemp("calm"))
    return here, here.document("night", *NIGHT)


def test_a_night_ends_with_its_trials_and_a_briefing(calm: tuple[Place, dict[str, object]]) -> None:
    here, document = calm

    assert document["evaluations"] == 40
    assert document["ended"] == "trials"
    assert Path(str(document["briefing"])).read_text().startswith("<!doctype html>")
    assert document["best"]
    assert not here.document("verify")["problems"]


def test_the_same_seed_gives_the_same_night_with_other_workers(
    calm: tuple[Place, dict[str, object]], tmp_path: Path
) -> None:
    here, document = calm
    again = place(tmp_path / "again", SMALL_MARKET + "[sandbox]\nslots = 3\n")

    repeated = again.document("night", *NIGHT)

    assert comparable(repeated) == comparable(document)
    assert content(again.state) == content(here.state)


def test_another_seed_gives_another_night(
    calm: tuple[Place, dict[str, object]], tmp_path: Path
) -> None:
    other = place(tmp_path / "other").document("night", "--seed", "8", "--evaluations", "30")

    assert comparable(other)["best"] != comparable(calm[1])["best"]


def test_a_night_killed_three_times_ends_as_if_it_never_was(
    calm: tuple[Place, dict[str, object]], tmp_path: Path
) -> None:
    here, document = calm
    harried = place(tmp_path / "harried")

    for trials in (3, 17, 31):
        kill_after(harried, trials)
    continued = harried.document("night", *NIGHT)

    assert comparable(continued) == comparable(document)
    assert content(harried.state) == content(here.state)


def kill_after(here: Place, trials: int) -> None:
    """Starts the night and sends SIGKILL once so many trials are in the ledger."""
    process = subprocess.Popen(
        here.command("night", *NIGHT), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while written(here) < trials:
        assert process.poll() is None, "the night ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def written(here: Place) -> int:
    status = here.state / "rehearsal.db"
    if not status.exists():
        return 0
    try:
        with sqlite3.connect(status) as connection:
            return int(connection.execute("SELECT count(*) FROM trial").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_status_and_genomes_show_the_night(calm: tuple[Place, dict[str, object]]) -> None:
    here, document = calm
    best = document["best"][0]  # type: ignore[index]

    status = json.loads(here.run("status", "--json").stdout)
    lineage = here.document("genomes lineage", best["id"])
    shown = here.document("genomes show", best["id"])

    assert status["healthy"]
    assert status["trials"] == 40
    assert lineage[0]["hash"] == best["hash"]
    assert "def " in shown["source"]
