"""A swarm on a real store, against the local service."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from daemon.domain.evolution.records import Effects, Mutation, Night
from daemon.log import Secret
from daemon.plugin.roles import Answer
from daemon.store.store import SqlStore
from plugins.anthropic_swarm.settings import AnthropicSettings
from plugins.anthropic_swarm.swarm import KEY as KEY_NAME
from plugins.anthropic_swarm.swarm import AnthropicSwarm
from tests.fakes import EVENING, FakeClock, fake_host
from tests.plugins.breeding import stored, trend
from tests.servers.anthropic import KEY, AnthropicServer
from tests.servers.faults import FaultyServer

NIGHT = Night("night-7", 7, 500, "settings", "market", EVENING)
PARENT = stored(trend(20))


@dataclass
class Cloud:
    """The service, the clock that both sides read, and the daemon's store."""

    vendor: AnthropicServer
    server: FaultyServer
    clock: FakeClock
    store: SqlStore
    folder: Path
    key: str = KEY

    def swarm(self, **settings: Any) -> AnthropicSwarm:
        """A swarm as after a start of the daemon."""
        host = fake_host(
            self.folder,
            clock=self.clock,
            store=self.store,
            books=self.store.books,
            secrets={KEY_NAME: Secret(self.key)} if self.key else {},
        )
        table = {"base_url": self.server.url, "dollars_per_day": 50.0, **settings}
        return AnthropicSwarm(AnthropicSettings(**{"dollars_per_month": 500.0, **table}), host)

    def asked(self, count: int, operator: str = "new_exit") -> list[Mutation]:
        """Requests as the recruiter stores them."""
        mutations = [
            Mutation(
                id=f"{number:064x}",
                night=NIGHT.id,
                generation=0,
                ticket=number,
                swarm="anthropic",
                operator=operator,
                seed=number,
                parents=(PARENT.hash,),
                sources=(PARENT.source,),
                name="trend",
            )
            for number in range(count)
        ]
        self.store.commit(Effects(mutations=tuple(mutations)))
        return mutations

    def collected(
        self, swarm: AnthropicSwarm, mutations: Sequence[Mutation], looks: int = 1
    ) -> dict[str, Answer]:
        """The answers after so many looks, a poll apart."""
        told: dict[str, Answer] = {}
        for _ in range(looks):
            self.clock.move(61.0)
            left = [m for m in mutations if m.id not in told]
            told |= {a.mutation: a for a in asyncio.run(swarm.collect(left))}
        return told

    def spent(self) -> int:
        """Millionths of a dollar in the books."""
        return self.store.books.spent(EVENING.replace(day=1, hour=0))

    def billed(self, swarm: AnthropicSwarm) -> int:
        """Millionths of a dollar that the service asks for."""
        from plugins.anthropic_swarm.prices import KNOWN, counted

        price = KNOWN["claude-sonnet-5-5"]
        return sum(price.of(counted(dict(bill.usage))) for bill in self.vendor.billed)


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    clock = FakeClock()
    vendor = AnthropicServer(now=clock.now, batch_seconds=100)
    store = SqlStore.open(tmp_path / "night.db", now=clock.now, monotonic=clock.monotonic)
    store.open_night(NIGHT)
    store.commit(Effects(genomes=(PARENT,)))
    with FaultyServer(vendor) as server:
        yield Cloud(vendor, server, clock, store, tmp_path)
    store.close()
