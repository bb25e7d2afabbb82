"""From the vendor's result of a call to its settlement in the books, and to the swarm's answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from daemon.domain.evolution.calls import CallState, Entry, Settlement
from daemon.plugin.roles import Answer
from plugins.anthropic_swarm.prices import Price, counted
from plugins.anthropic_swarm.service import Result

ATTEMPTS: Final = 3
"""Calls for one request at most."""

_WRONG: Final = "invalid_request_error"
_FINE: Final = ("end_turn", "stop_sequence")
_LONGEST: Final = 1 << 21


def settled(result: Result, model: str, price: Price) -> Settlement:
    """What a result costs. A bill that cannot be read counts with all that was reserved."""
    body = json.dumps(result.body, sort_keys=True)[:_LONGEST]
    if result.kind != "succeeded":
        return Settlement(result.custom_id, CallState.FREE, body)
    usage = result.body.get("usage")
    if not isinstance(usage, Mapping) or not _is_of(result.body, model):
        return Settlement(result.custom_id, CallState.LOST, body)
    tokens = counted(usage)
    return Settlement(result.custom_id, CallState.ANSWERED, body, tokens, price.of(tokens))


def lost(call: str) -> Settlement:
    """Of a call that its ended batch says nothing about."""
    return Settlement(call, CallState.LOST)


def is_final(entry: Entry) -> bool:
    """Whether another call for the same request would change nothing, or is one too many."""
    if entry.state is CallState.OPEN:
        return False
    free = entry.state is CallState.FREE
    return not free or entry.call.attempt >= ATTEMPTS or _error_type(entry) == _WRONG


def answered(entry: Entry) -> Answer:
    """What the swarm says of a request whose calls have ended."""
    text, error = _read(entry)
    return Answer(entry.call.mutation, text, error)


def _read(entry: Entry) -> tuple[str, str]:
    if entry.state is CallState.LOST:
        return "", "the answer was lost, or written by another model"
    document = _document(entry)
    if entry.state is CallState.FREE:
        return "", f"no answer in {entry.call.attempt} calls: {_error_type(entry) or 'it expired'}"
    reason = document.get("stop_reason")
    if reason == "refusal":
        return "", "the model refused"
    if reason == "max_tokens":
        return "", "the answer was cut off at max_tokens"
    if reason not in _FINE:
        return "", f"the answer ended by {str(reason)[:40]}"
    blocks = document.get("content")
    texts = [block.get("text") for block in blocks or () if block.get("type") == "text"]
    text = "\n".join(text for text in texts if isinstance(text, str))
    return (text, "") if text.strip() else ("", "the answer is empty")


def _is_of(message: Mapping[str, Any], model: str) -> bool:
    """Whether the model that was asked wrote it; a dated name is the same model."""
    name = message.get("model")
    return isinstance(name, str) and (name == model or name.startswith(f"{model}-"))


def _error_type(entry: Entry) -> str:
    error = _document(entry).get("error")
    return str(error.get("type", "")) if isinstance(error, Mapping) else ""


def _document(entry: Entry) -> Mapping[str, Any]:
    try:
        found = json.loads(entry.answer or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}
