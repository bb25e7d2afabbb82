"""One small night, run once, that many tests look at."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.config import Loaded, load_config
from daemon.supervisor.campaign import one_night
from daemon.supervisor.configured import checked_plugins
from daemon.supervisor.lock import state_lock
from daemon.supervisor.provenance import settings_document

TEXT = """
[simulated]
symbols = ["SIMA", "SIMB"]
years = 2
[night]
evaluations = 8
seed = 3
[sandbox]
slots = 2
"""


def hash_of(loaded: Loaded) -> str:
    """The hash that trials under this configuration name it by."""
    return settings_document(loaded, checked_plugins(loaded)).hash


@pytest.fixture(scope="session")
def rested(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """A place in which a night of eight trials was run; nobody changes it."""
    folder = tmp_path_factory.mktemp("rested")
    (folder / "daemon.toml").write_text(TEXT)
    loaded = load_config(folder / "daemon.toml")
    with state_lock(loaded.state):
        asyncio.run(one_night(loaded, loaded.settings.night, lambda name, report: None))
    return loaded


@pytest.fixture
def used(rested: Loaded, tmp_path: Path) -> Loaded:
    """A copy of it to change."""
    shutil.copytree(rested.folder, tmp_path / "used")
    return load_config(tmp_path / "used" / "daemon.toml")


@pytest.fixture
def fresh(tmp_path: Path) -> Callable[..., Loaded]:
    """A place of its own in which nothing has run, with a text in daemon.toml."""

    def made(text: str = TEXT) -> Loaded:
        folder = tmp_path / "fresh"
        folder.mkdir(exist_ok=True)
        (folder / "daemon.toml").write_text(text)
        return load_config(folder / "daemon.toml")

    return made
