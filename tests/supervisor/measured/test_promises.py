"""What planted campaigns add up to: how soon each arm got there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from daemon.config import Loaded, load_config
from daemon.supervisor.measured import promises
from daemon.supervisor.measured.promises import Ladder


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    return load_config(None, tmp_path)


def test_an_arm_that_never_gets_there_counts_with_all_it_was_given(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answers(jobs: Sequence[Any], at_once: int, done: Any) -> list[dict[str, Any]]:
        return [
            {
                "arm": job["arm"],
                "seed": job["seed"],
                "evaluations": job["evaluations"],
                "evaluations_to_75": 100 if job["arm"] == "search" else None,
                "final_ratio": 0.8,
                "evident": job["arm"] == "search",
            }
            for job in jobs
        ]

    monkeypatch.setattr(promises, "run_all", answers)
    ladder = Ladder(9.0, "reversal", 4, 1, 500, 1500)
    found = asyncio.run(promises.planted_benchmark(loaded, ladder, lambda place, answer: None))

    assert found["arms"]["search"]["median"] == 100
    assert found["arms"]["random"]["median"] == 1500
    assert found["arms"]["random"]["reached"] == 0.0
    assert found["random_over_search"] == 15.0
    assert found["arms"]["search"]["interval"] == [100.0, 100.0]
    assert [found["arms"][arm]["evident"] for arm in ("search", "random")] == [1.0, 0.0]
