"""Typed slots: the columns of a genome's entry function, by the kind of value they hold."""

from __future__ import annotations

from typing import Final

import libcst as cst

from plugins.splice.kinds import Kind, kind_of
from plugins.splice.parsed import Parsed, Place

COMPARISONS: Final[dict[type[cst.BaseCompOp], type[cst.BaseCompOp]]] = {
    cst.LessThan: cst.GreaterThan,
    cst.GreaterThan: cst.LessThan,
    cst.LessThanEqual: cst.GreaterThanEqual,
    cst.GreaterThanEqual: cst.LessThanEqual,
}


def slots(genome: Parsed, kind: Kind) -> list[Place]:
    """Places that hold a column of this kind."""
    return [p for p in genome.places if p.column and kind_of(genome, p.node) == kind]


def joined_conditions(genome: Parsed) -> list[Place]:
    """Conditions made of two by `&`, `|`, `and` or `or`, also inside loops and branches."""
    joining = (cst.BitAnd, cst.BitOr, cst.And, cst.Or)
    return [
        place
        for place in genome.places
        if isinstance(place.node, cst.BinaryOperation | cst.BooleanOperation)
        and isinstance(place.node.operator, joining)
    ]


def comparisons(genome: Parsed) -> list[cst.Comparison]:
    """Comparisons of two values by <, <=, > or >=."""
    return [
        place.node
        for place in genome.places
        if isinstance(place.node, cst.Comparison)
        and len(place.node.comparisons) == 1
        and type(place.node.comparisons[0].operator) in COMPARISONS
    ]
