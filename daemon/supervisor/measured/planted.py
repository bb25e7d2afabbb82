"""The search on worlds with a planted edge, beside the same search without selection.

Both arms breed with the same operators from the same seeds under the same gates, and drop the same
duplicates; only the choice of parents differs. After every trial the arm's champion is the genome
with the best selection fitness so far; what counts is the champion's *true* Sharpe ratio, known
from the planted drift without noise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.evolution.records import Trial
from daemon.domain.genome import gate
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.worlds.planted import EdgeKind, Planted, planted
from daemon.supervisor.bootstrap import Runtime
from daemon.supervisor.measured.campaign import Plan, campaign

ARMS: Final = {"search": "fitness", "random": "random"}
"""Arms of the benchmark and how each chooses parents."""

REACHED: Final = 0.75
SYMBOLS: Final = 8


async def planted_campaign(loaded: Loaded, job: Mapping[str, Any]) -> dict[str, Any]:
    """One arm on one world: how soon its champion reached three quarters of the oracle."""
    sessions = job["sessions"]
    sharpe = job["z"] / np.sqrt(sessions / SESSIONS_A_YEAR)
    rng = np.random.default_rng([job["seed"], 3])
    world = planted(EdgeKind(job["kind"]), (sessions, SYMBOLS), float(sharpe), rng)
    tables: dict[str, dict[str, Any]] = {
        "evaluation": {"friction": "none"},
        "evidence": {"sealed_share": 0.0, "finalists": 0},
        "recruiter": {"choice": ARMS[job["arm"]]},
    }
    plan = Plan(world.market, job["seed"], job["evaluations"], tables=tables)
    async with campaign(loaded, plan) as found:
        path = await _champions(found.started, found.trials, world)
    reached = next((at for at, ratio in path if ratio >= REACHED), None)
    return {
        "arm": job["arm"],
        "kind": job["kind"],
        "z": world.z,
        "seed": job["seed"],
        "oracle_sharpe": world.sharpe,
        "evaluations": len(found.trials),
        "evaluations_to_75": reached,
        "final_ratio": path[-1][1] if path else 0.0,
        "best_ratio": max((ratio for _, ratio in path), default=0.0),
    }


async def _champions(
    started: Runtime, trials: Sequence[Trial], world: Planted
) -> list[tuple[int, float]]:
    """Of each new champion: after how many trials, and its true Sharpe over the oracle's."""
    found = []
    for number, genome in _improvements(trials):
        source = started.store.genome(genome).source
        params = gate.check(source).manifest.defaults()
        positions = await started.bench.sandbox.positions(source, world.market, params)
        found.append((number, world.true_sharpe(positions.dense()) / world.sharpe))
    return found


def _improvements(trials: Sequence[Trial]) -> Iterator[tuple[int, str]]:
    best = -np.inf
    for number, trial in enumerate(trials, start=1):
        selection = None if trial.evaluation is None else trial.evaluation.selection
        if selection is not None and selection > best:
            best = selection
            yield number, trial.genome
