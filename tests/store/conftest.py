"""A fresh store on a clock that tests move by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from daemon.store.store import SqlStore
from tests.store.samples import NIGHT, NOON


@dataclass
class HandClock:
    """Wall time and monotonic time, moved apart or together."""

    wall: datetime = field(default=NOON)
    ticks: float = 1_000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.ticks

    def jump(self, by: timedelta) -> None:
        self.wall += by


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "nightshift.db"


@pytest.fixture
def store(path: Path, clock: HandClock) -> Iterator[SqlStore]:
    """Holds the night NIGHT, opened."""
    store = SqlStore.open(path, now=clock.now, monotonic=clock.monotonic, lease_s=60.0)
    store.open_night(NIGHT)
    yield store
    store.close()


@pytest.fixture
def full(written: Path, tmp_path: Path) -> Iterator[SqlStore]:
    """A copy of the state folder `written` of the module, opened beside no daemon."""
    shutil.copytree(written, tmp_path / "state")
    store = SqlStore.open(tmp_path / "state" / "nightshift.db", daemon=False)
    yield store
    store.close()
