"""What a lake lacks, as few requests to sources: of broken parts, and of days with findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.scan.findings import REFETCHABLE, Code, Severity
from daemon.domain.market.scan.report import PartReport
from daemon.lake.manifest import source_of
from daemon.lake.reader import calendar_date
from daemon.lake.verify import Problem


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
