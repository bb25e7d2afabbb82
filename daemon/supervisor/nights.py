"""Which night the daemon works for, and the market it sees.

A night sees no bar from after it began, although the ingestion goes on: those belong to the next
one. A night that a crash interrupted is continued up to the same instant; where older bars of the
lake have changed since, by a back-fill or a replaced file, the journal and the log say so.
"""

from __future__ import annotations

import asyncio

from loguru import logger

from daemon.domain.evolution.records import Effects, Event, Night
from daemon.errors import EngineLeakError, SecurityError, TransientError
from daemon.supervisor.bootstrap import Runtime
from daemon.supervisor.campaign import planned
from daemon.supervisor.places import rehearsing
from daemon.supervisor.quality import judge_market


class Nights:
    """The nights of a daemon, one after the other.

    outdated: set once real data has come into a lake that had none, and rehearsals are over.
    ended: set once nothing more may be run; ended_by: why, where no journal tells it.
    """

    def __init__(self, started: Runtime) -> None:
        self._started = started
        self._ended = -1
        self._turn = asyncio.Lock()
        self.outdated = asyncio.Event()
        self.ended = asyncio.Event()
        self.ended_by: EngineLeakError | None = None

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
        begins, now = ended != self._ended, started.bench.clock.now()
        if begins:
            self._check_market()
            markets.renew(now)
            await judge_market(started)
        asked = table.model_copy(update={"seed": table.seed + ended})
        night = started.store.open_night(planned(started, asked), table.recheck, any_market=True)
        if begins and night.started < now:
            markets.renew(night.started)
            self._tell_changes(night)
        self._ended = ended
        return night

    def _check_market(self) -> None:
        bench = self._started.bench
        if rehearsing(bench.loaded, bench.lake) != bench.rehearsal:
            self.outdated.set()
            raise TransientError("real data is in the lake; the daemon begins anew on it")

    def end(self, error: SecurityError | EngineLeakError) -> None:
        """Nothing more is run."""
        self.ended_by = error if isinstance(error, EngineLeakError) else None
        self.ended.set()

    def latest(self) -> Night:
        """The newest night, for work that belongs to none; one without a name before the first."""
        nights = self._started.store.nights()
        now = self._started.bench.clock.now()
        return nights[-1] if nights else Night("", 0, 0, "", "", now)

    def _tell_changes(self, night: Night) -> None:
        if night.market_hash == self._started.bench.markets.fingerprint():
            return
        logger.bind(step="night").warning("{} goes on though the lake has changed since", night.id)
        detail = {"from": night.market_hash, "to": self._started.bench.markets.fingerprint()}
        event = Event("market_changed", night.id, detail)
        self._started.store.commit(Effects(events=(event,)))
