"""The switch of the tests, a secret, and canaries."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import psutil
import pytest

from daemon.sandbox import landlock
from tests.hostile import canaries as birds
from tests.hostile.canaries import Canaries


@pytest.fixture(autouse=True)
def _switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIGHTSHIFT_TEST", "1")
    monkeypatch.setenv(birds.SECRET, "a secret that no genome may see")


@pytest.fixture
def canaries() -> Iterator[Canaries]:
    """Canaries; fails where a process is left behind."""
    with birds.canaries() as made:
        yield made
    assert psutil.Process().children(recursive=True) == []


@pytest.fixture
def confined() -> None:
    """Skips where the kernel cannot hold what these tests let loose."""
    if sys.platform != "linux" or landlock.abi() < landlock.SCOPE_ABI:
        pytest.skip("needs Linux with a Landlock that knows signals")
