"""Short readable names of genomes: where they come from, and four signs of their hash."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 40
SIGNS: Final = 4


def child_name(parent: str, operator: str, genome_hash: str) -> str:
    """For example `rsi_pullback-window-3fa9`: the first ancestor, the last change, the hash."""
    stem = parent.partition("-")[0] or "genome"
    middle = operator.removeprefix("cross_")
    room = LONGEST - SIGNS - len(middle) - 2
    return f"{stem[:room]}-{middle}-{genome_hash[:SIGNS]}"
