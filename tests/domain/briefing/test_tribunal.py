"""The nightly tribunal in the briefing, and the level at which genomes were confined."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.document import as_json, from_json
from daemon.domain.evolution.records import Event
from daemon.domain.worlds.null import NullKind
from tests.domain.briefing.finalist_records import tribunal
from tests.domain.briefing.night_records import briefing, night_records, with_trials

ATTACK = Event("security", "ab" * 32, {"night": "night-7", "name": "evil", "message": "killed"})


@pytest.mark.parametrize("kind", list(NullKind))
def test_a_silent_tribunal_is_one_sentence_among_what_was_learnt(kind: NullKind) -> None:
    document = compose(replace(night_records(), tribunal=tribunal(kind=kind.value)), 5)
    usual = briefing()

    (said,) = set(document.learnt) - set(usual.learnt)
    assert said.startswith("The same pipeline was also run where there is nothing to find, on ")
    assert said.endswith(": 50\u00a0trials, none passed.")
    assert kind.value not in said
    assert document.decisions == ()
    assert document.headline == usual.headline
    assert from_json(as_json(document)) == document


def test_a_graduate_where_there_is_nothing_is_a_warning_before_all_others() -> None:
    records = replace(night_records(), tribunal=tribunal(graduates=2), attacks=(ATTACK,))

    document = compose(records, 5)

    assert document.decisions[0].startswith(
        "Warning: where there is nothing to find, 2\u00a0strategies of 50 passed every check"
    )
    assert document.decisions[1].startswith("Security: evil")
    assert document.headline.startswith("Believe no result of this night")
    assert "2 passed, which must not be" in " ".join(document.learnt)


@pytest.mark.parametrize(("z", "said"), [(7.0, False), (7.1, True)])
def test_an_impossible_sharpe_ratio_there_says_that_the_engine_leaks(z: float, said: bool) -> None:
    document = compose(replace(night_records(), tribunal=tribunal(highest_z=z)), 5)

    assert ("the engine leaks the future" in " ".join(document.decisions)) is said
    assert document.headline.startswith("Believe no result") is said


def test_a_night_without_a_tribunal_says_nothing_of_one() -> None:
    assert briefing().tribunal is None
    assert "nothing to find" not in as_json(briefing())


def test_the_strongest_sandbox_is_a_fact_and_a_weaker_one_a_warning() -> None:
    records = night_records(trials=4)
    one = replace(records.trials[0], sandbox="C")
    weaker = with_trials(records, (one, *records.trials[1:]))

    strong, weak = compose(records, 5), compose(weaker, 5)

    assert strong.market.facts[1] == "Every genome ran at sandbox level A, the strongest."
    assert strong.market.warnings == ()
    assert weak.market.warnings[0].startswith("Genomes ran at sandbox level A and C; A would be")
    assert "`nightshift doctor`" in weak.market.warnings[0]
    assert not any("sandbox" in fact for fact in weak.market.facts)


def test_a_night_without_trials_says_nothing_of_the_sandbox() -> None:
    state = compose(with_trials(night_records(), ()), 5).market

    assert not any("sandbox" in words for words in (*state.facts, *state.warnings))
