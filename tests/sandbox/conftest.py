"""A small market, and pools that leave nothing behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from daemon.domain.market.bars import Market
from daemon.domain.market.probe import probe


@pytest.fixture(scope="session")
def market() -> Market:
    """The daily probe market."""
    return probe("1d")


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """Fails where a test leaves a process or a descriptor behind."""
    before = set(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else set()
    yield
    assert psutil.Process().children(recursive=True) == []
    if before:
        assert set(os.listdir("/proc/self/fd")) <= before
