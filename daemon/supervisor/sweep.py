"""A parameter grid: one child serves many points of the same genome, the engine prices each."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daemon.config import Loaded
from daemon.domain.engine.positions import Positions
from daemon.domain.evolution.lineage import Cost
from daemon.domain.genome import gate
from daemon.domain.genome.gate import Gated
from daemon.domain.market.bars import Market
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox.pool import Pool
from daemon.supervisor.bootstrap import workbench
from daemon.supervisor.evaluations import Backtest, Evaluations, Terms, bind
from daemon.supervisor.failed import Failed, Outcome, succeeded
from daemon.supervisor.owner import (
    OwnerRequest,
    owner_terms,
    probed_market,
    read_genome,
    record_trials,
    tell_of_the_seal,
)
from daemon.supervisor.owner_report import report_runs
from daemon.supervisor.report import write_report

PROVED = 3
"""Points of a sweep that are proved on the real market; the others share their rule."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One genome at many points of its parameters on one market."""

    evaluations: Evaluations
    gated: Gated
    market: Market
    points: Sequence[Mapping[str, float]]
    terms: Terms

    async def run(self, sandbox: Pool, watch: Callable[[int], None]) -> list[Outcome]:
        """What came of each point, in their order; children and pricing work side by side."""
        done = itertools.count(1)

        def price(index: int, positions: Positions) -> Backtest:
            backtest = self._price(index, positions)
            watch(next(done))
            return backtest

        found = await sandbox.map_points(self.gated.source, self.market, self.points, price)
        return [
            self._failed(point, (made,)) if isinstance(made, Reason) else made
            for point, made in zip(self.points, found, strict=True)
        ]

    async def prove(self, outcomes: Sequence[Outcome]) -> list[Outcome]:
        """The same, or every point as failed where one of the leading ones looks ahead.

        The points share their rule: what one of them knows of the future, any of them may.
        """
        for leader in leaders(outcomes):
            try:
                await self.evaluations.proved(leader)
            except GenomeRefused as refused:
                return [self._failed(point, refused.reasons) for point in self.points]
        return list(outcomes)

    def _failed(self, point: Mapping[str, float], reasons: tuple[Reason, ...]) -> Failed:
        return Failed(self.gated, point, self.market, self.terms, reasons)

    def _price(self, index: int, positions: Positions) -> Backtest:
        point = self.points[index]
        priced = self.evaluations.price(self.gated, point, self.market, positions, self.terms)
        return priced.by_session()


def grid_points(axes: Mapping[str, Sequence[float]]) -> list[dict[str, float]]:
    """Every combination, the last parameter moving fastest."""
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def leaders(outcomes: Sequence[Outcome]) -> list[Backtest]:
    """The points that would be shown and believed first: best selection, then best Sharpe ratio."""

    def merit(found: Backtest) -> tuple[float, float]:
        figures = (found.evaluation.selection, found.evaluation.metrics.sharpe)
        selection, sharpe = (-math.inf if one is None else one for one in figures)
        return selection, sharpe

    found = [outcome for outcome in outcomes if not isinstance(outcome, Failed)]
    return sorted(found, key=merit, reverse=True)[:PROVED]


async def owner_sweep(
    loaded: Loaded,
    request: OwnerRequest,
    axes: Mapping[str, Sequence[float]],
    report: Path | None,
    watch: Callable[[int], None],
) -> tuple[list[Outcome], float]:
    """Runs the grid in order of its points; writes the trials and the report.

    The genome is probed once, and its leading points are proved on the real market. A point that
    fails is a failed trial; GenomeRefused, once that is recorded, where every point failed. The
    seconds are those of running and pricing; the trials share them equally.
    """
    gated = gate.check(read_genome(loaded, request.genome))
    points = [bind(gated, point) for point in grid_points(axes)]
    async with workbench(loaded) as bench:
        market, skipped, behaviour = await probed_market(bench, gated, request)
        terms = owner_terms(bench, request, skipped)
        started = bench.clock.monotonic()
        job = Sweep(bench.evaluations, gated, market, points, terms)
        outcomes = await job.run(bench.sandbox, watch)
        seconds = bench.clock.monotonic() - started
        outcomes = await job.prove(outcomes)
        record_trials(loaded, bench, outcomes, Cost(seconds / len(points)), behaviour)
    succeeded(outcomes)
    if report is not None:
        write_report(report, report_runs(outcomes), loaded.text)
    tell_of_the_seal(bench, market)
    return outcomes, seconds
