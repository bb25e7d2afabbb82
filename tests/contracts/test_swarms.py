"""What every swarm promises, run over those that are shipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from daemon.domain.evolution.records import Mutation
from daemon.plugin.roles import Answer, Swarm
from plugins.recruiter import register_swarms as register_seeds
from plugins.splice import register_swarms as register_splice
from tests.fakes import fake_host
from tests.plugins.breeding import trend


@dataclass(frozen=True)
class Case:
    """A swarm and the requests that it can answer."""

    make: Callable[[Path], Swarm]
    operators: tuple[str, ...]
    parents: int


def seeds(tmp_path: Path) -> Swarm:
    (swarm,) = register_seeds(fake_host(tmp_path))
    return swarm


def splice(tmp_path: Path) -> Swarm:
    (swarm,) = register_splice(fake_host(tmp_path))
    return swarm


CASES = {"seeds": Case(seeds, ("seed",), 1), "splice": Case(splice, ("any", "jitter", "gate"), 2)}


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def swarm(case: Case, tmp_path: Path) -> Swarm:
    return case.make(tmp_path)


@pytest.fixture
def requests(case: Case, swarm: Swarm) -> list[Mutation]:
    sources = (trend(20), trend(150))[: case.parents]
    parents = ("a", "b")[: case.parents]
    return [
        Mutation(f"request {k}", "night", 1, k, swarm.name, name, 17 * k, parents, sources, "trend")
        for k, name in enumerate(case.operators * 3)
    ]


def test_it_has_a_name_and_operators_of_its_own(swarm: Swarm) -> None:
    assert isinstance(swarm, Swarm)
    assert swarm.name
    assert len(set(swarm.operators)) == len(swarm.operators) > 0


async def test_it_answers_each_request_once_and_nothing_else(
    swarm: Swarm, requests: list[Mutation]
) -> None:
    await swarm.submit(requests)

    answers = await swarm.collect(requests)

    assert sorted(a.mutation for a in answers) == sorted(r.id for r in requests)
    assert all(isinstance(answer, Answer) for answer in answers)


async def test_what_was_never_submitted_is_answered_all_the_same(
    swarm: Swarm, requests: list[Mutation]
) -> None:
    answers = await swarm.collect(requests)

    assert len(answers) == len(requests)


async def test_the_same_requests_get_the_same_answers_in_any_order(
    swarm: Swarm, requests: list[Mutation]
) -> None:
    first = {answer.mutation: answer for answer in await swarm.collect(requests)}

    again = {answer.mutation: answer for answer in await swarm.collect(requests[::-1])}

    assert first == again


async def test_an_answer_is_a_text_or_an_error_never_both(
    swarm: Swarm, requests: list[Mutation]
) -> None:
    for answer in await swarm.collect(requests):
        assert bool(answer.text) != bool(answer.error)


async def test_a_request_it_cannot_serve_is_answered_with_an_error(
    swarm: Swarm, requests: list[Mutation]
) -> None:
    odd = Mutation("odd", "night", 1, 0, swarm.name, "no such operator", 1)

    answers = await swarm.collect([odd, requests[0]])

    by_request = {answer.mutation: answer for answer in answers}
    assert by_request["odd"].error
    assert by_request[requests[0].id].text


async def test_it_can_be_called_off_and_costs_no_negative_amount(
    swarm: Swarm, requests: list[Mutation]
) -> None:
    await swarm.submit(requests)

    await swarm.cancel(requests)

    assert swarm.cost(requests) >= 0.0


async def test_no_request_is_no_work(swarm: Swarm) -> None:
    await swarm.submit([])

    assert list(await swarm.collect([])) == []
