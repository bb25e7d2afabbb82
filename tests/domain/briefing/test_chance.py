"""How likely a strategy is luck, and what would settle it, in plain words."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from textwrap import wrap

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.briefing.chance import (
    BY_HEART,
    chance_line,
    chance_of,
    how_often,
    share,
    span,
)
from daemon.domain.briefing.document import as_json, from_json
from daemon.domain.briefing.luck import looks_beside, looks_of
from daemon.domain.briefing.proofs import Chance
from daemon.domain.briefing.text import as_text
from daemon.domain.stats.clusters import independent_trials
from daemon.domain.stats.luck import Looks, best_of, how_likely_luck
from daemon.domain.stats.sharpe import moments
from tests.domain.briefing.night_records import briefing, changed, night_records, with_trials
from tests.domain.evolution.test_screens import returns
from tests.store.samples import evaluation, trial

TIGHT = np.random.default_rng(1).normal(0.0, 0.02, 500)


def chance(sharpe: float, trials: int = 500, sessions: int = 2000) -> Chance:
    found = chance_of(
        evaluation(session_returns=returns(sharpe, sessions)), Looks(trials, TIGHT, trials)
    )
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.39, "39 times in 100"),
        (0.012, "once in 100"),
        (0.0094, "once in 110"),
        (0.000413, "once in 2,400"),
        (1e-7, "less than once in a million"),
        (0.9951, "nearly always"),
        (0.99, "99 times in 100"),
    ],
)
def test_a_chance_is_told_as_how_often(value: float, words: str) -> None:
    assert how_often(value) == words


@pytest.mark.parametrize(
    ("sessions", "words"),
    [
        (1, "1 session"),
        (503.2, "504 sessions"),
        (504, "2.0 years"),
        (505, "2.1 years"),
        (1e9, "100 years"),
    ],
)
def test_a_span_is_rounded_up_and_long_ones_are_years(sessions: float, words: str) -> None:
    assert span(sessions).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "under 1 %"),
        (0.0049, "under 1 %"),
        (0.006, "1 %"),
        (0.62, "62 %"),
        (0.996, "over 99 %"),
    ],
)
def test_a_small_chance_is_not_rounded_to_none(value: float, words: str) -> None:
    assert share(value).replace("\u00a0", " ") == words


def test_the_odds_count_every_trial_of_the_ledger() -> None:
    few, many = chance(1.5, trials=50), chance(1.5, trials=5000)

    assert few.alone == many.alone
    assert many.best == pytest.approx(best_of(many.alone, 5000))
    assert many.best > few.best
    assert many.deflated < few.deflated
    assert "of 5,000, as many as were tried so far" in many.luck
    assert f"{round(100 * many.best)} times in 100" in many.luck


def test_what_alike_trials_are_worth_stands_beside_their_number_and_decides_nothing() -> None:
    path = evaluation(session_returns=returns(1.5))

    plain, alike = chance(1.5), chance_of(path, Looks(500, TIGHT, 36.6))

    assert alike is not None
    assert alike.independent == 36.6
    seldom = how_often(best_of(alike.alone, 36.6))
    assert (
        f"As alike as these are, they are worth about 37 independent ones, the best of which does "
        f"{seldom}; decisions count all 500." in alike.luck
    )
    assert "independent" not in plain.luck
    assert (alike.best, alike.deflated, alike.longer) == (plain.best, plain.deflated, plain.longer)


def test_the_trials_of_a_night_are_worth_what_their_likeness_on_the_same_sessions_says() -> None:
    shared = returns(0.5, 300, seed=1)
    near = [shared + 0.5 * returns(0.0, 300, seed=n) for n in range(2, 12)]
    own = [trial(evaluation=evaluation(session_returns=path)) for path in near]
    other = trial(evaluation=evaluation(session_returns=returns(0.0, 250)))
    unjudged = trial(evaluation=evaluation(session_returns=returns(0.0, 300), selection=None))
    looks, chosen = Looks(90, TIGHT, 90), evaluation(session_returns=shared)

    found = looks_beside(looks, [*own, other, unjudged], chosen)

    assert found.independent == pytest.approx(0.8 + 0.2 * 90, rel=0.1)
    assert found.independent == independent_trials(90, np.column_stack(near))
    assert (found.trials, found.sharpes is looks.sharpes) == (90, True)
    assert looks_beside(looks, [other], chosen) == looks


def test_what_settles_it_names_the_record_that_it_takes_and_the_one_there_is() -> None:
    found = chance(1.5)

    assert found.deflated < 0.95
    assert found.longer is not None
    assert found.longer > found.sessions == 2000
    assert f"of at least {span(found.longer)}, where it has {span(2000)}; or at" in found.settles
    assert f"{round(100 * found.deflated)}\u00a0%, and evidence begins at 95\u00a0%" in found.luck


def test_both_lengths_are_rounded_up() -> None:
    path, looks = returns(1.5), Looks(500, TIGHT, 500)
    seen = moments(path)
    assert seen is not None
    odds = how_likely_luck(seen, looks)

    found = chance(1.5)

    assert odds.longer is not None
    assert (found.longer, found.fresh) == (math.ceil(odds.longer), math.ceil(odds.fresh))
    assert found.longer != odds.longer


def test_a_settled_one_still_has_to_be_seen_where_nobody_looked() -> None:
    found = chance(3.0)

    assert found.deflated >= 0.95
    assert found.longer is not None
    assert found.longer <= 2000
    assert "which is evidence" in found.luck
    assert f"to be sure of what comes takes at least {span(found.fresh)}" in found.settles
    assert f"it is settled, {BY_HEART};" in found.settles
    assert BY_HEART not in chance(1.5).settles


def test_below_what_luck_gives_no_longer_record_settles_anything() -> None:
    found = chance(0.5)

    assert found.longer is None
    assert found.settles.startswith("By the strict rule no record of this quality is long enough")
    assert f"at least {span(found.fresh)} that the search has never seen" in found.settles


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 6.0), st.integers(1, 100_000), st.integers(60, 3000))
def test_what_would_settle_it_is_never_more_than_a_least(
    sharpe: float, trials: int, sessions: int
) -> None:
    found = chance(sharpe, trials, sessions)

    assert "at least" in found.settles
    assert "at least" in chance_line(found)
    assert found.fresh == math.ceil(2.0 * math.log(20.0) * 252 / sharpe**2)
    assert 0.0 <= found.alone <= found.best <= 1.0


@pytest.mark.parametrize("sharpe", [0.5, 1.0, 3.0])
def test_the_short_line_tells_how_often_luck_does_it_apart_from_the_chance_of_skill(
    sharpe: float,
) -> None:
    found = chance(sharpe)

    luck, strict, unseen = chance_line(found).split("; ")

    assert luck == f"Luck does this well {how_often(found.best)} (best of 500)"
    assert strict == f"chance of skill by the strict rule: {share(found.deflated)}"
    assert unseen.endswith("unseen")


@pytest.mark.parametrize("width", [80, 100])
def test_the_short_line_takes_two_lines_of_a_terminal_at_most(width: int) -> None:
    lucky = replace(chance(3.0), best=1e-9, tries=99_999, deflated=0.999, fresh=25_200)

    assert len(wrap(chance_line(lucky), width - 4)) == 2


@pytest.mark.parametrize("changes", [{"selection": None}, {"session_returns": returns(-0.4)}])
def test_what_was_not_judged_or_earned_nothing_has_no_odds(changes: dict[str, object]) -> None:
    whole = evaluation(session_returns=returns(1.0), selection=0.4)
    looks = Looks(500, TIGHT, 500)

    assert chance_of(whole, looks) is not None
    assert chance_of(replace(whole, **changes), looks) is None  # type: ignore[arg-type]


def test_looks_are_all_trials_and_sharpes_those_that_say_something_of_skill() -> None:
    records = night_records(trials=30)
    suspect = [changed(t, flags=("suspected_leak",)) for t in records.trials[:3]]
    ledger = with_trials(records, (*suspect, *records.trials[3:])).ledger

    looks = looks_of(ledger)

    assert looks.trials == len(ledger)
    assert len(looks.sharpes) == len(ledger) - 3
    assert looks.sharpes[-1] * 252**0.5 == pytest.approx(ledger[-1].sharpe)
    assert looks_of(()).trials == 1


def test_every_strategy_of_the_briefing_has_its_odds_on_the_terminal_too() -> None:
    document = briefing()
    text = " ".join(as_text(document, 120).split())

    assert document.top
    for strategy in document.top:
        assert strategy.chance is not None
        assert strategy.chance.tries == document.luck.trials
        assert chance_line(strategy.chance).replace("\u00a0", " ") in text


def test_a_document_stored_before_there_were_odds_and_finalists_still_reads() -> None:
    old = json.loads(as_json(briefing()))
    for key in ("finalists", "finalists_words", "tribunal"):
        del old[key]
    for strategy in (*old["top"], *old["near_misses"]):
        del strategy["chance"], strategy["proven"]

    document = from_json(json.dumps(old))

    assert [s.chance for s in document.top] == [None] * 4
    assert (document.finalists, document.tribunal) == ((), None)
    assert "chance of skill" in as_text(briefing())
    assert "chance of skill" not in as_text(document)
