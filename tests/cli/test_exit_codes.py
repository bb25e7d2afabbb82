"""Bad input gives one clear sentence and the right exit code, and never a traceback."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from daemon.supervisor.lock import state_lock
from tests.acceptance.nights import Place, place

GENOME = '"""Always long."""\n\n\ndef signal(bars, p):\n    return bars.close * 0.0 + 1.0\n'


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return place(tmp_path / "here")


def assert_refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """One sentence on standard error, nothing on standard output, no traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout.strip()
    for word in words:
        assert word in done.stderr


def test_an_unknown_key_is_named_with_a_suggestion_before_anything_starts(tmp_path: Path) -> None:
    here = place(tmp_path / "typo", "[night]\nevaluation = 5\n")

    done = here.run("night")

    assert_refused(done, 2, "night.evaluation", 'did you mean "evaluations"?')
    assert not (here.state / "rehearsal.db").exists()


def test_a_wrong_key_of_a_plugin_is_found_too(tmp_path: Path) -> None:
    here = place(tmp_path / "typo", "[recruiter]\npool_targt = 5\n")

    assert_refused(here.run("night"), 2, "recruiter.pool_targt", 'did you mean "pool_target"?')


def test_config_check_lists_every_error(tmp_path: Path) -> None:
    here = place(tmp_path / "typos", "[night]\nseeds = 1\n[recruiter]\nparent = 2\n[lak]\n")

    done = here.run("config check", "--json")

    assert done.returncode == 2
    for key in ("night.seeds", "recruiter.parent", "lak"):
        assert key in done.stdout


def test_an_empty_lake_says_how_to_fill_it(here: Place, tmp_path: Path) -> None:
    genome = tmp_path / "long.py"
    genome.write_text(GENOME)

    assert_refused(here.run("backtest", str(genome)), 3, "the lake is empty", "lake ingest")


def test_a_missing_genome_file_is_named(here: Place) -> None:
    assert_refused(here.run("backtest", "nowhere.py"), 3, "nowhere.py")


def test_a_genome_that_is_not_utf8_is_refused_by_name(here: Place, tmp_path: Path) -> None:
    genome = tmp_path / "latin.py"
    genome.write_bytes(GENOME.encode().replace(b"long", b"l\xf6ng"))

    done = here.run("genomes check", str(genome))

    assert done.returncode == 1
    assert "UTF-8" in done.stdout


def test_a_held_state_folder_is_code_four(here: Place) -> None:
    with state_lock(here.state):
        done = here.run("night")

    assert_refused(done, 4, "another instance holds")


def test_a_folder_without_flat_files_is_named(here: Place, tmp_path: Path) -> None:
    done = here.run(
        "lake ingest", "--source", "files", "--kind", "minute", "--path", str(tmp_path / "none")
    )

    assert_refused(done, 3, str(tmp_path / "none"))


def test_an_unknown_source_has_a_suggestion(here: Place) -> None:
    done = here.run("lake ingest", "--source", "file", "--kind", "minute")

    assert_refused(done, 2, 'did you mean "files"?')


def test_a_missing_plugin_module_is_named(tmp_path: Path) -> None:
    here = place(tmp_path / "absent", '[plugins]\nload = ["plugins.nothing_here"]\n')

    assert_refused(here.run("plugins"), 2, "nothing_here")


def test_wrong_usage_is_code_two(here: Place) -> None:
    done = here.run("night", "--evaluations", "none")

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_daemon_told_to_stop_ends_well_within_ten_seconds(here: Place) -> None:
    process = subprocess.Popen(here.command("run"), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "the daemon runs" in line:
                break
        time.sleep(2.0)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=20)
    finally:
        process.kill()
        process.stderr.close()

    assert code == 0
    assert time.monotonic() - began <= 10
    assert '"stopped": true' in (here.state / "pulse.json").read_text()


def test_run_once_runs_each_shift_once_and_exits(here: Place) -> None:
    done = here.run("run", "--once")

    assert done.returncode == 0, done.stderr
    shifts = {row["name"]: row for row in here.document("status")["shifts"]}
    assert all(shifts[name]["last_run"] for name in ("recruiter", "harvester", "executor"))
    assert all(row["faults"] == 0 for row in shifts.values())
