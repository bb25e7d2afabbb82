"""An alert is a file beside the briefings; the same one twice is one file."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from daemon.domain.evolution.records import Effects, Event
from daemon.plugin.roles import Alert, Alerting
from plugins.publisher.files import FilesMessenger
from plugins.publisher.records import night_records
from tests.fakes import EVENING, NIGHT, FakeStore, fake_host

ALERT = Alert("abc", "A genome attacked the sandbox", "evil (abc) is quarantined", EVENING)


def test_an_alert_is_left_beside_the_briefings(tmp_path: Path) -> None:
    messenger = FilesMessenger(tmp_path)
    assert isinstance(messenger, Alerting)

    asyncio.run(messenger.alert(ALERT))
    once = (tmp_path / "alert-abc.txt").read_bytes()
    asyncio.run(messenger.alert(ALERT))
    asyncio.run(messenger.alert(replace(ALERT, key="def")))

    assert once.decode().splitlines() == [ALERT.title, "2026-03-02 21:00 UTC", "", ALERT.text]
    assert (tmp_path / "alert-abc.txt").read_bytes() == once
    assert len(list(tmp_path.iterdir())) == 2


def test_the_briefing_is_told_of_its_own_night_only(tmp_path: Path) -> None:
    mine = Event("security", "a", {"night": NIGHT.id, "name": "x", "message": "y"})
    other = Event("security", "b", {"night": "night-6", "name": "x", "message": "y"})
    store = FakeStore()
    store.commit(Effects(events=(mine, other)))

    assert night_records(fake_host(tmp_path, store), NIGHT.id).attacks == [mine]
