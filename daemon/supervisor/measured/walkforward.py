"""Walk-forward on real data: does fitness tell anything about the period that follows?

Each window is a campaign of its own on all days before its test period, in two arms: the search,
and the same search without selection. What is asked of a window is the rank correlation of
selection fitness with the Sharpe ratio that followed, over every genome that was judged; its
winner proves nothing. Windows are few and share a market, so the report says what they cannot say.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.evolution.niches import HOLDING, TURNOVER
from daemon.domain.market.bars import Floats, Ints, Market
from daemon.domain.stats.following import (
    Mean,
    Window,
    expanding_windows,
    matched_difference,
    over_windows,
    rank_correlation,
)
from daemon.domain.stats.splits import BlockRules
from daemon.errors import MissingError
from daemon.lake.reader import calendar_date
from daemon.supervisor.clock import SystemClock
from daemon.supervisor.markets import LakeMarkets
from daemon.supervisor.measured.processes import Done, Job, run_all
from daemon.supervisor.measured.walk import ARMS
from daemon.supervisor.places import open_lake

MEMORY: Final = int(HOLDING[-1])
"""Sessions kept out before a test period at the least: what the archive calls a long holding."""

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Course:
    """What to walk through. symbols: () for those of the nights; start, end: None for those of
    [market]. evaluations: trials of each campaign."""

    windows: int
    evaluations: int
    seed: int
    symbols: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None


async def walkforward_benchmark(loaded: Loaded, course: Course, done: Done) -> dict[str, Any]:
    """The figures of `nightshift benchmark walkforward`.

    MissingError where the lake holds no real daily bars, or too few for that many windows.
    """
    began = time.monotonic()
    jobs, market = _jobs(loaded, course)
    answers = await run_all(jobs, os.cpu_count() or 1, done)
    rng = np.random.default_rng([course.seed, 4])
    periods = [
        _period(job, search, random)
        for job, search, random in zip(jobs[::2], answers[::2], answers[1::2], strict=True)
    ]
    return {
        "seed": course.seed,
        "windows": course.windows,
        "evaluations": course.evaluations,
        "first": str(calendar_date(int(market.axis.session_date[0]))),
        "last": str(calendar_date(int(market.axis.session_date[-1]))),
        "symbols": len({name for answer in answers for name in answer["symbols"]}),
        "tested": periods[0]["tested"],
        **{name: _told(over_windows([p[name] for p in periods], rng)) for name in MEASURES},
        "matched": _mean([p["matched"] for p in periods]),
        "periods": periods,
        "seconds": time.monotonic() - began,
    }


MEASURES: Final = (
    "rank_correlation",
    "rank_correlation_beside_market",
    "rank_correlation_random",
    "over_random",
    "archive",
    "winner",
    "random",
    "held",
    "trend",
)
"""What is known of each window, and of all of them by mean and interval."""


def _jobs(loaded: Loaded, course: Course) -> tuple[list[Job], Market]:
    """Both arms of each window in turn, and the market that the windows were laid over."""
    now = SystemClock().now()
    core = loaded.settings
    table = core.market.model_copy(
        update={"start": course.start or core.market.start, "end": course.end or core.market.end}
    )
    names = course.symbols or core.universes.get("default", ())
    markets = LakeMarkets(
        open_lake(loaded), table, {**core.universes, "default": names}, now, rehearsal=False
    )
    market = markets.market("1d")
    sessions = len(market.axis)
    windows = expanding_windows(sessions, course.windows, MEMORY, BlockRules().least)
    if not windows:
        raise MissingError(
            f"{sessions} sessions are too few to walk through {course.windows} windows; "
            "ask for fewer with --windows, or bring a longer history in"
        )
    shared = {
        "what": "walk",
        "evaluations": course.evaluations,
        "symbols": sorted(market.symbols),
        "start": str(table.start) if table.start else "",
        "as_of": now.isoformat(),
        "config": "" if loaded.path is None else str(loaded.path.resolve()),
        "state": str(loaded.state),
    }
    days = [str(calendar_date(int(day))) for day in market.axis.session_date]
    return [
        {**shared, "arm": arm, "seed": course.seed * 1000 + place, **_days(window, days)}
        for place, window in enumerate(windows)
        for arm in ARMS
    ], market


def _days(window: Window, days: Sequence[str]) -> dict[str, str]:
    return {
        "train_until": days[window.train - 1],
        "test_from": days[window.first],
        "test_until": days[window.last],
    }


def _period(job: Job, search: Answer, random: Answer) -> dict[str, Any]:
    """One window, both arms, without the genomes themselves."""
    mine, others = _columns(search), _columns(random)
    apart = matched_difference(mine.sharpe, mine.turnover, others.sharpe, others.turnover)
    best = np.argmax(mine.selection) if len(mine.selection) else None
    return {
        **{name: job[name] for name in ("train_until", "test_from", "test_until")},
        "symbols": len(search["symbols"]),
        "trained": search["trained"],
        "tested": search["tested"],
        "trials": search["trials"],
        "judged": len(mine.selection),
        "judged_random": len(others.selection),
        "failed": search["failed"] + random["failed"],
        "rank_correlation": rank_correlation(mine.selection, mine.sharpe),
        "rank_correlation_beside_market": rank_correlation(mine.selection, mine.beside),
        "rank_correlation_random": rank_correlation(others.selection, others.sharpe),
        "over_random": None if apart is None else apart[0],
        "matched": None if apart is None else apart[1],
        "archive": _mean(mine.sharpe),
        "winner": None if best is None else float(mine.sharpe[best]),
        "random": _mean(others.sharpe),
        "held": search["held"],
        "trend": search["trend"],
    }


@dataclass(frozen=True, slots=True)
class _Columns:
    """Of K judged genomes. turnover: its bin. sharpe, beside: annual, in the test period, of the
    account and of what it earned beside the market."""

    selection: Floats
    turnover: Ints
    sharpe: Floats
    beside: Floats


def _columns(answer: Answer) -> _Columns:
    rows = answer["genomes"]
    found = {
        name: np.array([row[name] for row in rows], dtype=np.float64)
        for name in ("selection", "turnover", "sharpe", "beside")
    }
    bins = np.searchsorted(TURNOVER, found.pop("turnover"), side="right")
    return _Columns(turnover=bins, **found)


def _told(mean: Mean | None) -> dict[str, Any] | None:
    return None if mean is None else asdict(mean)


def _mean(values: Floats | Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
