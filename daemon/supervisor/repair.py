"""`lake repair` from a configuration: what is broken goes, what is missing is asked for again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from daemon.config import Loaded
from daemon.lake.repair import Mended
from daemon.lake.verify import Problem
from daemon.lake.wishes import lost_rows
from daemon.supervisor.bootstrap import runtime
from daemon.supervisor.mending import Mending, Progress, mend_lake
from daemon.supervisor.places import open_lake


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
    mending = Mending(request.symbols, request.folder, lost=lost_rows(problems))
    async with runtime(loaded) as started:
        lake, sources = started.bench.lake, started.registry.sources
        quality, store = loaded.settings.quality, started.store
        mended = await asyncio.to_thread(
            mend_lake, lake, store, sources, quality, mending, progress
        )
    return Repaired(problems, mended)
