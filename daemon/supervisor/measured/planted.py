"""The search on worlds with a planted edge, beside the same search without selection.

Both arms breed with the same operators from the same few genomes that know nothing, under the same
gates, and drop the same duplicates; only the choice of parents differs. After every trial the arm's
champion is the genome with the best selection fitness so far; what counts is the champion's *true*
Sharpe ratio, known from the planted drift without noise. An arm ends where its champion is there.
"""

from __future__ import annotations

import resource
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.evolution.records import Night, Trial
from daemon.domain.genome import gate
from daemon.domain.market.bars import Floats
from daemon.domain.stats.luck import EVIDENCE
from daemon.domain.stats.metrics import SESSIONS_A_YEAR
from daemon.domain.stats.sharpe import deflated_sharpe, moments, trial_variance
from daemon.domain.worlds.planted import EdgeKind, Planted, planted
from daemon.supervisor.bootstrap import Runtime
from daemon.supervisor.measured.beginnings import BEGINNINGS
from daemon.supervisor.measured.campaign import Plan, campaign

ARMS: Final = {"search": "fitness", "random": "random"}
"""Arms of the benchmark and how each chooses parents."""

STRONG: Final = 9.0
"""Standard errors of an oracle's Sharpe ratio that a search has to find and the rule to hear."""

REACHED: Final = 0.75
SYMBOLS: Final = 8


async def planted_campaign(loaded: Loaded, job: Mapping[str, Any]) -> dict[str, Any]:
    """One arm on one world: `found`, the same each time, and `processor_seconds`, which never are.

    The run ends with the round in which its champion is there; where the job asks for it `whole`,
    with its last evaluation. The seconds are those of this process and its children, from setting
    the campaign up to clearing it away; making the world is not among them.
    """
    world = _world(job, job["z"])
    before = _processor_seconds()
    found = await _searched(loaded, job, world)
    return {"found": found, "processor_seconds": _processor_seconds() - before}


async def _searched(loaded: Loaded, job: Mapping[str, Any], world: Planted) -> dict[str, Any]:
    tables: dict[str, dict[str, Any]] = {
        "evaluation": {"friction": "none"},
        "evidence": {"sealed_share": 0.0, "finalists": 0},
        "recruiter": {"choice": ARMS[job["arm"]]},
    }
    plan = Plan(world.market, job["seed"], job["evaluations"], BEGINNINGS, False, tables)
    champions = Champions(world)
    enough = None if job["whole"] else champions.followed
    async with campaign(loaded, plan, enough=enough) as found:
        await champions.followed(found.started, found.night)
        evident = is_evident(found.trials)
        louder = _would_speak(found.trials, job) if job["whole"] else None
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
        "evident_with_oracle": louder,
    }


def _world(job: Mapping[str, Any], z: float) -> Planted:
    sharpe = float(z / np.sqrt(job["sessions"] / SESSIONS_A_YEAR))
    rng = np.random.default_rng([job["seed"], 3])
    return planted(EdgeKind(job["kind"]), (job["sessions"], SYMBOLS), sharpe, rng)


def _processor_seconds() -> float:
    """Of this process and of its children, and theirs, that have ended."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent)


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
        """Looks at the trials that are new since the last time; True once a champion is there."""
        for genome, selection in started.store.selections(night.id, self._seen):
            self._seen += 1
            if selection is not None and selection > self._best:
                self._best = selection
                self.path.append((self._seen, await self._ratio(started, genome)))
        return self.reached is not None

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
    best = max(judged, key=itemgetter(0))[1].session_returns
    return _is_beyond_luck(best, [each.session_returns for each in found], len(trials))


def would_be_evident(trials: Sequence[Trial], returns: Floats) -> bool:
    """Whether the rule would speak for these session returns as one more trial of the ledger."""
    found = [trial.evaluation.session_returns for trial in trials if trial.evaluation is not None]
    return _is_beyond_luck(returns, [*found, returns], len(trials) + 1)


def _is_beyond_luck(best: Floats, every: Sequence[Floats], tried: int) -> bool:
    seen, rated = moments(best), [moments(each) for each in every]
    if seen is None:
        return False
    sharpes = np.array([each.sharpe for each in rated if each is not None])
    spread = trial_variance(sharpes, seen.periods)
    return deflated_sharpe(seen, spread, tried) >= EVIDENCE


def _would_speak(trials: Sequence[Trial], job: Mapping[str, Any]) -> bool:
    """Whether it would, had the ledger also held the oracle of a strong edge."""
    strong = _world(job, STRONG)
    return would_be_evident(trials, strong.earned(strong.oracle))
