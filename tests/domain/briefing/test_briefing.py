import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.document import (
    OperatorScore,
    as_json,
    content_hash,
    from_json,
)
from daemon.domain.briefing.learnt import learnt_sentences
from daemon.domain.briefing.luck import luck_of
from daemon.domain.briefing.strategy import benchmark_of, fee_share
from daemon.domain.briefing.text import as_text
from tests.domain.briefing.night_records import (
    STARTED,
    briefing,
    changed,
    metrics_of,
    night_records,
    with_trials,
)


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

    assert (
        "it earned nothing clear of chance in 1 of 6\u00a0blocks" in document.near_misses[0].verdict
    )


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


def test_a_simulated_market_is_announced_with_its_edge() -> None:
    told = briefing(simulation="an edge of size 2 is planted")
    untold = briefing()
    records = night_records()
    real = tuple(changed(t, simulated=False) if t.evaluation else t for t in records.trials)

    assert told.simulation.startswith("An edge of size 2 is planted. Nothing here")
    assert "made up" in untold.simulation
    assert compose(with_trials(records, real), 5).simulation == ""


def test_skipped_symbols_estimated_fees_and_ended_holdings_are_named() -> None:
    records = night_records(warnings=["SPY lacks 3 sessions."])
    flags = ("fee_estimated", "ended_early")
    first = changed(records.trials[0], skipped=("ZZZ",), flags=flags)
    warnings = compose(with_trials(records, (first, *records.trials[1:])), 5).market.warnings

    assert warnings[0] == "SPY lacks 3 sessions."
    assert any("No data for ZZZ" in w for w in warnings)
    assert any("fee table" in w for w in warnings)
    assert any(w.startswith("1\u00a0trial ended with a holding whose prices") for w in warnings)


def test_each_market_hash_says_of_which_bars_and_symbols_it_is() -> None:
    records = night_records(trials=4)
    few = changed(records.trials[1], market_hash="b" * 64, timeframe="5m", symbols=("SPY", "QQQ"))
    trials = (records.trials[0], few, *records.trials[2:])

    markets = compose(with_trials(records, trials), 5).recipe.markets

    assert [(market.name, market.hash) for market in markets] == [
        ("5m bars of SPY and QQQ", "b" * 64),
        ("1d bars of 12\u00a0symbols, S00 to S11", "3a" * 32),
    ]


def test_lessons_are_counted_by_code_with_an_example() -> None:
    tallies = briefing().lessons

    assert [t.count for t in tallies] == sorted((t.count for t in tallies), reverse=True)
    assert tallies[0].name == "trades exactly like an earlier genome"
    assert tallies[0].example == "trades like an earlier genome on the probe market"


def test_the_market_held_is_compared_with_judged_strategies_only() -> None:
    document = briefing(trials=60)

    words = next(s for s in document.learnt if "than buying and holding" in s)

    assert document.ran.judged < document.ran.evaluated
    assert f"of the {document.ran.judged} that could be judged had a better" in words


def test_the_surest_change_needs_five_children() -> None:
    def learnt(comparable: int) -> str:
        often = OperatorScore("a parameter moved", 40, 40, 20, 0.5)
        seldom = OperatorScore("a condition removed", 9, comparable, comparable - 1, 0.5)
        luck = luck_of(night_records().ledger)
        return " ".join(learnt_sentences(luck, [often, seldom], None, []))

    assert "surest" not in learnt(4)
    assert "the surest was “a condition removed” (4 of 5)" in learnt(5)
    assert "helped most often was “a parameter moved”" in learnt(4)
