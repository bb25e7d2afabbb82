"""A whole planted benchmark: what it promises of the search, and whether that was kept.

Where the edge is strong the search has to need at most a third of the evaluations that the same
search without selection needs. Where it is weak the strict rule has to stay silent, in campaigns
that end with their last evaluation; silence alone proves nothing, so the same ledgers are asked
once more with the oracle of a strong edge in them, and then it has to speak.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.market.bars import Floats
from daemon.domain.worlds.planted import EdgeKind
from daemon.errors import UsageError, did_you_mean
from daemon.supervisor.measured.planted import ARMS, STRONG
from daemon.supervisor.measured.processes import Done, Job, run_all

WEAK: Final = 4.0
"""Standard errors of an oracle's Sharpe ratio at which nobody can tell skill from luck."""

WEAK_EVALUATIONS: Final = 250
LEAST_TIMES: Final = 3.0
LEAST_SILENT: Final = 1.0
LEAST_HEARD: Final = 0.8
HALF: Final = 0.5
_RESAMPLES: Final = 2000
_NOTHING: Final = {"random_over_search": None, "random_over_search_interval": None}


@dataclass(frozen=True, slots=True)
class Course:
    """What a planted benchmark is to run: `seeds` worlds for each arm, at an oracle of that z.

    z: None for the strong one, with the silence at the weak one on as many worlds beside it.
    """

    kind: str
    seeds: int
    seed: int
    evaluations: int
    random_evaluations: int
    z: float | None = None

    @property
    def limits(self) -> Mapping[str, int]:
        """Most trials of each arm."""
        return {"search": self.evaluations, "random": self.random_evaluations}

    @property
    def campaigns(self) -> int:
        """How many there are to run."""
        return self.seeds * (len(ARMS) + (self.z is None))


async def planted_benchmark(loaded: Loaded, course: Course, done: Done) -> dict[str, Any]:
    """The figures of `nightshift benchmark planted`: the same each time, but for `timing`.

    UsageError where the kind of edge is unknown.
    """
    began = time.monotonic()
    jobs = [*_contest_jobs(loaded, course), *_silence_jobs(loaded, course)]
    answers = await run_all(jobs, os.cpu_count() or 1, done)
    contest = answers[: course.seeds * len(ARMS)]
    runs = [each["found"] for each in contest]
    figures = _contest(runs, course)
    silence = _silence([each["found"] for each in answers[len(contest) :]])
    goals = _goals(course, figures["random_over_search"], silence)
    return {
        "ok": all(goal["met"] for goal in goals.values()) if goals else None,
        "goals": goals,
        "kind": course.kind,
        "z": STRONG if course.z is None else course.z,
        "seeds": course.seeds,
        "seed": course.seed,
        **figures,
        "runs": runs,
        "silence": silence,
        "timing": _timing(contest, course) | {"wall_seconds": time.monotonic() - began},
    }


def _contest_jobs(loaded: Loaded, course: Course) -> list[Job]:
    z = STRONG if course.z is None else course.z
    return [
        _job(loaded, course, place, z, {"arm": arm, "evaluations": limit, "whole": False})
        for place in range(course.seeds)
        for arm, limit in course.limits.items()
    ]


def _silence_jobs(loaded: Loaded, course: Course) -> list[Job]:
    whole = {"arm": "search", "evaluations": WEAK_EVALUATIONS, "whole": True}
    worlds = course.seeds if course.z is None else 0
    return [_job(loaded, course, place, WEAK, whole) for place in range(worlds)]


def _job(
    loaded: Loaded, course: Course, place: int, z: float, search: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "what": "planted",
        "kind": _edge(course.kind).value,
        "z": z,
        "seed": course.seed * 1000 + place,
        "sessions": 2016,
        "config": "" if loaded.path is None else str(loaded.path.resolve()),
        **search,
    }


def _edge(kind: str) -> EdgeKind:
    known = [each.value for each in EdgeKind]
    if kind not in known:
        hint = did_you_mean(kind, known) or "name one of them"
        raise UsageError(
            f"--kind {kind} is no planted edge; expected one of {', '.join(known)}; {hint}"
        )
    return EdgeKind(kind)


