"""The looks at sealed sessions in words: the bar of the error budget, and all looks as a set."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.document import Briefing, as_json, from_json
from daemon.domain.briefing.finalists import outcome
from daemon.domain.briefing.sealed import look_sentences
from daemon.domain.evolution.comparison import Look, compare
from daemon.domain.evolution.dossier import Dossier
from daemon.domain.evolution.evidence import Sealed
from daemon.domain.stats.eprocess import EProcess, periods_to_evidence
from tests.domain.briefing.finalist_records import best_of, dossier_of, with_finalists
from tests.domain.briefing.night_records import night_records
from tests.domain.evolution.test_screens import returns, shown


def judged_as_a_set(*looks: Sealed) -> list[Sealed]:
    """Each with what all of them say together, as finalists "0", "1" and so on."""
    genomes = [each.hash for each in best_of(night_records())]
    paths = [
        Look(genome, 0, 251, one.found.session_returns, one.found.market_returns)
        for genome, one in zip(genomes, looks, strict=False)
    ]
    found = compare(paths, np.random.default_rng(1))
    return [replace(one, together=found) for one in looks]


def dossiers(*looks: Sealed) -> list[Dossier]:
    genomes = best_of(night_records())
    seen = judged_as_a_set(*looks)
    return [dossier_of(genome, sealed=one) for genome, one in zip(genomes, seen, strict=False)]


def told(*looks: Sealed) -> Briefing:
    return compose(with_finalists(night_records(), dossiers(*looks)), 5)


def spoken(briefing: Briefing) -> str:
    return " ".join(briefing.finalists_words).replace("\u00a0", " ")


def test_a_proven_one_is_told_how_far_its_bet_is_from_what_its_place_needs() -> None:
    bet = EProcess(0.2).extend(returns(2.5, 252).tolist()).e_value
    pace = math.ceil(periods_to_evidence(2.5 / math.sqrt(252), 60.0 / bet))

    (finalist,) = told(shown(2.5, place=2)).finalists

    assert finalist.budget.replace("\u00a0", " ") == (
        f"A bet on it stands at {bet:.2f} times its stake after these sessions, and paper trading "
        "carries it on; to graduate it has to reach 60 times, which at the pace it showed takes "
        f"{pace} sessions at best."
    )
    assert finalist.budget in outcome(finalist)


def test_one_whose_bet_is_there_already_and_one_that_broke_its_bound_are_told_so() -> None:
    broken = replace(shown(2.5), found=replace(shown(2.5).found, session_returns=_gapped()))

    (there,) = told(shown(15.0)).finalists
    (never,) = told(broken).finalists

    assert there.budget.endswith("it has to reach 20\u00a0times, which it has.")
    assert never.proven
    assert "never graduates" in never.budget


def test_one_that_failed_on_the_sealed_sessions_is_told_of_no_bar() -> None:
    (finalist,) = told(shown(-1.0)).finalists

    assert finalist.budget == ""


def test_every_look_raises_the_bar_for_the_next() -> None:
    assert (
        "3 such looks have been taken in the life of this ledger, and each raises the bar: a bet "
        "on the next finalist has to reach 200 times its stake"
    ) in spoken(told(shown(2.5, place=2), shown(2.5, place=3)))
    assert "One look at sealed sessions has been taken" in spoken(told(shown(2.5)))


def test_the_finalists_of_a_night_are_told_as_a_set() -> None:
    words = spoken(told(shown(6.0, place=1), shown(-1.0, place=2)))

    assert (
        "The two finalists that were shown sealed sessions: were none of them better than cash, "
        "the best would do as well once in 1,000; were none of them better than buying and holding "
        "the same symbols, the best would do as well once in 1,000." in words
    )
    assert words.count("better than cash") == 1
    assert "The finalist that was shown sealed sessions: were it no better" in spoken(
        told(shown(6.0))
    )


def test_what_is_told_survives_json() -> None:
    briefing = told(shown(2.5), shown(-1.0, place=2))

    assert from_json(as_json(briefing)) == briefing


def test_a_dossier_shown_by_its_id_tells_its_place_and_only_a_proven_one_its_bar() -> None:
    proven, lost = dossiers(shown(2.5), shown(-1.0, place=2))

    assert look_sentences(proven)[0] == "Its look has place 1 in the error budget."
    assert "to graduate it has to reach" in " ".join(look_sentences(proven))
    assert look_sentences(lost)[0] == "Its look has place 2 in the error budget."
    assert "to graduate" not in " ".join(look_sentences(lost))


def test_a_look_of_an_older_dossier_reads_without_place_and_set() -> None:
    (proven,) = dossiers(shown(2.5))
    look = dict(proven.document["sealed"]["look"])
    del look["budget"], look["together"]
    older = {**proven.document, "version": 1, "sealed": {**proven.document["sealed"], "look": look}}

    records = with_finalists(night_records(), [replace(proven, document=older)])
    document = compose(records, 5)

    assert look_sentences(replace(proven, document=older)) == ()
    assert document.finalists[0].budget == ""
    assert document.finalists[0].sealed_sessions == 252
    assert "raises the bar" not in spoken(document)


def _gapped() -> np.ndarray:
    """Sessions that earn enough for the check, although one of them loses more than the bound."""
    path = returns(12.0, 252)
    path[100] = -0.21
    return np.where(np.arange(252) == 101, 0.21, path)
