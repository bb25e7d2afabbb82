"""The ladder: one step at a time, and only on all of its evidence."""

from __future__ import annotations

from itertools import pairwise

import pytest

from daemon.domain.evolution.ladder import LADDER, Check, Step, first_failure, is_taken, step_from
from daemon.domain.evolution.records import Stage

OUT = (Stage.FAILED, Stage.REJECTED, Stage.RETIRED)


def passed(*names: str) -> list[Check]:
    return [Check(name, True, "") for name in names]


def test_the_steps_lead_from_born_to_live_without_a_gap() -> None:
    stages = [LADDER[0].begins, *(step.ends for step in LADDER)]

    assert stages == [stage for stage in Stage if stage not in OUT]
    assert all(one.ends is other.begins for one, other in pairwise(LADDER))


@pytest.mark.parametrize("stage", [*OUT, Stage.LIVE])
def test_nobody_climbs_from_the_top_or_from_out(stage: Stage) -> None:
    assert step_from(stage) is None


@pytest.mark.parametrize("step", LADDER, ids=lambda step: step.ends.value)
def test_a_step_is_taken_on_all_of_its_evidence_and_on_nothing_less(step: Step) -> None:
    assert is_taken(step, passed(*step.evidence))
    for name in step.evidence:
        others = [other for other in step.evidence if other != name]
        assert not is_taken(step, passed(*others))
        assert not is_taken(step, [*passed(*others), Check(name, False, "no")])


def test_a_check_that_was_made_twice_carries_nothing() -> None:
    step = LADDER[1]

    assert not is_taken(step, passed(*step.evidence, *step.evidence))


def test_the_first_failure_is_the_first_that_did_not_pass() -> None:
    bad = Check("b", False, "why")

    assert first_failure([*passed("a"), bad, Check("c", False, "")]) is bad
    assert first_failure(passed("a", "b")) is None
