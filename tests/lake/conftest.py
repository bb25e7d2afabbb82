"""Lakes in temporary folders, with the calendar made once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.lake.lake import Lake


@pytest.fixture(scope="session")
def calendar_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder that holds the exchange's calendar."""
    return tmp_path_factory.mktemp("calendar")


@pytest.fixture
def lake(tmp_path: Path, calendar_cache: Path) -> Lake:
    """An empty lake."""
    return Lake(tmp_path / "lake", hot=tmp_path / "hot", cache=calendar_cache)


@pytest.fixture
def fingerprint() -> Callable[[Path], dict[str, str]]:
    """Every file below a folder with the checksum of its bytes; the lock is not one."""

    def files(folder: Path) -> dict[str, str]:
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != ".lock" and path.parent.name != ".cache"
        }

    return files
