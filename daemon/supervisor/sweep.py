"""A parameter grid: one child serves many points of the same genome, the engine prices each."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from daemon.config import Loaded
from daemon.domain.genome import gate
from daemon.supervisor.bootstrap import workbench
from daemon.supervisor.evaluations import Backtest, bind
from daemon.supervisor.owner import (
    OwnerRequest,
    market_for,
    owner_terms,
    read_genome,
    record_trials,
)
from daemon.supervisor.owner_report import report_run
from daemon.supervisor.report import write_report


def grid_points(axes: Mapping[str, Sequence[float]]) -> list[dict[str, float]]:
    """Every combination, the last parameter moving fastest."""
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


async def owner_sweep(
    loaded: Loaded,
    request: OwnerRequest,
    axes: Mapping[str, Sequence[float]],
    report: Path | None,
    watch: Callable[[int], None],
) -> tuple[list[Backtest], float]:
    """Runs the grid in order of its points; writes the trials and the report."""
    gated = gate.check(read_genome(loaded, request.genome))
    points = [bind(gated, point) for point in grid_points(axes)]
    async with workbench(loaded) as bench:
        market, skipped = await market_for(bench, gated, request)
        terms = owner_terms(bench, request, skipped)
        started = bench.clock.monotonic()
        runs: dict[int, Backtest] = {}
        async for index, positions in bench.sandbox.positions_many(gated.source, market, points):
            runs[index] = await asyncio.to_thread(
                bench.evaluations.price, gated, points[index], market, positions, terms
            )
            watch(len(runs))
        seconds = bench.clock.monotonic() - started
        results = [runs[index] for index in range(len(points))]
        record_trials(loaded, bench, results)
    if report is not None:
        write_report(report, [report_run(run) for run in results], loaded.text)
    return results, seconds
