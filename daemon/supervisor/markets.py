"""The lake as shifts see it: markets by time frame and universe, loaded once, kept by content."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from daemon.domain.market.bars import Market
from daemon.errors import MissingError, UsageError, did_you_mean
from daemon.lake.lake import Lake
from daemon.settings import MarketTable

NO_DATA = (
    "the lake is empty; `nightshift night` fills it with a simulated market, "
    "`nightshift lake ingest` brings real data in"
)


class LakeMarkets:
    """Markets up to an as-of instant.

    universes: names and their symbols; an empty "default" means every symbol of the lake that
    is made up (in a rehearsal) or real (otherwise); the two never meet.
    announcement: what the simulated market says of itself, "" where the market is real.
    """

    def __init__(
        self,
        lake: Lake,
        table: MarketTable,
        universes: Mapping[str, tuple[str, ...]],
        as_of: datetime,
        rehearsal: bool,
    ) -> None:
        self._lake = lake
        self._table = table
        self._universes = universes
        self._as_of = as_of
        self._rehearsal = rehearsal
        self._loaded: dict[tuple[str, str], tuple[Market, tuple[str, ...]]] = {}
        self._lock = threading.Lock()
        self.announcement = ""

    def market(self, timeframe: str, universe: str = "") -> Market:
        """The bars of a universe.

        MissingError where the lake is empty or none of its symbols has data, NoBarsError where it
        holds data but not these bars.
        """
        return self._load(timeframe, universe)[0]

    def skipped(self, timeframe: str, universe: str = "") -> tuple[str, ...]:
        """Symbols of the universe that have no data."""
        return self._load(timeframe, universe)[1]

    def symbols(self, universe: str) -> tuple[str, ...]:
        """Members of a universe. UsageError for a name that daemon.toml does not have."""
        name = universe or "default"
        known = dict.fromkeys(["default", *self._universes])
        if name not in known:
            hint = did_you_mean(name, self._universes) or f"known: {', '.join(known)}"
            raise UsageError(f'no universe "{name}" in [universes] of daemon.toml; {hint}')
        return self._universes.get(name) or self._lake.symbols(simulated=self._rehearsal)

    def fingerprint(self) -> str:
        """SHA-256 of everything that can change a market: the lake's parts and the dates used."""
        dates = [str(self._table.start), str(self._table.end)]
        held = self._lake.digest(simulated=self._rehearsal)
        return hashlib.sha256(json.dumps([dates, held]).encode()).hexdigest()

    def health(self) -> Mapping[str, Any]:
        """Facts and warnings for the briefing; `simulation`: what to say of made-up prices."""
        return {**self._lake.health(), "simulation": self.announcement}

    def _load(self, timeframe: str, universe: str) -> tuple[Market, tuple[str, ...]]:
        key = (timeframe, universe)
        with self._lock:
            if key not in self._loaded:
                self._loaded[key] = self._read(timeframe, self.symbols(universe))
            return self._loaded[key]

    def _read(self, timeframe: str, wanted: tuple[str, ...]) -> tuple[Market, tuple[str, ...]]:
        """Members of the other half of the lake count as symbols without data."""
        held = self._lake.symbols(simulated=self._rehearsal)
        others = set(self._lake.symbols(simulated=not self._rehearsal))
        symbols = tuple(symbol for symbol in wanted if symbol not in others)
        if not wanted or not (held or others):
            raise MissingError(NO_DATA)
        if not symbols:
            half, other = ("made up", "real") if self._rehearsal else ("real", "made up")
            raise MissingError(
                f"the data of {', '.join(wanted)} is {other} and this night's market is {half}; "
                "choose another universe, or set [market] source"
            )
        market, _ = self._lake.market(
            symbols, timeframe, self._table.start, self._table.end, self._as_of
        )
        return market, tuple(symbol for symbol in wanted if symbol not in market.symbols)
