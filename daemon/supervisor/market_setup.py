"""Before the first night: an empty lake is filled with the simulated market, if that is asked."""

from __future__ import annotations

import asyncio

from loguru import logger

from daemon.errors import BadDataError, MissingError
from daemon.lake.ingest import ingest
from daemon.plugin.roles import Request
from daemon.supervisor.bootstrap import Runtime

SIMULATED_KINDS = ("minute", "day")


async def ensure_market(started: Runtime) -> None:
    """Ingests the simulated market for a rehearsal; idempotent."""
    if not started.bench.rehearsal:
        return
    source = started.registry.sources.get("simulated")
    if source is None:
        raise MissingError(
            'no source named "simulated" is loaded; '
            "add plugins.simulated to [plugins] load, or set [market] source"
        )
    for kind in SIMULATED_KINDS:
        if not source.parts(Request(kind=kind)):
            continue
        report = await asyncio.to_thread(
            ingest, started.bench.lake, source, Request(kind=kind), None
        )
        if report.failed:
            raise BadDataError(*(message for _, message in report.failed))
        logger.bind(step="market").info("simulated {}: {} rows", kind, report.rows)
