"""What a scan of each part rests on: its bars, what lies beside them, and a checksum of it all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import numpy as np

from daemon.domain.market.align import Events, Rows
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import Kind, kind_named
from daemon.domain.market.scan.findings import Finding
from daemon.domain.market.scan.life import Life
from daemon.domain.market.scan.report import PartKey
from daemon.errors import BadDataError
from daemon.lake.differences import differences_of
from daemon.lake.events import Ranking, read_events
from daemon.lake.layout import Layout
from daemon.lake.listings import horizon_of, life_of
from daemon.lake.manifest import Manifest, PartFile
from daemon.lake.quarantine import held_manifest
from daemon.lake.reader import read_bars

RULES: Final = 2
"""Number of the rules; a change of it scans everything again."""

_EVENTS: Final = ("ex_date", "cash", "new", "old")


@dataclass(frozen=True, slots=True)
class Beside:
    """What a scan reads beside the bars. tape: the parts of days with trades in the lake; apart:
    where sources disagreed; life: when the symbol was listed; horizon: first exchange date of the
    lake, for symbols of which it is known when they were."""

    daily: Rows | None
    splits: Events
    tape: tuple[PartFile, ...]
    apart: tuple[Finding, ...]
    life: Life
    horizon: int | None

    def between(self, kind: Kind, start: int, end: int) -> Beside:
        """The same for exchange dates start..end."""
        low, high = kind.bounds(start, end)
        first, stop = np.searchsorted(self.splits.ex_date, [start, end + 1])
        return Beside(
            None if self.daily is None else _within(self.daily, low, high),
            Events(*(getattr(self.splits, name)[first:stop] for name in _EVENTS)),
            tuple(one for one in self.tape if low <= one.first < high),
            tuple(one for one in self.apart if start <= one.day <= end),
            self.life,
            self.horizon,
        )

    def listing_texts(self, begins: bool) -> list[str]:
        """What a scan rests on of the listing; none where nothing is known. begins: whether it is
        that of the symbol's first part."""
        if not self.life.is_known:
            return []
        known = f"{self.life.listed.tolist()} {self.life.delisted.tolist()}"
        return [known, str(self.horizon) if begins else ""]

    def checksum(self, texts: Sequence[str]) -> str:
        """Of all of it and of the parts themselves."""
        parts = [*texts, *(one.sha256 for one in self.tape), *(str(one) for one in self.apart)]
        digest = hashlib.sha256(json.dumps([RULES, *parts]).encode())
        if self.daily is not None:
            digest.update(self.daily.open_time.tobytes() + self.daily.close.tobytes())
        for column in (self.splits.ex_date, self.splits.new, self.splits.old):
            digest.update(column.tobytes())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Job:
    """A part to be scanned. start, end: exchange dates read; start is the last session of the
    part before where there is one (`begins` is false then)."""

    key: PartKey
    inputs: str
    start: int
    end: int
    begins: bool
    ends: bool
    beside: Beside


@dataclass(frozen=True, slots=True)
class Place:
    """Where bars of a kind lie, with the calendar and the order of the sources."""

    layout: Layout
    kind: str
    sessions: SessionTable
    ranked: Ranking

    def splits(self, symbol: str) -> Events:
        return read_events(self.layout, "splits", symbol, self.ranked, self.sessions)


def jobs_of_kind(
    place: Place, symbols: Sequence[str] | None, broken: dict[str, str]
) -> Iterable[Job]:
    """A job for each part, of these symbols or of all. broken: filled with a sentence for each
    symbol whose manifest, or what lies beside it, cannot be read."""
    layout, kind = place.layout, place.kind
    horizon = cache(partial(horizon_of, layout, kind))
    for symbol in layout.symbols(kind):
        if symbols is None or symbol in symbols:
            try:
                manifest = held_manifest(layout, kind, symbol)
                if manifest is not None:
                    yield from _jobs_of(place, manifest, horizon)
            except BadDataError as error:
                broken[symbol] = str(error)


def _jobs_of(place: Place, manifest: Manifest, horizon: Callable[[], int | None]) -> Iterable[Job]:
    kind = kind_named(manifest.kind)
    beside = _beside(place, manifest.symbol, horizon)
    before: PartFile | None = None
    for part in manifest.parts:
        borders = np.array([part.first if before is None else before.last, part.last])
        start, end = (int(day) for day in kind.days(borders))
        own, ends = beside.between(kind, start, end), part is manifest.parts[-1]
        texts = [part.sha256, before.sha256 if before else "", str(ends)]
        texts += own.listing_texts(before is None)
        key = PartKey(kind.name, manifest.symbol, part.period)
        yield Job(key, own.checksum(texts), start, end, before is None, ends, own)
        before = part


def _beside(place: Place, symbol: str, horizon: Callable[[], int | None]) -> Beside:
    layout, minutes = place.layout, place.kind == "minute"
    tape = held_manifest(layout, "trades", symbol) if minutes else None
    life = life_of(layout, symbol)
    return Beside(
        Rows(**read_bars(layout, "day", symbol, (None, None))) if minutes else None,
        place.splits(symbol),
        tape.parts if tape is not None else (),
        differences_of(layout, place.kind, symbol),
        life,
        horizon() if life.is_known else None,
    )


def _within(rows: Rows, low: int, high: int) -> Rows:
    start, stop = np.searchsorted(rows.open_time, [low, high])
    names = ("open_time", "open", "high", "low", "close", "volume")
    return Rows(*(getattr(rows, name)[start:stop] for name in names))
