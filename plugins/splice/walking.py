"""Walks a syntax tree over what means something: no white space, commas or brackets."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Final

import libcst as cst

LAYOUT: Final = ("whitespace", "leading", "lines", "lpar", "rpar", "lbracket", "rbracket")
LAYOUT_NAMES: Final = ("comma", "semicolon", "header", "footer", "asynchronous", "colon")


def walk(node: cst.CSTNode) -> list[cst.CSTNode]:
    """A node and everything below it, parents before their parts."""
    found: list[cst.CSTNode] = []
    waiting = [node]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(reversed(parts(current)))
    return found


def parts(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The nodes right below a node, in the order of its fields."""
    found: list[cst.CSTNode] = []
    for name in fields(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            found.append(value)
        elif isinstance(value, list | tuple):
            found.extend(inner for inner in value if isinstance(inner, cst.CSTNode))
    return found


@cache
def fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """Names of the fields in which parts of such a node may stand."""
    names = (field.name for field in dataclasses.fields(kind))
    return tuple(n for n in names if not n.startswith(LAYOUT) and n not in LAYOUT_NAMES)
