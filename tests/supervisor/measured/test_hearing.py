"""What campaigns add up to: a verdict of the tribunal."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from daemon.config import Loaded, load_config
from daemon.domain.worlds.null import IMPOSSIBLE_Z, NullKind
from daemon.supervisor.measured import hearing
from daemon.supervisor.measured.hearing import Charge
from daemon.supervisor.measured.oracles import ORACLES
from daemon.supervisor.measured.tribunal import upper_bound


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    return load_config(None, tmp_path)


def silent(job: dict[str, Any], **changes: Any) -> dict[str, Any]:
    told = {"kind": job["kind"], "seed": job["seed"], "evaluations": job["evaluations"]}
    rest = {"finalists": 3, "graduates": [], "sharpes": [0.1, 0.2], "highest_z": 2.5, "level": "A"}
    return told | rest | changes


def heard(job: dict[str, Any], passed: bool = True) -> dict[str, Any]:
    return {"kind": job["kind"], "seed": job["seed"], "passed": passed, "failed": ""}


def judge(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch, campaign: Any = silent, oracle: Any = heard
) -> dict[str, Any]:
    asked: list[dict[str, Any]] = []

    async def answers(jobs: Sequence[Any], at_once: int, done: Any) -> list[dict[str, Any]]:
        asked.extend(jobs)
        return [(campaign if job["what"] == "null" else oracle)(job) for job in jobs]

    monkeypatch.setattr(hearing, "run_all", answers)
    charge = Charge(campaigns=8, evaluations=100, seed=3, oracles=5)
    verdict = asyncio.run(hearing.tribunal(loaded, charge, lambda place, answer: None))
    return verdict | {"asked": asked}


def test_silence_where_nothing_is_and_oracles_that_pass_are_a_good_verdict(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = judge(loaded, monkeypatch)

    assert verdict["ok"]
    assert (verdict["campaigns"], verdict["graduates"], verdict["evaluations"]) == (8, 0, 800)
    assert verdict["upper_95"] == pytest.approx(1.0 - 0.05 ** (1 / 8))
    assert (verdict["oracles"], verdict["oracles_passed"]) == (5, 1.0)
    assert "sharpes" not in verdict["worlds"][0]


def test_every_kind_of_world_is_tried_and_no_seed_twice(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = judge(loaded, monkeypatch)["asked"]

    null = [job for job in asked if job["what"] == "null"]
    assert {job["kind"] for job in null} == {kind.value for kind in NullKind}
    assert len({job["seed"] for job in null}) == 8


def test_every_oracle_is_judged_against_a_silent_campaign_and_waits_for_no_other(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = judge(loaded, monkeypatch)["asked"]

    oracles = [job for job in asked if job["what"] == "oracle"]
    assert {job["kind"] for job in oracles} == {kind.value for kind in ORACLES}
    assert [job["after"] for job in oracles] == [0, 1, 2, 3, 4]
    assert all(asked[job["after"]]["what"] == "null" for job in oracles)


def test_one_graduate_without_an_edge_is_a_bad_verdict(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = judge(loaded, monkeypatch, lambda job: silent(job, graduates=["abc"]))

    assert not verdict["ok"]
    assert verdict["graduates"] == 8
    assert verdict["upper_95"] == 1.0


def test_an_impossible_sharpe_ratio_is_a_leak_that_is_named(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = judge(loaded, monkeypatch, lambda job: silent(job, highest_z=IMPOSSIBLE_Z + 0.1))

    assert not verdict["ok"]
    assert verdict["leaks"][0] == {"kind": "garch", "seed": 3000}


def test_gates_that_let_too_few_oracles_through_are_a_bad_verdict(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict = judge(loaded, monkeypatch, oracle=lambda job: heard(job, job["seed"] % 2 == 0))

    assert not verdict["ok"]
    assert verdict["oracles_passed"] == 0.6


@pytest.mark.parametrize(
    ("graduates", "campaigns", "bound"),
    [(0, 300, 0.00994), (0, 20, 0.1391), (1, 20, 0.2161), (20, 20, 1.0)],
)
def test_the_upper_bound_is_that_of_clopper_and_pearson(
    graduates: int, campaigns: int, bound: float
) -> None:
    assert upper_bound(graduates, campaigns) == pytest.approx(bound, abs=1e-4)
