"""What the loaded sources say of the market itself, held against the calendar and the lake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

import numpy as np
from loguru import logger

from daemon.domain.market.kinds import BAR_KINDS
from daemon.domain.market.present import CLOSED, calendar_disagreements, closed_sentence
from daemon.domain.market.scan.life import Last, Life, stopped_sentences
from daemon.errors import NightShiftError
from daemon.lake.lake import Lake
from daemon.lake.reader import day_number
from daemon.plugin.host import Clock
from daemon.plugin.roles import Source, Watching
from daemon.plugin.threads import in_thread
from daemon.store.store import SqlStore
from daemon.supervisor.data_notes import keep_note
from daemon.supervisor.mending import lacking

_NANOS = 1_000_000_000
Answer = TypeVar("Answer")


class LakeOutlook:
    """See `daemon.plugin.host.Outlook`. sources: filled in as plugins register."""

    def __init__(
        self, lake: Lake, sources: Mapping[str, Source], store: SqlStore, clock: Clock
    ) -> None:
        self._lake, self._sources = lake, sources
        self._store, self._clock = store, clock

    async def closed(self, names: Sequence[str]) -> str | None:
        """Asks the first of the sources that can tell."""
        told = await in_thread(self._first, names, lambda source: source.market_status())
        if told is None:
            return None
        vendor, status = told
        return closed_sentence(vendor, status) if status.market == CLOSED else ""

    async def disagreements(self, names: Sequence[str], today: date) -> Sequence[str] | None:
        """Asks the first of the sources that can tell."""
        told = await in_thread(self._first, names, lambda source: source.holidays())
        if told is None:
            return None
        vendor, holidays = told
        return calendar_disagreements(vendor, holidays, self._lake.sessions, today)

    async def stopped(
        self, kinds: Sequence[str], symbols: Sequence[str], sessions: int
    ) -> Sequence[str]:
        """By what the lake holds."""
        return await in_thread(self._stopped, kinds, symbols, sessions)

    def note(self, topic: str, sentences: Sequence[str]) -> None:
        """Into the journal, from which the briefing takes it."""
        keep_note(self._store, topic, sentences)

    def _first(
        self, names: Sequence[str], ask: Callable[[Watching], Answer]
    ) -> tuple[str, Answer] | None:
        for name, source in watching(self._sources, names):
            try:
                return name, ask(source)
            except NightShiftError as error:
                logger.bind(step="ingestion").info("{}", error)
        return None

    def _stopped(
        self, kinds: Sequence[str], symbols: Sequence[str], sessions: int
    ) -> tuple[str, ...]:
        wanted = {kind for kind in kinds if kind in BAR_KINDS}
        lasts = {
            Last(one.kind, one.symbol, day_number(one.end) or 0): self._life(one.symbol)
            for one in self._lake.inventory(gaps=False)
            if one.kind in wanted and one.symbol in symbols
        }
        table, now = self._lake.sessions, round(self._clock.now().timestamp()) * _NANOS
        over = table.rows(0, int(np.count_nonzero(table.close_time <= now)))
        return stopped_sentences(lasts, over, sessions)

    def _life(self, symbol: str) -> Life:
        try:
            return self._lake.life(symbol)
        except NightShiftError:  # told by every inventory; here it is only not known
            return Life()


def watching(sources: Mapping[str, Source], names: Iterable[str]) -> Iterable[tuple[str, Watching]]:
    """Those of the named sources, in that order, that tell of the market and lack no key."""
    for name in dict.fromkeys(names):
        source: object = sources.get(name)
        if isinstance(source, Watching) and not lacking(source):
            yield name, source
