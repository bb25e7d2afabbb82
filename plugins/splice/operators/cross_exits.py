"""Exit crossover: the protective exits of another genome are taken over whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plugins.splice.edit import Edit, Example
from plugins.splice.parsed import Parsed

NAME = "cross_exits"
SENTENCE = "Takes over the exits of the second parent, or drops them where it has none."
EXAMPLES: tuple[Example, ...] = ()


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None without a second parent, or where both have the same exits."""
    texts = [_exits(parsed) for parsed in (genome, *donors[:1])]
    if len(set(texts)) < 2:
        return None
    clause = "with the exits of another idea" if texts[1] else "without protective exits"
    return Edit(clause, header={"EXITS": texts[1]}, same_memory=True)


def _exits(genome: Parsed) -> str:
    node = genome.header.get("EXITS")
    return genome.text(node) if node else ""
