"""A whole planted benchmark: its campaigns, and what they add up to."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.worlds.planted import EdgeKind
from daemon.supervisor.measured.planted import ARMS
from daemon.supervisor.measured.processes import Done, Job, run_all

_RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a planted benchmark is to run: `seeds` worlds for each arm, at that oracle z."""

    z: float
    kind: str
    seeds: int
    seed: int
    evaluations: int
    random_evaluations: int

    @property
    def limits(self) -> Mapping[str, int]:
        """Most trials of each arm."""
        return {"search": self.evaluations, "random": self.random_evaluations}


async def planted_benchmark(loaded: Loaded, ladder: Ladder, done: Done) -> dict[str, Any]:
    """The figures of `nightshift benchmark planted`."""
    began = time.monotonic()
    jobs = _planted_jobs(loaded, ladder)
    runs = await run_all(jobs, os.cpu_count() or 1, done)
    arms = {
        arm: _arm([run for run in runs if run["arm"] == arm], ladder.limits[arm], ladder.seed)
        for arm in ARMS
    }
    search, random = (arms[arm]["median"] for arm in ARMS)
    return {
        "kind": ladder.kind,
        "z": ladder.z,
        "seeds": ladder.seeds,
        "arms": arms,
        "random_over_search": random / search if search and random else None,
        "runs": runs,
        "seconds": time.monotonic() - began,
    }


def _planted_jobs(loaded: Loaded, ladder: Ladder) -> list[Job]:
    path = "" if loaded.path is None else str(loaded.path.resolve())
    return [
        {
            "what": "planted",
            "arm": arm,
            "kind": EdgeKind(ladder.kind).value,
            "z": ladder.z,
            "seed": ladder.seed * 1000 + place,
            "sessions": 2016,
            "evaluations": ladder.limits[arm],
            "config": path,
        }
        for place in range(ladder.seeds)
        for arm in ARMS
    ]


def _arm(runs: Sequence[Mapping[str, Any]], limit: int, seed: int) -> dict[str, Any]:
    """Median evaluations to three quarters of the oracle, a run that never got there at its limit,

    with the interval that holds the middle of 2,000 resamples of the runs.
    """
    taken = np.array([run["evaluations_to_75"] or limit for run in runs], dtype=float)
    rng = np.random.default_rng(seed)
    drawn = np.median(rng.choice(taken, (_RESAMPLES, len(taken))), axis=1)
    return {
        "evaluations_to_75": [run["evaluations_to_75"] for run in runs],
        "final_ratio": [run["final_ratio"] for run in runs],
        "reached": sum(run["evaluations_to_75"] is not None for run in runs) / len(runs),
        "median": float(np.median(taken)),
        "interval": [float(q) for q in np.quantile(drawn, (0.025, 0.975))],
        "median_final_ratio": float(np.median([run["final_ratio"] for run in runs])),
        "evident": sum(run["evident"] for run in runs) / len(runs),
    }
