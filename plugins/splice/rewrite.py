"""Trees with some nodes changed: in one pass over all of them, or only where the changes are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import TypeVar

import libcst as cst

from plugins.splice.walking import fields

Node = TypeVar("Node", bound=cst.CSTNode)
Change = Callable[[cst.CSTNode, cst.CSTNode], cst.CSTNode | cst.RemovalSentinel]
"""Answers what takes the place of a node, given the original and the one with its parts changed."""


def rewritten(node: Node, change: Change) -> Node:
    """The tree with every node changed; it stays a node of its kind."""
    changed = node.visit(_Rewriting(change))
    assert isinstance(changed, type(node))
    return changed


def swapped(node: Node, swaps: Mapping[int, cst.CSTNode], around: Set[int]) -> Node:
    """The tree with other nodes in the place of those with these identities.

    around: identities of all nodes that have one of them below; the others are taken as they are.
    """
    changed = _swapped(node, swaps, around)
    assert isinstance(changed, type(node))
    return changed


def _swapped(value: object, swaps: Mapping[int, cst.CSTNode], around: Set[int]) -> object:
    """What a field holds: a node, several, or something that is none and stays."""
    if isinstance(value, list | tuple):
        return [_swapped(inner, swaps, around) for inner in value]
    if id(value) in swaps:
        return swaps[id(value)]
    if not isinstance(value, cst.CSTNode) or id(value) not in around:
        return value
    new = {n: _swapped(getattr(value, n), swaps, around) for n in fields(type(value))}
    return value.with_changes(**new)


class _Rewriting(cst.CSTTransformer):
    def __init__(self, change: Change) -> None:
        super().__init__()
        self._change = change

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel:
        return self._change(original_node, updated_node)