def _contest(runs: Sequence[Mapping[str, Any]], course: Course) -> dict[str, Any]:
    """Both arms, and how many times as many evaluations the one without selection needs.

    A run that never got there counts with its limit; a search that did in half of its runs at most
    has no median to compare.
    """
    by_arm = {arm: [run for run in runs if run["arm"] == arm] for arm in ARMS}
    taken = {
        arm: np.array([run["evaluations_to_75"] or course.limits[arm] for run in own], dtype=float)
        for arm, own in by_arm.items()
    }
    arms = {arm: _arm(own, taken[arm], course.seed) for arm, own in by_arm.items()}
    compared = arms["search"]["reached"] > HALF
    times = _times(taken["search"], taken["random"], course.seed) if compared else _NOTHING
    return {"arms": arms, **times}


def _arm(runs: Sequence[Mapping[str, Any]], taken: Floats, seed: int) -> dict[str, Any]:
    return {
        "evaluations_to_75": [run["evaluations_to_75"] for run in runs],
        "final_ratio": [run["final_ratio"] for run in runs],
        "reached": sum(run["evaluations_to_75"] is not None for run in runs) / len(runs),
        "median": float(np.median(taken)),
        "interval": _middle(_medians(taken, seed)),
        "median_final_ratio": float(np.median([run["final_ratio"] for run in runs])),
        "evident": sum(run["evident"] for run in runs) / len(runs),
    }


def _silence(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Where the rule kept silent, and where it heard a strong oracle; None without a run."""
    if not runs:
        return None
    return {
        "z": WEAK,
        "evaluations": WEAK_EVALUATIONS,
        "worlds": len(runs),
        "silent": sum(not run["evident"] for run in runs),
        "heard": sum(run["evident_with_oracle"] for run in runs),
        "runs": runs,
    }


def _goals(
    course: Course, times: float | None, silence: Mapping[str, Any] | None
) -> dict[str, dict[str, Any]]:
    """What is asked at the strengths that were run, and whether it was met."""
    goals = {}
    if course.z in {None, STRONG}:
        goals["random_over_search"] = _goal(times, LEAST_TIMES)
    if silence is not None:
        goals["silent"] = _goal(silence["silent"] / silence["worlds"], LEAST_SILENT)
        goals["heard"] = _goal(silence["heard"] / silence["worlds"], LEAST_HEARD)
    return goals


def _goal(found: float | None, at_least: float) -> dict[str, Any]:
    return {"at_least": at_least, "found": found, "met": found is not None and found >= at_least}


def _timing(answers: Sequence[Mapping[str, Any]], course: Course) -> dict[str, Any]:
    """Processor seconds of both arms to the end of the round in which a run got there.

    Of a run that never did, all that it took.
    """
    spent = {
        arm: np.array([a["processor_seconds"] for a in answers if a["found"]["arm"] == arm])
        for arm in ARMS
    }
    return {
        "processor_seconds_to_75": {
            arm: {
                "each": own.tolist(),
                "median": float(np.median(own)),
                "interval": _middle(_medians(own, course.seed)),
            }
            for arm, own in spent.items()
        },
        **_times(spent["search"], spent["random"], course.seed),
    }


def _times(search: Floats, random: Floats, seed: int) -> dict[str, Any]:
    """The ratio of the medians; its interval draws worlds, each with both arms."""
    drawn = _medians(random, seed) / _medians(search, seed)
    return {
        "random_over_search": float(np.median(random) / np.median(search)),
        "random_over_search_interval": _middle(drawn),
    }


def _medians(values: Floats, seed: int) -> Floats:
    """Medians of 2,000 resamples; the same places are drawn of as many values."""
    rng = np.random.default_rng(seed)
    return np.asarray(np.median(rng.choice(values, (_RESAMPLES, len(values))), axis=1))


def _middle(drawn: Floats) -> list[float]:
    return [float(q) for q in np.quantile(drawn, (0.025, 0.975))]
