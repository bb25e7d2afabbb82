"""The checks of a finalist: each passes what it should, and fails closed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from daemon.domain.evolution import screens
from daemon.domain.evolution.budget import stake
from daemon.domain.evolution.evaluation import Block
from daemon.domain.evolution.evidence import DEARER, LATER, Evidence, Sealed, Variant, checks
from daemon.domain.evolution.ladder import LADDER, Check, is_taken
from daemon.domain.stats.discoveries import ErrorBudget
from daemon.domain.stats.luck import Looks
from tests.store.samples import evaluation

NULL = Looks(trials=500, sharpes=np.random.default_rng(1).normal(0.0, 0.02, 500), independent=500)


def returns(sharpe: float, sessions: int = 2000, seed: int = 0) -> np.ndarray:
    """Session returns whose annual Sharpe ratio is exactly this."""
    draws = np.random.default_rng(seed).standard_normal(sessions)
    draws = (draws - np.mean(draws)) / np.std(draws, ddof=1)
    return 0.01 * (draws + sharpe / math.sqrt(252))


def blocks(*sharpes: float | None) -> tuple[Block, ...]:
    return tuple(Block(n, n, each, 0.0) for n, each in enumerate(sharpes))


@pytest.mark.parametrize(("sharpe", "good"), [(3.0, True), (0.9, False), (-2.0, False)])
def test_the_deflated_sharpe_ratio_counts_every_trial(sharpe: float, good: bool) -> None:
    check = screens.deflated(returns(sharpe), NULL)

    assert check.passed is good
    assert "500 trials" in check.words


@pytest.mark.parametrize(("sharpe", "words"), [(-2.0, "is under 1%"), (9.0, "is over 99%")])
def test_no_chance_is_rounded_to_never_or_always(sharpe: float, words: str) -> None:
    assert screens.deflated(returns(sharpe), NULL).words.endswith(words)
    assert words[3:] in screens.still_pays("costs", "dear", returns(sharpe)).words


def test_more_trials_ask_for_more() -> None:
    many = Looks(100_000, np.random.default_rng(1).normal(0.0, 0.025, 100_000), 100_000)

    assert screens.deflated(returns(2.0), NULL).passed
    assert not screens.deflated(returns(2.0), many).passed


def test_returns_that_never_move_prove_nothing() -> None:
    flat = np.zeros(500)

    assert not screens.deflated(flat, NULL).passed
    assert not screens.still_pays("costs", "dear", flat).passed
    assert not screens.power(flat, 10_000).passed
    assert not screens.confirmed(np.zeros(0)).passed


def test_choosing_among_noise_is_found_out_and_one_true_edge_is_let_through() -> None:
    noise = np.column_stack([returns(0.0, 1500, seed) for seed in range(20)])
    edge = np.column_stack([returns(3.0, 1500, 99), noise])

    assert screens.overfit(edge).passed
    assert not screens.overfit(noise).passed


def test_clones_are_one_behaviour_and_too_few_behaviours_fail() -> None:
    clones = np.column_stack(
        [returns(3.0, 1500, 1) + 1e-5 * returns(0, 1500, n) for n in range(30)]
    )

    check = screens.overfit(clones)

    assert not check.passed
    assert check.figure is None
    assert not screens.overfit(np.zeros((100, 0))).passed


@pytest.mark.parametrize(
    ("earned", "good"),
    [((1.0, 2.0, -1.0), True), ((1.0, -2.0, -1.0), False), ((1.0, None, None), False), ((), False)],
)
def test_two_thirds_of_the_stretches_have_to_earn(
    earned: tuple[float | None, ...], good: bool
) -> None:
    assert screens.periods(evaluation(blocks=blocks(*earned))).passed is good


def test_a_plateau_passes_and_a_needle_does_not() -> None:
    assert screens.neighbourhood(2.0, [1.1, 1.5, 2.2, 0.2]).passed
    assert not screens.neighbourhood(2.0, [1.1, 0.9, 2.2, 0.2]).passed
    assert screens.neighbourhood(2.0, []).passed


def test_both_halves_of_the_symbols_have_to_earn() -> None:
    assert screens.symbols(6, [0.4, 1.0]).passed
    assert not screens.symbols(6, [0.4, 0.0]).passed
    assert not screens.symbols(3, [0.4, 1.0]).passed
    assert not screens.symbols(6, []).passed


@pytest.mark.parametrize("flag", ["suspected_leak", "ambiguous", "ended_early"])
def test_a_flagged_backtest_is_not_trusted(flag: str) -> None:
    check = screens.trusted(evaluation(flags=(flag,)), False)

    assert not check.passed
    assert flag not in check.words
    assert screens.trusted(evaluation(flags=("fee_estimated",)), False).passed


def test_a_look_is_worth_it_only_where_enough_is_sealed() -> None:
    strong, weak = returns(3.0), returns(1.0)

    assert screens.power(strong, 252).passed
    assert not screens.power(strong, 63).passed
    assert not screens.power(weak, 252).passed
    needed = screens.power(weak, 252).need
    assert needed is not None
    assert needed == pytest.approx((1.645 / (0.75 / math.sqrt(252))) ** 2, rel=0.02)


def variant(name: str, sharpe: float, **changes: Any) -> Variant:
    found = evaluation(session_returns=returns(sharpe))
    metrics = replace(found.metrics, sharpe=sharpe)
    return Variant(name, replace(found, metrics=metrics), changes.pop("params", {}), **changes)


def shown(sharpe: float, place: int = 1) -> Sealed:
    """A look at 252 sealed sessions that a finalist of that place earned that Sharpe ratio in."""
    found = evaluation(
        session_returns=returns(sharpe, 252), market_returns=returns(0.5, 252, seed=8)
    )
    return Sealed(found, stake(ErrorBudget(0.1, place), place))


FOUND = shown(2.5)


def evidence(**changes: Any) -> Evidence:
    """Evidence with which every check passes."""
    noise = np.column_stack([returns(0.0, 2000, seed) for seed in range(1, 20)])
    base = evaluation(
        session_returns=returns(3.0),
        symbols=("A", "B", "C", "D"),
        flags=(),
        blocks=blocks(1.0, 1.0, 1.0),
    )
    base = replace(base, metrics=replace(base.metrics, sharpe=3.0))
    reruns = (
        variant(DEARER, 2.5),
        variant(LATER, 2.0),
        variant("with n 4", 2.0, params={"n": 4}),
        variant("on A, C", 1.0, symbols=("A", "C")),
        variant("on B, D", 1.0, symbols=("B", "D")),
    )
    values: dict[str, Any] = {
        "base": base,
        "looks": NULL,
        "rivals": np.column_stack([returns(3.0), noise]),
        "sealed_sessions": 252,
        "reruns": reruns,
        "sealed": FOUND,
    }
    return Evidence(**values | changes)


def failed(found: tuple[Check, ...]) -> set[str]:
    return {check.name for check in found if not check.passed}


PROOF = LADDER[2]


def test_a_finalist_that_passes_everything_takes_the_step_of_the_ladder() -> None:
    found = checks(evidence())

    assert failed(found) == set()
    assert tuple(check.name for check in found) == PROOF.evidence
    assert is_taken(PROOF, found)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"reasons": ("it looks ahead",)}, {"causality"}),
        ({"seen_by_hand": True}, {"trusted"}),
        ({"sealed_sessions": 20}, {"power"}),
        ({"sealed": shown(-1.0)}, {"sealed"}),
        ({"rivals": np.zeros((2000, 0))}, {"overfitting"}),
    ],
)
def test_what_is_wrong_fails_its_own_check_alone(changes: dict[str, Any], wrong: set[str]) -> None:
    found = checks(evidence(**changes))

    assert failed(found) == wrong
    assert not is_taken(PROOF, found)


def test_without_the_look_at_the_sealed_data_no_step_is_taken() -> None:
    assert not is_taken(PROOF, checks(evidence(sealed=None)))
    assert not is_taken(PROOF, checks(evidence(reruns=None, sealed=None)))


def test_a_variant_that_could_not_be_run_fails_its_check() -> None:
    whole = evidence()
    assert whole.reruns is not None
    broken = [replace(v, found=None, failure="it raised") for v in whole.reruns]

    found = failed(checks(replace(whole, reruns=tuple(broken))))

    assert found == {"costs", "delay", "neighbourhood", "symbols"}


def test_the_bet_goes_over_the_sealed_sessions_alone() -> None:
    look = evidence().sealed
    assert look is not None

    process = look.process()

    assert process.seen == 252
    assert process.e_value > 1.0
    assert np.array_equal(look.returns, returns(2.5, 252))
