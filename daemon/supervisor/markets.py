"""The lake as shifts see it: markets by time frame and universe, loaded once, kept by content."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from daemon.domain.evolution.seal import Seal, SealRules, seal
from daemon.domain.market.bars import Market
from daemon.domain.market.kinds import BAR_KINDS
from daemon.domain.market.scan.score import MarketQuality
from daemon.errors import MissingError, UsageError, did_you_mean
from daemon.lake.lake import Lake
from daemon.lake.lost import incomplete
from daemon.lake.market import Query
from daemon.lake.reader import calendar_date, day_number
from daemon.settings import MarketTable

NO_DATA = (
    "the lake is empty; `nightshift night` fills it with a simulated market, "
    "`nightshift lake ingest` brings real data in"
)


class LakeMarkets:
    """Markets up to an as-of instant and, where there are rules for it, up to the seal.

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
        rules: SealRules | None = None,
    ) -> None:
        self._lake = lake
        self._table = table
        self._rules = rules
        self._universes = universes
        self._as_of = as_of
        self._rehearsal = rehearsal
        self._loaded: dict[tuple[str, str], tuple[Market, tuple[str, ...]]] = {}
        self._fingerprint = ""
        self._lock = threading.Lock()
        self._quality: MarketQuality | None = None
        self._broken: Mapping[str, str] = {}
        self._failing: tuple[str, ...] = ()
        self._aside: dict[str, str] = {}
        self._seals: dict[datetime, Seal | None] = {}
        self.announcement = ""

    def renew(self, as_of: datetime) -> None:
        """Looks at the lake anew, up to another instant; markets handed out before stay."""
        with self._lock:
            self._aside = {}
            self._as_of = as_of
            self._fingerprint = ""
            self._seals.clear()
            self._loaded.clear()

    def judge(
        self,
        quality: MarketQuality,
        broken: Mapping[str, str],
        repair: str,
        failing: Sequence[str] = (),
    ) -> None:
        """Leaves out, from now on, the symbols whose bars are below the minimum or broken.

        broken: a sentence by symbol. repair: one on the last repair. failing: those on symbols that
        no source has, and whatever else is to be told of the data.
        """
        with self._lock:
            self._quality = replace(quality, repair=repair)
            self._broken = dict(broken)
            self._failing = tuple(failing)
            self._aside = {}
            self._loaded.clear()

    def market(self, timeframe: str, universe: str = "") -> Market:
        """The bars of a universe.

        MissingError where the lake is empty or none of its symbols has data, NoBarsError where it
        holds data but not these bars.
        """
        return self._load(timeframe, universe)[0]

    def skipped(self, timeframe: str, universe: str = "") -> tuple[str, ...]:
        """Symbols of the universe that have no data, or none that is good enough."""
        return self._load(timeframe, universe)[1]

    def symbols(self, universe: str) -> tuple[str, ...]:
        """Members of a universe. UsageError for a name that daemon.toml does not have."""
        name = universe or "default"
        known = dict.fromkeys(["default", *self._universes])
        if name not in known:
            hint = did_you_mean(name, self._universes) or f"known: {', '.join(known)}"
            raise UsageError(f'no universe "{name}" in [universes] of daemon.toml; {hint}')
        return self._universes.get(name) or self._lake.symbols(simulated=self._rehearsal)

    def sealed(self) -> Seal | None:
        """What is not shown, as of now or the last renewal; None: everything is."""
        with self._lock:
            return self._kept()

    def shown_until(self) -> date:
        """The last day whose bars are shown, as of now or the last renewal."""
        with self._lock:
            return min(self._as_of.date(), self._last() or date.max)

    def fingerprint(self) -> str:
        """SHA-256 of everything that can change a market: the lake's parts and the dates used.

        As they were at the first question since the last renewal.
        """
        with self._lock:
            if not self._fingerprint:
                dates = [str(self._table.start), str(self._table.end)]
                held = self._lake.digest(simulated=self._rehearsal)
                text = json.dumps([dates, held])
                self._fingerprint = hashlib.sha256(text.encode()).hexdigest()
            return self._fingerprint

    def health(self) -> Mapping[str, Any]:
        """Facts and warnings for the briefing; `simulation`: what to say of made-up prices."""
        held = self._lake.health()
        left_out = {**self._aside, **self._broken}
        broken = (f"{symbol} is left out: {why}" for symbol, why in left_out.items())
        warnings = [*held["warnings"], *broken, *self._failing]
        told = {"warnings": warnings, "simulation": self.announcement, "quality": self._quality}
        return {**held, **told}

    def _last(self) -> date | None:
        """The last session that is shown; None where it is the last there is."""
        kept = self._kept()
        return self._table.end if kept is None else calendar_date(kept.first - 1)

    def _kept(self) -> Seal | None:
        if self._rules is None:
            return None
        if self._as_of not in self._seals:
            self._seals[self._as_of] = self._found_seal(self._rules)
        return self._seals[self._as_of]

    def _found_seal(self, rules: SealRules) -> Seal | None:
        """The seal by what the lake holds, within the dates that are used."""
        newest = min(self._as_of.date(), self._table.end or date.max)
        oldest = self._table.start or date.min
        spans: dict[str, tuple[date, date]] = {}
        for held in self._lake.inventory(gaps=False):
            start, end = max(held.start, oldest), min(held.end, newest)
            if held.kind in BAR_KINDS and held.simulated == self._rehearsal and start <= end:
                first, last = spans.get(held.kind, (start, end))
                spans[held.kind] = (min(first, start), max(last, end))
        days = [(day_number(first), day_number(last)) for first, last in spans.values()]
        return seal(days, self._lake.sessions, rules)

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
        good = self._good(symbols, timeframe)
        if not good:
            raise MissingError(
                f"the {timeframe} bars of {', '.join(symbols[:8])} are good in too few sessions; "
                "see `nightshift lake gaps`, mend them with `nightshift lake repair`, "
                "or lower [quality] minimum"
            )
        market = self._complete(good, timeframe)
        return market, tuple(symbol for symbol in wanted if symbol not in market.symbols)

    def _complete(self, symbols: tuple[str, ...], timeframe: str) -> Market:
        """The market of those symbols that nothing is in quarantine of, once it is read.

        What is left of the others would look like a shorter history.
        """
        dates = (self._table.start, self._last())
        while True:
            aside = incomplete(self._lake.layout)
            found = {name: aside[name] for name in symbols if name in aside}
            self._aside = {**self._aside, **found}
            symbols = tuple(name for name in symbols if name not in aside)
            if not symbols:
                names = ", ".join([*self._aside][:8])
                raise MissingError(
                    f"parts of the data of {names} are in quarantine, which leaves no symbol for a "
                    "market; bring them back with `nightshift lake repair`"
                )
            market, _ = self._lake.market(symbols, timeframe, *dates, self._as_of)
            if incomplete(self._lake.layout).keys().isdisjoint(symbols):
                return market

    def _good(self, symbols: tuple[str, ...], timeframe: str) -> tuple[str, ...]:
        """The symbols whose bars of that time frame are good enough."""
        whole = tuple(symbol for symbol in symbols if symbol not in self._broken)
        if self._quality is None:
            return whole
        asked = Query(whole, timeframe, self._table.start, self._last(), self._as_of)
        derived = frozenset(self._lake.derived(asked))
        bad = {kind: self._quality.refused(kind) for kind in BAR_KINDS}
        return tuple(s for s in whole if s not in bad["minute" if s in derived else "day"])
