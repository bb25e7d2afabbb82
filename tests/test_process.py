"""What is settled before numerical libraries are imported, and how light the command stays."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from daemon import process

HEAVY = {"numpy", "numba", "pandas", "pyarrow", "duckdb", "scipy", "talib", "sqlalchemy", "libcst"}


def test_one_thread_each_unless_the_owner_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*process.THREADS, "NUMBA_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NUMBA_NUM_THREADS", "3")

    process.prepare()

    assert os.environ["OMP_NUM_THREADS"] == "1"
    assert os.environ["NUMBA_NUM_THREADS"] == "3"
    assert os.environ["NUMBA_CACHE_DIR"] == str(process.kernel_folder())
    for name in (*process.THREADS, "NUMBA_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_the_kernels_folder_changes_with_any_text_of_the_domain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "daemon"
    shutil.copytree(Path(process.__file__).parent / "domain", copy / "domain")
    monkeypatch.setattr(process, "__file__", str(copy / "process.py"))
    before, again = process.kernel_folder(), process.kernel_folder()
    some = copy / "domain" / "trading" / "friction.py"
    some.write_text(some.read_text() + "\n")

    assert before == again
    assert process.kernel_folder() != before


def ran(*arguments: str) -> tuple[set[str], float]:
    """Top-level modules that a command imported, and its processor seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "daemon", *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [x for x in done.stderr.splitlines() if x.startswith("import time:")]
    modules = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return modules, seconds


def test_help_is_instant_and_imports_nothing_numerical() -> None:
    modules, seconds = min((ran("--help") for _ in range(3)), key=lambda found: found[1])

    assert "typer" in modules
    assert not modules & HEAVY
    assert seconds <= 0.4


def test_the_check_of_a_configuration_opens_no_database(tmp_path: Path) -> None:
    path = tmp_path / "daemon.toml"
    path.write_text("[night]\nseed = 2\n")

    modules, seconds = ran("config", "check", "--config", str(path))

    assert not modules & {"duckdb", "sqlalchemy", "alembic", "boto3"}
    assert seconds <= 1.5
