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
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from daemon.domain.market.align import Events, Rows
from daemon.domain.market.bars import Ints
from daemon.domain.market.calendar import NANOS_PER_MINUTE, SessionTable
from daemon.domain.market.kinds import BAR_KINDS, kind_named
from daemon.domain.market.scan.findings import Code, Finding
from daemon.domain.market.scan.report import PartKey, PartReport
from daemon.domain.market.scan.scan import Context, scan_days, scan_minutes
from daemon.errors import BadDataError
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, PartFile, load_manifest
from daemon.lake.reader import calendar_date, read_bars, read_columns
from daemon.lake.witnesses import Testimony, testimonies

RULES: Final = 1
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
    known: Mapping[PartKey, str],
    symbols: Sequence[str] | None = None,
) -> Survey:
    """Scans what changed. known: checksum of each part that has a report. symbols: only these."""
    broken: dict[str, str] = {}
    jobs = [job for kind in BAR_KINDS for job in _jobs(layout, kind, symbols, broken)]
    todo = [job for job in jobs if known.get(job.key) != job.inputs]
    crowds = testimonies(layout, sessions, _periods(todo))
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
class _Job:
    """A part to be scanned. start, end: exchange dates read; start is the last session of the
    part before where there is one (`begins` is false then). tape: days with trades in the lake."""

    key: PartKey
    inputs: str
    start: int
    end: int
    begins: bool
    ends: bool
    daily: Rows | None
    splits: Events
    tape: tuple[int, ...]


def _jobs(
    layout: Layout, kind: str, symbols: Sequence[str] | None, broken: dict[str, str]
) -> Iterable[_Job]:
    for symbol in layout.symbols(kind):
        if symbols is None or symbol in symbols:
            try:
                manifest = load_manifest(layout.manifest(kind, symbol))
                if manifest is not None:
                    yield from _jobs_of(layout, manifest)
            except BadDataError as error:
                broken[symbol] = str(error)


def _jobs_of(layout: Layout, manifest: Manifest) -> Iterable[_Job]:
    kind, symbol = kind_named(manifest.kind), manifest.symbol
    splits = Events(*(read_columns(layout, "splits", symbol)[name] for name in _EVENTS))
    daily = (
        Rows(**read_bars(layout, "day", symbol, (None, None))) if kind.name == "minute" else None
    )
    tape = load_manifest(layout.manifest("trades", symbol)) if kind.name == "minute" else None
    before: PartFile | None = None
    for number, part in enumerate(manifest.parts):
        ends = kind.days(np.array([part.first if before is None else before.last, part.last]))
        start, end = int(ends[0]), int(ends[1])
        low, high = kind.bounds(start, end)
        own = None if daily is None else _within(daily, low, high)
        told = _split_rows(splits, start, end)
        days = [one for one in (tape.parts if tape else ()) if low <= one.first < high]
        files = [part.sha256, before.sha256 if before else "", *(one.sha256 for one in days)]
        yield _Job(
            PartKey(kind.name, symbol, part.period),
            _checksum([*files, str(number + 1 == len(manifest.parts))], own, told),
            start,
            end,
            before is None,
            number + 1 == len(manifest.parts),
            own,
            told,
            tuple(int(kind.days(np.array([one.first]))[0]) for one in days),
        )
        before = part


def _checksum(texts: list[str], daily: Rows | None, splits: Events) -> str:
    digest = hashlib.sha256(json.dumps([RULES, *texts]).encode())
    if daily is not None:
        digest.update(daily.open_time.tobytes() + daily.close.tobytes())
    digest.update(splits.ex_date.tobytes() + splits.new.tobytes() + splits.old.tobytes())
    return digest.hexdigest()


def _within(rows: Rows, low: int, high: int) -> Rows:
    start, stop = np.searchsorted(rows.open_time, [low, high])
    names = ("open_time", "open", "high", "low", "close", "volume")
    return Rows(*(getattr(rows, name)[start:stop] for name in names))


def _split_rows(events: Events, start: int, end: int) -> Events:
    low, high = np.searchsorted(events.ex_date, [start, end + 1])
    return Events(*(getattr(events, name)[low:high] for name in _EVENTS))


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
    context = Context(table, job.begins, job.ends, job.splits)
    if job.key.kind == "minute":
        crowd = crowds[job.key.period].on(job.key.symbol, job.start, job.end)
        found = _minutes(layout, job, rows, replace(context, daily=job.daily, crowd=crowd))
    else:
        found = scan_days(rows, context)
    first = job.start if job.begins else job.start + 1
    own = tuple(one for one in found if one.day >= first)
    return PartReport(job.key, job.inputs, first, job.end, own)


def _minutes(layout: Layout, job: _Job, rows: Rows, context: Context) -> tuple[Finding, ...]:
    """The findings; where minutes are missing on a day with a tape, judged again with it."""
    found = scan_minutes(rows, context)
    lacking = {one.day for one in found if one.code is Code.MISSING_MINUTES}
    days = sorted(lacking & set(job.tape))
    if not days:
        return found
    stamps = [_trade_times(layout, job.key.symbol, day) for day in days]
    minutes = np.unique(np.concatenate(stamps) // NANOS_PER_MINUTE) * NANOS_PER_MINUTE
    return scan_minutes(rows, replace(context, tape=minutes))


def _trade_times(layout: Layout, symbol: str, day: int) -> Ints:
    dates = (calendar_date(day), calendar_date(day))
    times: Ints = read_columns(layout, "trades", symbol, dates, ("sip_timestamp",))["sip_timestamp"]
    return times
