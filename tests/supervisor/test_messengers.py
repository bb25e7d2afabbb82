"""A night tells the messengers of third-party plugins, and ends though one of them fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.config import Loaded
from daemon.supervisor.campaign import one_night
from daemon.supervisor.lock import state_lock
from daemon.supervisor.places import open_store
from tests.supervisor.conftest import TEXT

PLUGIN = """
from daemon.plugin import hookimpl


class Messenger:
    def __init__(self, name, file):
        self.name, self._file = name, file

    async def deliver(self, briefing):
        if self.name == "broken":
            raise RuntimeError("no wind")
        self._file.parent.mkdir(parents=True)
        self._file.write_text(briefing.night)


@hookimpl
def register_messengers(host):
    return [Messenger(name, host.folder / "told.txt") for name in ("broken", "pigeon")]
"""
LOAD = (
    '[plugins]\nload = ["plugins.simulated", "plugins.splice", "plugins.recruiter", '
    '"plugins.harvester", "plugins.executor", "plugins.publisher", "pigeon_plugin"]\n'
)


def test_a_night_ends_and_tells_the_other_messengers_when_one_fails(
    fresh: Callable[..., Loaded], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pigeon_plugin.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = fresh(TEXT + LOAD)
    asked = loaded.settings.night.model_copy(update={"evaluations": 2})

    with state_lock(loaded.state):
        result = asyncio.run(one_night(loaded, asked, lambda name, report: None))

    night = result.outcome.night.id
    told = loaded.state / "plugins" / "pigeon_plugin" / "told.txt"
    assert told.read_text() == night
    assert (loaded.state / "briefings" / "latest.html").exists()
    with open_store(loaded, daemon=False) as store:
        (ended,) = store.nights()
        noted = [event for _, event in store.journal(night) if event.kind == "delivery_failed"]
    assert ended.finished is not None
    assert [event.detail["messenger"] for event in noted] == ["broken"]
