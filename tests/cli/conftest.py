"""One small night through the command line, looked at by many tests."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.nights import Place, place
from tests.cli.inside import Command

TEXT = """
[simulated]
symbols = ["SIMA", "SIMB"]
years = 2
"""


@pytest.fixture(scope="session")
def night(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Place, subprocess.CompletedProcess[str]]:
    """A place with a night of eight trials, and what the command printed."""
    here = place(tmp_path_factory.mktemp("night"), TEXT)
    return here, here.run("night", "--evaluations", "8", "--seed", "3", "--json")


@pytest.fixture
def rested(
    night: tuple[Place, object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Commands in a copy of that place."""
    shutil.copytree(night[0].folder, tmp_path / "rested")
    return Command(monkeypatch, capsys, tmp_path / "rested" / "daemon.toml")


@pytest.fixture
def fresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Command]:
    """Commands in a place where nothing has run, with a text in daemon.toml."""

    def made(text: str = TEXT) -> Command:
        here = place(tmp_path / "fresh", text)
        return Command(monkeypatch, capsys, here.folder / "daemon.toml")

    return made
