"""The engine looks back only, and the proof of it finds engines that do not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from daemon.domain.engine.foresight import course_of, foresights
from daemon.domain.engine.simulation import ExitReason
from daemon.domain.worlds.chains import chains
from tests.domain.engine.faults import FAULTS
from tests.domain.engine.mutants import mutated

CHAINS = chains(np.random.default_rng(1))


@pytest.mark.parametrize("name", CHAINS)
def test_the_engine_looks_back_only(name: str) -> None:
    assert list(foresights(CHAINS[name], np.random.default_rng(2))) == []


def test_between_them_the_chains_use_every_rule() -> None:
    courses = [course_of(setting) for setting in CHAINS.values()]

    reasons = {int(r) for course in courses for r in course.simulation.trades.reason}
    assert reasons == set(map(int, ExitReason))
    assert any(course.market.stale[20:].any() for course in courses)
    assert all(len(course.market.actions.bar) >= 8 for course in courses)
    assert {setting.friction.fill for setting in CHAINS.values()} == {
        "next_open",
        "same_close",
        "midpoint",
    }


def found(cuts: int, names: Sequence[str]) -> str:
    """What the proof says first of the engine that is imported now, "" if nothing."""
    from daemon.domain.engine.foresight import foresights
    from daemon.domain.worlds.chains import chains

    made = chains(np.random.default_rng(1))
    for name in names:
        for foresight in foresights(made[name], np.random.default_rng(2), cuts):
            return f"{name}: {foresight}"
    return ""


def equities() -> list[np.ndarray]:
    from daemon.domain.engine.foresight import course_of
    from daemon.domain.worlds.chains import chains

    made = chains(np.random.default_rng(1)).values()
    return [course_of(setting).simulation.equity for setting in made]


def test_the_engine_as_it_is_does_the_same_uncompiled_and_gives_no_alarm() -> None:
    compiled = equities()

    with mutated(()):
        plain = equities()
        assert found(3, list(CHAINS)) == ""

    for one, other in zip(compiled, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("fault", FAULTS)
def test_an_engine_that_looks_ahead_is_caught(fault: str) -> None:
    chain, changes = FAULTS[fault]

    with mutated(changes):
        assert found(12, [chain]) != ""


def test_the_faults_are_many_and_gone_afterwards() -> None:
    assert len(FAULTS) >= 20
    assert foresights.__module__ == "daemon.domain.engine.foresight"
    assert found(2, ["daily"]) == ""
