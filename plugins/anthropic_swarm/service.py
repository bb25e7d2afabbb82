"""The service through its official client, whose own retries are off.

What it answers leaves this module as plain values, what it refuses as a `SetbackError`; nothing
that is raised shows the key.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from daemon.errors import TransientError
from daemon.plugin import Secret
from daemon.plugin.retry import retry_after_s
from plugins.anthropic_swarm.patience import Kind, Setback

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types.messages import MessageBatch

SILENCE_S: Final = 120.0
_LONGEST: Final = 300
_PAGE: Final = 100
_SPENT: Final = ("spend limit", "spending limit", "usage limit", "credit balance")
_KINDS: Final = {
    400: Kind.WRONG,
    413: Kind.WRONG,
    422: Kind.WRONG,
    401: Kind.STOPPED,
    402: Kind.STOPPED,
    403: Kind.STOPPED,
    404: Kind.STOPPED,
    429: Kind.LIMITED,
    529: Kind.OVERLOADED,
}


class SetbackError(TransientError):
    """The service did not do what it was asked; `setback` says what that means."""

    def __init__(self, setback: Setback) -> None:
        super().__init__(setback.message)
        self.setback = setback


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch. ended: its results can be read; requests: how many it has."""

    id: str
    created: datetime
    ended: bool
    requests: int


@dataclass(frozen=True, slots=True)
class Result:
    """How one request of a batch ended. kind: succeeded, errored, canceled or expired.

    body: the vendor's message, or its error.
    """

    custom_id: str
    kind: str
    body: Mapping[str, Any]


class Service:
    """One account; used from the daemon's loop."""

    def __init__(self, base_url: str, key: Secret) -> None:
        self._base_url, self._key = base_url, key

    async def create(self, requests: Sequence[Mapping[str, Any]]) -> Batch:
        """Sends requests, {custom_id, params} each, as one batch."""
        async with self._asking() as client:
            found = await client.messages.batches.create(requests=list(requests))  # type: ignore[arg-type]
            return _batch(found)

    async def batch(self, handle: str) -> Batch:
        """How a batch stands."""
        async with self._asking() as client:
            return _batch(await client.messages.batches.retrieve(handle))

    async def batches(self, since: datetime) -> list[Batch]:
        """Those made since an instant, the newest first."""
        found: list[Batch] = []
        async with self._asking() as client:
            async for each in client.messages.batches.list(limit=_PAGE):
                if each.created_at < since:
                    break
                found.append(_batch(each))
        return found

    async def results(self, handle: str) -> AsyncIterator[Result]:
        """The results of a batch that has ended, in any order."""
        async with self._asking() as client:
            lines = await client.messages.batches.results(handle)
            async for line in lines:
                told = line.result.model_dump(mode="json")
                body = told.get("message") or told.get("error") or {}
                yield Result(line.custom_id, str(told.get("type")), body)

    async def cancel(self, handle: str) -> None:
        """Calls a batch off; what has ended of it keeps its results."""
        async with self._asking() as client:
            await client.messages.batches.cancel(handle)

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[AsyncAnthropic]:
        """The client for one question, whose errors are setbacks; calls are minutes apart."""
        from anthropic import AsyncAnthropic  # three quarters of a second, for who asks only

        key, url = self._key.reveal(), self._base_url
        async with (
            AsyncAnthropic(api_key=key, base_url=url, max_retries=0, timeout=SILENCE_S) as client,
            _translated(self._key),
        ):
            yield client


@asynccontextmanager
async def _translated(key: Secret) -> AsyncIterator[None]:
    import anthropic

    try:
        yield
    except anthropic.APIStatusError as error:
        raise SetbackError(_setback(error, key)) from None
    except anthropic.APIError as error:
        said = _said(str(error) or type(error).__name__, key)
        raise SetbackError(Setback(Kind.BROKEN, f"no answer of the service: {said}")) from None
    except (json.JSONDecodeError, ValueError) as error:
        said = _said(str(error), key)
        raise SetbackError(Setback(Kind.BROKEN, f"no readable answer: {said}")) from None


def _setback(error: Any, key: Secret) -> Setback:
    status, body = error.status_code, error.body
    inner = body.get("error") if isinstance(body, dict) else None
    said = _said(str(inner.get("message") if isinstance(inner, dict) else error), key)
    kind = _KINDS.get(status, Kind.BROKEN)
    if status == 400 and any(words in said.lower() for words in _SPENT):
        kind = Kind.STOPPED
    after = retry_after_s(error.response.headers.get("retry-after"), datetime.now(UTC))
    return Setback(kind, f"the service answered {status}: {said}", after)


def _said(text: str, key: Secret) -> str:
    """One bounded line without the key."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line.replace(key.reveal(), "***")[:_LONGEST]


def _batch(found: MessageBatch) -> Batch:
    counts = found.request_counts
    total = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
    ended = found.processing_status == "ended" and found.results_url is not None
    return Batch(found.id, found.created_at, ended, total)
