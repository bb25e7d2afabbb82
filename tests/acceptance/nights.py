"""Whole nights through the command line, on a small simulated market."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SMALL_MARKET = """
[simulated]
symbols = ["SIMA", "SIMB", "SIMC", "SIMD"]
years = 2
"""
WALL_CLOCK = {"at", "started", "finished", "created", "changed", "html_path", "document"}
WALL_CLOCK |= {"wall_s", "cpu_s", "chain"}
TABLES = ("night", "genome", "parent", "mutation", "lesson", "trial", "series", "briefing")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with a daemon.toml and a state of its own."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def command(self, verb: str, *arguments: str) -> list[str]:
        config = ("--config", str(self.folder / "daemon.toml"))
        return [sys.executable, "-m", "daemon", *verb.split(), *config, *arguments]

    def run(self, verb: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(verb, *arguments),
            env=os.environ | {"NIGHTSHIFT_TEST": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    def document(self, verb: str, *arguments: str) -> Any:
        done = self.run(verb, *arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@contextmanager
def interruptible() -> Iterator[None]:
    """Ctrl-C reaches programs started meanwhile, also where the tests are a background job."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def place(folder: Path, text: str = SMALL_MARKET) -> Place:
    """A fresh place; the seeds are those of the package."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "daemon.toml").write_text(text, encoding="utf-8")
    return Place(folder)


def content(state: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of the tables that a night writes, wall-clock columns left out."""
    with closing(sqlite3.connect(state / "rehearsal.db")) as connection:
        connection.row_factory = sqlite3.Row
        return {
            table: [
                {k: row[k] for k in row.keys() if k not in WALL_CLOCK}  # noqa: SIM118 - sqlite3.Row
                for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid")
            ]
            for table in TABLES
        }


def comparable(document: dict[str, Any]) -> dict[str, Any]:
    """The document of `night --json` without the path of its page."""
    return {key: value for key, value in document.items() if key != "briefing"}
