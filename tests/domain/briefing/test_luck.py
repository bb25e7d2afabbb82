from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from daemon.domain.briefing.chance import BY_HEART
from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.luck import PastTrial, deflated_sentence, luck_of, past_trial
from daemon.domain.briefing.text import as_text
from daemon.domain.evolution.records import Origin, Trial
from daemon.domain.stats.luck import EVIDENCE
from daemon.domain.stats.sharpe import best_by_luck, luck_bound
from tests.domain.briefing.night_records import (
    briefing,
    changed,
    metrics_of,
    night_records,
    with_trials,
)


def test_trials_of_other_nights_count_for_luck_but_are_not_shown() -> None:
    records = night_records(trials=40)
    document = compose(replace(records, trials=records.trials[30:]), 5)

    assert document.ran.evaluated < 12
    assert document.luck.trials == document.ran.ledger == len(records.ledger)
    assert document.luck.best == max(past.sharpe or 0.0 for past in records.ledger)


def test_luck_is_the_expected_maximum_of_as_many_trials_of_no_skill() -> None:
    ledger = night_records(trials=60).ledger
    each = np.array([past.sharpe for past in ledger]) / 252**0.5
    least = 1 / ledger[0].sessions

    luck = luck_of(ledger)

    assert luck.noise == pytest.approx(best_by_luck(least, len(ledger)) * 252**0.5)
    assert luck.bound == pytest.approx(luck_bound(least, len(ledger)) * 252**0.5)
    assert luck.strict == pytest.approx(best_by_luck(each.var(ddof=1), len(ledger)) * 252**0.5)
    assert luck.best == max(past.sharpe or 0 for past in ledger)


def test_the_strict_rule_is_never_laxer_than_noise() -> None:
    alike = [replace(past, sharpe=1.0) for past in night_records(trials=30).ledger]

    luck = luck_of(alike)

    assert luck.strict == luck.noise


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.9, "is no more than luck gives"),
        (0.99, "is no more than luck gives"),
        (1.01, "is about what luck gives"),
        (1.15, "is about what luck gives"),
        (2.2, f"is more than luck, {BY_HEART}"),
    ],
)
def test_the_best_is_compared_with_the_mean_and_the_bound_of_luck(share: float, words: str) -> None:
    ledger = night_records(trials=60).ledger
    luck = luck_of(ledger)
    assert luck.noise is not None
    assert luck.bound is not None
    assert 1.15 < luck.bound / luck.noise < 2.2
    best = share * luck.noise
    scaled = [_of_sharpe(past, best - 0.001 * k) for k, past in enumerate(ledger)]

    verdict = luck_of(scaled).verdict

    assert verdict.endswith(f"{words}.")
    assert f"{luck.noise:.2f}" in verdict
    assert f"{luck.bound:.2f}" in verdict


def _of_sharpe(past: PastTrial, sharpe: float) -> PastTrial:
    assert past.seen is not None
    return replace(past, sharpe=sharpe, seen=replace(past.seen, sharpe=sharpe / 252**0.5))


def test_the_verdict_never_says_more_than_luck_where_the_strict_rule_does_not() -> None:
    luck = luck_of(night_records(trials=60).ledger)

    assert luck.best > luck.bound  # type: ignore[operator]
    assert luck.deflated < EVIDENCE  # type: ignore[operator]
    assert luck.verdict.endswith("is above these, but no evidence by the strict rule.")
    assert "which is not evidence" in deflated_sentence(luck)


def test_a_trial_that_could_not_be_judged_counts_as_a_look_and_is_never_the_best() -> None:
    records = night_records(trials=60, accepted=2)
    evaluation = records.trials[0].evaluation
    assert evaluation is not None
    lucky = changed(
        records.trials[0],
        metrics=replace(evaluation.metrics, sharpe=4.44, trades=7),
        selection=None,
        fitness=None,
        fitness_refusal="too_few_trades",
    )

    document = compose(with_trials(records, (lucky, *records.trials[1:])), 5)

    judged = [past for past in records.ledger[1:] if past.selection is not None]
    luck = document.luck
    assert luck.trials == len(records.ledger)
    assert luck.judged == len(judged) < luck.trials
    assert luck.best == max(past.sharpe for past in judged)  # type: ignore[type-var]
    assert max(document.sharpes) < 4.44
    assert f"{luck.judged}\u00a0trials so far that could be judged" in luck.verdict
    assert f"({luck.trials - luck.judged} left out)" in luck.verdict
    assert "4.44" not in " ".join((*document.summary, *document.learnt))


@pytest.mark.parametrize("why", [{"flags": ("suspected_leak",)}, {"origin": Origin.OWNER}])
def test_a_leak_and_a_trial_of_the_owner_count_but_are_no_skill(why: dict[str, Any]) -> None:
    records = night_records(trials=60)
    evaluation = records.trials[0].evaluation
    assert evaluation is not None
    metrics = replace(evaluation.metrics, sharpe=9.0)
    first = changed(records.trials[0], metrics=metrics, flags=why.get("flags", ()))
    first = replace(first, origin=why.get("origin", Origin.NIGHT))
    past = past_trial(first)
    assert past is not None

    luck = luck_of([past, *records.ledger[1:]])
    without = luck_of(records.ledger[1:])

    assert luck.trials == without.trials + 1
    assert luck.best == without.best
    fewer, more = without.trials, luck.trials
    spread = best_by_luck(1.0, more) / best_by_luck(1.0, fewer)
    assert luck.strict == pytest.approx(without.strict * spread)  # type: ignore[operator]


def test_one_trial_is_too_few_to_speak_of_luck() -> None:
    luck = luck_of(night_records(trials=1).ledger)

    assert luck.noise is None
    assert "Too few" in luck.verdict


