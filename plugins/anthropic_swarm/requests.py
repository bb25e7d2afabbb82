"""From a mutation to the call that asks for it: the body that is sent, and its entry in the books.

The custom id is a hash of parents, operator, prompt version, model and the request's own seed, so
that the same request is the same call, however often it is made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from daemon.domain.evolution.calls import Call
from daemon.domain.evolution.records import Mutation
from plugins.anthropic_swarm import prompt
from plugins.anthropic_swarm.portraits import Known
from plugins.anthropic_swarm.settings import AnthropicSettings

_ID: Final = 56


def custom_id(mutation: Mutation, model: str, version: str, attempt: int) -> str:
    """At most 64 characters of [a-z0-9-]."""
    named = (mutation.parents, mutation.operator, version, model, mutation.seed, mutation.id)
    digest = hashlib.sha256(repr(named).encode()).hexdigest()
    return f"{digest[:_ID]}-{attempt}"


def call_for(
    mutation: Mutation, known: Known, settings: AnthropicSettings, swarm: str, attempt: int
) -> Call:
    """The call, priced by its worst case."""
    version, common = prompt.version(), prompt.system_text()
    text = prompt.user_text(known.brief(mutation))
    request = json.dumps(_own_part(text, settings), sort_keys=True)
    size = len(common.encode()) + len(request.encode())
    return Call(
        id=custom_id(mutation, settings.model, version, attempt),
        mutation=mutation.id,
        night=mutation.night,
        swarm=swarm,
        model=settings.model,
        prompt=version,
        common=common_hash(),
        request=request,
        reserved=settings.price.most(size, settings.max_tokens),
        attempt=attempt,
    )


def common_hash() -> str:
    """Name of the part that all requests share."""
    return hashlib.sha256(prompt.system_text().encode()).hexdigest()


def body(call: Call) -> dict[str, Any]:
    """What is sent: the call's own part behind the common one, which is cached for an hour."""
    kept = {"type": "ephemeral", "ttl": "1h"}
    system = [{"type": "text", "text": prompt.system_text(), "cache_control": kept}]
    own: Mapping[str, Any] = json.loads(call.request)
    return {"custom_id": call.id, "params": {**own, "system": system}}


def _own_part(text: str, settings: AnthropicSettings) -> dict[str, Any]:
    form = {"type": "json_schema", "schema": prompt.ANSWER_SCHEMA}
    return {
        "model": settings.model,
        "max_tokens": settings.max_tokens,
        "messages": [{"role": "user", "content": text}],
        "output_config": {"effort": settings.effort, "format": form},
    }
