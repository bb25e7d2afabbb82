"""A bucket and a REST interface on loopback, and the plugin's objects pointed at them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from daemon.plugin import Secret
from daemon.plugin.retry import Waiting
from plugins.massive.connection import Connection
from plugins.massive.settings import MassiveSettings
from plugins.massive.source import MassiveSource
from tests.fakes import FakeClock
from tests.servers.faults import FaultyServer
from tests.servers.massive_rest import KEY, MassiveRest
from tests.servers.s3 import Store, store

NOW = datetime(2024, 1, 9, 20, 0, tzinfo=UTC)
SECRETS = {
    "MASSIVE_AWS_ACCESS_KEY": Secret("tests"),
    "MASSIVE_AWS_SECRET_KEY": Secret("tests"),
    "MASSIVE_API_KEY": Secret(KEY),
}
STALLED = {"timeout_s": 0.3}
"""Settings for tests in which a server falls silent."""
_numbers = itertools.count()


@dataclass
class Quick:
    """A clock whose sleeps take no time, and the draw that decides between half and whole."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.sleep, lambda: self.now, lambda: 0.5)


@pytest.fixture
def bucket() -> Iterator[Store]:
    """An empty bucket behind a proxy that can fail."""
    with store(f"flatfiles{next(_numbers)}") as made:
        yield made


@pytest.fixture
def rest() -> MassiveRest:
    """What the REST interface knows: nothing yet."""
    return MassiveRest()


@pytest.fixture
def rest_server(rest: MassiveRest) -> Iterator[FaultyServer]:
    """The REST interface on loopback."""
    with FaultyServer(rest) as server:
        yield server


@dataclass
class Massive:
    """The plugin's objects on the two servers."""

    store: Store
    server: FaultyServer
    folder: Path
    quick: Quick
    clock: FakeClock
    secrets: dict[str, Secret]
    made: dict[str, Connection] = field(default_factory=dict)

    def connection(self, **settings: Any) -> Connection:
        """The services, made once for the same settings and keys."""
        name = repr((sorted(settings.items()), sorted(self.secrets)))
        if name not in self.made:
            self.made[name] = self._connection(settings)
        return self.made[name]

    def _connection(self, settings: dict[str, Any]) -> Connection:
        chosen = MassiveSettings.model_validate(
            {
                "endpoint": self.store.url,
                "bucket": self.store.bucket,
                "rest_url": self.server.url,
                "timeout_s": 10.0,
                **settings,
            }
        )
        return Connection(chosen, self.secrets, self.folder, self.clock, self.quick.waiting)

    def source(self, **settings: Any) -> MassiveSource:
        """The source."""
        return MassiveSource(self.connection(**settings), self.clock)


@pytest.fixture
def massive(bucket: Store, rest_server: FaultyServer, tmp_path: Path) -> Massive:
    """The plugin on both servers, a Tuesday afternoon in New York."""
    folder = tmp_path / "massive"
    return Massive(bucket, rest_server, folder, Quick(), FakeClock(NOW), dict(SECRETS))