def test_a_suspected_leak_is_listed_as_quarantined_and_is_never_the_best() -> None:
    records = night_records(accepted=0)
    evaluation = records.trials[0].evaluation
    assert evaluation is not None
    leak = changed(
        records.trials[0],
        selection=99.0,
        flags=("suspected_leak",),
        metrics=replace(evaluation.metrics, sharpe=8.5),
    )
    document = compose(with_trials(records, (leak, *records.trials[1:])), 5)

    assert "quarantined as a suspected leak" in document.decisions[0]
    assert leak.genome[:12] in document.decisions[0]
    assert document.ran.quarantined == 1
    assert leak.genome not in [s.hash for s in document.near_misses]
    assert max(document.sharpes) < 8.5
    assert "8.50" not in " ".join((*document.summary, *document.learnt))
    assert "quarantined" in as_text(document)
    assert "Nothing needs your decision" not in as_text(document)


def test_a_leaking_child_does_not_speak_for_its_operator() -> None:
    records = night_records(trials=60)
    best = max(o.improved for o in compose(records, 5).operators)
    leaks = [changed(t, flags=("suspected_leak",)) if t.evaluation else t for t in records.trials]

    operators = compose(with_trials(records, leaks), 5).operators

    assert best > 0
    assert [o.improved for o in operators] == [0] * len(operators)


@pytest.mark.parametrize("share", [0.1, 1.1])
def test_a_best_that_luck_explains_is_not_sold_as_a_success(share: float) -> None:
    records = night_records(accepted=2)
    noise = luck_of(records.ledger).noise
    assert noise is not None
    poor = [
        changed(
            trial, metrics=replace(trial.evaluation.metrics, sharpe=share * noise - 0.001 * number)
        )
        for number, trial in enumerate(records.trials)
        if trial.evaluation is not None
    ]

    document = compose(with_trials(records, poor), 3)

    assert document.headline == (
        "Two strategies reached the threshold, but the best is no better than luck"
    )


def test_a_best_that_the_strict_rule_doubts_is_not_sold_as_a_success() -> None:
    document = briefing(accepted=2)

    assert document.luck.best > document.luck.bound  # type: ignore[operator]
    assert document.headline == (
        "Two strategies reached the threshold, but by the strict rule none is evidence of more "
        "than luck"
    )


def test_a_best_above_the_bound_of_luck_and_of_the_strict_rule_leads_the_headline() -> None:
    records = night_records(accepted=2)
    leader = compose(records, 5).top[0].hash
    trials = [_steep(t) if t.genome == leader else t for t in records.trials]

    document = compose(with_trials(records, trials), 5)

    assert document.luck.best > document.luck.bound  # type: ignore[operator]
    assert document.luck.deflated > EVIDENCE  # type: ignore[operator]
    assert document.headline == (
        f"One strategy passed the strict rule: {document.top[0].name}; two in all reached the "
        "threshold"
    )


def test_the_headline_counts_and_names_only_those_above_the_strict_line() -> None:
    records = night_records(accepted=4)
    first, second, third, _ = (s.hash for s in compose(records, 5).top)
    trials = [_steep(t) if t.genome in {second, third} else t for t in records.trials]

    document = compose(with_trials(records, trials), 5)

    above = [s for s in document.top if s.chance and s.chance.deflated >= EVIDENCE]
    assert document.top[0].hash == first
    assert [s.hash for s in above] == [second, third]
    assert document.headline == (
        f"Two strategies passed the strict rule, led by {above[0].name}; four in all reached the "
        "threshold"
    )


def _steep(trial: Trial) -> Trial:
    assert trial.evaluation is not None
    returns = trial.evaluation.session_returns + 0.0008
    metrics = metrics_of(returns, trial.evaluation.metrics.trades)
    return changed(trial, session_returns=returns, metrics=metrics)


def test_a_lucky_trial_that_did_not_pass_does_not_make_the_headline() -> None:
    records = night_records(accepted=2)
    passed = {s.hash for s in compose(records, 5).top}
    poor = [
        changed(t, metrics=replace(t.evaluation.metrics, sharpe=0.2))
        if t.genome in passed and t.evaluation
        else t
        for t in records.trials
    ]

    document = compose(with_trials(records, poor), 5)

    assert document.luck.best > document.luck.bound  # type: ignore[operator]
    assert document.headline.endswith("but the best is no better than luck")


def test_two_different_bests_are_told_apart() -> None:
    records = night_records(accepted=2)
    evaluation = records.trials[0].evaluation
    assert evaluation is not None
    steep = replace(evaluation.metrics, sharpe=3.72)
    other = changed(records.trials[0], metrics=steep, selection=-1.0)

    summary = " ".join(compose(with_trials(records, (other, *records.trials[1:])), 5).summary)

    assert summary.startswith("The best by selection fitness made")
    assert "that could be judged (5 left out), 3.72, is" in summary
    assert "another strategy" in summary


def test_a_best_of_an_earlier_night_is_not_explained_by_the_order_of_this_one() -> None:
    records = night_records(accepted=2)
    earlier = _of_sharpe(next(p for p in records.ledger if p.selection is not None), 3.72)

    ledger = (earlier, *records.ledger)
    summary = compose(replace(records, ledger=ledger), 5).summary

    assert "That one was tried before this night." in summary
    assert "another strategy" not in " ".join(summary)


def test_one_best_is_not_told_apart_from_itself() -> None:
    records = night_records(accepted=2)
    leader = compose(records, 5).top[0]
    steep = replace(leader.metrics, sharpe=4.0)
    trials = [changed(t, metrics=steep) if t.genome == leader.hash else t for t in records.trials]

    assert "another strategy" not in " ".join(compose(with_trials(records, trials), 5).summary)
