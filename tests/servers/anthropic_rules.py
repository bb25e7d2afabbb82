"""What Anthropic's Messages and Batches take (§6.2, §6.4), and how they refuse the rest (§6.3)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.servers.faults import Answer, Fault, json_answer

Params = Mapping[str, Any]
KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
MESSAGES = {
    400: "Invalid request",
    401: "invalid x-api-key",
    402: "Your credit balance is too low to access the Anthropic API. "
    "Please go to Plans & Billing to upgrade or purchase credits.",
    403: "Your API key does not have permission to use the specified resource.",
    404: "Not found",
    409: "Conflict",
    413: "Request exceeds the maximum size",
    429: "This request would exceed your organization's rate limit.",
    500: "Internal server error",
    504: "Request timed out",
    529: "Overloaded",
}
MODELS = (
    "claude-opus-5-5",
    "claude-sonnet-5-5",
    "claude-haiku-5-5",
    "claude-sonnet-5",
    "claude-opus-5",
    "claude-opus-4-8",
    "claude-sonnet-4-6",
    "claude-haiku-4-5",
)
STRICT = ("claude-opus-5-5", "claude-sonnet-5-5")
MOST_TOKENS = 128_000
MOST_REQUESTS = 100_000
MARKS = 4
_PROMPT = frozenset(
    {
        "cache_control",
        "messages",
        "model",
        "output_config",
        "prefill",
        "speed",
        "system",
        "thinking",
        "tool_choice",
        "tools",
    }
)
_MESSAGE = _PROMPT | {
    "container",
    "diagnostics",
    "inference_geo",
    "max_tokens",
    "metadata",
    "service_tier",
    "stop_sequences",
    "stream",
}
_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class Refused(Exception):
    """A call that the vendor answers with an error. code: its `error.details.error_code`."""

    def __init__(self, status: int, message: str = "", code: str = "") -> None:
        super().__init__(message or MESSAGES[status])
        self.status = status
        self.code = code

    def document(self, request_id: str) -> dict[str, Any]:
        """The body of the answer, which an errored result of a batch carries too."""
        inner: dict[str, Any] = {"type": KINDS[self.status], "message": str(self)}
        if self.code:
            inner["details"] = {"error_code": self.code}
        return {"type": "error", "error": inner, "request_id": request_id}

    def answer(self, request_id: str) -> Answer:
        """The answer without its header `request-id`, which every answer has."""
        return json_answer(self.document(request_id), self.status)


def vendor_fault(status: int, retry_after: str = "", message: str = "", code: str = "") -> Fault:
    """The vendor's error as a switch of a `FaultyServer`, with its body and its header."""
    name = f"req_fault{status}"
    body = json.dumps(Refused(status, message, code).document(name)).encode()
    headers = {"Content-Type": "application/json", "request-id": name}
    return Fault("status", status=status, retry_after=retry_after, body=body, headers=headers)


class Piece(NamedTuple):
    """A block of a prompt. mark: how long the prefix that ends here is cached, '' if it is not."""

    text: str
    mark: str = ""


def check_message(params: Params, batch: bool = False) -> None:
    """Refuses a Messages body, or the params of a batch's request, that has no answer."""
    known = _MESSAGE - {"stream"} if batch else _MESSAGE
    _refuse(_field_problems(params, known, ("model", "max_tokens", "messages")))
    _refuse(_length_problems(params, least=1 if batch else 0))
    check_prompt(params)


def check_count(params: Params) -> None:
    """Refuses a body of which the tokens cannot be counted."""
    _refuse(_field_problems(params, _PROMPT, ("model", "messages")))
    check_prompt(params)


def check_prompt(params: Params) -> None:
    """Refuses what is wrong with the prompt, then a model that is not there (404)."""
    _refuse(_turn_problems(params["messages"]))
    _refuse(_mark_problems(pieces(params)))
    _refuse(_form_problems(params.get("output_config") or {}))
    model = params["model"]
    if model not in MODELS:
        raise Refused(404, f"model: {model}")
    if model in STRICT:
        _refuse(_strict_problems(params))


def check_requests(document: Any) -> list[tuple[str, Params]]:
    """The requests of a batch by their own ids; what their params hold is not looked at (§6.4)."""
    requests = document.get("requests") if isinstance(document, dict) else None
    if not isinstance(requests, list):
        raise Refused(400, "requests: Field required")
    if not 1 <= len(requests) <= MOST_REQUESTS:
        told = f"requests: List should have 1 to {MOST_REQUESTS} items, not {len(requests)}"
        raise Refused(400, told)
    for place, request in enumerate(requests):
        _refuse(_request_problems(f"requests.{place}", request))
    ids = Counter(request["custom_id"] for request in requests)
    twice = [name for name, count in ids.items() if count > 1]
    if twice:
        raise Refused(400, f"requests: custom_id must be unique, found twice: {twice[0]}")
    return [(request["custom_id"], request["params"]) for request in requests]


