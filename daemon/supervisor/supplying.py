"""The lake as the ingestion fills it: loaded sources in turn, one filling at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

import numpy as np
from loguru import logger

from daemon.domain.market.supply import Failing, Supplied, Want, failing_after
from daemon.errors import NightShiftError, TransientError, UsageError, did_you_mean
from daemon.lake.ingest import IngestReport, Progress, ask_for_missing, ingest
from daemon.lake.lake import Lake
from daemon.lake.ports import SourceOf
from daemon.lake.repair import Mended
from daemon.lake.retention import apply_retention, sentence_of
from daemon.lake.supply import supply
from daemon.lake.trade_bars import TRADES, TradeBars
from daemon.lake.wishes import Wish
from daemon.plugin.host import Clock
from daemon.plugin.roles import Request, Source
from daemon.plugin.threads import in_thread, stoppable
from daemon.settings import QualityTable
from daemon.store.store import SqlStore
from daemon.store.supply import FailingSymbols
from daemon.supervisor.mending import Mending, lacking, mend_lake, mended_sentence

_NANOS = 1_000_000_000


class LakeSupply:
    """See `daemon.plugin.host.Supply`. sources: filled in as plugins register.

    keep: days by kind, see `apply_retention`. quality: how a repair mends.
    """

    def __init__(
        self,
        lake: Lake,
        sources: Mapping[str, Source],
        store: SqlStore,
        clock: Clock,
        keep: Mapping[str, int] | None = None,
        quality: QualityTable | None = None,
    ) -> None:
        self._lake = lake
        self._sources = sources
        self._store = store
        self._marks = FailingSymbols(store.database)
        self._clock = clock
        self._keep = keep or {}
        self._quality = quality or QualityTable()
        self._turn = asyncio.Lock()
        self._warned: frozenset[str] = frozenset()

    async def fill(self, want: Want, pauses: Sequence[timedelta]) -> Supplied:
        """Asks the sources and keeps who has none; UsageError for a source that is not loaded."""
        named = dict.fromkeys(name for order in want.orders.values() for name in order)
        for name in named:
            if name not in self._sources:
                hint = did_you_mean(name, self._sources) or f"known: {', '.join(self._sources)}"
                raise UsageError(f'[ingestion] names the source "{name}", not loaded; {hint}')
        self._warn(self.unready(named))
        async with self._turn:
            return await stoppable(partial(self._fill, want, pauses))

    async def repair(self, symbols: Sequence[str], questions: int) -> str:
        """Asks the sources of [quality] for what the gap scanner finds, and fills as configured."""
        mending = Mending(tuple(symbols), questions=questions)
        async with self._turn:
            try:
                mended = await stoppable(partial(self._repair, mending))
            except UsageError as error:
                return f"nothing was repaired: {error}"
        return mended_sentence(mended)

    async def retire(self) -> str:
        """Removes what is older than it is kept."""
        async with self._turn:
            today = self._clock.now().date()
            try:
                removed = await in_thread(apply_retention, self._lake, self._keep, today)
            except NightShiftError as error:
                return f"nothing old was removed: {error}"
        return "; ".join(sentence_of(one) for one in removed)

    def failing(self) -> Sequence[Failing]:
        """Symbols that no source has."""
        return self._marks.all()

    def unready(self, names: Iterable[str]) -> Sequence[str]:
        """What sources lack that say so, see `daemon.plugin.roles.Keyed`."""
        return [words for name in names if (words := lacking(self._sources.get(name)))]

    def in_session(self, now: datetime, after: timedelta) -> bool:
        """Whether the exchange's regular session is on, or ended less than `after` ago."""
        sessions, instant = self._lake.sessions, _instant(now)
        ends = sessions.close_time + round(after.total_seconds()) * _NANOS
        number = int(np.searchsorted(ends, instant))
        return number < len(sessions) and bool(sessions.open_time[number] <= instant)

    def _warn(self, sentences: Sequence[str]) -> None:
        """Once for the same sources, however many kinds and turns they are named for."""
        if not self._warned.issuperset(sentences):
            logger.bind(step="ingestion").warning("{}", "; ".join(sentences))
        self._warned = frozenset(sentences) | self._warned

    def _fill(self, want: Want, pauses: Sequence[timedelta], stop: Event) -> Supplied:
        now = self._clock.now()
        sources: Mapping[str, SourceOf[Request, Any]] = {
            **self._sources,
            TRADES: TradeBars(self._lake),
        }
        asks = {name: partial(self._ask, want, stop, source) for name, source in sources.items()}
        found = supply(self._lake, want, asks, _instant(now))
        if stop.is_set():
            raise TransientError("the filling of the lake was stopped; the next one goes on")
        known = {(one.kind, one.symbol): one for one in self._marks.all()}
        failing = [
            failing_after(known.get((want.kind, symbol)), want.kind, symbol, said, now, pauses)
            for symbol, said in found.failed.items()
        ]
        supplied = [(want.kind, name) for name in want.orders if name not in found.failed]
        self._marks.keep(failing, supplied)
        return found

    def _repair(self, mending: Mending, stop: Event) -> Mended:
        told, quality = until_stopped(stop), self._quality
        mended = mend_lake(self._lake, self._store, self._sources, quality, mending, told)
        if stop.is_set():
            raise TransientError("the repair of the lake was stopped; the next one goes on")
        return mended

    def _ask(
        self, want: Want, stop: Event, source: SourceOf[Request, Any], wish: Wish
    ) -> IngestReport:
        request = Request(wish.kind, wish.symbols, wish.start, wish.end)
        told = until_stopped(stop)
        told(0, 0, "")
        if want.again:
            return ask_for_missing(self._lake, source, request, told, want.along)
        return ingest(self._lake, source, request, told, optional=True, along=want.along)


def until_stopped(stop: Event, progress: Progress | None = None) -> Progress:
    """The progress told on, until a stop; then TransientError ends the ingestion."""

    def told(done: int, total: int, what: str) -> None:
        if stop.is_set():
            raise TransientError("the ingestion was stopped; give the command again to go on")
        if progress is not None:
            progress(done, total, what)

    return told


def _instant(now: datetime) -> int:
    return round(now.timestamp()) * _NANOS
