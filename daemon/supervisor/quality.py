"""How good the lake's bars are: scanned where they changed, kept, and judged before a night."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from loguru import logger

from daemon.config import Loaded
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import BAR_KINDS
from daemon.domain.market.scan.findings import Finding
from daemon.domain.market.scan.report import PartReport
from daemon.domain.market.scan.score import MarketQuality, SymbolQuality, symbol_qualities
from daemon.domain.market.supply import failing_sentences
from daemon.lake.lake import Lake
from daemon.lake.reader import day_number
from daemon.lake.wishes import wanted_days
from daemon.settings import MarketTable, QualityTable
from daemon.store.store import SqlStore
from daemon.store.supply import FailingSymbols
from daemon.supervisor.bootstrap import Runtime
from daemon.supervisor.data_notes import data_notes
from daemon.supervisor.mending import REPAIR
from daemon.supervisor.places import open_lake, open_store
from daemon.supervisor.scanned import refresh

_EVER: Final = (-(10**6), 10**6)


def judged(
    lake: Lake, reports: Sequence[PartReport], quality: QualityTable, market: MarketTable
) -> MarketQuality:
    """The scores within the dates that nights use."""
    first, last = _number(market.start, _EVER[0]), _number(market.end, _EVER[1])
    scores = symbol_qualities(reports, lake.sessions, first, last, quality.minimum)
    waiting = sum(len(days) for days in wanted_days(reports, quality.fill_minutes > 0).values())
    return MarketQuality(quality.minimum, scores, waiting)


@dataclass(frozen=True, slots=True)
class Scan:
    """What `lake gaps` shows: scores of the whole history, refused by what nights use of it.

    parts: reports by kind and symbol. broken: a sentence for each symbol that cannot be read.
    """

    qualities: tuple[SymbolQuality, ...]
    parts: Mapping[tuple[str, str], Sequence[PartReport]]
    sessions: SessionTable
    broken: Mapping[str, str]

    def findings(self, one: SymbolQuality) -> list[Finding]:
        """Of a symbol's bars of one kind, by day."""
        return [found for part in self.parts[one.kind, one.symbol] for found in part.findings]

    def sessions_of(self, one: SymbolQuality) -> SessionTable:
        """The sessions those bars should cover."""
        parts = self.parts[one.kind, one.symbol]
        return self.sessions.between(min(p.first for p in parts), max(p.last for p in parts))


def scan_of(loaded: Loaded, symbols: Sequence[str]) -> Scan:
    """Scans what changed, keeps it and gives all there is of these symbols, or of every one.

    Works beside a running daemon.
    """
    lake, settings = open_lake(loaded), loaded.settings
    wanted = symbols or None
    if not any(lake.symbols(kind) for kind in BAR_KINDS):
        return Scan((), {}, lake.sessions, {})
    with open_store(loaded, daemon=False) as store:
        reports, survey = refresh(lake, store, wanted)
    used = judged(lake, reports, settings.quality, settings.market)
    whole = judged(lake, reports, settings.quality, MarketTable())
    refused = {kind: used.refused(kind) for kind in BAR_KINDS}
    scores = (replace(one, refused=one.symbol in refused[one.kind]) for one in whole.symbols)
    parts: defaultdict[tuple[str, str], list[PartReport]] = defaultdict(list)
    for report in reports:
        parts[report.key.kind, report.key.symbol].append(report)
    return Scan(tuple(scores), parts, lake.sessions, survey.broken)


async def judge_market(started: Runtime) -> None:
    """Tells the markets of a night which symbols are too bad for it; idempotent."""
    bench = started.bench
    lake, settings = bench.lake, started.loaded.settings
    symbols = lake.symbols(simulated=bench.rehearsal)
    reports, survey = await asyncio.to_thread(refresh, lake, started.store, symbols)
    found = judged(lake, reports, settings.quality, settings.market)
    failing = failing_sentences(FailingSymbols(started.store.database).all(), lake.symbols())
    told = (*failing, *data_notes(started.store))
    bench.markets.judge(found, survey.broken, last_repair(started.store), told)
    step = logger.bind(step="quality")
    step.info("{} of {} parts of the lake scanned", len(survey.reports), survey.parts)
    for one in found.symbols:
        if one.refused:
            step.warning("{} {} is left out: {}", one.kind, one.symbol, one.sentence)
    for symbol, sentence in survey.broken.items():
        step.error("{} is left out: {}", symbol, sentence)


def last_repair(store: SqlStore) -> str:
    """A sentence on the newest repair, "" where there was none."""
    lines = [line for line in store.journal(REPAIR, 1) if line[1].kind == REPAIR]
    if not lines:
        return ""
    at, event = lines[0]
    return repair_sentence(at.date(), event.detail)


def repair_sentence(day: date, detail: Mapping[str, Any]) -> str:
    """What a repair did, from its line in the journal."""
    names = ", ".join(detail["sources"]) or "no source"
    replaced = detail.get("replaced", 0)
    told = (
        f"The last repair, on {day}, asked {names} for {detail['days']:,} symbol-days and brought "
        f"{detail['rows']:,} bars; {detail['made']:,} minutes were made from their neighbours."
    )
    return f"{told} {replaced:,} wrong bars gave way to another source's." if replaced else told


def _number(day: date | None, otherwise: int) -> int:
    number = day_number(day)
    return otherwise if number is None else number
