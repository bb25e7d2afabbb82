"""The kind of value an expression gives, so that operators only join what can be joined.

A comparison of a price with an oscillator is valid Python and means nothing; a child that mixes
them is a wasted trial. What cannot be told is "unknown" and is left alone.
"""

from __future__ import annotations

from typing import Final, Literal

import libcst as cst

from plugins.splice.parsed import Parsed, key_read
from plugins.splice.vocabulary import indicator

Kind = Literal[
    "price",
    "scale",
    "oscillator",
    "ratio",
    "volume",
    "condition",
    "position",
    "count",
    "number",
    "clock",
    "unknown",
]

FIELDS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("open", "high", "low", "close"), "price"),
    "volume": "volume",
    "stale": "condition",
    "session": "clock",
    "minute": "clock",
}
ANSWERED: Final[dict[str, Kind]] = {
    "price": "price",
    "scale": "scale",
    "oscillator": "oscillator",
    "ratio": "ratio",
    "condition": "condition",
    "position": "position",
    "count": "count",
}
"""Kinds of the registry that are kinds here; the others are unknown."""
DEEPEST: Final = 24
JOINING: Final = (cst.BitAnd, cst.BitOr)


def kind_of(genome: Parsed, node: cst.BaseExpression, depth: int = 0) -> Kind:
    """Kind of an expression of the entry function."""
    if depth > DEEPEST:
        return "unknown"
    if isinstance(node, cst.Comparison | cst.BooleanOperation):
        return "condition"
    if isinstance(node, cst.Integer | cst.Float) or key_read(node):
        return "number"
    if isinstance(node, cst.Attribute):
        return _field(genome, node)
    return _of_parts(genome, node, depth + 1)


def _of_parts(genome: Parsed, node: cst.BaseExpression, depth: int) -> Kind:
    kind: Kind = "unknown"
    if isinstance(node, cst.Name) and node.value in genome.local:
        kind = kind_of(genome, genome.local[node.value], depth)
    elif isinstance(node, cst.UnaryOperation):
        inner = kind_of(genome, node.expression, depth)
        kind = "condition" if isinstance(node.operator, cst.Not | cst.BitInvert) else inner
    elif isinstance(node, cst.BinaryOperation):
        left = kind_of(genome, node.left, depth)
        kind = _arithmetic(node.operator, left, kind_of(genome, node.right, depth))
    elif isinstance(node, cst.Call):
        kind = _call(genome, node, depth)
    return kind


def _field(genome: Parsed, node: cst.Attribute) -> Kind:
    of_market = isinstance(node.value, cst.Name) and node.value.value == genome.market
    return FIELDS.get(node.attr.value, "unknown") if of_market else "unknown"


def _arithmetic(operator: cst.BaseBinaryOp, left: Kind, right: Kind) -> Kind:
    if isinstance(operator, JOINING):
        return "condition"
    if isinstance(operator, cst.Add | cst.Subtract):
        return _sum(operator, left, right)
    if isinstance(operator, cst.Multiply):
        return right if left in ("number", "ratio") else left if right != "unknown" else "unknown"
    if isinstance(operator, cst.Divide):
        comparable = {left, right} <= {"price", "scale"} or left == right != "unknown"
        return left if right == "number" else "ratio" if comparable else "unknown"
    return "unknown"


def _sum(operator: cst.BaseBinaryOp, left: Kind, right: Kind) -> Kind:
    if "number" in (left, right):
        return left if right == "number" else right
    if left == right == "price":
        return "scale" if isinstance(operator, cst.Subtract) else "price"
    if {left, right} == {"price", "scale"}:
        return "price"
    return left if left == right else "unknown"


def _call(genome: Parsed, node: cst.Call, depth: int) -> Kind:
    """What an indicator answers; averages and spreads are in the units of their first argument."""
    entry = indicator(node)
    if entry is None or entry.results > 1 or not node.args:
        return "unknown"
    answered = ANSWERED.get(entry.kind, "unknown")
    if entry.arguments[0].name != "x" or answered not in ("price", "scale"):
        return answered
    inner = kind_of(genome, node.args[0].value, depth + 1)
    if inner == "condition":  # its values are numbers then, which cannot be joined by & any more
        return "ratio"
    return "scale" if answered == "scale" and inner == "price" else inner
