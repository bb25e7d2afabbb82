"""Operator swap: a comparison is turned round, or "both" becomes "either"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import libcst as cst
import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.kinds import kind_of
from plugins.splice.parsed import Parsed
from plugins.splice.slots import comparisons, joined_conditions

NAME = "operator"
SENTENCE = "Turns < and >, & and |, or + and - of two values in the same unit into one another."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy above the average; with one comparison turned round."""


def signal(bars, p):
    return np.where(bars.close < ta.sma(bars.close, 50), 1.0, 0.0)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy weakness in a rising market."""


def signal(bars, p):
    rising = bars.close > ta.sma(bars.close, 100)
    weak = ta.rsi(bars.close, 2) < 10
    return np.where(rising & weak, 1.0, 0.0)
''',
        after='''"""Buy weakness in a rising market; where either condition is enough."""


def signal(bars, p):
    rising = bars.close > ta.sma(bars.close, 100)
    weak = ta.rsi(bars.close, 2) < 10
    return np.where(rising | weak, 1.0, 0.0)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy below a band."""


def signal(bars, p):
    low = ta.sma(bars.close, 20) - 2.0 * ta.atr(bars.high, bars.low, bars.close, 14)
    return np.where(bars.close < low, 1.0, 0.0)
''',
        after='''"""Buy below a band; with one band on the other side."""


def signal(bars, p):
    low = ta.sma(bars.close, 20) + (2.0 * ta.atr(bars.high, bars.low, bars.close, 14))
    return np.where(bars.close < low, 1.0, 0.0)
''',
    ),
)

OPPOSITE: Final = {
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
    "&": "|",
    "|": "&",
    "and": "or",
    "or": "and",
    "+": "-",
    "-": "+",
}
CLAUSES: Final = {
    "&": "where either condition is enough",
    "and": "where either condition is enough",
    "|": "where both conditions have to hold",
    "or": "where both conditions have to hold",
    "+": "with one band on the other side",
    "-": "with one band on the other side",
}

SIGNS: Final[dict[type[cst.CSTNode], str]] = {
    cst.LessThan: "<",
    cst.GreaterThan: ">",
    cst.LessThanEqual: "<=",
    cst.GreaterThanEqual: ">=",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.And: "and",
    cst.Or: "or",
    cst.Add: "+",
    cst.Subtract: "-",
}
"""An operator's own text may hold a remark."""

Node = cst.Comparison | cst.BinaryOperation | cst.BooleanOperation


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where nothing is compared, joined or offset."""
    found: list[Node] = [*comparisons(genome), *_joined(genome), *_offsets(genome)]
    if not found:
        return None
    node = pick(rng, found)
    left, sign, right = _parts(genome, node)
    clause = CLAUSES.get(sign, "with one comparison turned round")
    return Edit(clause, swaps=((node, f"({left} {OPPOSITE[sign]} {right})"),), same_memory=True)


def _joined(genome: Parsed) -> list[Node]:
    return [
        place.node
        for place in joined_conditions(genome)
        if isinstance(place.node, cst.BinaryOperation | cst.BooleanOperation)
    ]


def _offsets(genome: Parsed) -> list[Node]:
    """A price plus or minus a distance: turned round it stays a price."""
    return [
        place.node
        for place in genome.places
        if isinstance(place.node, cst.BinaryOperation)
        and isinstance(place.node.operator, cst.Add | cst.Subtract)
        and kind_of(genome, place.node.left) == "price"
        and kind_of(genome, place.node.right) == "scale"
    ]


def _parts(genome: Parsed, node: Node) -> tuple[str, str, str]:
    if isinstance(node, cst.Comparison):
        (target,) = node.comparisons
        sign, right = SIGNS[type(target.operator)], target.comparator
    else:
        sign, right = SIGNS[type(node.operator)], node.right
    return genome.bracketed(node.left), sign, genome.bracketed(right)
