"""How likely a result is luck: by hand, against simulated searches, and at the edges."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.stats.luck import Looks, best_of, how_likely_luck, luck_lines
from daemon.domain.stats.sharpe import Moments, deflated_sharpe, luck_bound, moments

PAPER_2014 = Moments(2.5 / math.sqrt(250), -3.0, 10.0, 1250)
SPREAD = math.sqrt(0.5 / 250)


def looks(trials: int, spread: float = SPREAD, independent: float | None = None) -> Looks:
    """Looks whose rated trials have exactly that sample deviation."""
    sharpes = spread * np.array([-1.0, 1.0]) / math.sqrt(2.0)
    return Looks(trials, sharpes, trials if independent is None else independent)


def test_the_example_of_the_2014_paper_and_what_would_settle_it() -> None:
    odds = how_likely_luck(PAPER_2014, looks(100))

    assert odds.lines.strict == pytest.approx(0.1132, abs=5e-5)
    assert odds.lines.bound == pytest.approx(luck_bound(1 / 1250, 100))
    assert odds.deflated == pytest.approx(0.9004, abs=5e-5)
    assert odds.longer is not None
    assert odds.longer > 1250
    longer = replace(PAPER_2014, periods=round(odds.longer))
    assert deflated_sharpe(longer, SPREAD**2, 100) == pytest.approx(0.95, abs=1e-4)


def test_four_hundred_normal_returns_by_hand() -> None:
    seen = Moments(0.1, 0.0, 3.0, 401)
    alone = 0.5 * math.erfc(0.1 / math.sqrt((1 + 0.005) / 400) / math.sqrt(2))

    odds = how_likely_luck(seen, looks(50, independent=8.0))

    assert odds.alone == pytest.approx(alone)
    assert odds.best == pytest.approx(1 - (1 - alone) ** 50)
    assert odds.best_independent == pytest.approx(1 - (1 - alone) ** 8)
    assert odds.fresh == pytest.approx(2 * math.log(20) / 0.01)


def test_the_chance_of_the_best_is_how_often_searches_without_skill_show_it() -> None:
    rng = np.random.default_rng(3)
    best = [max(_sharpes(rng.normal(0.0, 0.01, (250, 30)))) for _ in range(400)]
    seen = Moments(2.2 / math.sqrt(252), 0.0, 3.0, 250)

    odds = how_likely_luck(seen, looks(30, spread=0.01))

    assert odds.best == pytest.approx(np.mean(np.array(best) >= seen.sharpe), abs=0.06)
    assert odds.lines.expected == pytest.approx(np.mean(best), rel=0.05)
    assert odds.lines.bound == pytest.approx(np.quantile(best, 0.95), rel=0.07)


def _sharpes(returns: np.ndarray) -> np.ndarray:
    return returns.mean(axis=0) / returns.std(axis=0, ddof=1)


@given(
    st.integers(0, 1000),
    st.floats(-0.001, 0.003),
    st.integers(1, 5000),
    st.floats(0.001, 0.2),
)
@settings(max_examples=50, deadline=None)
def test_more_looks_never_make_a_result_less_likely_to_be_luck(
    seed: int, drift: float, trials: int, spread: float
) -> None:
    seen = moments(np.random.default_rng(seed).standard_t(5, 300) * 0.01 + drift)
    assert seen is not None

    few, many = (how_likely_luck(seen, looks(n, spread)) for n in (trials, 2 * trials))

    assert 0.0 <= few.alone <= few.best <= many.best <= 1.0
    assert many.deflated <= few.deflated
    assert few.lines.expected <= few.lines.bound
    assert few.lines.expected <= few.lines.strict <= many.lines.strict
    assert (few.longer is None) == (seen.sharpe <= few.lines.strict)


def test_fewer_independent_trials_are_told_and_change_no_line() -> None:
    alike, apart = (how_likely_luck(PAPER_2014, looks(100, independent=n)) for n in (5.0, 100.0))

    assert alike.best_independent < apart.best_independent == apart.best
    assert replace(alike, best_independent=apart.best_independent) == apart


def test_a_single_trial_of_a_loser() -> None:
    losing = Moments(-0.1, 0.0, 3.0, 401)

    odds = how_likely_luck(losing, Looks(1, np.array([-0.1]), 1.0))

    assert odds.lines.expected == odds.lines.strict == 0.0
    assert odds.lines.bound == pytest.approx(luck_bound(1 / 401, 1))
    assert odds.best == pytest.approx(odds.alone)
    assert odds.alone > 0.97
    assert (odds.longer, odds.fresh) == (None, math.inf)


def test_lines_need_no_returns_and_are_those_of_the_odds() -> None:
    assert luck_lines(looks(100), 1250) == how_likely_luck(PAPER_2014, looks(100)).lines


def test_tiny_chances_are_not_lost_and_certainty_stays_one() -> None:
    assert best_of(1e-20, 1000) == pytest.approx(1e-17)
    assert best_of(1.0, 3) == 1.0
    assert best_of(0.0, 10**6) == 0.0
