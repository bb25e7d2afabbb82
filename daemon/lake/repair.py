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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from daemon.domain.market.kinds import BAR_KINDS, KINDS
from daemon.domain.market.scan.report import PartReport
from daemon.errors import AccessError, NightShiftError, UsageError
from daemon.lake.filling import fill
from daemon.lake.ingest import IngestReport
from daemon.lake.lake import Lake
from daemon.lake.reader import day_number
from daemon.lake.replaced import Replaced, replaced_of
from daemon.lake.trade_bars import TRADES, tapes
from daemon.lake.wishes import Wish, wanted_days, wishes

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
    made = fill(lake, reports, fill_minutes) if fill_minutes else {}
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
