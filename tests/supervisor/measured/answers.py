"""Answers of planted campaigns that nobody ran."""

from __future__ import annotations

from typing import Any


def answer(job: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A search that needs 100, 101, … evaluations, and four times as many without selection."""
    place = job["seed"] % 1000
    soon = (100 + place) * (1 if job["arm"] == "search" else 4)
    found = {name: job[name] for name in ("arm", "seed", "evaluations")}
    found |= {"evaluations_to_75": None if job["whole"] else soon, "final_ratio": 0.8}
    found |= {"evident": False, "evident_with_oracle": True if job["whole"] else None}
    return {"found": found | changes, "processor_seconds": soon / 50}
