"""Shrink: an expression gives way to a part of itself, against bloat."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import NOTHING_TO_CHANGE
from plugins.splice.kinds import kind_of
from plugins.splice.parsed import Parsed, Place

NAME = "shrink"
SENTENCE = "Replaces an expression by one of its operands that holds the same kind of value."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy a smoothed high."""


def signal(bars, p):
    return np.where(bars.close > ta.ema(ta.highest(bars.high, 20), 5), 1.0, 0.0)
''',
        after='''"""Buy a smoothed high; with one part left out."""


def signal(bars, p):
    return np.where(bars.close > ta.ema(bars.high, 5), 1.0, 0.0)
''',
    ),
    NOTHING_TO_CHANGE,
)
VAGUE = ("unknown", "number")


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where no part can stand for the whole."""
    found = [
        (place.node, part)
        for place in genome.places
        if place.column
        for part in _parts(place)
        if kind_of(genome, place.node) not in VAGUE
        and kind_of(genome, part) == kind_of(genome, place.node)
    ]
    answer = genome.answer
    if isinstance(answer, cst.BinaryOperation) and isinstance(answer.operator, cst.Multiply):
        found += [(answer, part) for part in (answer.left, answer.right) if _is_column(part)]
    if not found:
        return None
    whole, part = pick(rng, found)
    return Edit("with one part left out", swaps=((whole, genome.bracketed(part)),))


def _parts(place: Place) -> list[cst.BaseExpression]:
    node = place.node
    if isinstance(node, cst.BinaryOperation):
        return [node.left, node.right]
    if isinstance(node, cst.Call) and node.args:
        return [node.args[0].value]
    return []


def _is_column(node: cst.BaseExpression) -> bool:
    """Anything but a plain number, which would make the answer one."""
    return not isinstance(node, cst.Integer | cst.Float | cst.Subscript)
