"""An ingestion from a configuration: the named source into the configured lake."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

from daemon.config import Loaded
from daemon.domain.market.kinds import kind_named
from daemon.errors import UsageError, did_you_mean
from daemon.lake.ingest import IngestReport, ingest
from daemon.lake.trade_bars import TradeBars
from daemon.plugin.roles import Request, Source
from daemon.plugin.threads import stoppable
from daemon.supervisor.benchmark.ingest import ingest_figures
from daemon.supervisor.bootstrap import runtime
from daemon.supervisor.places import open_lake
from daemon.supervisor.supplying import until_stopped


async def ingest_from(
    loaded: Loaded,
    source: str,
    request: Request,
    force: bool,
    progress: Callable[[int, int, str], None] | None,
    optional: bool = False,
) -> IngestReport:
    """Brings what the source has into the lake. The caller holds the state lock.

    optional: nobody named the symbols, so those without data are a note and no failure. Called
    off, it ends with the piece that is on its way, not with the last part.
    """
    request = replace(request, kind=kind_named(request.kind).name)
    async with runtime(loaded) as started:
        found = _named(started.registry.sources, source, request.kind)
        lake = started.bench.lake

        def work(stop: Event) -> IngestReport:
            told = until_stopped(stop, progress)
            return ingest(lake, found, request, told, force=force, optional=optional)

        return await stoppable(work)


async def make_bars(
    loaded: Loaded, request: Request, progress: Callable[[int, int, str], None] | None
) -> IngestReport:
    """Makes bars of the trades in the lake, see `TradeBars`. The caller holds the state lock.

    Called off, it ends with the tape that is on its way.
    """
    lake = open_lake(loaded)

    def work(stop: Event) -> IngestReport:
        return ingest(lake, TradeBars(lake), request, until_stopped(stop, progress), along=())

    return await stoppable(work)


def _named(sources: Mapping[str, Source], name: str, kind: str) -> Source:
    if name not in sources:
        hint = did_you_mean(name, sources) or f"known: {', '.join(sources)}"
        raise UsageError(f'no source "{name}" is loaded; {hint}')
    found = sources[name]
    if kind not in found.kinds:
        hint = did_you_mean(kind, found.kinds) or f"it has: {', '.join(found.kinds)}"
        raise UsageError(f'source "{name}" has no kind "{kind}"; {hint}')
    return found


async def flat_file_figures(loaded: Loaded, path: Path, symbols: tuple[str, ...]) -> dict[str, Any]:
    """`benchmark ingest` on the loaded source of flat files, in a state that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        async with runtime(loaded.with_overrides({"daemon.state": Path(folder)})) as started:
            source = _named(started.registry.sources, "files", "minute")
            return await asyncio.to_thread(ingest_figures, source, path, symbols)
