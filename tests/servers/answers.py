"""What a server of the tests is asked and answers, and what may be wrong with an answer."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Kind = Literal[
    "cut", "stall", "short", "etag", "status", "garbage", "drip", "head", "refuse", "closed"
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one answer.

    cut: the connection ends after `share` of the body although its length was announced; stall:
    nothing more comes after `share` for `seconds`, then the connection ends; short: the body is
    `share` of what it should be and its announced length agrees; etag: another ETag than the
    last time; status: `status` instead of the answer, with `headers`, `body` and `retry_after`;
    garbage: random bytes of the right length; drip: the whole body, `pieces` of it `seconds`
    apart; head: `pieces` headers more, `seconds` apart, before the body; refuse: the connection
    ends before any answer; closed: it does, and so does the port, until `open_port`.
    """

    kind: Kind
    share: float = 0.5
    seconds: float = 30.0
    status: int = 500
    retry_after: str = ""
    body: bytes = b""
    pieces: int = 8
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. target: path and query as sent; path: without the query."""

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; its Content-Length is the body's unless a header says another (HEAD)."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def json_answer(document: Any, status: int = 200, **headers: str) -> Answer:
    """A document as vendors send it; `retry_after=...` becomes the header Retry-After."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    body = json.dumps(document).encode()
    return Answer(status, {"Content-Type": "application/json", **named}, body)


def changed(answer: Answer, fault: Fault | None) -> Answer:
    """The answer as the fault makes it; what ends a connection is left to who sends it."""
    if fault is None:
        return answer
    body = answer.body
    if fault.kind == "status":
        after = {"Retry-After": fault.retry_after} if fault.retry_after else {}
        return Answer(fault.status, {**fault.headers, **after}, fault.body)
    if fault.kind == "short":
        whole = {k: v for k, v in answer.headers.items() if k.lower() != "content-length"}
        return replace(answer, headers=whole, body=body[: int(len(body) * fault.share)])
    if fault.kind == "garbage":
        return replace(answer, body=random.Random(len(body)).randbytes(len(body)))
    if fault.kind == "etag":
        kept = {k: v for k, v in answer.headers.items() if k.lower() != "etag"}
        return replace(answer, headers={**kept, "ETag": '"0123456789abcdef0123456789abcdef"'})
    return answer
