"""The search on worlds with a planted edge, beside the same search without selection.

Both arms breed with the same operators from the same few genomes that know nothing, under the same
gates, and drop the same duplicates; only the choice of parents differs. After every trial the arm's
champion is the genome with the best selection fitness so far; what counts is the champion's *true*
Sharpe ratio, known from the planted drift without noise. An arm ends where its champion is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.evolution.records import Night, Origin, Trial
from daemon.domain.genome import gate
from daemon.domain.stats.luck import EVIDENCE
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.stats.sharpe import deflated_sharpe, moments, trial_variance
from daemon.domain.worlds.planted import EdgeKind, Planted, planted
from daemon.supervisor.bootstrap import Runtime
from daemon.supervisor.measured.beginnings import BEGINNINGS
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
    plan = Plan(world.market, job["seed"], job["evaluations"], BEGINNINGS, False, tables)
    champions = Champions(world)
    async with campaign(loaded, plan, enough=champions.followed) as found:
        await champions.follow(found.started, found.trials)
        evident = is_evident(found.trials)
    return {
        "arm": job["arm"],
        "kind": job["kind"],
        "z": world.z,
        "seed": job["seed"],
        "oracle_sharpe": world.sharpe,
        "evaluations": len(found.trials),
        "evaluations_to_75": champions.reached,
        "final_ratio": champions.path[-1][1] if champions.path else 0.0,
        "best_ratio": max((ratio for _, ratio in champions.path), default=0.0),
        "evident": evident,
    }


class Champions:
    """Follows the champion of a campaign.

    path: for each, after how many trials it came, and its true Sharpe over the oracle's.
    """

    def __init__(self, world: Planted) -> None:
        self.path: list[tuple[int, float]] = []
        self._world = world
        self._best = -np.inf
        self._seen = 0

    @property
    def reached(self) -> int | None:
        """Trials until a champion earned three quarters of what the oracle does."""
        return next((at for at, ratio in self.path if ratio >= REACHED), None)

    async def followed(self, started: Runtime, night: Night) -> bool:
        """True once one did."""
        trials = started.store.trials(night.id)
        await self.follow(started, [t for t in trials if t.origin is Origin.NIGHT])
        return self.reached is not None

    async def follow(self, started: Runtime, trials: Sequence[Trial]) -> None:
        """Looks at the trials that are new since the last time."""
        for number, trial in enumerate(trials[self._seen :], start=self._seen + 1):
            selection = None if trial.evaluation is None else trial.evaluation.selection
            if selection is not None and selection > self._best:
                self._best = selection
                self.path.append((number, await self._ratio(started, trial.genome)))
        self._seen = len(trials)

    async def _ratio(self, started: Runtime, genome: str) -> float:
        source = started.store.genome(genome).source
        params = gate.remembered(source).manifest.defaults()
        world = self._world
        positions = await started.bench.sandbox.positions(source, world.market, params)
        return world.true_sharpe(positions.dense()) / world.sharpe


def is_evident(trials: Sequence[Trial]) -> bool:
    """Whether the strict rule speaks of evidence for the trial with the best selection fitness."""
    found = [trial.evaluation for trial in trials if trial.evaluation is not None]
    judged = [(each.selection, each) for each in found if each.selection is not None]
    if not judged:
        return False
    rated = [moments(each.session_returns) for each in found]
    best = moments(max(judged, key=itemgetter(0))[1].session_returns)
    if best is None:
        return False
    sharpes = np.array([each.sharpe for each in rated if each is not None])
    spread = trial_variance(sharpes, best.periods)
    return deflated_sharpe(best, spread, len(trials)) >= EVIDENCE
