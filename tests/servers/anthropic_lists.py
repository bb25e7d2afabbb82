"""Anthropic's models as it tells of them, and the pages of its lists (§6.2, §6.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.servers.anthropic_rules import Refused


def model_told(name: str) -> dict[str, Any]:
    """The vendor's object of a model."""
    _, line, *version = name.split("-")
    return {
        "type": "model",
        "id": name,
        "display_name": f"Claude {line.title()} {'.'.join(version)}",
        "created_at": "2026-10-07T00:00:00Z",
        "lifecycle": "active",
        "line": line,
        "deprecated_at": None,
        "retires_at": None,
        "max_input_tokens": 1_000_000,
        "max_tokens": 128_000,
        "capabilities": None,
    }


def page_of(found: list[dict[str, Any]], query: Mapping[str, str]) -> dict[str, Any]:
    """A page of a list: after or before an id of it."""
    limit = int(query.get("limit", 20))
    if not 1 <= limit <= 1000:
        raise Refused(400, "limit: Input should be from 1 to 1000")
    ids = [one["id"] for one in found]
    for name in ("after_id", "before_id"):
        if name in query and query[name] not in ids:
            raise Refused(404, f"{name}: {query[name]} not found")
    if "before_id" in query:
        end = ids.index(query["before_id"])
        start = max(0, end - limit)
        more = start > 0
    else:
        start = ids.index(query["after_id"]) + 1 if "after_id" in query else 0
        end = start + limit
        more = end < len(found)
    page = found[start:end]
    ends = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    return {"data": page, "has_more": more, "first_id": ends[0], "last_id": ends[1]}
