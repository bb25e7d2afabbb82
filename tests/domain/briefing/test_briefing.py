import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.document import (
    Briefing,
    OperatorScore,
    as_json,
    content_hash,
    from_json,
)
from daemon.domain.briefing.learnt import learnt_sentences
from daemon.domain.briefing.luck import luck_of, past_trial
from daemon.domain.briefing.strategy import benchmark_of, fee_share
from daemon.domain.briefing.text import LINES, as_text, tally_groups
from daemon.domain.evolution.records import Origin, Trial
from daemon.domain.stats.sharpe import best_by_luck, luck_bound
from tests.domain.briefing.night_records import STARTED, metrics_of, night_records, with_trials


def briefing(**wanted: Any) -> Briefing:
    return compose(night_records(**wanted), 5)


def changed(trial: Trial, **values: Any) -> Trial:
    assert trial.evaluation is not None
    return replace(trial, evaluation=replace(trial.evaluation, **values))


def test_a_document_survives_the_way_through_json() -> None:
    document = briefing()

    assert from_json(as_json(document)) == document


def test_the_same_records_give_the_same_bytes() -> None:
    assert as_json(briefing()) == as_json(briefing())


def test_the_hash_covers_everything_but_the_clock() -> None:
    document = briefing()
    later = replace(document, clock=replace(document.clock, started=STARTED + timedelta(days=1)))
    other = replace(document, headline="something else")

    assert content_hash(later) == content_hash(document)
    assert content_hash(other) != content_hash(document)
    assert json.loads(as_json(document))["hash"] == content_hash(document)


def test_a_document_of_another_version_is_refused() -> None:
    text = json.dumps({**json.loads(as_json(briefing())), "version": 99})

    with pytest.raises(ValueError, match="expected a briefing of version 1, found 99"):
        from_json(text)


def test_the_top_is_ranked_by_selection_and_holds_only_what_passed() -> None:
    document = briefing(trials=80, accepted=7)

    selections = [s.selection or 0.0 for s in document.top]
    assert len(document.top) == 5
    assert selections == sorted(selections, reverse=True)
    assert document.ran.accepted == 7
    assert document.near_misses == ()
    assert all(s.verdict == "" for s in document.top)


def test_a_strategy_that_repeats_a_better_one_makes_room_for_others() -> None:
    records = night_records(trials=80, accepted=7)
    plain_top = compose(records, 5).top
    twins = {plain_top[0].hash, plain_top[1].hash}
    returns = next(t.evaluation for t in records.trials if t.genome in twins and t.evaluation)
    copied = [
        changed(t, session_returns=returns.session_returns) if t.genome in twins else t
        for t in records.trials
    ]

    shown = [s.hash for s in compose(with_trials(records, copied), 5).top]

    assert plain_top[0].hash in shown
    assert plain_top[1].hash not in shown
    assert len(shown) == 5


def test_twins_are_shown_where_there_is_nothing_else() -> None:
    records = night_records(trials=40, accepted=2)
    returns = records.trials[0].evaluation.session_returns  # type: ignore[union-attr]
    copied = [changed(t, session_returns=returns) if t.evaluation else t for t in records.trials]

    assert len(compose(with_trials(records, copied), 5).top) == 2


def test_a_night_in_which_nothing_passed_says_what_came_closest_and_why_it_failed() -> None:
    document = briefing(accepted=0)

    assert document.headline.startswith("Nothing passed")
    assert len(document.near_misses) == 3
    assert all("below the threshold" in s.verdict for s in document.near_misses)
    assert any("What stood in the way" in sentence for sentence in document.summary)


def test_a_near_miss_names_the_blocks_that_earned_nothing() -> None:
    records = night_records(accepted=0)
    blocks = tuple(
        replace(b, fitness=-1.0) if k == 2 else replace(b, fitness=1.0)
        for k, b in enumerate(records.trials[0].evaluation.blocks)  # type: ignore[union-attr]
    )
    best = changed(records.trials[0], selection=99.0, blocks=blocks)
    document = compose(with_trials(records, (best, *records.trials[1:])), 5)

    assert "it earned nothing in 1 of 6\u00a0blocks" in document.near_misses[0].verdict


def test_a_refused_near_miss_says_the_reason_in_words() -> None:
    records = night_records(trials=1, accepted=0)
    only = changed(records.trials[0], selection=None, fitness_refusal="too_few_trades")
    document = compose(with_trials(records, (only,)), 5)

    assert document.near_misses[0].verdict == "it traded too seldom to judge"


def test_a_night_without_a_single_priced_trial_still_has_a_briefing() -> None:
    records = replace(with_trials(night_records(trials=1), ()), lessons=())

    document = compose(records, 5)

    assert document.headline == "No strategy was priced this night"
    assert document.benchmark is None
    assert from_json(as_json(document)) == document
    assert as_text(document)


