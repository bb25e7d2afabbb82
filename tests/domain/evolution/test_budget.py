"""The lifetime error budget: what a place needs, and how a bet goes on from the look to paper."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.evolution.budget import (
    CHECK,
    FORMULA,
    bet_of,
    carried_on,
    graduation,
    stake,
    times,
)
from daemon.domain.evolution.ladder import LADDER
from daemon.domain.stats.discoveries import ErrorBudget
from daemon.domain.stats.eprocess import EProcess
from tests.domain.briefing.finalist_records import dossier_of
from tests.domain.evolution.test_screens import returns, shown
from tests.store.samples import genome


def look(sharpe: float = 2.5, place: int = 1):  # type: ignore[no-untyped-def]
    """The look of a dossier, as somebody reads it who has nothing but its text."""
    return json.loads(dossier_of(genome(), sealed=shown(sharpe, place)).text)["sealed"]["look"]


@given(st.integers(1, 400), st.sampled_from([0.01, 0.1, 0.3]), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_stake_needs_what_the_formula_in_the_dossier_says(
    place: int, rate: float, accepted: int
) -> None:
    budget = ErrorBudget(rate, place, accepted=tuple(range(1, accepted + 1)))

    found = stake(budget, place)

    told = {"place": place, "rate": rate, "accepted": accepted}
    assert found.needed == pytest.approx(eval(FORMULA, {}, told))
    assert found.needed_next == pytest.approx(eval(FORMULA, {}, {**told, "place": place + 1}))
    assert found.needed_next > found.needed


def test_the_places_of_a_lifetime_spend_its_rate_and_no_more() -> None:
    spent = [1.0 / stake(ErrorBudget(0.1, 10_000), place).needed for place in range(1, 10_001)]

    assert sum(spent) == pytest.approx(0.1, rel=1e-3)
    assert sum(spent) < 0.1


def test_a_bet_goes_on_from_the_dossier_as_if_it_had_never_stopped() -> None:
    sealed, paper = returns(2.5, 252), returns(1.0, 90, seed=5)

    bet, check = carried_on(look(), paper.tolist(), 1, ErrorBudget(0.1, 1))

    whole = EProcess(bound=0.2).extend(np.concatenate((sealed, paper)).tolist())
    assert bet == whole
    assert check.figure == whole.e_value
    assert bet_of(look()).seen == 252


def test_it_graduates_at_what_its_place_needs_and_not_before() -> None:
    good = returns(5.0, 500, seed=5).tolist()
    first, tenth = ErrorBudget(0.1, 1), ErrorBudget(0.1, 10)

    bet, check = carried_on(look(), good, 1, first)
    _, later = carried_on(look(place=10), good, 10, tenth)

    assert 20.0 < bet.e_value < 1100.0
    assert check.passed
    assert (check.need, later.need) == (20.0, pytest.approx(1100.0))
    assert not later.passed
    assert not carried_on(look(), (), 1, first)[1].passed


def test_who_was_accepted_once_stays_accepted_however_the_bet_falls() -> None:
    poor = EProcess(0.2).extend([-0.1])

    assert graduation(1, poor, ErrorBudget(0.1, 2, accepted=(1,))).passed
    assert not graduation(1, poor, ErrorBudget(0.1, 2)).passed


def test_a_session_beyond_the_bound_fails_it_for_good() -> None:
    bet, check = carried_on(look(), [0.01, -0.3, *[0.05] * 300], 1, ErrorBudget(0.1, 1))

    assert bet.breach == 254
    assert not check.passed
    assert "fails it for good" in check.words


def test_the_ladder_asks_for_the_check_by_its_name() -> None:
    assert any(CHECK in step.evidence for step in LADDER)
    assert graduation(1, EProcess(0.2), ErrorBudget(0.1, 1)).name == CHECK


@pytest.mark.parametrize(
    ("value", "upwards", "words"),
    [
        (0.4217, False, "0.42 times"),
        (2.301, True, "2.31 times"),
        (19.01, True, "20 times"),
        (20.0, True, "20 times"),
        (12_345.6, False, "12,346 times"),
        (1e300, False, "over 1,000,000 times"),
    ],
)
def test_a_stake_is_told_in_times_and_a_goal_never_smaller_than_it_is(
    value: float, upwards: bool, words: str
) -> None:
    assert times(value, upwards) == words
