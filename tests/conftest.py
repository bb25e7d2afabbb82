"""Guards around every test: loopback only, no leaked environment, real data only where it is."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from daemon.process import prepare

prepare()
settings.register_profile("repeatable", derandomize=True, database=None)
settings.load_profile("repeatable")
REPOSITORY = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole nights first: they take longest, and would keep one worker busy at the end."""
    items.sort(key=lambda item: "acceptance" not in item.path.parts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests tell through `user_properties`, such as kills per window, one line each."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                terminalreporter.write_line(f"{name}: {value}")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder that holds pyproject.toml."""
    return REPOSITORY


@pytest.fixture(scope="session")
def market_folder() -> Path:
    """Real market data in the vendor's flat-file layout; skips the test where there is none."""
    named = os.environ.get("NIGHTSHIFT_MARKET")
    folder = Path(named) if named else REPOSITORY.parent / "shared" / "market"
    if not (folder / "flatfiles").is_dir():
        pytest.skip("no real market data here (NIGHTSHIFT_MARKET names its folder)")
    return folder


@pytest.fixture(autouse=True)
def _no_network_but_loopback(_nothing_leaks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0]) if isinstance(address, tuple) else ""
            if host not in LOOPBACK:
                raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _nothing_leaks() -> Iterator[None]:
    environment, folder = dict(os.environ), Path.cwd()
    yield
    after = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    environment.pop("PYTEST_CURRENT_TEST", None)
    assert after == environment, "a test left the environment changed"
    assert Path.cwd() == folder, "a test left the working directory changed"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte; skips where none can be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
