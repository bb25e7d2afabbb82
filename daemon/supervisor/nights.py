"""Which night the daemon works for, and the market it sees.

A night sees the lake as it was when the night began, although the ingestion goes on: bars that
come later belong to the next one. A night that a crash interrupted is continued with the bars of
its own beginning, even where the lake has changed since.
"""

from __future__ import annotations

import asyncio

from daemon.domain.evolution.records import Night
from daemon.supervisor.bootstrap import Runtime
from daemon.supervisor.campaign import planned
from daemon.supervisor.quality import judge_market


class Nights:
    """The nights of a daemon, one after the other."""

    def __init__(self, started: Runtime) -> None:
        self._started = started
        self._ended = -1
        self._turn = asyncio.Lock()

    async def current(self) -> Night:
        """The open night of these settings, or a new one on the market as it is now.

        Each new night has the next seed, or it would draw what the one before drew.
        """
        async with self._turn:
            return await self._current()

    async def _current(self) -> Night:
        started, markets = self._started, self._started.bench.markets
        table = started.loaded.settings.night
        ended = sum(night.finished is not None for night in started.store.nights())
        begins = ended != self._ended
        if begins:
            markets.renew(started.bench.clock.now())
            await judge_market(started)
            self._ended = ended
        asked = table.model_copy(update={"seed": table.seed + ended})
        night = started.store.open_night(planned(started, asked), table.recheck, any_market=True)
        if begins:
            markets.renew(night.started)
        return night
