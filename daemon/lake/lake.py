"""The lake: market data in a folder, read as aligned markets up to an as-of instant.

    lake = Lake(folder, hot=state / "hot", cache=state / "cache")
    market, skipped = lake.market(("SPY", "QQQ"), "5m", start, end, as_of)
    columns = lake.read_symbol("minute", "SPY", start, end)        # open_time and OHLCV
    lake.symbols(), lake.inventory(), lake.gaps("minute"), lake.verify(), lake.sql("SELECT ...")

Bringing data in is `daemon.lake.ingest.ingest(lake, source, request, progress)`. Reading needs no
lock and works beside one writer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final, TypeVar

from loguru import logger

from daemon.domain.market.bars import Ints, Market
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import ACTION_KINDS, BAR_KINDS, KINDS, Columns
from daemon.domain.market.scan.life import Life
from daemon.domain.market.scan.report import PartKey
from daemon.domain.market.supply import SourceOrder
from daemon.errors import LockedError, MissingError, NoRoomError
from daemon.lake.calendar import load_sessions
from daemon.lake.files import Fault, no_fault
from daemon.lake.gaps import Gaps, gaps_of
from daemon.lake.hot import HotCopies, hot_key
from daemon.lake.index import Entry, load_index
from daemon.lake.inventory import Dataset, PartEntry, health_of, inventory_of, parts_of
from daemon.lake.layout import Layout
from daemon.lake.listings import life_of
from daemon.lake.lock import refuse_file, single_writer
from daemon.lake.lost import lost_parts, sentence_of
from daemon.lake.market import Plan, Query, build, plan, settled
from daemon.lake.quarantine import SetAsideError, repair_all, set_aside
from daemon.lake.query import Answer, run_query
from daemon.lake.reader import read_columns, read_symbol
from daemon.lake.room import Budget, Room
from daemon.lake.survey import Survey, survey
from daemon.lake.verify import Problem, verify_all

GIBIBYTE: Final = 1 << 30
T = TypeVar("T")


class Lake:
    """A lake in a folder.

    hot: folder of hot copies, hot_limit_bytes the room for them; cache: folder of the
    calendar and of the index of parts.
    buffer_rows: how many rows an ingestion holds in memory before it writes. fault: see `files`.
    budget: how much room the parts may take. The attribute ordering: asked for `order` when that
    is first needed.
    MissingError where the folder is a file or lies below one.
    """

    def __init__(
        self,
        folder: Path,
        hot: Path | None = None,
        cache: Path | None = None,
        hot_limit_bytes: int = 4 * GIBIBYTE,
        buffer_rows: int = 6_000_000,
        fault: Fault = no_fault,
        budget: Budget | None = None,
    ) -> None:
        refuse_file(folder)
        self._cache = cache or folder / ".cache"
        self.layout = Layout(folder, self._cache)
        self.buffer_rows = buffer_rows
        self.fault = fault
        self.room = Room(self.layout, budget or Budget())
        self.ordering: Callable[[], SourceOrder] = SourceOrder
        self._hot = HotCopies(hot or folder / ".hot", hot_limit_bytes)

    @cached_property
    def order(self) -> SourceOrder:
        """Whose bars hold (`precedence`), and whose splits and dividends (`events`)."""
        return self.ordering()

    @cached_property
    def sessions(self) -> SessionTable:
        """The exchange's regular sessions, 1990 to 2035."""
        return load_sessions(self._cache)

    def market(
        self,
        symbols: Sequence[str],
        timeframe: str,
        start: date | None = None,
        end: date | None = None,
        as_of: datetime | None = None,
    ) -> tuple[Market, tuple[str, ...]]:
        """The aligned market, mapped from its hot copy, and the symbols that have no data.

        1d is made of daily rows, and of minutes for a symbol without any in the range (`derived`);
        every other time frame is made of minutes. A broken part is set aside, and the rest is used.
        UsageError for an unknown time frame,
        MissingError where no symbol has data.
        """
        query = Query(tuple(symbols), timeframe, start, end, as_of)
        market = self._without_broken(lambda: self._market(query))
        skipped = tuple(symbol for symbol in query.symbols if symbol not in market.symbols)
        return market, skipped

    def hot_path(self, query: Query) -> Path:
        """Where the hot copy of a market lies once it was asked for."""
        chosen = plan(self.layout, query)
        return self._hot.path(self._key(settled(query, chosen, self.sessions), chosen))

    def derived(self, query: Query) -> tuple[str, ...]:
        """The symbols whose bars of that market are made of minutes."""
        return self._without_broken(lambda: plan(self.layout, query).derived)

    def read_symbol(
        self, kind: str, symbol: str, start: date | None = None, end: date | None = None
    ) -> Columns:
        """Raw bars of a symbol, open_time and OHLCV, extended hours too. MissingError if none."""
        return self._without_broken(lambda: read_symbol(self.layout, kind, symbol, start, end))

    def times(
        self, kind: str, symbol: str, start: date | None = None, end: date | None = None
    ) -> Ints:
        """Times of a symbol's rows, or their dates: the kind's key; broken parts are set aside.

        BadDataError where they cannot be.
        """
        key, dates = KINDS[kind].key, (start, end)
        return self._without_broken(
            lambda: read_columns(self.layout, kind, symbol, dates, (key,))[key]
        )

    def life(self, symbol: str) -> Life:
        """When a symbol was listed and delisted, as far as it is known."""
        return self._without_broken(lambda: life_of(self.layout, symbol))

    def symbols(self, kind: str = "", simulated: bool | None = None) -> tuple[str, ...]:
        """Symbols with bars of a kind, or of any; all, or only the made-up or the real ones."""
        kinds = (kind,) if kind else BAR_KINDS
        return tuple(sorted({one.symbol for one in self._entries(kinds, simulated)}))

    def digest(self, simulated: bool | None = None) -> str:
        """SHA-256 of all that markets are made of, or of its made-up or its real half."""
        entries = list(self._entries((*BAR_KINDS, *ACTION_KINDS), simulated))
        several = load_index(self.layout).told_by_several
        chosen = [
            self._ranked(one.symbol, several[key])
            for one in entries
            if (key := (one.kind, one.symbol)) in several
        ]
        digests = [one.digest for one in entries]
        return hashlib.sha256(json.dumps([*digests, *chosen]).encode()).hexdigest()

    def inventory(self, gaps: bool = True) -> tuple[Dataset, ...]:
        """What is there, by kind and symbol; with the number of missing sessions."""
        return inventory_of(self.layout, self.sessions if gaps else None)

    def unreadable(self) -> tuple[str, ...]:
        """A sentence for each manifest that cannot be read, and each part that is set aside."""
        broken = (sentence for _, _, sentence in load_index(self.layout).broken)
        lost = (f"{one.kind} {one.symbol}: {sentence_of(one)}" for one in lost_parts(self.layout))
        return (*broken, *lost)

    def parts(self) -> tuple[PartEntry, ...]:
        """Every part, with its origins."""
        return tuple(parts_of(load_index(self.layout)))

    def gaps(self, kind: str = "minute", symbols: Sequence[str] | None = None) -> tuple[Gaps, ...]:
        """What is missing of each symbol, or of all, between its first and its last bar."""
        wanted = self.layout.symbols(kind) if symbols is None else symbols
        sessions = self.sessions
        return tuple(
            self._without_broken(partial(gaps_of, self.layout, kind, symbol, sessions))
            for symbol in wanted
        )

    def survey(self, known: Mapping[PartKey, str], symbols: Sequence[str] | None = None) -> Survey:
        """What is wrong with the bars of each part that is not `known` by its checksum."""
        found = survey(self.layout, self.sessions, self._ranked, known, symbols)
        if found.broken:  # what was broken is set aside by now
            self.tidy()
            found = survey(self.layout, self.sessions, self._ranked, known, symbols)
        return found

    def health(self) -> Mapping[str, Any]:
        """Facts and warnings about the data as sentences, for the briefing."""
        found = health_of(self.layout, self.sessions)
        room = self.room.taken().warning
        more = [f"{sentence}." for sentence in self.unreadable()] + ([room] if room else [])
        return {**found, "warnings": [*found["warnings"], *more]}

    def set_aside(self, problems: Sequence[Problem]) -> None:
        """Moves what `verify` found broken out of the way, beside a writer too.

        MissingError where the lake may not be written.
        """
        set_aside(self.layout, problems)
        self.tidy()

    def verify(self) -> tuple[Problem, ...]:
        """Every part against its manifest: what is wrong, in sentences; nothing if all is well."""
        return verify_all(self.layout)

    def repair(self) -> tuple[Problem, ...]:
        """Moves broken parts out of the way, so that the next ingestion fetches them again; tells
        also of those that were moved before and have not come back.

        LockedError beside another writer, MissingError where the lake may not be written.
        """
        with single_writer(self.layout):
            return repair_all(self.layout, self.fault)

    def tidy(self) -> None:
        """Does what every writer begins with, if nobody writes now: sweeps what a killed one left
        behind, settles what is in quarantine, brings the index up to date."""
        if self.layout.root.is_dir():
            with suppress(LockedError, MissingError), single_writer(self.layout):
                pass

    def sql(self, text: str) -> Answer:
        """The answer to a query over the views, one for each kind of data, read-only."""
        return self._without_broken(lambda: run_query(self.layout, text))

    def _market(self, query: Query) -> Market:
        chosen = plan(self.layout, query)
        query = settled(query, chosen, self.sessions)
        key = self._key(query, chosen)
        market = self._hot.open(key)
        if market is not None:
            return market
        market = build(self.layout, query, chosen, self.sessions, self._ranked)
        try:
            return self._hot.keep(key, market)
        except NoRoomError:
            return market

    def _without_broken(self, read: Callable[[], T]) -> T:
        """What is read; where a part turns out to be broken, once more without it."""
        broken = False
        try:
            while True:
                try:
                    return read()
                except SetAsideError as error:
                    logger.bind(step="lake").warning("{}", error)
                    broken = True
        finally:
            if broken:
                self.tidy()

    def _entries(self, kinds: Sequence[str], simulated: bool | None) -> Iterator[Entry]:
        for entry in load_index(self.layout).entries:
            if entry.kind in kinds and simulated in (None, entry.simulated):
                yield entry

    def _ranked(self, symbol: str, sources: Collection[str]) -> tuple[str, ...]:
        """The sources by their order, which is not asked for where there is nothing to choose."""
        return self.order.ranked(symbol, sources) if len(sources) > 1 else tuple(sources)

    def _key(self, query: Query, chosen: Plan) -> str:
        parts = [one.digest for one in (*chosen.bars, *chosen.actions)]
        several = [one for one in chosen.actions if len(one.parts) > 1]
        parts += [name for one in several for name in self._ranked(one.symbol, one.origins)]
        asked = [query.symbols, query.timeframe, query.start, query.end, query.as_of]
        return hot_key([*asked, parts, str(self.sessions.close_time.sum())])
