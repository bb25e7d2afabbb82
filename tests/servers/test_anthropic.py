"""The vendor's server speaks as the vendor does: its official client is the judge."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import anthropic
import httpx
import pytest
from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient

from daemon.domain.genome import gate
from daemon.errors import GenomeRefused
from tests.fakes import FakeClock
from tests.servers.anthropic import KEY, MODELS, AnthropicServer, digest_of, vendor_fault
from tests.servers.anthropic_reply import FAULTS, HUGE
from tests.servers.faults import Fault, FaultyServer
from tests.servers.improver import PLAIN, idea_of, parent_in

MODEL = "claude-sonnet-5-5"
PROMPT = f"Improve this.\n\nPARENT\n\n```python\n{PLAIN}```\n"
HEADERS = {"x-api-key": KEY, "anthropic-version": "2023-06-01"}
SCHEMA = {
    "type": "object",
    "properties": {
        "idea": {"type": "string"},
        "source": {"type": "string"},
        "kind": {"type": "string", "enum": ["tune", "gate"]},
        "word": {"type": "string"},
    },
    "required": ["idea", "source", "kind", "word"],
    "additionalProperties": False,
}
FORM = {"format": {"type": "json_schema", "schema": SCHEMA}}


def asked(text: str = PROMPT, **more: Any) -> dict[str, Any]:
    """A body of Messages."""
    turns = [{"role": "user", "content": text}]
    return {"model": MODEL, "max_tokens": 4_000, "messages": turns, **more}


def of_batch(*names: str, **more: Any) -> list[Any]:
    """Requests of a batch, each with another prompt."""
    return [{"custom_id": name, "params": asked(f"{PROMPT}{name}", **more)} for name in names]


def text_of(message: Any) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def post(server: FaultyServer, path: str, body: Any, **headers: str) -> httpx.Response:
    sent = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    with httpx.Client(trust_env=False, verify=False) as client:
        return client.post(f"{server.url}{path}", json=body, headers=sent)


async def told(client: AsyncAnthropic, batch_id: str) -> dict[str, Any]:
    """The results of a batch by custom_id."""
    lines = await client.messages.batches.results(batch_id)
    return {line.custom_id: line.result async for line in lines}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def vendor(clock: FakeClock) -> AnthropicServer:
    """Batches take ten minutes of a clock that stands still."""
    return AnthropicServer(now=clock.now, batch_seconds=600)


@pytest.fixture
def server(vendor: AnthropicServer) -> Iterator[FaultyServer]:
    with FaultyServer(vendor) as running:
        yield running


@pytest.fixture
async def client(server: FaultyServer) -> AsyncIterator[AsyncAnthropic]:
    """The official client, which tries once and waits two seconds."""
    async with opened(server) as one:
        yield one


def opened(server: FaultyServer, key: str = KEY, timeout: float = 2.0) -> AsyncAnthropic:
    return AsyncAnthropic(
        api_key=key,
        base_url=server.url,
        max_retries=0,
        timeout=timeout,
        http_client=DefaultAsyncHttpxClient(trust_env=False, verify=False),
    )


async def test_a_message_holds_an_edit_of_the_parent_in_a_fence(client: AsyncAnthropic) -> None:
    message = await client.messages.create(**asked())

    child = gate.check(parent_in(text_of(message)))
    assert child.hash != gate.check(PLAIN).hash
    assert text_of(message).startswith(idea_of(child.source))
    assert (message.type, message.role, message.model) == ("message", "assistant", MODEL)
    assert (message.stop_reason, message.stop_details) == ("end_turn", None)
    assert message.usage.service_tier == "standard"
    assert str(message._request_id).startswith("req_")


async def test_a_schema_is_answered_with_exactly_its_properties(client: AsyncAnthropic) -> None:
    message = await client.messages.create(**asked(output_config=FORM))

    document = json.loads(text_of(message))
    assert list(document) == ["idea", "source", "kind", "word"]
    assert document["idea"] == idea_of(gate.check(document["source"]).source)
    assert document["kind"] in ("tune", "gate")
    assert document["word"].isalpha()


async def test_blocks_are_read_as_text_is(client: AsyncAnthropic) -> None:
    blocks = [
        {"type": "text", "text": "PARENT"},
        {"type": "text", "text": f"```python\n{PLAIN}```"},
    ]

    message = await client.messages.create(
        **{**asked(), "messages": [{"role": "user", "content": blocks}]}
    )

    assert idea_of(parent_in(text_of(message))).startswith("Hold while the close is above")


async def test_models_are_listed_and_found(client: AsyncAnthropic) -> None:
    listed = [model.id async for model in client.models.list(limit=3)]

    assert tuple(listed) == MODELS
    assert (await client.models.retrieve(MODEL)).display_name == "Claude Sonnet 5.5"
    with pytest.raises(anthropic.NotFoundError):
        await client.models.retrieve("claude-unheard-of")


async def test_tokens_are_four_bytes_and_counted_as_they_are_billed(
    client: AsyncAnthropic, vendor: AnthropicServer
) -> None:
    turns: Any = [{"role": "user", "content": "abc"}]
    body: dict[str, Any] = {"model": MODEL, "system": "é" * 3, "messages": turns}

    counted = await client.messages.count_tokens(**body)
    message = await client.messages.create(**body, max_tokens=4_000)

    assert counted.input_tokens == 3
    assert message.usage.input_tokens == 3
    assert message.usage.output_tokens == -(-len(text_of(message).encode()) // 4)
    assert [bill.usage for bill in vendor.billed] == [message.usage.model_dump(mode="json")]


async def test_a_batch_lives_until_its_time_is_over(
    client: AsyncAnthropic, vendor: AnthropicServer, clock: FakeClock
) -> None:
    names = [f"job-{k}" for k in range(12)]
    batches = client.messages.batches
    made = await batches.create(requests=of_batch(*names))
    clock.move(599)
    running = await batches.retrieve(made.id)

    assert made.model_dump() == running.model_dump()
    assert (running.processing_status, running.results_url) == ("in_progress", None)
    assert running.request_counts.processing == 12
    assert running.expires_at - running.created_at == timedelta(hours=24)
    assert vendor.billed == []
    with pytest.raises(anthropic.AnthropicError, match="No `results_url`"):
        await batches.results(made.id)
    with pytest.raises(anthropic.BadRequestError):
        await batches.delete(made.id)

    clock.move(1)
    ended = await batches.retrieve(made.id)
    results = await told(client, made.id)

    assert (ended.processing_status, ended.ended_at) == ("ended", clock.now())
    assert (ended.request_counts.processing, ended.request_counts.succeeded) == (0, 12)
    assert sorted(results) == sorted(names)
    assert list(results) != names
    assert {result.message.usage.service_tier for result in results.values()} == {"batch"}
    assert len({text_of(result.message) for result in results.values()}) > 3
    with pytest.raises(anthropic.BadRequestError):
        await batches.cancel(made.id)

    deleted = await batches.delete(made.id)

    assert (deleted.id, deleted.type) == (made.id, "message_batch_deleted")
    with pytest.raises(anthropic.NotFoundError):
        await batches.retrieve(made.id)


async def test_a_batch_is_never_over_when_it_is_made(client: AsyncAnthropic) -> None:
    vendor = AnthropicServer()
    with FaultyServer(vendor) as server:
        async with opened(server) as one:
            made = await one.messages.batches.create(requests=of_batch("a"))
            ended = await one.messages.batches.retrieve(made.id)

    assert (made.processing_status, ended.processing_status) == ("in_progress", "ended")


async def test_a_canceled_batch_keeps_what_had_ended(
    client: AsyncAnthropic, vendor: AnthropicServer, clock: FakeClock
) -> None:
    vendor.winding_s = 5
    made = await client.messages.batches.create(requests=of_batch("a", "b", "c", "d"))
    clock.move(310)

    canceling = await client.messages.batches.cancel(made.id)
    again = await client.messages.batches.cancel(made.id)
    clock.move(5)
    ended = await client.messages.batches.retrieve(made.id)
    results = await told(client, made.id)

    assert (canceling.processing_status, canceling.request_counts.processing) == ("canceling", 4)
    assert again.model_dump() == canceling.model_dump()
    assert (ended.processing_status, ended.cancel_initiated_at) == (
        "ended",
        clock.now() - timedelta(seconds=5),
    )
    assert (ended.request_counts.succeeded, ended.request_counts.canceled) == (2, 2)
    assert {name: one.type for name, one in results.items()} == {
        "a": "succeeded",
        "b": "succeeded",
        "c": "canceled",
        "d": "canceled",
    }
    assert [bill.name for bill in vendor.billed] == ["a", "b"]


async def test_what_has_not_ended_within_a_day_expires(
    client: AsyncAnthropic, vendor: AnthropicServer, clock: FakeClock
) -> None:
    vendor.batch_seconds = 48 * 3600
    made = await client.messages.batches.create(requests=of_batch("a", "b"))
    clock.move(24 * 3600)

    ended = await client.messages.batches.retrieve(made.id)

    assert ended.ended_at == ended.expires_at
    assert {name: one.type for name, one in (await told(client, made.id)).items()} == {
        "a": "succeeded",
        "b": "expired",
    }
    assert [bill.name for bill in vendor.billed] == ["a"]


async def test_results_stay_for_29_days(client: AsyncAnthropic, clock: FakeClock) -> None:
    made = await client.messages.batches.create(requests=of_batch("a"))
    clock.move(29 * 24 * 3600)

    archived = await client.messages.batches.retrieve(made.id)

    assert archived.archived_at == clock.now()
    assert archived.results_url is None


async def test_batches_are_listed_the_newest_first_by_pages(client: AsyncAnthropic) -> None:
    batches = client.messages.batches
    made = [(await batches.create(requests=of_batch("same"))).id for _ in range(5)]
    newest = made[::-1]

    page = await batches.list(limit=2)
    before = await batches.list(limit=2, before_id=newest[3])

    assert len(set(made)) == 5
    assert [one.id async for one in batches.list(limit=2)] == newest
    assert ([one.id for one in page.data], page.has_more) == (newest[:2], True)
    assert (page.first_id, page.last_id) == (newest[0], newest[1])
    assert ([one.id for one in before.data], before.has_more) == (newest[1:3], True)
    with pytest.raises(anthropic.NotFoundError):
        await batches.list(after_id="msgbatch_none")
    with pytest.raises(anthropic.BadRequestError):
        await batches.list(limit=1001)


@pytest.mark.parametrize(
    ("status", "kind", "error"),
    [
        (402, "billing_error", anthropic.PaymentRequiredError),
        (403, "permission_error", anthropic.PermissionDeniedError),
        (409, "conflict_error", anthropic.ConflictError),
        (413, "request_too_large", anthropic.ContentTooLargeError),
        (429, "rate_limit_error", anthropic.RateLimitError),
        (500, "api_error", anthropic.InternalServerError),
        (504, "timeout_error", anthropic.GatewayTimeoutError),
        (529, "overloaded_error", anthropic.OverloadedError),
    ],
)
async def test_an_error_by_status_is_the_vendors(
    client: AsyncAnthropic, server: FaultyServer, status: int, kind: str, error: Any
) -> None:
    server.fail("/v1/messages", vendor_fault(status, retry_after="7"))

    with pytest.raises(error) as caught:
        await client.messages.create(**asked())

    assert type(caught.value) is error
    assert caught.value.type == kind
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.request_id == caught.value.body["request_id"]


async def test_a_tier_that_is_used_up_names_no_time(
    client: AsyncAnthropic, server: FaultyServer
) -> None:
    server.fail("batches", vendor_fault(429, code="enforced_spend_limit_reached"))

    with pytest.raises(anthropic.RateLimitError) as caught:
        await client.messages.batches.create(requests=of_batch("a"))

    assert caught.value.error_code == "enforced_spend_limit_reached"
    assert "retry-after" not in caught.value.response.headers


async def test_a_wrong_key_opens_nothing(server: FaultyServer, vendor: AnthropicServer) -> None:
    async with opened(server, key="another") as client:
        calls: list[Callable[[], Any]] = [
            lambda: client.messages.create(**asked()),
            lambda: client.messages.count_tokens(model=MODEL, messages=[]),
            lambda: client.models.retrieve(MODEL),
            lambda: client.messages.batches.create(requests=of_batch("a")),
            lambda: client.messages.batches.retrieve("msgbatch_a"),
            lambda: client.messages.batches.cancel("msgbatch_a"),
            lambda: client.messages.batches.delete("msgbatch_a"),
        ]
        for call in calls:
            with pytest.raises(anthropic.AuthenticationError) as caught:
                await call()
            assert caught.value.type == "authentication_error"

    assert vendor.billed == []
    assert KEY not in str(caught.value)


def test_both_forms_of_the_key_and_both_versions_are_taken(server: FaultyServer) -> None:
    bare = {"x_api_key": "", "anthropic_version": "2026-10-21"}

    old = post(server, "/v1/messages", asked())
    new = post(server, "/v1/messages", asked(), **bare, authorization=f"Bearer {KEY}")
    none = post(server, "/v1/messages", asked(), anthropic_version="")

    assert (old.status_code, new.status_code, none.status_code) == (200, 200, 400)
    assert old.json() == new.json()
    assert old.headers["request-id"] != new.headers["request-id"]
    assert none.headers["request-id"] == none.json()["request_id"]


async def test_transport_fails_as_the_client_names_it(
    server: FaultyServer, vendor: AnthropicServer
) -> None:
    async with opened(server, timeout=0.2) as client:
        for kind, error in (
            ("stall", anthropic.APITimeoutError),
            ("refuse", anthropic.APIConnectionError),
            ("cut", anthropic.APIConnectionError),
        ):
            server.fail("/v1/messages", Fault(kind, share=0.4))  # type: ignore[arg-type]
            with pytest.raises(error):
                await client.messages.create(**asked(kind))

    assert len(vendor.billed) == 2, "what was cut and what stalled had been answered"


MARKED = {"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"temperature": 0.5}, "temperature: Extra inputs are not permitted"),
        ({"top_p": 0.5}, "top_p: Extra inputs are not permitted"),
        ({"top_k": 5}, "top_k: Extra inputs are not permitted"),
        ({"max_tokens": None}, "max_tokens: Field required"),
        ({"max_tokens": "9"}, "max_tokens: Input should be a valid integer"),
        ({"max_tokens": 128_001}, "maximum allowed number of output tokens"),
        ({"max_tokens": -1}, "greater than or equal to 0"),
        ({"messages": []}, "at least one message"),
        ({"messages": [{"role": "system", "content": "x"}]}, "'user' or 'assistant'"),
        ({"messages": [{"role": "assistant", "content": "{"}]}, "does not support prefill"),
        ({"messages": [{"role": "user", "content": [MARKED] * 5}]}, "maximum of 4 blocks"),
        ({"messages": [{"role": "user", "content": ""}]}, "string that is not empty"),
        ({"system": [{"type": "text", "text": ""}]}, "must be non-empty"),
        ({"system": [{**MARKED, "cache_control": {"type": "ephemeral", "ttl": "2h"}}]}, "'1h'"),
        ({"tool_choice": {"type": "any"}}, "forced tool use"),
        ({"thinking": {"type": "disabled"}}, "only adaptive thinking"),
        ({"output_config": {"effort": "huge"}}, "output_config.effort"),
        ({"output_config": {"format": {"type": "json"}}}, "json_schema"),
    ],
)
def test_a_body_that_the_vendor_refuses_is_refused(
    server: FaultyServer, changes: Mapping[str, Any], words: str
) -> None:
    answer = post(server, "/v1/messages", {**asked(), **changes})

    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    assert words in answer.json()["error"]["message"]


@pytest.mark.parametrize("name", ["additionalProperties", "required"])
def test_a_schema_has_to_be_closed(server: FaultyServer, name: str) -> None:
    schema = {key: value for key, value in SCHEMA.items() if key != name}
    form = {"format": {"type": "json_schema", "schema": schema}}

    assert post(server, "/v1/messages", asked(output_config=form)).status_code == 400


async def test_the_clients_errors_for_wrong_calls(client: AsyncAnthropic) -> None:
    with pytest.raises(anthropic.BadRequestError):
        await client.messages.create(**asked(), extra_body={"temperature": 0.1})
    with pytest.raises(anthropic.NotFoundError) as caught:
        await client.messages.create(**{**asked(), "model": "claude-unheard-of"})

    assert caught.value.api_message == "model: claude-unheard-of"


@pytest.mark.parametrize(
    "names", [[""], ["a" * 65], ["a b"], ["é"], ["a:1"], ["a", "b", "a"], ["x\n"], []]
)
async def test_custom_ids_are_plain_and_unique(client: AsyncAnthropic, names: list[str]) -> None:
    with pytest.raises(anthropic.BadRequestError):
        await client.messages.batches.create(requests=of_batch(*names))


async def test_params_of_a_batch_are_checked_when_they_are_worked_on(
    client: AsyncAnthropic, vendor: AnthropicServer, clock: FakeClock
) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "model": {"model": "claude-unheard-of"},
        "stream": {"stream": True},
        "warm": {"max_tokens": 0},
        "hot": {"temperature": 1.0},
    }
    requests: list[Any] = [
        {"custom_id": name, "params": {**asked(), **changes}} for name, changes in wrong.items()
    ]
    made = await client.messages.batches.create(requests=requests)
    clock.move(600)

    results = await told(client, made.id)

    kinds = {name: result.error.error.type for name, result in results.items()}
    assert kinds == {"model": "not_found_error"} | dict.fromkeys(
        ("stream", "warm", "hot"), "invalid_request_error"
    )
    assert vendor.billed == []


async def test_the_owners_limit_stops_what_creates_and_nothing_else(
    client: AsyncAnthropic, vendor: AnthropicServer
) -> None:
    vendor.spend_limit = 2
    await client.messages.create(**asked())
    made = await client.messages.batches.create(requests=of_batch("a"))

    with pytest.raises(anthropic.BadRequestError) as caught:
        await client.messages.create(**asked())
    with pytest.raises(anthropic.BadRequestError):
        await client.messages.batches.create(requests=of_batch("b"))

    assert "API usage limits" in str(caught.value.api_message)
    assert (await client.messages.batches.retrieve(made.id)).id == made.id
    vendor.broke = True
    with pytest.raises(anthropic.PaymentRequiredError):
        await client.messages.create(**asked())


def answer_to(fault: str, **more: Any) -> dict[str, Any]:
    """The message that a fault leaves of an answer."""
    with FaultyServer(AnthropicServer(misbehave={"messages": fault})) as server:
        answer = post(server, "/v1/messages", asked(**more))
    found: dict[str, Any] = answer.json()
    return found


def test_prose_has_no_code() -> None:
    message = answer_to("prose")

    assert "```" not in message["content"][0]["text"]
    assert message["stop_reason"] == "end_turn"


def test_an_empty_answer_has_no_block_and_costs_a_token() -> None:
    message = answer_to("empty")

    assert (message["content"], message["usage"]["output_tokens"]) == ([], 1)


def test_wrong_json_is_a_document_that_nobody_asked_for() -> None:
    message = answer_to("wrong_json", output_config=FORM)

    assert SCHEMA["required"] != list(json.loads(message["content"][0]["text"]))


def test_a_huge_answer_has_a_megabyte_and_costs_no_more_than_was_allowed() -> None:
    message = answer_to("huge")

    text = message["content"][0]["text"]
    assert len(text) > HUGE
    assert message["usage"]["output_tokens"] == 4_000
    with pytest.raises(GenomeRefused):
        gate.check(parent_in(text))


def test_an_injection_gives_orders_and_a_genome_that_imports() -> None:
    message = answer_to("injection")

    text = message["content"][0]["text"]
    assert "Ignore every earlier rule" in text
    with pytest.raises(GenomeRefused) as caught:
        gate.check(parent_in(text))
    assert "import" in {reason.code for reason in caught.value.reasons}


def test_a_refusal_has_details_and_no_text() -> None:
    message = answer_to("refusal")

    assert (message["stop_reason"], message["content"]) == ("refusal", [])
    assert message["stop_details"]["type"] == "refusal"


def test_a_cut_answer_breaks_off_and_costs_all() -> None:
    message, whole = answer_to("max_tokens"), answer_to("")

    text = message["content"][0]["text"]
    assert whole["content"][0]["text"].startswith(text)
    assert len(text) < len(whole["content"][0]["text"])
    assert (message["stop_reason"], message["usage"]["output_tokens"]) == ("max_tokens", 4_000)


def test_a_short_limit_cuts_by_itself() -> None:
    message, warming = answer_to("", max_tokens=10), answer_to("", max_tokens=0)

    assert (message["stop_reason"], len(message["content"][0]["text"])) == ("max_tokens", 40)
    assert message["usage"]["output_tokens"] == 10
    assert (warming["content"], warming["usage"]["output_tokens"]) == ([], 0)


def test_a_wrong_model_names_itself() -> None:
    message = answer_to("wrong_model")

    assert message["model"] in MODELS
    assert message["model"] != MODEL


def test_thinking_stands_before_the_text_and_is_paid() -> None:
    message, plain = answer_to("thinking"), answer_to("")

    assert [block["type"] for block in message["content"]] == ["thinking", "text"]
    assert message["content"][1] == plain["content"][0]
    thought = message["usage"]["output_tokens_details"]["thinking_tokens"]
    assert thought > 0
    assert message["usage"]["output_tokens"] == plain["usage"]["output_tokens"] + thought


def test_a_call_errs_by_itself_where_it_is_told_to() -> None:
    kinds = {fault: answer_to(fault)["error"]["type"] for fault in ("errored", "invalid")}

    assert kinds == {"errored": "api_error", "invalid": "invalid_request_error"}


async def test_each_request_of_a_batch_has_its_own_fault(
    client: AsyncAnthropic, vendor: AnthropicServer, clock: FakeClock
) -> None:
    vendor.misbehave = {fault: fault for fault in FAULTS} | {"good": ""}
    made = await client.messages.batches.create(requests=of_batch("good", *sorted(FAULTS)))
    clock.move(600)

    lines = [line async for line in await client.messages.batches.results(made.id)]
    ended = await client.messages.batches.retrieve(made.id)

    found = {line.custom_id: line.result for line in lines}
    names = [line.custom_id for line in lines]
    assert names.count("duplicate") == 2
    assert set(names) == FAULTS - {"lost"} | {"good"}
    failed = {"errored": "api_error", "invalid": "invalid_request_error"}
    assert {name: found[name].error.error.type for name in failed} == failed  # type: ignore[union-attr]
    assert [found[name].type for name in ("expired", "canceled")] == ["expired", "canceled"]
    counts = ended.request_counts
    assert (counts.errored, counts.expired, counts.canceled) == (2, 1, 1)
    assert counts.succeeded == len(FAULTS) + 1 - 4
    assert sorted(bill.name for bill in vendor.billed) == sorted(
        FAULTS - {*failed, "expired", "canceled"} | {"good"}
    )
    assert set(vendor.answered.values()) == {1}


async def test_a_function_may_choose_the_fault(
    client: AsyncAnthropic, vendor: AnthropicServer, clock: FakeClock
) -> None:
    vendor.misbehave = lambda name: "refusal" if name == "b" else ""
    made = await client.messages.batches.create(requests=of_batch("a", "b"))
    clock.move(600)

    results = await told(client, made.id)

    assert results["a"].message.stop_reason == "end_turn"
    assert results["b"].message.stop_reason == "refusal"


def test_a_fault_that_there_is_not_fails_the_test() -> None:
    with pytest.raises(ValueError, match="there is no fault 'typo'"):
        answer_to("typo")


async def test_a_marked_prefix_is_written_once_and_then_read(
    client: AsyncAnthropic, vendor: AnthropicServer
) -> None:
    hour = {"type": "ephemeral", "ttl": "1h"}
    system = [
        {"type": "text", "text": "a" * 6_000, "cache_control": hour},
        {"type": "text", "text": "b" * 2_002, "cache_control": {"type": "ephemeral"}},
    ]
    other = [system[0], {**system[1], "text": "c" * 400}]

    usages = [
        (await client.messages.create(**asked("d" * 399, system=one))).usage
        for one in (system, system, other)
    ]

    written = usages[0].cache_creation
    assert written is not None
    assert (written.ephemeral_1h_input_tokens, written.ephemeral_5m_input_tokens) == (1_500, 501)
    parts = [
        (one.input_tokens, one.cache_creation_input_tokens, one.cache_read_input_tokens)
        for one in usages
    ]
    assert parts == [(100, 2_001, 0), (100, 0, 2_001), (100, 100, 1_500)]
    assert [bill.usage["cache_read_input_tokens"] for bill in vendor.billed] == [0, 2_001, 1_500]


async def test_a_short_prefix_is_silently_not_cached(client: AsyncAnthropic) -> None:
    system = [{"type": "text", "text": "a" * 4_092, "cache_control": {"type": "ephemeral"}}]

    usages = [
        (await client.messages.create(**asked("dddd", system=system))).usage for _ in range(2)
    ]

    assert [(one.input_tokens, one.cache_creation_input_tokens) for one in usages] == [
        (1_024, 0),
        (1_024, 0),
    ]


async def test_the_cache_belongs_to_a_model(client: AsyncAnthropic) -> None:
    system = [{"type": "text", "text": "a" * 8_000, "cache_control": {"type": "ephemeral"}}]

    for model in MODELS[:2]:
        body = {**asked(system=system), "model": model}
        assert (await client.messages.create(**body)).usage.cache_read_input_tokens == 0


async def test_a_batch_is_billed_though_nobody_looks(
    client: AsyncAnthropic, vendor: AnthropicServer, clock: FakeClock
) -> None:
    requests = of_batch("a", "b")
    await client.messages.batches.create(requests=requests)
    await client.messages.batches.create(requests=requests)
    clock.move(600)

    bills = vendor.billed

    assert [(bill.name, bill.batch) for bill in bills] == [(n, True) for n in "abab"]
    assert vendor.answered[digest_of(requests[0]["params"]).hex()] == 2


async def test_a_batch_and_a_message_answer_a_request_alike(
    client: AsyncAnthropic, clock: FakeClock
) -> None:
    requests = of_batch("a")
    made = await client.messages.batches.create(requests=requests)
    clock.move(600)

    message = await client.messages.create(**requests[0]["params"])

    assert (await told(client, made.id))["a"].message.content == message.content


def test_two_runs_say_the_same_bytes() -> None:
    def run() -> list[tuple[bytes, str]]:
        clock = FakeClock()
        vendor = AnthropicServer(now=clock.now, misbehave={"j3": "thinking"})
        with FaultyServer(vendor) as server, httpx.Client(trust_env=False, verify=False) as client:

            def say(method: str, path: str, body: Any = None) -> httpx.Response:
                headers = {**HEADERS, "Host": "vendor"}
                return client.request(method, f"{server.url}{path}", json=body, headers=headers)

            made = say("POST", "/v1/messages/batches", {"requests": of_batch("j1", "j2", "j3")})
            path = f"/v1/messages/batches/{made.json()['id']}"
            answers = [made, say("GET", path), say("GET", f"{path}/results")]
            answers += [say("POST", "/v1/messages", asked()) for _ in range(2)]
        return [(answer.content, answer.headers["request-id"]) for answer in answers]

    first, second = run(), run()

    assert first == second
    assert first[3][0] == first[4][0]
    assert first[3][1] != first[4][1]


async def test_a_stream_says_what_the_message_says(
    client: AsyncAnthropic, server: FaultyServer
) -> None:
    whole = await client.messages.create(**asked())
    events = [event async for event in await client.messages.create(**asked(), stream=True)]

    pieces = [event.delta for event in events if event.type == "content_block_delta"]
    assert "".join(piece.text for piece in pieces if piece.type == "text_delta") == text_of(whole)
    assert [events[0].type, events[-1].type] == ["message_start", "message_stop"]
    server.fail("/v1/messages", Fault("cut"))
    cut = await client.messages.create(**asked(), stream=True)
    with pytest.raises(Exception, match=r"closed|incomplete"):
        [event async for event in cut]


async def test_a_body_beyond_the_limit_is_too_large(
    client: AsyncAnthropic, vendor: AnthropicServer
) -> None:
    vendor.most_bytes = 2_000

    with pytest.raises(anthropic.ContentTooLargeError):
        await client.messages.create(**asked("x" * 2_000))
    assert await client.messages.batches.create(requests=of_batch("a", "b", "c"))


def test_paths_and_bodies_that_are_none_are_refused(server: FaultyServer) -> None:
    with httpx.Client(trust_env=False, verify=False, headers=HEADERS) as client:
        path = client.get(f"{server.url}/v1/elsewhere")
        body = client.post(f"{server.url}/v1/messages", content=b"{")

    assert (path.status_code, path.json()["error"]["type"]) == (404, "not_found_error")
    assert body.status_code == 400
    assert "not valid JSON" in body.json()["error"]["message"]
