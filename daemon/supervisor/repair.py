"""`lake repair` from a configuration: what is broken goes, what is missing is asked for again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daemon.config import Loaded
from daemon.domain.evolution.records import Effects, Event
from daemon.errors import AccessError, UsageError, did_you_mean
from daemon.lake.ingest import IngestReport, ask_again
from daemon.lake.lake import Lake
from daemon.lake.ports import SourceOf
from daemon.lake.repair import Ask, Mended, Wish, lost_rows, mend
from daemon.lake.trade_bars import TRADES, TradeBars
from daemon.lake.verify import Problem
from daemon.plugin.roles import Request
from daemon.supervisor.bootstrap import Runtime, runtime
from daemon.supervisor.places import open_lake
from daemon.supervisor.quality import REPAIR, refresh
from daemon.supervisor.supplying import lacking

SIMULATED = "simulated"
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Repaired:
    """problems: broken parts, now in quarantine. mended: what came of asking and filling."""

    problems: tuple[Problem, ...]
    mended: Mended


@dataclass(frozen=True, slots=True)
class RepairRequest:
    """symbols: of these only, of all if empty. folder: for sources that read files."""

    symbols: tuple[str, ...] = ()
    folder: Path | None = None


async def repair_from(
    loaded: Loaded, request: RepairRequest, progress: Progress | None
) -> Repaired:
    """Moves broken parts away, asks the sources again and fills, as configured.

    The caller holds the state lock. UsageError for a source of [quality] that is not loaded.
    """
    problems = await asyncio.to_thread(open_lake(loaded).repair)
    async with runtime(loaded) as started:
        asks = _asks(started, request, progress)
        return await asyncio.to_thread(_repair, started, request, asks, problems)


def _repair(
    started: Runtime,
    request: RepairRequest,
    asks: Sequence[tuple[str, Ask]],
    problems: tuple[Problem, ...],
) -> Repaired:
    lake, store = started.bench.lake, started.store
    fill = started.loaded.settings.quality.fill_minutes
    symbols = request.symbols or None
    reports, _ = refresh(lake, store, symbols)
    kinds = {name: source.kinds for name, source in started.registry.sources.items()}
    made = TradeBars(lake)
    asks = [*asks, (TRADES, asking(lake, made, None, None))]
    kinds = {**kinds, TRADES: made.kinds}
    mended = mend(lake, reports, asks, fill, lost_rows(problems), kinds)
    refresh(lake, store, symbols)
    if mended.asked or mended.made:
        store.commit(Effects(events=(_told(mended),)))
    return Repaired(problems, mended)


def _told(mended: Mended) -> Event:
    detail = {
        "sources": list(dict.fromkeys(one.source for one in mended.asked if not one.closed)),
        "days": mended.wanted,
        "rows": sum(one.rows for one in mended.asked),
        "made": sum(mended.made.values()),
        "replaced": sum(map(len, mended.replaced.values())),
    }
    return Event(REPAIR, REPAIR, detail)


def _asks(
    started: Runtime, request: RepairRequest, progress: Progress | None
) -> list[tuple[str, Ask]]:
    """The sources of [quality] in their order, else those of the ingestion in its order and then
    all that are loaded but the simulated one."""
    loaded = started.registry.sources
    wanted = started.loaded.settings.quality.sources or _default(started)
    for name in wanted:
        if name not in loaded:
            hint = did_you_mean(name, loaded) or f"known: {', '.join(loaded)}"
            raise UsageError(f'[quality] sources: no source "{name}" is loaded; {hint}')
    lake = started.bench.lake
    return [(name, asking(lake, loaded[name], request.folder, progress)) for name in wanted]


def _default(started: Runtime) -> tuple[str, ...]:
    loaded = started.registry.sources
    first = [name for name in started.bench.lake.order.sources if name in loaded]
    return tuple(dict.fromkeys([*first, *(name for name in loaded if name != SIMULATED)]))


def asking(
    lake: Lake, source: SourceOf[Request, Any], folder: Path | None, progress: Progress | None
) -> Ask:
    """Asks this source again. AccessError where it lacks its key, whatever is wished."""

    def ask(wish: Wish) -> IngestReport:
        if words := lacking(source):
            raise AccessError(words)
        request = Request(wish.kind, wish.symbols, wish.start, wish.end, folder)
        return ask_again(lake, source, request, progress)

    return ask