def pieces(params: Params) -> list[Piece]:
    """The prompt in the order in which it is cached: tools, system, messages."""
    found = _content("tools", params.get("tools") or [])
    found += _content("system", params.get("system") or [])
    for place, turn in enumerate(params["messages"]):
        found += _content(f"messages.{place}.content", turn["content"])
    if params.get("cache_control") and found:
        found[-1] = found[-1]._replace(mark=_mark("cache_control", params["cache_control"]))
    return found


def _refuse(problems: Iterator[str]) -> None:
    for problem in problems:
        raise Refused(400, problem)


def _field_problems(params: Any, known: frozenset[str], needed: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(params, dict):
        yield "Input should be a valid dictionary"
        return
    yield from (f"{name}: Field required" for name in needed if params.get(name) is None)
    extra = sorted(params.keys() - known)
    yield from (f"{name}: Extra inputs are not permitted" for name in extra)
    if not isinstance(params["model"], str):
        yield "model: Input should be a valid string"


def _length_problems(params: Params, least: int) -> Iterator[str]:
    asked = params["max_tokens"]
    if type(asked) is not int:
        yield "max_tokens: Input should be a valid integer"
    elif asked < least:
        yield f"max_tokens: Input should be greater than or equal to {least}"
    elif asked > MOST_TOKENS:
        yield (
            f"max_tokens: {asked} > {MOST_TOKENS}, which is the maximum allowed number of output "
            f"tokens for {params['model']}"
        )


def _turn_problems(turns: Any) -> Iterator[str]:
    if not isinstance(turns, list) or not turns:
        yield "messages: at least one message is required"
        return
    for place, turn in enumerate(turns):
        if not isinstance(turn, dict) or turn.keys() != {"role", "content"}:
            yield f"messages.{place}: Input should have a role and a content"
        elif turn["role"] not in ("user", "assistant"):
            yield f"messages.{place}.role: Input should be 'user' or 'assistant'"


def _mark_problems(prompt: list[Piece]) -> Iterator[str]:
    marks = sum(bool(piece.mark) for piece in prompt)
    if marks > MARKS:
        yield f"A maximum of {MARKS} blocks with cache_control may be provided. Found {marks}."


def _form_problems(config: Params) -> Iterator[str]:
    effort, form = config.get("effort"), config.get("format")
    if effort not in (None, "low", "medium", "high", "xhigh", "max"):
        yield "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'"
    if form is None:
        return
    if form.get("type") != "json_schema" or not isinstance(form.get("schema"), dict):
        yield "output_config.format: Input should be a json_schema with its schema"
        return
    where, schema = "output_config.format.schema", form["schema"]
    if schema.get("type") != "object" or not schema.get("properties"):
        yield f"{where}: Input should be an object with properties"
    if schema.get("additionalProperties") is not False:
        yield f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false"
    if sorted(schema.get("required", ())) != sorted(schema.get("properties", ())):
        yield f"{where}: every property has to be required"


def _strict_problems(params: Params) -> Iterator[str]:
    """What the models since 5.5 refuse that others took."""
    choice, thinking = params.get("tool_choice") or {}, params.get("thinking") or {}
    if choice.get("type") in ("any", "tool"):
        yield f"tool_choice: forced tool use is not supported by {params['model']}"
    if thinking.get("type") == "disabled" or "budget_tokens" in thinking:
        yield f"thinking: only adaptive thinking is supported by {params['model']}"
    if params["messages"][-1]["role"] == "assistant" or "prefill" in params:
        yield "This model does not support prefill. The conversation must end with a user message."


def _request_problems(where: str, request: Any) -> Iterator[str]:
    if not isinstance(request, dict) or request.keys() != {"custom_id", "params"}:
        yield f"{where}: Input should have a custom_id and params"
        return
    name = request["custom_id"]
    if not isinstance(name, str) or not _CUSTOM_ID.fullmatch(name):
        yield f"{where}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{{1,64}}$'"
    if not isinstance(request["params"], dict):
        yield f"{where}.params: Input should be a valid dictionary"


def _content(where: str, content: Any) -> list[Piece]:
    if isinstance(content, str) and content:
        return [Piece(content)]
    if not isinstance(content, list):
        raise Refused(400, f"{where}: Input should be a string that is not empty, or a list")
    return [_piece(f"{where}.{place}", block) for place, block in enumerate(content)]


def _piece(where: str, block: Any) -> Piece:
    if not isinstance(block, dict):
        raise Refused(400, f"{where}: Input should be a valid dictionary")
    control = block.get("cache_control")
    mark = _mark(f"{where}.cache_control", control) if control else ""
    if block.get("type") != "text":
        bare = {name: value for name, value in block.items() if name != "cache_control"}
        return Piece(json.dumps(bare, sort_keys=True), mark)
    text = block.get("text")
    if not isinstance(text, str) or not text:
        raise Refused(400, f"{where}: text content blocks must be non-empty")
    return Piece(text, mark)


def _mark(where: str, control: Any) -> str:
    if not isinstance(control, dict) or control.get("type") != "ephemeral":
        raise Refused(400, f"{where}: Input should be of the type 'ephemeral'")
    life = control.get("ttl") or "5m"
    if life not in ("5m", "1h"):
        raise Refused(400, f"{where}.ttl: Input should be '5m' or '1h'")
    return str(life)
