"""Mending what a survey found: the sources are asked again, and only then minutes are made.

1. What broken parts held is asked for until a source has it: of who gave it, then of the others in
   the given order.
2. Days whose findings another answer may mend are asked for, source by source in the given order;
   after each source the symbols are scanned again, so that the next is asked for what is left. Who
   makes bars of trades (`trade_bars`) is asked for days with trades in the lake only. Bars that are
   wrong in themselves give way to the source that is asked (`precedence`).
3. Where it is wished, short runs of missing minutes are made from their neighbours and kept with
   the rank REPAIRED: a real bar always takes their place, and no market shows them.

Broken parts were moved out of the way before, by `Lake.repair`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.fill import made_minutes
from daemon.domain.market.kinds import BAR_KINDS, KINDS, Rank
from daemon.domain.market.scan.findings import REFETCHABLE, Code, Severity
from daemon.domain.market.scan.report import PartReport
from daemon.errors import AccessError, NightShiftError, UsageError
from daemon.lake.ingest import IngestReport
from daemon.lake.lake import Lake
from daemon.lake.lock import single_writer
from daemon.lake.manifest import load_manifest, source_of
from daemon.lake.reader import calendar_date, day_number, read_bars
from daemon.lake.replaced import Replaced, replaced_of
from daemon.lake.trade_bars import TRADES, tapes
from daemon.lake.verify import Problem
from daemon.lake.writer import Origin, write_rows

MADE: Final = "repair mean of the neighbours"
"""Origin of bars that were made, as the manifest tells it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Rows to be asked for: dates of the exchange, both included; None: no border.

    givers: sources that gave them before, and are asked first.
    """

    kind: str
    symbols: tuple[str, ...]
    start: date | None
    end: date | None
    givers: tuple[str, ...] = field(default=(), compare=False)


Ask = Callable[[Wish], IngestReport]
"""Asks one source for the bars of a wish and lays what it gives into the lake."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one wish at one source. rows: new or different ones; message: what it said
    instead, or "". closed: it cannot be asked at all (no key, no folder)."""

    source: str
    wish: Wish
    rows: int
    message: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Mended:
    """wanted: symbol-days that were to be mended. asked: in order. left: those of them that are as
    bad as before, by kind and symbol. made: bars made from neighbours, by symbol. replaced: wrong
    bars that gave way, by kind and symbol."""

    wanted: int
    asked: tuple[Asked, ...]
    left: Mapping[tuple[str, str], tuple[int, ...]]
    made: Mapping[str, int]
    replaced: Mapping[tuple[str, str], tuple[Replaced, ...]]


def lost_rows(problems: Sequence[Problem]) -> tuple[Wish, ...]:
    """What the parts held that were moved out of the way, one wish for each of them."""
    found = {}
    for one in problems:
        period = one.file.rpartition("-")[0]
        start, end = one.start, one.end
        if start is None or end is None:
            start, end = _PERIODS.get(len(period), lambda _: (None, None))(period)
        givers = tuple(map(source_of, one.origins))
        found[one.kind, one.symbol, start] = Wish(one.kind, (one.symbol,), start, end, givers)
    return tuple(found.values())


_PERIODS: Final[Mapping[int, Callable[[str], tuple[date, date]]]] = {
    4: lambda year: (date(int(year), 1, 1), date(int(year), 12, 31)),
    10: lambda day: (date.fromisoformat(day), date.fromisoformat(day)),
}
"""First and last date of a period, by the length of its name: a year, or a day."""


def mend(
    lake: Lake,
    reports: Sequence[PartReport],
    sources: Sequence[tuple[str, Ask]],
    fill_minutes: int,
    lost: Sequence[Wish] = (),
    kinds: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Mended:
    """Asks for what is lost and for what the reports lack, then fills.

    fill_minutes: longest run filled, 0 for none. lost: wishes for what broken parts held. kinds: of
    each source those it has; it is asked for no others, a source that is not named for all.
    """
    asked: list[Asked] = []
    for wish in sorted(lost, key=lambda one: one.kind in BAR_KINDS):
        having = [one for one in sources if _may_have(lake, kinds, one[0], wish)]
        asked += _until_answered(_open(having, asked), wish)
    if any(one.rows for one in asked):
        reports = lake.survey({}, sorted({r.key.symbol for r in reports})).reports
    left = wanted_days(reports, fill_minutes > 0)
    wanted = sum(len(days) for days in left.values())
    known = {key: replaced_of(lake.layout, *key) for key in left}
    for name, ask in _open(sources, asked):
        of_its_kinds = {key: days for key, days in left.items() if key[0] in kinds.get(name, KINDS)}
        if name == TRADES:
            of_its_kinds = _on_tape(lake, of_its_kinds)
        asked += _while_open(name, ask, wishes(of_its_kinds, lake.sessions))
        if any(one.rows for one in asked):
            symbols = sorted({symbol for _, symbol in left})
            reports = lake.survey({}, symbols).reports
            left = wanted_days(reports, fill_minutes > 0)
    made = _fill(lake, reports, fill_minutes) if fill_minutes else {}
    return Mended(wanted, tuple(asked), left, made, _newly_replaced(lake, known))


def _newly_replaced(
    lake: Lake, known: Mapping[tuple[str, str], tuple[Replaced, ...]]
) -> dict[tuple[str, str], tuple[Replaced, ...]]:
    now = {key: replaced_of(lake.layout, *key) for key in known}
    new = {key: tuple(one for one in now[key] if one not in known[key]) for key in known}
    return {key: found for key, found in new.items() if found}


def _may_have(lake: Lake, kinds: Mapping[str, Sequence[str]], source: str, wish: Wish) -> bool:
    """Whether a source has that kind; bars of trades are only where there are some."""
    if wish.kind not in kinds.get(source, KINDS):
        return False
    return source != TRADES or bool(tapes(lake, wish.symbols, wish.start, wish.end))


def _on_tape(
    lake: Lake, days: Mapping[tuple[str, str], tuple[int, ...]]
) -> dict[tuple[str, str], tuple[int, ...]]:
    """Those of the days that the lake has trades of."""
    held = {(one.symbol, day_number(one.day)) for one in tapes(lake)}
    chosen = {
        (kind, symbol): tuple(day for day in wanted if (symbol, day) in held)
        for (kind, symbol), wanted in days.items()
    }
    return {key: wanted for key, wanted in chosen.items() if wanted}


def wanted_days(
    reports: Sequence[PartReport], every_minute: bool
) -> dict[tuple[str, str], tuple[int, ...]]:
    """The days, by kind and symbol, whose findings are warnings or worse and may be mended.

    every_minute: days that lack a minute or two also, since those would be made. What lies before
    a symbol's first bar is for an ingestion to bring.
    """
    days: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for report in reports:
        for one in report.findings:
            minutes = every_minute and one.code is Code.MISSING_MINUTES
            lacking = one.severity >= Severity.WARN and one.code in REFETCHABLE
            if one.day >= report.first and (minutes or lacking):
                days[report.key.kind, report.key.symbol].add(one.day)
    return {key: tuple(sorted(found)) for key, found in sorted(days.items())}


def wishes(
    days: Mapping[tuple[str, str], tuple[int, ...]], sessions: SessionTable
) -> Iterator[Wish]:
    """The same as few requests: symbols that want a day together, sessions in a row."""
    wanting: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for (kind, symbol), wanted in days.items():
        for day in wanted:
            wanting[kind, day].append(symbol)
    run: list[tuple[str, int, list[str]]] = []
    for (kind, day), symbols in sorted(wanting.items()):
        if run and not _follows(run[-1], (kind, day, symbols), sessions):
            yield _wish(run)
            run = []
        run.append((kind, day, symbols))
    if run:
        yield _wish(run)


def _follows(
    one: tuple[str, int, list[str]], other: tuple[str, int, list[str]], sessions: SessionTable
) -> bool:
    between = sessions.between(one[1] + 1, other[1] - 1)
    return one[0] == other[0] and one[2] == other[2] and len(between) == 0


def _wish(run: Sequence[tuple[str, int, list[str]]]) -> Wish:
    kind, first, symbols = run[0]
    return Wish(kind, tuple(symbols), calendar_date(first), calendar_date(run[-1][1]))


def _open(sources: Sequence[tuple[str, Ask]], asked: Sequence[Asked]) -> list[tuple[str, Ask]]:
    """The sources that were not found closed."""
    closed = {one.source for one in asked if one.closed}
    return [(name, ask) for name, ask in sources if name not in closed]


def _until_answered(sources: Sequence[tuple[str, Ask]], wish: Wish) -> Iterator[Asked]:
    for name, ask in sorted(sources, key=lambda source: source[0] not in wish.givers):
        answer = _answer(name, ask, wish)
        yield answer
        if answer.rows:
            return


def _while_open(name: str, ask: Ask, every: Iterator[Wish]) -> Iterator[Asked]:
    for wish in every:
        answer = _answer(name, ask, wish)
        yield answer
        if answer.closed:
            return


def _answer(name: str, ask: Ask, wish: Wish) -> Asked:
    try:
        report = ask(wish)
    except NightShiftError as error:
        return Asked(name, wish, 0, str(error), isinstance(error, (AccessError, UsageError)))
    sentences = [sentence for _, sentence in report.failed]
    return Asked(name, wish, report.rows, "; ".join(sentences[:3]))


def _fill(lake: Lake, reports: Sequence[PartReport], most: int) -> dict[str, int]:
    lacking: defaultdict[str, set[int]] = defaultdict(set)
    for report in reports:
        found = {one.day for one in report.findings if one.code is Code.MISSING_MINUTES}
        if found and report.key.kind == "minute":
            lacking[report.key.symbol] |= found
    with single_writer(lake.layout):
        made = {symbol: _filled(lake, symbol, days, most) for symbol, days in lacking.items()}
    return {symbol: count for symbol, count in made.items() if count}


def _filled(lake: Lake, symbol: str, days: set[int], most: int) -> int:
    """How many bars were made on those days; none of a simulated symbol, which lacks nothing."""
    manifest = load_manifest(lake.layout.manifest("minute", symbol))
    if manifest is None or manifest.simulated:
        return 0
    table = _chosen(lake.sessions, days)
    dates = (calendar_date(min(days)), calendar_date(max(days)))
    rows = made_minutes(Rows(**read_bars(lake.layout, "minute", symbol, dates)), table, most)
    columns = {name: getattr(rows, name) for name in ("open_time", *FIELDS)}
    columns["transactions"] = np.zeros(len(rows), dtype=np.int64)
    origin = Origin(MADE, rank=Rank.REPAIRED)
    return write_rows(lake.layout, KINDS["minute"], symbol, columns, origin, lake.fault).changed


def _chosen(sessions: SessionTable, days: set[int]) -> SessionTable:
    number = sessions.of_dates(np.array(sorted(days), dtype=np.int64))
    number = number[number >= 0]
    return SessionTable(
        sessions.session_date[number], sessions.open_time[number], sessions.close_time[number]
    )
