"""A third-party plugin: keeps a note of every published briefing in one text file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from pydantic import BaseModel, ConfigDict, Field

from daemon.domain.evolution.records import Effects, Event
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


@hookimpl
def register_shifts(host: Host) -> Iterable[WeekendNoteShift]:
    """One shift."""
    return [WeekendNoteShift(host)]
