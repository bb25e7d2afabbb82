"""A night that has ended, in a store in memory, and the publisher that has to report on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from daemon.domain.briefing.compose import NightRecords
from daemon.domain.evolution.records import Effects, NewJob
from daemon.plugin.host import Host
from plugins.publisher.files import FilesMessenger
from plugins.publisher.settings import PublisherSettings
from plugins.publisher.shift import Publisher
from tests.domain.briefing.night_records import night_records
from tests.fakes import NIGHT, FakeMarkets, FakeStore, fake_host

SIMULATION = "Every price was made up from seed 7, with an edge worth a Sharpe ratio of 1.5."


class HealthyMarkets(FakeMarkets):
    """Markets with something to say about themselves."""

    def health(self) -> dict[str, Any]:
        return {"facts": ["12 symbols, no gap."], "warnings": [], "simulation": SIMULATION}


def filled_store(records: NightRecords) -> FakeStore:
    """A store that holds the records of a night, and the job to publish it."""
    store = FakeStore()
    store.commit(
        Effects(
            genomes=tuple(records.genomes.values()),
            trials=tuple(replace(trial, number=0) for trial in records.trials),
            lessons=tuple(records.lessons),
            jobs=(NewJob("publish", NIGHT.id),),
        )
    )
    return store


@pytest.fixture
def records() -> NightRecords:
    return night_records(trials=40, accepted=3)


@pytest.fixture
def store(records: NightRecords) -> FakeStore:
    return filled_store(records)


@pytest.fixture
def host(tmp_path: Path, store: FakeStore) -> Host:
    return host_in(tmp_path, store)


def host_in(folder: Path, store: FakeStore) -> Host:
    """A host whose only messenger is the publisher's own."""
    files = FilesMessenger(folder / "briefings")
    return fake_host(folder, store, markets=HealthyMarkets(), messengers={files.name: files})


@pytest.fixture
def publisher(host: Host) -> Publisher:
    return Publisher(host, PublisherSettings())


@pytest.fixture
def another() -> Callable[[Path, FakeStore], Publisher]:
    """Makes a publisher for another folder or store, as after a restart."""

    def made(folder: Path, store: FakeStore) -> Publisher:
        return Publisher(host_in(folder, store), PublisherSettings())

    return made
