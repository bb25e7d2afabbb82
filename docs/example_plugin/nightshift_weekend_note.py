"""A third-party plugin: notes the number of trials each day, and each briefing's headline."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from daemon.domain.evolution.records import BriefingFiles, Effects, Event
from daemon.plugin import Host, hookimpl
from daemon.plugin.roles import Daily, ShiftReport, Turn


class WeekendNoteSettings(BaseModel):
    """The table [weekend_note] of daemon.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: time = Field(time(9, 0), description="time of the day at which the note is written")


SETTINGS = WeekendNoteSettings


class WeekendNoteShift:
    """Writes how many trials there are into `notes.txt` beside the briefings."""

    name = "weekend_note"
    deadline_s = 10.0

    def __init__(self, host: Host) -> None:
        self._host = host
        self.trigger = Daily(host.settings(WeekendNoteSettings).at)

    async def run(self, turn: Turn) -> ShiftReport:
        """Appends one line a day; a second run on the same day changes nothing."""
        trials = self._host.store.trial_count()
        line = f"{turn.now.date()}: {trials} trials\n"
        notes = self._host.briefings / "notes.txt"
        notes.parent.mkdir(parents=True, exist_ok=True)
        before = notes.read_text() if notes.exists() else ""
        if line in before:
            return ShiftReport(idle=True, summary="noted already", counts={})
        notes.write_text(before + line)
        self._host.store.commit(Effects(events=(Event("note", "weekend_note"),)))
        return ShiftReport(idle=False, summary=line.strip(), counts={"lines": 1})


class HeadlineMessenger:
    """Keeps one line a night in `headlines.txt`, in the plugin's own folder."""

    name = "headlines"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "headlines.txt"

    async def deliver(self, briefing: BriefingFiles) -> None:
        """Adds the night's headline; a night that stands there already is left as it is."""
        headline = json.loads(briefing.document)["headline"]
        await asyncio.to_thread(self._add, briefing.night, headline)

    def _add(self, night: str, headline: str) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        before = self._file.read_text() if self._file.exists() else ""
        if not any(line.startswith(f"{night}: ") for line in before.splitlines()):
            self._file.write_text(f"{before}{night}: {headline}\n")


@hookimpl
def register_shifts(host: Host) -> Iterable[WeekendNoteShift]:
    """One shift."""
    return [WeekendNoteShift(host)]


@hookimpl
def register_messengers(host: Host) -> Iterable[HeadlineMessenger]:
    """One messenger."""
    return [HeadlineMessenger(host.folder)]
