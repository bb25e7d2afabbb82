"""What planted campaigns add up to: how soon each arm got there, and where the rule was silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daemon.config import Loaded, load_config
from daemon.errors import UsageError
from daemon.supervisor.measured import promises
from daemon.supervisor.measured.promises import Course
from tests.supervisor.measured.answers import answer

COURSE = Course("reversal", 4, 2, 400, 1000)
Answer = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    return load_config(None, tmp_path)


def benchmark(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch, course: Course = COURSE, said: Answer = answer
) -> dict[str, Any]:
    asked: list[Any] = []

    async def answers(jobs: Sequence[Any], at_once: int, done: Any) -> list[dict[str, Any]]:
        asked.extend(jobs)
        return [said(job) for job in jobs]

    monkeypatch.setattr(promises, "run_all", answers)
    found = asyncio.run(promises.planted_benchmark(loaded, course, lambda place, answer: None))
    assert len(asked) == course.campaigns
    return found | {"asked": asked}


def test_one_run_asks_for_both_arms_where_the_edge_is_strong_and_for_silence_where_it_is_weak(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = benchmark(loaded, monkeypatch)["asked"]

    limits = {("search", 400): 4, ("random", 1000): 4}
    contest = [(job["arm"], job["evaluations"]) for job in asked if job["z"] == 9.0]
    assert {each: contest.count(each) for each in contest} == limits
    assert [job["whole"] for job in asked] == [False] * 8 + [True] * 4
    silent = [job for job in asked if job["whole"]]
    assert {(job["arm"], job["z"], job["evaluations"]) for job in silent} == {("search", 4.0, 250)}
    assert [job["seed"] for job in silent] == [2000, 2001, 2002, 2003]


def test_a_search_three_times_as_quick_and_a_silent_rule_keep_both_promises(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = benchmark(loaded, monkeypatch)

    assert found["ok"] is True
    assert found["goals"] == {
        "random_over_search": {"at_least": 3.0, "found": 4.0, "met": True},
        "silent": {"at_least": 1.0, "found": 1.0, "met": True},
        "heard": {"at_least": 0.8, "found": 1.0, "met": True},
    }
    assert found["random_over_search_interval"] == [4.0, 4.0]
    assert [found["arms"][arm]["median"] for arm in ("search", "random")] == [101.5, 406.0]
    silence = found["silence"]
    assert (silence["worlds"], silence["silent"], silence["heard"]) == (4, 4, 4)


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ("random_over_search", lambda job: answer(job, evaluations_to_75=100)),
        ("silent", lambda job: answer(job, evident=job["whole"] and job["seed"] == 2001)),
        ("heard", lambda job: answer(job, evident_with_oracle=job["seed"] == 2001)),
    ],
)
def test_a_promise_that_is_broken_is_named_and_the_others_stand(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch, goal: str, said: Answer
) -> None:
    found = benchmark(loaded, monkeypatch, said=said)

    assert found["ok"] is False
    assert [name for name, each in found["goals"].items() if not each["met"]] == [goal]


def test_a_search_that_got_there_in_half_of_its_runs_has_nothing_to_compare(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(job: dict[str, Any]) -> dict[str, Any]:
        late = job["arm"] == "search" and job["seed"] % 2
        return answer(job, evaluations_to_75=None) if late else answer(job)

    found = benchmark(loaded, monkeypatch, said=said)

    assert found["random_over_search"] is None
    assert found["goals"]["random_over_search"]["met"] is False


def test_seconds_are_kept_apart_and_everything_else_is_the_same_again(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slower(job: dict[str, Any]) -> dict[str, Any]:
        return answer(job) | {"processor_seconds": 7.0 if job["arm"] == "search" else 28.0}

    first, second = benchmark(loaded, monkeypatch), benchmark(loaded, monkeypatch, said=slower)

    assert {**first, "timing": 0} == {**second, "timing": 0}
    spent = first["timing"]["processor_seconds_to_75"]
    assert spent["search"]["each"] == [2.0, 2.02, 2.04, 2.06]
    assert spent["random"]["median"] == pytest.approx(8.12)
    low, high = spent["search"]["interval"]
    assert 2.0 <= low < spent["search"]["median"] < high <= 2.06
    assert second["timing"]["random_over_search"] == 4.0


@pytest.mark.parametrize(("z", "goals"), [(9.0, ["random_over_search"]), (6.0, [])])
def test_one_strength_alone_is_asked_nothing_of_silence(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch, z: float, goals: list[str]
) -> None:
    found = benchmark(loaded, monkeypatch, Course("momentum", 3, 2, 400, 1000, z))

    assert {job["z"] for job in found["asked"]} == {z}
    assert found["silence"] is None
    assert list(found["goals"]) == goals
    assert found["ok"] is (True if goals else None)


def test_an_arm_that_never_gets_there_counts_with_all_it_was_given(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(job: dict[str, Any]) -> dict[str, Any]:
        soon = 100 if job["arm"] == "search" else None
        return answer(job, evaluations_to_75=soon, evident=job["arm"] == "search")

    found = benchmark(loaded, monkeypatch, Course("reversal", 4, 1, 500, 1500, 9.0), said)

    assert found["arms"]["search"]["median"] == 100
    assert found["arms"]["random"]["median"] == 1500
    assert found["arms"]["random"]["reached"] == 0.0
    assert found["random_over_search"] == 15.0
    assert found["arms"]["search"]["interval"] == [100.0, 100.0]
    assert [found["arms"][arm]["evident"] for arm in ("search", "random")] == [1.0, 0.0]


def test_the_interval_of_a_median_holds_the_middle_of_what_other_worlds_would_give(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(job: dict[str, Any]) -> dict[str, Any]:
        rng = np.random.default_rng(job["seed"])
        return answer(job, evaluations_to_75=int(rng.uniform(50, 250)))

    found = benchmark(loaded, monkeypatch, Course("reversal", 30, 2, 400, 1000, 9.0), said)

    low, high = found["arms"]["search"]["interval"]
    assert 90 < low < found["arms"]["search"]["median"] < high < 210
    assert high - low > 15
    assert found["random_over_search_interval"] == [1.0, 1.0]


def test_an_unknown_kind_of_edge_is_refused_before_anything_runs(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match='did you mean "reversal"'):
        benchmark(loaded, monkeypatch, Course("reversals", 1, 1, 1, 1))
