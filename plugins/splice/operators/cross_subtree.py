"""Subtree crossover: a typed expression of the other parent takes the place of one here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import libcst as cst
import numpy as np

from plugins.splice.draw import pick, shuffled
from plugins.splice.edit import Edit, Example
from plugins.splice.kinds import Kind
from plugins.splice.parsed import Parsed
from plugins.splice.slots import slots
from plugins.splice.transplant import transplant

NAME = "cross_subtree"
SENTENCE = "Transplants a condition, oscillator, price or scale of the second parent."
EXAMPLES: tuple[Example, ...] = ()
KINDS: Final[tuple[Kind, ...]] = ("condition", "condition", "oscillator", "ratio", "price", "scale")
WORDS: Final = {"condition": "a condition", "oscillator": "an oscillator", "ratio": "a ratio"}
TRIES: Final = 3


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None without a second parent of the same kind, or without slots of a common type."""
    if not donors or donors[0].kind != genome.kind:
        return None
    for kind in shuffled(rng, KINDS):
        here = slots(genome, kind)
        there = [place for place in slots(donors[0], kind) if not _is_field(place.node)]
        for _ in range(TRIES if here and there else 0):
            target, graft = pick(rng, here).node, pick(rng, there).node
            taken = transplant(donors[0], graft, genome)
            if taken and taken.text != genome.text(target):
                clause = f"with {WORDS.get(kind, 'a ' + kind)} of another idea"
                swap = (target, taken.text)
                return Edit(clause, swaps=(swap,), params=taken.params)
    return None


def _is_field(node: cst.BaseExpression) -> bool:
    """A bare price such as bars.close, which every genome has already."""
    return isinstance(node, cst.Attribute)
