"""The scan of a lake: which parts changed since they were scanned, and what is wrong in them.

1. Every part gets a checksum of all that its scan reads: itself, the part before it (for the
   night between them), the day bars, splits and trades of its dates.
2. Parts whose checksum is known are left alone; the others are scanned, each from the last
   session of the part before, so that nothing falls between two years.
3. Minutes are held against those of the other symbols (`witnesses`); a part is not scanned again
   only because theirs changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import Ints
from daemon.domain.market.calendar import NANOS_PER_MINUTE, SessionTable
from daemon.domain.market.contracts import is_future
from daemon.domain.market.kinds import BAR_KINDS, kind_named
from daemon.domain.market.scan.findings import Code, Finding
from daemon.domain.market.scan.life import missing_before
from daemon.domain.market.scan.report import PartKey, PartReport
from daemon.domain.market.scan.scan import Context, scan_days, scan_minutes
from daemon.errors import BadDataError
from daemon.lake.events import Ranking
from daemon.lake.layout import Layout
from daemon.lake.reader import calendar_date, read_bars, read_columns
from daemon.lake.scan_jobs import Job, Place, jobs_of_kind
from daemon.lake.witnesses import Testimony, testimonies

THREADS: Final = 2


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
    places = [Place(layout, kind, sessions, ranked) for kind in BAR_KINDS]
    jobs = [job for place in places for job in jobs_of_kind(place, symbols, broken)]
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


def _periods(jobs: Sequence[Job]) -> dict[str, tuple[int, int]]:
    """First and last exchange date of minutes to scan, by period."""
    found: dict[str, tuple[int, int]] = {}
    for job in jobs:
        if job.key.kind == "minute":
            start, end = found.get(job.key.period, (job.start, job.end))
            found[job.key.period] = (min(start, job.start), max(end, job.end))
    return found


def _try(
    layout: Layout, sessions: SessionTable, job: Job, crowds: Mapping[str, Testimony]
) -> PartReport | BadDataError:
    try:
        return _report(layout, sessions, job, crowds)
    except BadDataError as error:
        return error


def _report(
    layout: Layout, sessions: SessionTable, job: Job, crowds: Mapping[str, Testimony]
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


def _minutes(layout: Layout, job: Job, rows: Rows, context: Context) -> tuple[Finding, ...]:
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
