"""A briefing reaches every registered messenger, and none of them stands in the night's way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from loguru import logger

from daemon.domain.evolution.records import BriefingFiles
from daemon.plugin.host import Host
from plugins.publisher.settings import PublisherSettings
from plugins.publisher.shift import Publisher
from tests.fakes import NIGHT, FakeStore, Killed, turn


@dataclass
class Pigeon:
    """A messenger that remembers; fault: raised after it was told, pause: seconds it takes."""

    name: str
    fault: BaseException | None = None
    pause: float = 0.0
    told: list[BriefingFiles] = field(default_factory=list)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    called_off: bool = False

    async def deliver(self, briefing: BriefingFiles) -> None:
        self.told.append(briefing)
        self.began.set()
        try:
            await asyncio.sleep(self.pause)
        except asyncio.CancelledError:
            self.called_off = True
            raise
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def log() -> Iterator[list[str]]:
    lines: list[str] = []
    number = logger.add(lines.append, format="{message}")
    yield lines
    logger.remove(number)


def publisher(host: Host, *pigeons: Any, deadline_s: float = 5.0) -> Publisher:
    messengers = host.messengers | {pigeon.name: pigeon for pigeon in pigeons}
    return Publisher(replace(host, messengers=messengers), PublisherSettings(deadline_s=deadline_s))


async def test_every_registered_messenger_is_told_of_the_night(
    host: Host, store: FakeStore
) -> None:
    first, second = Pigeon("first"), Pigeon("second")

    await publisher(host, first, second).run(turn())

    assert first.told == second.told == [store.published[NIGHT.id]]
    assert store.events == []


async def test_a_messenger_that_raises_is_noted_and_the_night_ends(
    host: Host, store: FakeStore, log: list[str]
) -> None:
    broken, sound = Pigeon("broken", OSError("no wind")), Pigeon("sound")

    report = await publisher(host, broken, sound).run(turn())

    assert (report.counts["published"], store.finished) == (1, [NIGHT.id])
    assert len(sound.told) == 1
    (event,) = store.events
    assert (event.kind, event.subject) == ("delivery_failed", NIGHT.id)
    assert event.detail == {"messenger": "broken", "error": "OSError('no wind')"}
    assert log == [
        f"the messenger \"broken\" did not deliver the briefing of {NIGHT.id}: OSError('no wind')\n"
    ]


async def test_a_messenger_that_hangs_is_left_behind_at_its_deadline(
    host: Host, store: FakeStore
) -> None:
    slow, sound = Pigeon("slow", pause=60.0), Pigeon("sound")

    await publisher(host, slow, sound, deadline_s=0.05).run(turn())
    await asyncio.sleep(0)

    assert store.finished == [NIGHT.id]
    assert slow.called_off
    assert [event.detail["error"] for event in store.events] == ["it took more than 0.05 s"]


async def test_one_that_cannot_be_called_off_is_not_waited_for(
    host: Host, store: FakeStore
) -> None:
    class Deaf(Pigeon):
        async def deliver(self, briefing: BriefingFiles) -> None:
            for _ in range(2):
                try:
                    await asyncio.sleep(0.3)
                except asyncio.CancelledError:
                    continue

    started = asyncio.get_running_loop().time()
    await publisher(host, Deaf("deaf"), deadline_s=0.05).run(turn())

    assert asyncio.get_running_loop().time() - started < 0.3 + 0.05
    assert store.finished == [NIGHT.id]


async def test_a_call_that_is_no_coroutine_is_a_fault_of_its_messenger(
    host: Host, store: FakeStore
) -> None:
    class Plain:
        name = "plain"

        def deliver(self, briefing: BriefingFiles) -> None:
            return None

    await publisher(host, Plain()).run(turn())

    assert store.finished == [NIGHT.id]
    assert store.events[0].detail["messenger"] == "plain"


async def test_a_shift_that_is_called_off_calls_off_its_messengers(
    host: Host, store: FakeStore
) -> None:
    slow = Pigeon("slow", pause=60.0)
    work = asyncio.ensure_future(publisher(host, slow).run(turn()))
    await slow.began.wait()

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await asyncio.sleep(0)

    assert slow.called_off
    assert store.finished == []


async def test_a_crash_after_delivery_delivers_the_same_briefing_again(
    host: Host, store: FakeStore
) -> None:
    pigeon = Pigeon("pigeon")
    store.die_before = 2
    with pytest.raises(Killed):
        await publisher(host, pigeon).run(turn())
    store.restart()

    await publisher(host, pigeon).run(turn())

    assert pigeon.told[0] == pigeon.told[1]
    assert store.finished == [NIGHT.id]
