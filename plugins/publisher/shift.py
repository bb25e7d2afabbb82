"""The shift that publishes: claims the night's publish job, writes and delivers, ends the night.

A crash between delivery and commit delivers again: messengers bear the same briefing twice.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.document import Briefing, as_json
from daemon.domain.evolution.records import BriefingFiles, Claim, Effects, Event
from daemon.errors import NightShiftError
from daemon.plugin.host import Host
from daemon.plugin.roles import Daily, ShiftReport, Turn
from plugins.publisher.delivery import delivered
from plugins.publisher.files import remove_old, write_all
from plugins.publisher.records import night_records
from plugins.publisher.render import RENDERINGS
from plugins.publisher.settings import PublisherSettings

JOB = "publish"


class Publisher:
    """Publishes every night whose trials are done; doing it twice writes the same bytes."""

    name = "publisher"
    deadline_s = 300.0

    def __init__(self, host: Host, settings: PublisherSettings) -> None:
        self._host = host
        self._settings = settings

    @property
    def trigger(self) -> Daily:
        """Once a day at the time of the settings."""
        return Daily(self._settings.at)

    async def run(self, turn: Turn) -> ShiftReport:
        """Publishes what waits; idle where nothing does."""
        published = []
        while claims := await asyncio.to_thread(self._host.store.claim, JOB, 1):
            published.append(await self._publish(claims[0]))
        await asyncio.to_thread(self._tidy, turn)
        summary = f"published {', '.join(published)}" if published else "nothing to publish"
        return ShiftReport(not published, summary, {"published": len(published)})

    async def _publish(self, claim: Claim) -> str:
        faults: list[Event] = []
        try:
            files = await asyncio.to_thread(self._write, claim.key, faults)
        except NightShiftError as error:
            self._host.store.release(claim, str(error))
            raise
        faults += await delivered(self._host.messengers, files, self._settings.deadline_s)
        effects = Effects(briefing=files, finished_night=claim.key, events=tuple(faults))
        await asyncio.to_thread(self._host.store.commit, effects, claim)
        return claim.key

    def _write(self, night: str, faults: list[Event]) -> BriefingFiles:
        briefing = compose(night_records(self._host, night), self._settings.top)
        document = as_json(briefing)
        markdown = self._text(briefing, "markdown", faults)
        page = self._text(briefing, "html", faults)
        texts = {".html": page, ".md": markdown, ".json": document}
        write_all(self._host.briefings, night, texts)
        path = self._host.briefings / f"{night}.html"
        return BriefingFiles(night, document, markdown, str(path))

    def _text(self, briefing: Briefing, audience: str, faults: list[Event]) -> str:
        """What another plugin renders, else the rendering that ships."""
        try:
            text = self._host.render(briefing, audience)
        except Exception as error:  # the border to a stranger's renderer
            faults.append(Event("render_failed", briefing.night, {"error": repr(error)}))
            text = None
        return text or RENDERINGS[audience](briefing)

    def _tidy(self, turn: Turn) -> None:
        if self._settings.keep_days:
            before = turn.now - timedelta(days=self._settings.keep_days)
            old = [n.id for n in self._host.store.nights() if n.finished and n.finished < before]
            remove_old(Path(self._host.briefings), old)
