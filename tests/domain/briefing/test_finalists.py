"""Which of the night's best were put to the tests, and how far each of them came."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.briefing.chance import chance_line
from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.document import as_json, from_json
from daemon.domain.briefing.finalists import outcome
from daemon.domain.briefing.text import LINES, as_text
from daemon.domain.evolution.records import UNTRIED, Event, Stage
from tests.domain.briefing.finalist_records import (
    LOST,
    PEEKED,
    best_of,
    dossier_of,
    proven_briefing,
    proven_night,
    sharpe_of,
    tribunal,
    with_finalists,
)
from tests.domain.briefing.night_records import briefing, night_records
from tests.domain.evolution.test_screens import returns


def test_each_finalist_is_told_with_the_first_check_that_failed() -> None:
    records = night_records()
    first, second, *_ = best_of(records)
    found = [dossier_of(first, **PEEKED), dossier_of(second, **LOST)]

    document = compose(with_finalists(records, found), 5)

    ahead, lost = document.finalists
    assert (ahead.hash, ahead.proven) == (first.hash, False)
    assert ahead.words == "positions before bar 700 changed, 100\u00a0% of them"
    assert (ahead.sealed_sessions, ahead.sealed_sharpe) == (None, None)
    assert lost.words.startswith("over 252 sessions that the search never saw its Sharpe ratio is")
    assert "Sharpe ratio is −1.00, above zero" in lost.words
    assert lost.sealed_sharpe == pytest.approx(-1.0)
    assert document.finalists_words[0] == (
        "Two of the night’s best strategies were put to the tests of the ladder; none passed all "
        "of them."
    )
    assert any("`nightshift graduations show ID`" in words for words in document.finalists_words)
    assert document.decisions == ()


def test_of_several_checks_that_failed_the_first_is_told() -> None:
    records = night_records()
    first = best_of(records)[0]

    found = dossier_of(first, rivals=np.zeros((2000, 0)), **PEEKED)

    (finalist,) = compose(with_finalists(records, [found]), 5).finalists
    assert finalist.words.startswith("only 0 behaviours were tried")


def test_a_proven_strategy_stands_first_and_in_the_headline() -> None:
    records = proven_night()
    proven = next(each.genome for each in records.dossiers if each.taken)

    document = compose(records, 5)

    assert document.top[0].hash == document.finalists[0].hash == proven
    assert [s.proven for s in document.top] == [True, False, False, False]
    assert max(s.selection or 0.0 for s in document.top) > (document.top[0].selection or 0.0)
    assert document.headline == f"One strategy is proven: {document.top[0].name}"
    assert document.summary[0].startswith(f"{document.top[0].name}, which is proven, made")
    assert "what is proven comes first" in " ".join(document.summary)


def test_the_look_at_sealed_data_is_told_with_its_sessions_and_its_sharpe() -> None:
    proven = proven_briefing().finalists[0]

    assert proven.sealed_sessions == 252
    assert proven.sealed_sharpe == pytest.approx(sharpe_of(returns(2.5, 252)))
    assert "Over 252\u00a0sealed sessions, which the search never saw" in as_json(proven_briefing())


def test_a_proven_strategy_needs_the_owner_and_asks_for_nothing_yet() -> None:
    document = compose(replace(proven_night(), attacks=()), 5)
    real = compose(_on_real_data(), 5)
    (told,), (truly,) = document.decisions, real.decisions

    assert "every check was passed" in told
    assert f"`nightshift graduations show {document.top[0].hash[:12]}`" in told
    assert "On made-up prices this only shows that the search works" in told
    assert "paper-traded once the shadow trader runs; there is nothing to approve yet" in truly


def test_one_that_was_proven_before_keeps_its_place_and_is_no_news() -> None:
    records = night_records()
    third = best_of(records)[2]
    moved = replace(third, stage=Stage.PROVEN)

    document = compose(replace(records, genomes={**records.genomes, third.hash: moved}), 5)

    assert document.top[0].hash == third.hash
    assert document.top[0].proven
    assert document.decisions == ()
    assert "proven:" not in document.headline


def test_a_night_with_nothing_sealed_says_so_once() -> None:
    records = night_records()
    first, second, *_ = best_of(records)
    short = {"seal": None, "sealed_sessions": 0, "sealed": None}
    found = [dossier_of(first, **short), dossier_of(second, **short)]

    document = compose(with_finalists(records, found), 5)

    said = [words for words in document.finalists_words if "Nothing can be proven yet" in words]
    assert len(said) == 1
    assert "Nothing can be proven yet" not in as_json(proven_briefing())
    assert all(one.words.startswith("0 sessions are sealed") for one in document.finalists)


def test_a_finalist_that_could_not_be_run_is_told_once_unless_it_was_tried_later() -> None:
    records = night_records()
    first, second, *_ = best_of(records)
    events = [_untried(first.hash), _untried(second.hash), _untried(second.hash)]
    found = (dossier_of(first, **PEEKED),)

    document = compose(replace(records, untried=events, dossiers=found), 5)

    assert [one.hash for one in document.finalists] == [first.hash, second.hash]
    assert document.finalists[1].words == "it could not be tried (its data are gone)"


def test_a_night_without_finalists_says_nothing_of_them() -> None:
    document = briefing()

    assert (document.finalists, document.finalists_words) == ((), ())
    assert "Put to the tests" not in as_text(document)


def test_the_finalists_survive_json() -> None:
    document = proven_briefing()

    assert from_json(as_json(document)) == document


@pytest.mark.parametrize(("width", "named"), [(60, 0), (80, 3), (88, 3), (140, 3)])
def test_the_terminal_names_finalists_as_there_is_room_and_the_best_one_s_odds(
    width: int, named: int
) -> None:
    records = proven_night(trials=90)
    document = compose(replace(records, tribunal=tribunal(), lessons=()), 5)

    text = as_text(document, width)

    spoken = " ".join(text.split())
    told = [f"{one.name} ({one.hash[:12]}) is {outcome(one)}" for one in document.finalists]
    assert len(text.splitlines()) <= LINES
    assert max(map(len, text.splitlines())) <= width
    assert f"1 {document.top[0].name} (proven)" in text
    assert " ".join(document.finalists_words[0].split()) in spoken
    assert document.top[0].chance
    assert " ".join(chance_line(document.top[0].chance).split()) in spoken
    assert sum(f"· {' '.join(words.split())}" in spoken for words in told) >= named


def test_one_finalist_is_one_of_the_best() -> None:
    records = night_records()
    found = [dossier_of(best_of(records)[0], **PEEKED)]

    words = compose(with_finalists(records, found), 5).finalists_words[0]

    assert words.startswith("One of the night’s best strategies was put")


def test_words_of_strangers_in_a_dossier_cannot_colour_the_terminal() -> None:
    records = night_records()
    first = replace(best_of(records)[0], name="\x1b[31mred\n\n")
    hostile = dossier_of(first, reasons=("\x1b]0;title\x07 it looks\nahead",), sealed=None)

    document = compose(replace(records, dossiers=(hostile,)), 5)

    assert "\x1b" not in as_text(document)
    assert document.finalists[0].words == "]0;title it looks ahead"


def test_a_night_with_an_alarm_does_not_boast_of_what_is_proven() -> None:
    document = compose(replace(proven_night(), tribunal=tribunal(graduates=1)), 5)

    assert document.headline.startswith("Believe no result of this night")
    assert document.decisions[0].startswith("Warning: where there is nothing to find, 1\u00a0strat")
    assert "is proven" in document.decisions[1]


def _untried(genome: str) -> Event:
    return Event(UNTRIED, genome, {"night": "night-7", "why": "its data are gone."})


def _on_real_data():  # type: ignore[no-untyped-def]
    records = proven_night()
    real = [
        replace(t, evaluation=replace(t.evaluation, simulated=False)) if t.evaluation else t
        for t in records.trials
    ]
    return replace(records, trials=real)
