"""The briefing as a document: what the owner reads in the morning, before any rendering."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Briefing:
    """Filled in by the publisher from queries over the store."""

    night: str