def test_figures_that_are_not_numbers_are_counted_and_never_shown() -> None:
    records = night_records(trials=30, accepted=0)
    evaluation = records.trials[0].evaluation
    assert evaluation is not None
    metrics = replace(evaluation.metrics, sharpe=float("nan"), total_return=float("nan"))
    broken = [
        changed(t, metrics=metrics, selection=None, fitness=None, fitness_refusal="not_finite")
        for t in records.trials
        if t.evaluation
    ]
    document = compose(with_trials(records, tuple(broken)), 5)

    assert document.refusals[0].count == len(broken)
    assert document.near_misses == document.sharpes == ()
    assert "NaN" not in as_json(document)


def test_counts_are_those_of_the_ledger() -> None:
    records = night_records(trials=60)
    ran = compose(records, 5).ran
    priced = [t for t in records.trials if t.evaluation]

    assert (ran.evaluated, ran.failed) == (len(priced), 60 - len(priced))
    assert ran.without_fitness == sum(t.evaluation.selection is None for t in priced)  # type: ignore[union-attr]
    assert ran.refused == len(records.lessons)


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
        (1.8, "is more than luck"),
    ],
)
def test_the_best_is_compared_with_the_mean_and_the_bound_of_luck(share: float, words: str) -> None:
    ledger = night_records(trials=60).ledger
    luck = luck_of(ledger)
    assert luck.noise is not None
    assert luck.bound is not None
    assert 1.15 < luck.bound / luck.noise < 1.8
    best = share * luck.noise
    scaled = [replace(past, sharpe=best - 0.001 * k) for k, past in enumerate(ledger)]

    verdict = luck_of(scaled).verdict

    assert verdict.endswith(f"{words}.")
    assert f"{luck.noise:.2f}" in verdict
    assert f"{luck.bound:.2f}" in verdict


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


def test_an_operator_is_credited_only_where_a_child_beats_its_best_parent() -> None:
    records = night_records(trials=60)
    best = {t.genome: t.evaluation.selection for t in records.trials if t.evaluation}
    genomes = [g for g in records.genomes.values() if g.operator == "jitter" and g.hash in best]
    pairs = [(best[g.hash], best.get(g.parents[0])) for g in genomes]
    comparable = [(child, old) for child, old in pairs if child is not None and old is not None]

    score = next(o for o in compose(records, 5).operators if o.name == "a parameter moved")

    assert (score.children, score.comparable) == (len(genomes), len(comparable))
    assert score.improved == sum(child > old for child, old in comparable)


def test_a_curve_is_thin_starts_at_one_and_ends_at_the_total_return() -> None:
    strategy = briefing().top[0]
    curve = strategy.curve

    assert len(curve.days) <= 400
    assert curve.strategy[0] == curve.benchmark[0] == 1.0
    assert curve.strategy[-1] == pytest.approx(1 + strategy.metrics.total_return, abs=1e-5)
    assert min(curve.drawdown) == pytest.approx(strategy.metrics.max_drawdown, abs=1e-5)
    assert list(curve.days) == sorted(curve.days)


def test_the_market_held_is_measured_by_hand() -> None:
    held = benchmark_of(np.array([0.1, -0.5, 0.2]))

    assert held.total_return == pytest.approx(1.1 * 0.5 * 1.2 - 1)
    assert held.max_drawdown == pytest.approx(-0.5)
    returns = np.array([0.1, -0.5, 0.2])
    assert held.sharpe == pytest.approx(returns.mean() / returns.std(ddof=1) * 252**0.5)


def test_a_market_that_never_moves_has_no_sharpe_ratio() -> None:
    held = benchmark_of(np.zeros(10))

    assert (held.total_return, held.sharpe, held.max_drawdown) == (0.0, None, 0.0)


def test_fees_are_a_share_of_the_profit_before_fees() -> None:
    any_path = metrics_of(np.array([0.1, -0.1, 0.2]), 4)
    won = replace(any_path, total_return=0.09, final_equity=109_000, fees=1000)
    lost = replace(won, total_return=-0.09, final_equity=91_000)
    ruined = replace(won, total_return=-1.0, final_equity=0.0)

    assert fee_share(won) == pytest.approx(0.1)
    assert fee_share(lost) is None
    assert fee_share(ruined) is None


def test_the_change_is_a_diff_against_the_parent() -> None:
    records = night_records()
    document = compose(records, 5)
    child = next(s for s in document.top if s.parents)

    added = [line[1:] for line in child.change.splitlines() if line.startswith("+")][1:]

    assert child.parents[0].hash in records.genomes
    assert added
    assert all(line in child.source.splitlines() for line in added)


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


def test_a_simulated_market_is_announced_with_its_edge() -> None:
    told = briefing(simulation="an edge of size 2 is planted")
    untold = briefing()
    records = night_records()
    real = tuple(changed(t, simulated=False) if t.evaluation else t for t in records.trials)

    assert told.simulation.startswith("An edge of size 2 is planted. Nothing here")
    assert "made up" in untold.simulation
    assert compose(with_trials(records, real), 5).simulation == ""


def test_skipped_symbols_and_estimated_fees_are_named() -> None:
    records = night_records(warnings=["SPY lacks 3 sessions."])
    first = changed(records.trials[0], skipped=("ZZZ",), flags=("fee_estimated",))
    warnings = compose(with_trials(records, (first, *records.trials[1:])), 5).market.warnings

    assert warnings[0] == "SPY lacks 3 sessions."
    assert any("No data for ZZZ" in w for w in warnings)
    assert any("fee table" in w for w in warnings)


