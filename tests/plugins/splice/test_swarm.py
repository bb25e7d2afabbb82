"""The swarm splice: a pure function of the request, never rubbish, always an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daemon.domain.evolution.records import Mutation
from daemon.domain.genome import gate
from plugins.splice.answers import MOST_POSITIONS
from plugins.splice.catalog import OPERATORS
from plugins.splice.swarm import SpliceSwarm, mutated
from tests.plugins.splice.samples import BANDS, BREAKOUT, PULLBACK, ROTATION, SAMPLES

REQUEST = Mutation("id", "night", 1, 0, "splice", "any", 11, ("a", "b"), (PULLBACK, BANDS), "x")


@pytest.mark.parametrize("source", SAMPLES)
def test_a_child_passes_the_gate_and_is_not_its_parent(source: str) -> None:
    for seed in range(12):
        answer = mutated(replace(REQUEST, seed=seed, sources=(source,)), tries=5)

        assert answer.error == ""
        assert gate.check(answer.text).hash != gate.check(source).hash


def test_the_same_request_gets_the_same_answer() -> None:
    requests = [replace(REQUEST, seed=seed) for seed in range(20)]

    assert [mutated(r, 5) for r in requests] == [mutated(r, 5) for r in requests]


def test_other_seeds_give_other_children() -> None:
    texts = {mutated(replace(REQUEST, seed=seed), 5).text for seed in range(40)}

    assert len(texts) > 25


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_the_operator_that_was_asked_for_is_used_where_it_fits(operator: str) -> None:
    used = {
        mutated(replace(REQUEST, operator=operator, seed=seed), 5).operator for seed in range(8)
    }

    assert operator in used


def test_an_operator_that_finds_nothing_gives_way_and_the_answer_says_so() -> None:
    request = replace(REQUEST, operator="rebase", sources=(BREAKOUT,), parents=("a",))

    answer = mutated(request, 5)

    assert answer.text
    assert answer.operator not in ("", "rebase")


def test_an_unknown_operator_is_answered_with_a_suggestion() -> None:
    answer = mutated(replace(REQUEST, operator="windows"), 5)

    assert answer.text == ""
    assert answer.error == 'no operator "windows"; did you mean "window"?'


@pytest.mark.parametrize("sources", [(), ("nonsense (",), ("x = 1\n",), (PULLBACK, "def f(")])
def test_parents_that_cannot_be_read_are_an_error_not_a_crash(sources: tuple[str, ...]) -> None:
    answer = mutated(replace(REQUEST, sources=sources), 5)

    assert answer.text == ""
    assert answer.error


def test_crossings_between_kinds_fall_back_to_one_parent() -> None:
    for seed in range(6):
        request = replace(
            REQUEST, operator="cross_subtree", sources=(ROTATION, PULLBACK), seed=seed
        )
        answer = mutated(request, 5)

        assert "def rotate(panel, p)" in answer.text
        assert "bars.close" not in answer.text


def test_generations_of_children_stay_valid_and_bounded() -> None:
    source, sizes = PULLBACK, []
    for seed in range(40):
        answer = mutated(replace(REQUEST, sources=(source, BANDS), seed=seed), 5)
        source = answer.text or source
        sizes.append(gate.check(source).nodes)

    assert max(sizes) < 1_500


def test_an_answer_is_not_wrapped_without_end() -> None:
    source = PULLBACK
    for seed in range(40):
        wrapping = ("gate", "delay", "sizing", "flip")[seed % 4]
        request = replace(REQUEST, operator=wrapping, sources=(source,), seed=seed)
        source = mutated(request, 5).text or source

        assert source.count("    position") <= MOST_POSITIONS + 1  # a turn may follow the last


async def test_the_swarm_answers_every_request_once() -> None:
    requests = [replace(REQUEST, id=str(number), seed=number) for number in range(9)]

    answers = await SpliceSwarm().collect(requests)

    assert [answer.mutation for answer in answers] == [request.id for request in requests]
