"""What operators know of the `ta` vocabulary: families, windows, and what an indicator answers.

Read from the indicators' registry, so that a new indicator takes part without a change here.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import libcst as cst

from daemon.domain.market.indicators.registry import Entry
from daemon.domain.market.indicators.vocabulary import INDICATORS

LONGEST_WINDOW: Final = 400
"""Longest window an operator sets: a year and a half of sessions; the gate allows more."""


def indicator(node: cst.CSTNode) -> Entry | None:
    """The registry's entry of a call `ta.name(...)`."""
    if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
        return None
    base = node.func.value
    is_ta = isinstance(base, cst.Name) and base.value == "ta"
    return INDICATORS.get(node.func.attr.value) if is_ta else None


def windows(call: cst.Call, entry: Entry) -> list[cst.BaseExpression]:
    """The arguments of a call that are whole numbers of bars."""
    found = []
    for position, argument in enumerate(call.args):
        name = argument.keyword.value if argument.keyword else _name_at(entry, position)
        if name in entry.windows:
            found.append(argument.value)
    return found


@cache
def interchangeable(name: str) -> tuple[Entry, ...]:
    """Other indicators of the same family that take and answer the same."""
    own = INDICATORS[name]
    return tuple(
        entry
        for entry in INDICATORS.values()
        if entry.name != name
        and (entry.family, entry.kind, entry.shape) == (own.family, own.kind, own.shape)
        and (entry.results, entry.mode) == (own.results, own.mode)
    )


def shortest_window(entry: Entry) -> int:
    """The smallest window that an indicator takes."""
    return max((a.lowest for a in entry.arguments if a.role == "window"), default=2)


def _name_at(entry: Entry, position: int) -> str:
    return entry.arguments[position].name if position < len(entry.arguments) else ""
