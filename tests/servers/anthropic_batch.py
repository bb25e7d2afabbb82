"""A Message Batch and its life (§6.4): in progress until its seconds are over, then its results.

Requests end one after the other, evenly spread over the batch's seconds. What has not ended when
the batch is canceled is canceled; what has not ended after 24 hours is expired.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.servers.anthropic_rules import Params

LIFE = timedelta(hours=24)
KEPT = timedelta(days=29)
OUTCOMES = ("succeeded", "errored", "canceled", "expired")


@dataclass
class Batch:
    """seconds: until the last request has ended. winding_s: from its cancelling to its end.

    results: by custom_id, once the server has worked on it. copies: lines of a result, where that
    is not one.
    """

    id: str
    requests: Sequence[tuple[str, Params]]
    created: datetime
    seconds: float
    winding_s: float = 0.0
    canceled: datetime | None = None
    results: dict[str, dict[str, Any]] | None = None
    copies: dict[str, int] = field(default_factory=dict)

    @property
    def ends(self) -> datetime:
        """When it ends, as things stand."""
        if self.canceled is not None:
            return self.canceled + timedelta(seconds=self.winding_s)
        return self.created + min(LIFE, timedelta(seconds=self.seconds))

    def fate(self, place: int) -> str:
        """What became of a request: '' if it was worked on, else canceled or expired."""
        share = (place + 1) / len(self.requests)
        done = self.created + timedelta(seconds=self.seconds * share)
        if self.canceled is not None and done > self.canceled:
            return "canceled"
        return "expired" if done > self.created + LIFE else ""

    def document(self, now: datetime, address: str) -> dict[str, Any]:
        """The vendor's object. address: base URL under which the results can be read."""
        ended = self.results is not None
        archived = ended and now >= self.created + KEPT
        results = f"{address}/v1/messages/batches/{self.id}/results"
        running = "canceling" if self.canceled else "in_progress"
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": "ended" if ended else running,
            "request_counts": self._counts(),
            "created_at": _told(self.created),
            "expires_at": _told(self.created + LIFE),
            "ended_at": _told(self.ends) if ended else None,
            "cancel_initiated_at": _told(self.canceled) if self.canceled else None,
            "archived_at": _told(self.created + KEPT) if archived else None,
            "results_url": results if ended and not archived else None,
        }

    def lines(self) -> bytes:
        """The results as JSON lines, in an order that has nothing to do with the requests'."""
        told = [
            {"custom_id": name, "result": result}
            for name, result in (self.results or {}).items()
            for _ in range(self.copies.get(name, 1))
        ]
        random.Random(self.id).shuffle(told)
        return b"".join(json.dumps(line).encode() + b"\n" for line in told)

    def _counts(self) -> dict[str, int]:
        if self.results is None:
            return {"processing": len(self.requests), **dict.fromkeys(OUTCOMES, 0)}
        found = Counter(result["type"] for result in self.results.values())
        return {"processing": 0, **{name: found[name] for name in OUTCOMES}}


def _told(instant: datetime) -> str:
    """RFC 3339 as the vendor writes it."""
    return f"{instant:%Y-%m-%dT%H:%M:%S.%f}Z"
