"""The swarm in the cloud: every answer once, every call paid once, no cent over the cap."""

from __future__ import annotations

import asyncio
import json

import pytest

from daemon.domain.genome import gate
from plugins.harvester.extraction import extract
from tests.plugins.anthropic_swarm.conftest import Cloud
from tests.servers.anthropic import vendor_fault
from tests.servers.faults import Fault

BATCHES = r"/v1/messages/batches($|\?)"


def test_a_batch_brings_a_valid_child_for_every_request_and_the_books_agree_with_the_bill(
    cloud: Cloud,
) -> None:
    swarm, mutations = cloud.swarm(), cloud.asked(5)

    handle = asyncio.run(swarm.submit(mutations))
    early = cloud.collected(swarm, mutations)
    late = cloud.collected(swarm, mutations)

    assert handle.startswith("msgbatch_")
    assert early == {}
    assert list(late) == [m.id for m in mutations]
    for answer in late.values():
        assert gate.check(extract(answer.text)).hash
    assert cloud.spent() == cloud.billed(swarm) > 0
    assert cloud.server.count(BATCHES, "POST") == 1


def test_answers_that_are_settled_are_told_again_without_a_call(cloud: Cloud) -> None:
    mutations = cloud.asked(2)
    swarm = cloud.swarm()
    asyncio.run(swarm.submit(mutations))
    first = cloud.collected(swarm, mutations, looks=2)
    before = len(cloud.server.asked)

    again = cloud.collected(cloud.swarm(), mutations)

    assert again == first
    assert len(cloud.server.asked) == before


def test_what_was_never_submitted_is_sent_when_answers_are_collected(cloud: Cloud) -> None:
    mutations = cloud.asked(2)

    assert set(cloud.collected(cloud.swarm(), mutations, looks=3)) == {m.id for m in mutations}


def test_a_batch_whose_handle_was_lost_is_found_and_not_sent_again(cloud: Cloud) -> None:
    mutations = cloud.asked(3)
    cloud.server.fail(BATCHES, Fault("cut"), methods="POST")

    assert asyncio.run(cloud.swarm().submit(mutations)) == ""
    told = cloud.collected(cloud.swarm(), mutations, looks=4)

    assert set(told) == {m.id for m in mutations}
    assert cloud.server.count(BATCHES, "POST") == 1
    assert cloud.spent() == cloud.billed(cloud.swarm())


def test_a_batch_that_was_never_made_is_sent_again(cloud: Cloud) -> None:
    mutations = cloud.asked(3)
    cloud.server.fail(BATCHES, vendor_fault(500), methods="POST")

    assert asyncio.run(cloud.swarm().submit(mutations)) == ""
    told = cloud.collected(cloud.swarm(), mutations, looks=4)

    assert set(told) == {m.id for m in mutations}
    assert cloud.server.count(BATCHES, "POST") == 2


def test_nothing_is_sent_beyond_the_budget_of_the_day(cloud: Cloud) -> None:
    mutations = cloud.asked(40)
    swarm = cloud.swarm(dollars_per_day=0.5)

    asyncio.run(swarm.submit(mutations))
    reserved = cloud.spent()
    told = cloud.collected(swarm, mutations, looks=3)

    assert 0 < reserved <= 500_000
    assert cloud.billed(swarm) <= 500_000
    errors = {answer.error for answer in told.values()} - {""}
    assert errors == {"the budget leaves no room for it"}


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        (vendor_fault(429, retry_after="900"), 1),
        (vendor_fault(429), 1),
        (vendor_fault(529), 4),
        (vendor_fault(401), 1),
        (vendor_fault(402), 1),
    ],
)
def test_while_the_service_asks_for_patience_nothing_is_sent(
    cloud: Cloud, fault: Fault, calls: int
) -> None:
    swarm, mutations = cloud.swarm(), cloud.asked(2)
    cloud.server.fail("/v1/messages", fault, times=None)

    asyncio.run(swarm.submit(mutations))
    cloud.collected(swarm, mutations, looks=10)

    assert len(cloud.server.asked) <= calls


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refused_key_is_paused_and_told_and_ends_the_requests(cloud: Cloud, status: int) -> None:
    swarm, mutations = cloud.swarm(), cloud.asked(2)
    cloud.server.fail("/v1/messages", vendor_fault(status), times=None)

    asyncio.run(swarm.submit(mutations))
    told = cloud.collected(swarm, mutations)

    assert f"the service answered {status}" in swarm.unready()
    assert all(f"answered {status}" in answer.error for answer in told.values())
    assert [event.kind for _, event in cloud.store.journal(limit=1)] == ["swarm_paused"]


def test_without_a_key_the_requests_are_answered_with_the_reason(cloud: Cloud) -> None:
    cloud.key = ""
    mutations = cloud.asked(2)

    told = cloud.collected(cloud.swarm(), mutations)

    assert {answer.error for answer in told.values()} == {
        "it has no key; expected ANTHROPIC_API_KEY in the environment or in .env"
    }
    assert cloud.server.asked == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("refusal", "the model refused"),
        ("max_tokens", "cut off at max_tokens"),
        ("empty", "the answer is empty"),
        ("wrong_model", "written by another model"),
        ("lost", "the answer was lost"),
        ("invalid", "invalid_request_error"),
    ],
)
def test_an_answer_that_is_none_ends_its_request_with_the_reason(
    cloud: Cloud, fault: str, words: str
) -> None:
    cloud.vendor.misbehave = {"*": fault}
    swarm, mutations = cloud.swarm(), cloud.asked(2)

    asyncio.run(swarm.submit(mutations))
    told = cloud.collected(swarm, mutations, looks=3)

    assert [words in answer.error for answer in told.values()] == [True, True]
    assert cloud.spent() >= cloud.billed(swarm)


@pytest.mark.parametrize("fault", ["errored", "expired", "canceled"])
def test_what_ended_without_a_bill_is_asked_for_three_times(cloud: Cloud, fault: str) -> None:
    cloud.vendor.misbehave = {"*": fault}
    swarm, mutations = cloud.swarm(), cloud.asked(1)

    told = cloud.collected(swarm, mutations, looks=12)

    assert [answer.error[:22] for answer in told.values()] == ["no answer in 3 calls: "]
    assert cloud.server.count(BATCHES, "POST") == 3
    assert cloud.spent() == cloud.billed(swarm) == 0


def test_a_duplicate_result_is_paid_once(cloud: Cloud) -> None:
    cloud.vendor.misbehave = {"*": "duplicate"}
    swarm, mutations = cloud.swarm(), cloud.asked(3)

    told = cloud.collected(swarm, mutations, looks=4)

    assert len(told) == 3
    assert cloud.spent() == cloud.billed(swarm)


def test_the_key_never_stands_in_an_error_the_books_or_the_journal(cloud: Cloud) -> None:
    swarm, mutations = cloud.swarm(), cloud.asked(1)
    said = json.dumps({"error": {"type": "authentication_error", "message": f"bad {cloud.key}"}})
    cloud.server.fail("/v1/messages", Fault("status", status=401, body=said.encode()), times=None)

    asyncio.run(swarm.submit(mutations))

    assert "***" in swarm.unready()
    assert cloud.key not in swarm.unready()
    assert cloud.key not in str(cloud.store.journal())
