"""Anthropic's Messages and Message Batches on loopback (§6), answered by a deterministic writer.

    vendor = AnthropicServer(now=clock.now, batch_seconds=600, misbehave={"job-7": "prose"})
    with FaultyServer(vendor) as server:
        server.fail("/v1/messages", vendor_fault(529))
        client = AsyncAnthropic(base_url=server.url, api_key=KEY, max_retries=0)

Faults of transport are those of `FaultyServer`, errors by status `vendor_fault`; a call that
a "cut" or a "stall" hits was answered and billed. `misbehave` names what is wrong with an answer:

prose (no code), empty (no block), wrong_json (another document than asked for), huge (a megabyte),
injection (orders, and a genome that imports os), refusal, max_tokens (cut in the middle),
wrong_model (written by another), thinking (a block before the text), errored (api_error), invalid
(invalid_request_error); in a batch only: expired, canceled, lost (no line, though it was billed),
duplicate (two lines, billed once).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import RLock
from typing import Any, NamedTuple

from tests.servers.anthropic_batch import Batch
from tests.servers.anthropic_lists import model_told, page_of
from tests.servers.anthropic_reply import (
    FAULTS,
    digest_of,
    events,
    input_usage,
    message,
    size_of,
    tokens,
)
from tests.servers.anthropic_rules import (
    MODELS,
    Params,
    Refused,
    check_count,
    check_message,
    check_requests,
    pieces,
    vendor_fault,
)
from tests.servers.faults import Answer, Asked, json_answer

__all__ = ["KEY", "MODELS", "AnthropicServer", "Bill", "digest_of", "vendor_fault"]
KEY = "sk-ant-canary-6b21e0d4"
VERSIONS = ("2026-10-21", "2023-06-01")
_SPENT = (
    "You have reached your specified API usage limits. "
    "You will regain access on 2026-12-01 at 00:00 UTC."
)


class Bill(NamedTuple):
    """An answer that was billed. name: custom_id of a batch's request, else the call's id."""

    name: str
    usage: Mapping[str, Any]
    batch: bool


class _Call(NamedTuple):
    """A request to the server. id: of the request; name: of the batch or model in its path."""

    asked: Asked
    id: str
    name: str

    @property
    def address(self) -> str:
        return f"http://{self.asked.headers['host']}"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class AnthropicServer:
    """The vendor, as one account sees it; called by the threads of a `FaultyServer`.

    now: its clock. batch_seconds: how long a batch is in progress; winding_s: how long canceling.
    misbehave: names of faults by custom_id, by "messages" for every direct call, or by "*"; or
    a function of the custom_id (of the id of a direct call). A request of a batch asks for it when
    the batch ends. spend_limit: creating calls until the owner's limit is reached (400), True from
    the start; broke: no credit is left (402). most_bytes: of a call, a batch may have eight times
    as many. answered: how often each request (`digest_of`, in hex) was answered and billed.
    """

    now: Callable[[], datetime] = _utc_now
    batch_seconds: float = 0.0
    winding_s: float = 0.0
    misbehave: Mapping[str, str] | Callable[[str], str] = field(default_factory=dict)
    spend_limit: int | bool = False
    broke: bool = False
    most_bytes: int = 32 << 20
    answered: Counter[str] = field(default_factory=Counter)
    _bills: list[Bill] = field(default_factory=list)
    _batches: list[Batch] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _asked: Counter[bytes] = field(default_factory=Counter)
    _creating: int = 0
    _lock: RLock = field(default_factory=RLock)

    def __call__(self, asked: Asked) -> Answer:
        """The vendor's answer."""
        with self._lock:
            call = _Call(asked, f"req_{self._name(asked)}", _name_in(asked.path))
            try:
                self._settle()
                answer = self._answer(call)
            except Refused as refused:
                answer = refused.answer(call.id)
            return replace(answer, headers={**answer.headers, "request-id": call.id})

    @property
    def billed(self) -> list[Bill]:
        """What was billed so far, in order; a batch is billed when it has ended."""
        with self._lock:
            self._settle()
            return list(self._bills)

    @property
    def batches(self) -> list[Batch]:
        """The batches that are there, the newest first."""
        with self._lock:
            self._settle()
            return self._batches[::-1]

    def _answer(self, call: _Call) -> Answer:
        asked = call.asked
        path = asked.path.replace(f"/{call.name}", "/*", 1) if call.name else asked.path
        self._check(asked)
        routes = {
            "POST /v1/messages": self._create,
            "POST /v1/messages/count_tokens": self._count,
            "GET /v1/models": self._list_models,
            "GET /v1/models/*": self._model,
            "POST /v1/messages/batches": self._create_batch,
            "GET /v1/messages/batches": self._list_batches,
            "GET /v1/messages/batches/*": self._batch,
            "POST /v1/messages/batches/*/cancel": self._cancel,
            "GET /v1/messages/batches/*/results": self._results,
            "DELETE /v1/messages/batches/*": self._delete,
        }
        route = routes.get(f"{asked.method} {path}")
        if route is None:
            raise Refused(404)
        return route(call)

    def _check(self, asked: Asked) -> None:
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if KEY not in (bearer, asked.headers.get("x-api-key")):
            raise Refused(401, "Invalid bearer token" if bearer else "")
        if asked.headers.get("anthropic-version") not in VERSIONS:
            raise Refused(400, "anthropic-version: header is required and has to be a known one")
        batch = asked.path.endswith("/batches")
        if len(asked.body) > self.most_bytes * (8 if batch else 1):
            raise Refused(413)

    def _create(self, call: _Call) -> Answer:
        params = _document(call.asked)
        check_message(params)
        self._spend()
        fault = self._fault(call.id, "messages")
        if fault == "errored":
            raise Refused(500)
        if fault == "invalid":
            raise Refused(400, "messages: this request is not valid")
        told = self._message(call.id, params, fault, batch=False)
        if params.get("stream"):
            return Answer(200, {"Content-Type": "text/event-stream"}, events(told))
        return json_answer(told)

    def _count(self, call: _Call) -> Answer:
        params = _document(call.asked)
        check_count(params)
        return json_answer({"input_tokens": tokens(size_of(pieces(params)))})

    def _list_models(self, call: _Call) -> Answer:
        return json_answer(page_of([model_told(name) for name in MODELS], call.asked.query))

    def _model(self, call: _Call) -> Answer:
        if call.name not in MODELS:
            raise Refused(404, f"model: {call.name}")
        return json_answer(model_told(call.name))

    def _create_batch(self, call: _Call) -> Answer:
        requests = check_requests(_document(call.asked))
        self._spend()
        made = Batch(
            f"msgbatch_{call.id.removeprefix('req_')}",
            requests,
            self.now(),
            self.batch_seconds,
            self.winding_s,
        )
        self._batches.append(made)
        return json_answer(made.document(made.created, call.address))

    def _list_batches(self, call: _Call) -> Answer:
        now = self.now()
        told = [each.document(now, call.address) for each in reversed(self._batches)]
        return json_answer(page_of(told, call.asked.query))

    def _batch(self, call: _Call) -> Answer:
        return json_answer(self._found(call).document(self.now(), call.address))

    def _cancel(self, call: _Call) -> Answer:
        batch = self._found(call)
        if batch.results is not None:
            raise Refused(400, f"Batch {batch.id} has ended and cannot be canceled")
        batch.canceled = batch.canceled or self.now()
        return json_answer(batch.document(batch.canceled, call.address))

    def _results(self, call: _Call) -> Answer:
        batch = self._found(call)
        if batch.document(self.now(), call.address)["results_url"] is None:
            raise Refused(404, f"Batch {batch.id} has no available results")
        return Answer(200, {"Content-Type": "application/x-jsonl"}, batch.lines())

    def _delete(self, call: _Call) -> Answer:
        batch = self._found(call)
        if batch.results is None:
            raise Refused(400, f"Batch {batch.id} is in progress: cancel it before deleting it")
        self._batches.remove(batch)
        return json_answer({"id": batch.id, "type": "message_batch_deleted"})

    def _found(self, call: _Call) -> Batch:
        for batch in self._batches:
            if batch.id == call.name:
                return batch
        raise Refused(404, f"Message batch {call.name} not found")

    def _settle(self) -> None:
        """Works on every batch that has ended by now, in the order in which they ended."""
        now = self.now()
        ended = [batch for batch in self._batches if batch.results is None and batch.ends <= now]
        for batch in sorted(ended, key=lambda one: one.ends):
            batch.results = {
                name: self._result(batch, place, name, params)
                for place, (name, params) in enumerate(batch.requests)
            }

    def _result(self, batch: Batch, place: int, name: str, params: Params) -> dict[str, Any]:
        fate = batch.fate(place)
        fault = "" if fate else self._fault(name)
        if fate or fault in ("canceled", "expired"):
            return {"type": fate or fault}
        if fault in ("lost", "duplicate"):
            batch.copies[name] = 0 if fault == "lost" else 2
        try:
            if fault in ("errored", "invalid"):
                raise Refused(500) if fault == "errored" else Refused(400, "params: not valid")
            check_message(params, batch=True)
        except Refused as refused:
            told = refused.document(f"req_{digest_of(params).hex()[:24]}")
            return {"type": "errored", "error": told}
        return {"type": "succeeded", "message": self._message(name, params, fault, batch=True)}

    def _message(self, name: str, params: Params, fault: str, batch: bool) -> dict[str, Any]:
        before = input_usage(params["model"], pieces(params), self._seen)
        told = message(params, fault, before, batch)
        self._bills.append(Bill(name, told["usage"], batch))
        self.answered[digest_of(params).hex()] += 1
        return told

    def _fault(self, name: str, kind: str = "") -> str:
        if isinstance(self.misbehave, Mapping):
            keys = (key for key in (name, kind, "*") if key in self.misbehave)
            fault = self.misbehave.get(next(keys, ""), "")
        else:
            fault = self.misbehave(name)
        if fault and fault not in FAULTS:
            raise ValueError(f"there is no fault {fault!r}")
        return fault

    def _spend(self) -> None:
        self._creating += 1
        limit = self.spend_limit
        if self.broke:
            raise Refused(402)
        if limit is True or (limit is not False and self._creating > limit):
            raise Refused(400, _SPENT)

    def _name(self, asked: Asked) -> str:
        """Of a request: what it says, and how often it was said before."""
        said = hashlib.sha256(f"{asked.method} {asked.target}\n".encode() + asked.body)
        self._asked[said.digest()] += 1
        said.update(str(self._asked[said.digest()]).encode())
        return said.hexdigest()[:24]


def _name_in(path: str) -> str:
    """The name of a batch or model in a path, '' where it has none."""
    for start in ("/v1/messages/batches/", "/v1/models/"):
        if path.startswith(start):
            return path.removeprefix(start).split("/")[0]
    return ""


def _document(asked: Asked) -> Any:
    try:
        return json.loads(asked.body)
    except ValueError as error:
        raise Refused(400, "The request body is not valid JSON") from error
