"""The scan of a lake: which parts changed since they were scanned, and what is wrong in them.

1. Every part gets a checksum of all that its scan reads: itself, the part before it (for the
   night between them), the day bars, splits and trades of its dates.
2. Parts whose checksum is known are left alone; the others are scanned, each from the last
   session of the part before, so that nothing falls between two years.
3. Minutes are held against those of the other symbols (`witnesses`); a part is not scanned again
   only because theirs changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Final

import numpy as np

from daemon.domain.market.align import Events, Rows
from daemon.domain.market.bars import Ints
from daemon.domain.market.calendar import NANOS_PER_MINUTE, SessionTable
from daemon.domain.market.contracts import is_future
from daemon.domain.market.kinds import BAR_KINDS, Kind, kind_named
from daemon.domain.market.scan.findings import Code, Finding
from daemon.domain.market.scan.life import Life, missing_before
from daemon.domain.market.scan.report import PartKey, PartReport
from daemon.domain.market.scan.scan import Context, scan_days, scan_minutes
from daemon.errors import BadDataError
from daemon.lake.differences import differences_of
from daemon.lake.events import Ranking, read_events
from daemon.lake.layout import Layout
from daemon.lake.listings import horizon_of, life_of
from daemon.lake.manifest import Manifest, PartFile
from daemon.lake.quarantine import held_manifest
from daemon.lake.reader import calendar_date, read_bars, read_columns
from daemon.lake.witnesses import Testimony, testimonies

RULES: Final = 2
"""Number of the rules; a change of it scans everything again."""

THREADS: Final = 2
_EVENTS: Final = ("ex_date", "cash", "new", "old")


@dataclass(frozen=True, slots=True)
class Survey:
    """reports: of the parts that are new or changed; gone: parts known that are no more; broken:
    symbols with a part that cannot be read, each with a sentence; parts: how many there are."""

    reports: tuple[PartReport, ...]
    gone: tuple[PartKey, ...]
    broken: Mapping[str, str]
    parts: int


def survey(
    layout: Layout,
    sessions: SessionTable,
    ranked: Ranking,
    known: Mapping[PartKey, str],
    symbols: Sequence[str] | None = None,
) -> Survey:
    """Scans what changed. ranked: the sources of splits. known: checksum of each part that has a
    report. symbols: only these."""
    broken: dict[str, str] = {}
    places = [_Place(layout, kind, sessions, ranked) for kind in BAR_KINDS]
    jobs = [job for place in places for job in _jobs(place, symbols, broken)]
    todo = [job for job in jobs if known.get(job.key) != job.inputs]
    crowds = testimonies(layout, sessions, _periods(todo), broken)
    todo = [job for job in todo if job.key.symbol not in broken]
    reports = []
    with ThreadPoolExecutor(THREADS, thread_name_prefix="survey") as pool:
        for job, found in zip(
            todo, pool.map(lambda job: _try(layout, sessions, job, crowds), todo), strict=True
        ):
            if isinstance(found, PartReport):
                reports.append(found)
            else:
                broken[job.key.symbol] = str(found)
    asked = {key for key in known if symbols is None or key.symbol in symbols}
    lost = {key for key in asked if key.symbol not in broken} - {job.key for job in jobs}
    gone = sorted(lost, key=lambda key: (key.kind, key.symbol, key.period))
    return Survey(tuple(reports), tuple(gone), broken, len(jobs))


def _periods(jobs: Sequence[_Job]) -> dict[str, tuple[int, int]]:
    """First and last exchange date of minutes to scan, by period."""
    found: dict[str, tuple[int, int]] = {}
    for job in jobs:
        if job.key.kind == "minute":
            start, end = found.get(job.key.period, (job.start, job.end))
            found[job.key.period] = (min(start, job.start), max(end, job.end))
    return found


@dataclass(frozen=True, slots=True)
class _Beside:
    """What a scan reads beside the bars. tape: the parts of days with trades in the lake; apart:
    where sources disagreed; life: when the symbol was listed; horizon: first exchange date of the
    lake, for symbols of which it is known when they were."""

    daily: Rows | None
    splits: Events
    tape: tuple[PartFile, ...]
    apart: tuple[Finding, ...]
    life: Life
    horizon: int | None

    def between(self, kind: Kind, start: int, end: int) -> _Beside:
        """The same for exchange dates start..end."""
        low, high = kind.bounds(start, end)
        first, stop = np.searchsorted(self.splits.ex_date, [start, end + 1])
        return _Beside(
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
class _Job:
    """A part to be scanned. start, end: exchange dates read; start is the last session of the
    part before where there is one (`begins` is false then)."""

    key: PartKey
    inputs: str
    start: int
    end: int
    begins: bool
    ends: bool
    beside: _Beside


@dataclass(frozen=True, slots=True)
class _Place:
    """Where bars of a kind lie, with the calendar and the order of the sources."""

    layout: Layout
    kind: str
    sessions: SessionTable
    ranked: Ranking

    def splits(self, symbol: str) -> Events:
        return read_events(self.layout, "splits", symbol, self.ranked, self.sessions)


def _jobs(place: _Place, symbols: Sequence[str] | None, broken: dict[str, str]) -> Iterable[_Job]:
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


def _jobs_of(
    place: _Place, manifest: Manifest, horizon: Callable[[], int | None]
) -> Iterable[_Job]:
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
        yield _Job(key, own.checksum(texts), start, end, before is None, ends, own)
        before = part


def _beside(place: _Place, symbol: str, horizon: Callable[[], int | None]) -> _Beside:
    layout, minutes = place.layout, place.kind == "minute"
    tape = held_manifest(layout, "trades", symbol) if minutes else None
    life = life_of(layout, symbol)
    return _Beside(
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


def _try(
    layout: Layout, sessions: SessionTable, job: _Job, crowds: Mapping[str, Testimony]
) -> PartReport | BadDataError:
    try:
        return _report(layout, sessions, job, crowds)
    except BadDataError as error:
        return error


def _report(
    layout: Layout, sessions: SessionTable, job: _Job, crowds: Mapping[str, Testimony]
) -> PartReport:
    dates = (calendar_date(job.start), calendar_date(job.end))
    rows = Rows(**read_bars(layout, job.key.kind, job.key.symbol, dates))
    table = sessions.between(job.start, job.end)
    beside, symbol = job.beside, job.key.symbol
    context = Context(table, job.begins, job.ends, beside.splits, life=beside.life)
    context = replace(context, other_days=is_future(symbol))
    if job.key.kind == "minute":
        crowd = crowds[job.key.period].on(symbol, job.start, job.end)
        found = _minutes(layout, job, rows, replace(context, daily=beside.daily, crowd=crowd))
    else:
        found = scan_days(rows, context)
    first = job.start if job.begins else job.start + 1
    every = sorted([*found, *beside.apart], key=lambda one: (one.day, one.code))
    own = tuple(one for one in every if one.day >= first)
    if job.begins and beside.horizon is not None:
        before = missing_before(beside.life, first, beside.horizon, sessions)
        own = (*before, *own)
    return PartReport(job.key, job.inputs, first, job.end, own)


def _minutes(layout: Layout, job: _Job, rows: Rows, context: Context) -> tuple[Finding, ...]:
    """The findings; where minutes are missing on a day with a tape, judged again with it."""
    found = scan_minutes(rows, context)
    lacking = {one.day for one in found if one.code is Code.MISSING_MINUTES}
    tape = kind_named("trades").days(
        np.array([one.first for one in job.beside.tape], dtype=np.int64)
    )
    days = sorted(lacking & set(tape.tolist()))
    if not days:
        return found
    stamps = [_trade_times(layout, job.key.symbol, day) for day in days]
    minutes = np.unique(np.concatenate(stamps) // NANOS_PER_MINUTE) * NANOS_PER_MINUTE
    return scan_minutes(rows, replace(context, tape=minutes))


def _trade_times(layout: Layout, symbol: str, day: int) -> Ints:
    dates = (calendar_date(day), calendar_date(day))
    times: Ints = read_columns(layout, "trades", symbol, dates, ("sip_timestamp",))["sip_timestamp"]
    return times