def test_lessons_are_counted_by_code_with_an_example() -> None:
    tallies = briefing().lessons

    assert [t.count for t in tallies] == sorted((t.count for t in tallies), reverse=True)
    assert tallies[0].name == "trades exactly like an earlier genome"
    assert tallies[0].example == "trades like an earlier genome on the probe market"


@pytest.mark.parametrize(("accepted", "width"), [(9, 88), (0, 60), (9, 120)])
def test_the_terminal_text_fits_and_keeps_to_its_width(accepted: int, width: int) -> None:
    text = as_text(briefing(trials=90, accepted=accepted), width)

    assert len(text.splitlines()) <= LINES
    assert max(map(len, text.splitlines())) <= width
    assert "S I M U L A T E D" in text
    assert "\u00a0" not in text


@pytest.mark.parametrize("width", [60, 88, 120])
def test_a_crowded_night_is_shortened_between_paragraphs_and_never_inside_one(width: int) -> None:
    long = "an edge is planted that nobody should believe, and every price was made up; " * 8
    records = night_records(trials=90, accepted=9, simulation=long, warnings=["gap. " * 30] * 9)
    document = compose(records, 5)
    crowded = replace(document, decisions=("X is quarantined; look at its code, please. " * 3,) * 9)

    text = as_text(crowded, width)

    lines = text.splitlines()
    spoken = " ".join(text.split())
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= width
    assert spoken.endswith(f"Again, in a fresh state: {document.recipe.command}")
    assert " ".join(document.luck.verdict.split()) in spoken
    whole = [s.strip() for s in (*document.learnt, *crowded.decisions)]
    for sentence in {" ".join(s.split()) for s in whole}:
        opening = " ".join(sentence.split()[:6])
        assert sentence in spoken or opening not in spoken


def test_what_is_left_out_of_the_text_is_counted() -> None:
    document = briefing(trials=90, accepted=5)
    room = as_text(document, 120)
    tally = document.lessons[0]
    others = tuple(replace(tally, code=f"c{k}", name=f"reason {k}", count=9 - k) for k in range(9))

    text = as_text(replace(document, lessons=others), 120)

    assert "and 1 more" not in room
    assert "Refused before they cost anything: 45 children" in text
    shown = [int(found) for found in re.findall(r"· (\d+) × reason", text)]
    rest = re.search(r"and (\d+) others, for (\d+) other reasons", text)
    assert rest is not None
    assert sum(shown) + int(rest[1]) == 45
    assert len(shown) + int(rest[2]) == 9


def test_refused_children_and_priced_trials_are_counted_apart() -> None:
    document = briefing(trials=90)
    ran = document.ran
    text = as_text(document, 120)

    sums = [sum(t.count for t in tallies) for _, _, tallies in tally_groups(document)]

    assert sums == [ran.refused, ran.without_fitness, ran.failed]
    assert f"Refused before they cost anything: {ran.refused} children" in text
    assert f"Priced, but could not be judged: {ran.without_fitness} trials" in text
    assert f"Never priced: {ran.failed} trials" in text


def test_the_surest_change_needs_five_children() -> None:
    def learnt(comparable: int) -> str:
        often = OperatorScore("a parameter moved", 40, 40, 20, 0.5)
        seldom = OperatorScore("a condition removed", 9, comparable, comparable - 1, 0.5)
        luck = luck_of(night_records().ledger)
        return " ".join(learnt_sentences(luck, [often, seldom], None, []))

    assert "surest" not in learnt(4)
    assert "the surest was “a condition removed” (4 of 5)" in learnt(5)
    assert "helped most often was “a parameter moved”" in learnt(4)


def test_text_of_strangers_cannot_colour_the_terminal() -> None:
    records = night_records()
    hostile = {
        h: replace(g, name="\x1b[31mred\n\n", idea="\x1b]0;title\x07 <script>", source="\x1b[2Jx")
        for h, g in records.genomes.items()
    }
    document = compose(replace(records, genomes=hostile), 5)

    assert "\x1b" not in as_text(document)
    assert "\x1b" not in as_json(document)
    assert "\\u001b" not in as_json(document)


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


def test_a_best_above_the_bound_of_luck_leads_the_headline() -> None:
    document = briefing(accepted=2)

    assert document.luck.best > document.luck.bound  # type: ignore[operator]
    assert document.headline == f"Two strategies passed, led by {document.top[0].name}"


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
    assert "the highest Sharpe ratio of all trials so far, 3.72" in summary
    assert "another strategy" in summary


def test_one_best_is_not_told_apart_from_itself() -> None:
    records = night_records(accepted=2)
    leader = compose(records, 5).top[0]
    steep = replace(leader.metrics, sharpe=4.0)
    trials = [changed(t, metrics=steep) if t.genome == leader.hash else t for t in records.trials]

    assert "another strategy" not in " ".join(compose(with_trials(records, trials), 5).summary)
