from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from daemon.domain.briefing.compose import compose
from tests.domain.briefing.night_records import changed, night_records, with_trials


def notes(**values: Any) -> str:
    records = night_records(trials=1, accepted=1)
    trial = records.trials[0]
    assert trial.evaluation is not None
    metrics = {"trades": 400, "exposure": 0.4, "cagr": 0.2, "sharpe": 2.0, "ambiguous_share": 0.0}
    metrics |= {k: v for k, v in values.items() if k in metrics}
    fitness = values.get("third", 1.0)
    blocks = tuple(
        replace(b, fitness=fitness if k == 2 else 1.0, refusal="")
        for k, b in enumerate(trial.evaluation.blocks)
    )
    market = 0.0002 + 0.004 * (-1.0) ** np.arange(len(trial.evaluation.session_returns))
    trial = changed(
        trial,
        metrics=replace(trial.evaluation.metrics, **metrics),
        blocks=blocks,
        selection=0.7,
        market_returns=market,
        flags=values.get("flags", ()),
    )
    return " ".join(compose(with_trials(records, (trial,)), 5).top[0].notes)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"trades": 24}, "Only 24\u00a0trades"),
        ({"exposure": 0.09}, "invested in only 9\u00a0% of the time"),
        ({"third": 0.0}, "It earned nothing clear of chance in 1 of 6\u00a0blocks"),
        ({"cagr": 0.01}, "It earned less than the market held (+1.0\u00a0% against"),
        ({"flags": ("ended_early",)}, "It still holds a symbol whose prices stop before"),
        ({"sharpe": 0.5}, "Its Sharpe ratio is no better than that of the market held"),
    ],
)
def test_a_card_says_what_speaks_against_it(values: dict[str, Any], words: str) -> None:
    assert words in notes(**values)
    assert notes() == ""


def test_less_money_at_a_better_sharpe_says_that_the_risk_was_smaller() -> None:
    assert "at a better Sharpe ratio" in notes(cagr=0.01)
    assert "at a better Sharpe ratio" not in notes(cagr=0.01, sharpe=0.5)


@pytest.mark.parametrize(("steps", "said"), [(0, False), (1, False), (2, True), (3, True)])
def test_an_idea_inherited_through_two_changes_is_not_vouched_for(steps: int, said: bool) -> None:
    records = night_records(trials=1, accepted=1)
    (born,) = records.genomes.values()
    line = [replace(born, hash=f"{k}" * 64) for k in range(steps)]
    line = [replace(g, parents=tuple(p.hash for p in line[:k][-1:])) for k, g in enumerate(line)]
    genome = replace(born, parents=tuple(g.hash for g in line[-1:]))
    genomes = {g.hash: g for g in (*line[-1:], genome)}

    (shown,) = compose(replace(records, genomes=genomes), 5).top

    assert ("Its sentence was written for an ancestor" in " ".join(shown.notes)) == said


def test_the_sentence_of_a_changed_strategy_is_labelled_as_that_of_its_parent() -> None:
    records = night_records(trials=1, accepted=1)
    (born,) = records.genomes.values()
    seed = replace(born, hash="0" * 64, idea="Buy what fell.")
    child = replace(born, idea="Buy what fell; with other exits.", parents=(seed.hash,))

    (as_seed,) = compose(records, 5).top
    (shown,) = compose(replace(records, genomes={g.hash: g for g in (seed, child)}), 5).top

    assert as_seed.idea == born.idea
    assert shown.idea == "Descends from: Buy what fell."


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (0.4, "Holds a position for less than a session,"),
        (1.2, "Holds a position for about one session,"),
        (20.3, "Holds a position for about 20 sessions,"),
    ],
)
def test_how_long_positions_are_held_reads_as_a_sentence(held: float, words: str) -> None:
    records = night_records(trials=1, accepted=1)
    evaluation = records.trials[0].evaluation
    assert evaluation is not None
    traits = replace(evaluation.descriptors, holding=held)
    trial = changed(records.trials[0], descriptors=traits)

    assert compose(with_trials(records, (trial,)), 5).top[0].character.startswith(words)


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (0.3, ", is on average 30.0 % net long,"),
        (-0.06, ", is on average 6.0 % net short,"),
        (0.004, ", is about as much long as short,"),
    ],
)
def test_the_side_is_told_by_the_mean_net_exposure(net: float, words: str) -> None:
    records = night_records(trials=1, accepted=1)
    evaluation = records.trials[0].evaluation
    assert evaluation is not None
    trial = changed(records.trials[0], descriptors=replace(evaluation.descriptors, net=net))

    character = compose(with_trials(records, (trial,)), 5).top[0].character
    assert words in character.replace("\u00a0", " ")
