"""Sharpe ratios as evidence: the published vectors, invariants, and sick inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from daemon.domain.stats import sharpe as s
from daemon.domain.stats.sharpe import Moments

PAPER_2014 = Moments(2.5 / math.sqrt(250), -3.0, 10.0, 1250)
PAPER_2026 = Moments(0.036 / 0.079, -2.448, 10.164, 24)


def test_the_deflated_sharpe_of_the_2014_paper() -> None:
    trial_variance = 0.5 / 250

    assert s.best_by_luck(trial_variance, 100) == pytest.approx(0.1132, abs=5e-5)
    assert s.deflated_sharpe(PAPER_2014, trial_variance, 100) == pytest.approx(0.9004, abs=5e-5)
    assert s.deflated_sharpe(PAPER_2014, trial_variance, 46) == pytest.approx(0.9505, abs=5e-5)


def test_the_example_of_the_2026_paper() -> None:
    normal = Moments(PAPER_2026.sharpe, 0.0, 3.0, 24)

    assert math.sqrt(s.variance_under(PAPER_2026, PAPER_2026.sharpe)) == pytest.approx(
        0.329, abs=5e-4
    )
    assert math.sqrt(s.variance_under(normal, normal.sharpe)) == pytest.approx(0.214, abs=5e-4)
    assert s.probabilistic_sharpe_under(PAPER_2026, 0.0) == pytest.approx(0.987, abs=5e-4)
    assert s.probabilistic_sharpe_under(PAPER_2026, 0.1) == pytest.approx(0.939, abs=5e-4)
    assert s.minimum_track_record_under(PAPER_2026, 0.0) == pytest.approx(13.029, abs=5e-3)
    assert s.minimum_track_record(PAPER_2026, 0.0) == pytest.approx(34.76, abs=5e-3)


def test_the_false_discovery_rates_of_the_2026_paper() -> None:
    assert s.false_discovery(0.05, 0.05, 0.315) == pytest.approx(0.581, abs=5e-4)
    assert s.observed_false_discovery(PAPER_2026, 0.0, 0.5, 0.05) == pytest.approx(0.306, abs=5e-4)


def test_forty_five_trials_need_five_years_to_hide_a_lucky_sharpe_of_one() -> None:
    assert s.minimum_backtest_years(45, 1.0) == pytest.approx(5.0, abs=0.05)


@pytest.mark.parametrize(
    ("years", "trials", "needed"),
    [(1, 10, 3.24), (3, 100, 2.42), (5, 1000, 2.20), (10, 10_000, 1.74), (15, 100_000, 1.56)],
)
def test_the_annual_sharpe_needed_agrees_with_the_table(
    years: int, trials: int, needed: float
) -> None:
    periods = 252 * years
    below, above = (
        Moments((needed + e) / math.sqrt(252), 0.0, 3.0, periods) for e in (-0.02, 0.02)
    )

    assert s.deflated_sharpe(below, 1 / periods, trials) < 0.95
    assert s.deflated_sharpe(above, 1 / periods, trials) > 0.95


@pytest.mark.parametrize("trials", [1, 20, 500])
def test_the_bound_of_luck_is_what_the_best_of_many_draws_exceeds_once_in_twenty(
    trials: int,
) -> None:
    best = np.random.default_rng(trials).normal(0.0, 0.3, (4000, trials)).max(axis=1)

    bound = s.luck_bound(0.09, trials)

    assert np.mean(best > bound) == pytest.approx(0.05, abs=0.012)
    assert bound > s.best_by_luck(0.09, trials)


def test_the_spread_of_trials_is_never_below_that_of_pure_noise() -> None:
    sharpes = np.array([0.1, 0.3, 0.2])

    assert s.trial_variance(sharpes, 1000) == pytest.approx(0.01)
    assert s.trial_variance(sharpes, 50) == 0.02
    assert s.trial_variance(sharpes[:1], 400) == s.trial_variance(sharpes[:0], 400) == 1 / 400


def test_the_chance_of_luck_is_that_of_the_less_certain_form() -> None:
    plain = Moments(0.1, 0.0, 3.0, 401)
    calm, moody = (Moments(0.1, 0.0, 3.0, 401, autocorrelation=rho) for rho in (-0.2, 0.2))
    skewed, losing = Moments(0.1, -3.0, 12.0, 401), Moments(-0.1, 0.0, 3.0, 401)

    assert s.chance_by_luck(plain) == pytest.approx(1.0 - s.probabilistic_sharpe(plain, 0.0))
    assert s.chance_by_luck(calm) == s.chance_by_luck(plain)
    under_null = 1.0 - s.probabilistic_sharpe_under(moody, 0.0)
    assert s.chance_by_luck(moody) == pytest.approx(under_null)
    assert under_null > s.chance_by_luck(plain)
    assert s.chance_by_luck(skewed) == pytest.approx(1.0 - s.probabilistic_sharpe(skewed, 0.0))
    assert s.chance_by_luck(losing) == pytest.approx(1.0 - s.probabilistic_sharpe_under(losing, 0))
    assert 0.0 < s.chance_by_luck(Moments(0.9, 0.0, 3.0, 1000)) < 1e-100


def test_autocorrelation_widens_the_variance_by_its_closed_form() -> None:
    seen = Moments(0.4557, -2.448, 10.164, 24, autocorrelation=0.2)

    by_hand = (1.5 + 1.2916667 * 2.448 * 0.4557 + 1.0833333 * 9.164 / 4 * 0.4557**2) / 24
    assert s.variance_under(seen, seen.sharpe) == pytest.approx(by_hand, rel=1e-6)


def test_moments_by_hand() -> None:
    found = s.moments(np.array([0.0, 0.0, 0.0, 4.0]))

    assert found is not None
    assert found.sharpe == pytest.approx(0.5)
    assert found.skewness == pytest.approx(6 / 3**1.5)
    assert found.kurtosis == pytest.approx(21 / 9)
    assert found.autocorrelation == pytest.approx(-1 / 12)


def test_moments_do_not_know_the_scale_and_shift_only_the_sharpe() -> None:
    returns = np.random.default_rng(3).standard_t(5, 500) * 0.01
    plain, scaled, shifted = s.moments(returns), s.moments(7 * returns), s.moments(returns + 0.01)

    assert plain is not None
    assert scaled is not None
    assert shifted is not None
    assert scaled.sharpe == pytest.approx(plain.sharpe)
    assert (shifted.skewness, shifted.kurtosis) == pytest.approx((plain.skewness, plain.kurtosis))
    assert shifted.sharpe > plain.sharpe


def test_the_variance_is_what_repeated_samples_show() -> None:
    rng = np.random.default_rng(11)
    samples = rng.normal(0.1, 1.0, (4000, 250))
    seen = samples.mean(axis=1) / samples.std(axis=1, ddof=1)

    expected = s.variance(Moments(0.1, 0.0, 3.0, 250))

    assert np.var(seen) == pytest.approx(expected, rel=0.06)


def test_more_trials_and_fatter_tails_never_help() -> None:
    fatter = Moments(PAPER_2014.sharpe, -3.0, 20.0, 1250)
    deflated = [s.deflated_sharpe(PAPER_2014, 0.002, trials) for trials in (1, 2, 10, 1000)]

    assert deflated == sorted(deflated, reverse=True)
    assert s.probabilistic_sharpe(fatter, 0.0) < s.probabilistic_sharpe(PAPER_2014, 0.0)
    assert s.effective_trials(100, 0.3) == pytest.approx(70.3)


@pytest.mark.parametrize(
    "returns", [np.full(50, 0.01), np.array([0.01]), np.array([0.1, 0.2]), np.full(9, np.nan)]
)
def test_what_never_varies_has_no_moments(returns: np.ndarray) -> None:
    assert s.moments(returns) is None


def test_the_variance_stays_positive_for_the_most_skewed_returns() -> None:
    lottery = np.zeros(400)
    lottery[7] = 1.0
    seen = s.moments(lottery)

    assert seen is not None
    assert s.variance(seen) > 0.0
