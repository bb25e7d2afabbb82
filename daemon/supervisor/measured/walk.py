"""One campaign on real bars up to a day, and what its genomes earned in the period after it.

The campaign is given a lake that ends with the training days. Only when it is over is the longer
market read, and each genome that was judged is run on it once; what counts is an account that
begins with the test period, so that nothing earns there that was bought before or in the gap.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.market.bars import Floats, Market
from daemon.domain.stats.benchmark import SessionView, session_view
from daemon.domain.stats.metrics import sharpe
from daemon.errors import GenomeRefused, MissingError
from daemon.lake.reader import day_number
from daemon.supervisor.bootstrap import Runtime
from daemon.supervisor.measured.campaign import Campaign, Plan, campaign
from daemon.supervisor.places import open_lake, seed_folder

ARMS: Final = {"search": "fitness", "random": "random"}
"""Arms of the benchmark and how each chooses parents."""

TREND: Final = "volatility_scaled_trend"
"""Stem of the seed that the genomes are compared with."""

_TABLES: Final = {"evidence": {"sealed_share": 0.0, "finalists": 0}}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Real daily bars of one window. market: up to its last test session. trained: bars that the
    campaign is given. tested: sessions at the end of the market."""

    market: Market
    trained: int
    tested: int

    @property
    def first(self) -> int:
        """The first bar of the test period."""
        return len(self.market.axis) - self.tested

    @property
    def view(self) -> SessionView:
        """What is known of the market by session."""
        return session_view(self.market)


async def walked_campaign(loaded: Loaded, job: Mapping[str, Any]) -> dict[str, Any]:
    """One arm in one window: selection fitness of all that were judged, and what followed it."""
    stretch = _stretch(loaded, job)
    choice = {"recruiter": {"choice": ARMS[job["arm"]]}}
    trained = stretch.market.part(0, stretch.trained)
    plan = Plan(trained, job["seed"], job["evaluations"], tables={**_TABLES, **choice})
    async with campaign(loaded, plan) as found:
        rows, failed = await _followed(found, stretch)
        trend = await _trend(loaded, found.started, stretch)
    held = session_view(stretch.market.part(stretch.first, len(stretch.market.axis))).held
    return {
        "arm": job["arm"],
        "seed": job["seed"],
        "symbols": list(trained.symbols),
        "trained": stretch.trained,
        "tested": stretch.tested,
        "trials": sum(trial.evaluation is not None for trial in found.trials),
        "failed": failed,
        "genomes": rows,
        "held": sharpe(held) or 0.0,
        "trend": trend,
    }


def worth_trading(market: Market, minimum: float) -> tuple[str, ...]:
    """Symbols that trade in the last session, and in that share of those since their first bar."""
    listed = np.cumsum(~market.stale, axis=0) > 0
    share = np.sum(~market.stale, axis=0) / np.maximum(np.sum(listed, axis=0), 1)
    kept = ~market.stale[-1] & (share >= minimum)
    return tuple(np.array(market.symbols)[kept].tolist())


def survived(returns: Floats) -> Floats:
    """Session returns of an account that ends where everything is lost: -1 there, then 0."""
    lost = np.flatnonzero(~(returns > -1.0))
    if not len(lost):
        return returns
    kept = np.zeros_like(returns)
    kept[: lost[0]] = returns[: lost[0]]
    kept[lost[0]] = -1.0
    return kept


def _stretch(loaded: Loaded, job: Mapping[str, Any]) -> Stretch:
    """Only symbols that were worth trading on the last training day, by what was known then."""
    lake, days = open_lake(loaded), {name: date.fromisoformat(job[name]) for name in _DAYS}
    start = date.fromisoformat(job["start"]) if job["start"] else None
    dates = (start, days["test_until"], datetime.fromisoformat(job["as_of"]))
    until = day_number(days["train_until"])
    known = lake.market(job["symbols"], "1d", start, days["train_until"])[0]
    names = worth_trading(known, loaded.settings.quality.minimum)
    if not names:
        raise MissingError(
            f"no symbol is good enough up to {days['train_until']}; expected one that still trades "
            "and has few gaps, choose others or lower [quality] minimum"
        )
    market = lake.market(names, "1d", *dates)[0]
    trained = int(np.searchsorted(market.axis.session_date, until, side="right"))
    first = np.searchsorted(market.axis.session_date, day_number(days["test_from"]))
    return Stretch(market, trained, len(market.axis) - int(first))


_DAYS: Final = ("train_until", "test_from", "test_until")


async def _followed(found: Campaign, stretch: Stretch) -> tuple[list[dict[str, Any]], int]:
    """A row for each genome that was judged, and how many could not be run once more."""
    sources = {genome.hash: genome.source for genome in found.genomes}
    rows, failed = [], 0
    for trial in found.trials:
        before = trial.evaluation
        if before is None or before.selection is None:
            continue
        try:
            after = await _after(found.started, sources[trial.genome], trial.params, stretch)
        except GenomeRefused:
            failed += 1
            continue
        beside = after - before.descriptors.beta * stretch.view.returns[-stretch.tested :]
        rows.append(
            {
                "genome": trial.genome,
                "selection": before.selection,
                "turnover": before.descriptors.turnover,
                "sharpe": sharpe(after) or 0.0,
                "beside": sharpe(beside) or 0.0,
            }
        )
    return rows, failed


async def _trend(loaded: Loaded, started: Runtime, stretch: Stretch) -> float | None:
    """The seed's Sharpe ratio in the test period, None where the owner has removed it."""
    file = seed_folder(loaded) / f"{TREND}.py"
    if not file.is_file():
        return None
    return sharpe(await _after(started, file.read_text("utf-8"), {}, stretch)) or 0.0


async def _after(
    started: Runtime, source: str, params: Mapping[str, float], stretch: Stretch
) -> Floats:
    """Session returns of the test period."""
    evaluations = started.bench.evaluations
    terms = evaluations.terms("")
    found, positions = await evaluations.answered(source, stretch.market, params, terms)
    begun = await asyncio.to_thread(evaluations.begun_at, stretch.first, found, positions, terms)
    return survived(begun.evaluation.session_returns)
