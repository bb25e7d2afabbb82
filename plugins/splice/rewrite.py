"""One pass over a tree that changes nodes as it leaves them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import libcst as cst

Node = TypeVar("Node", bound=cst.CSTNode)
Change = Callable[[cst.CSTNode, cst.CSTNode], cst.CSTNode | cst.RemovalSentinel]
"""Answers what takes the place of a node, given the original and the one with its parts changed."""


def rewritten(node: Node, change: Change) -> Node:
    """The tree with every node changed; it stays a node of its kind."""
    changed = node.visit(_Rewriting(change))
    assert isinstance(changed, type(node))
    return changed


def swapped(swaps: Mapping[int, cst.CSTNode]) -> Change:
    """Puts other nodes in the place of those with these identities."""
    return lambda original, updated: swaps.get(id(original), updated)


class _Rewriting(cst.CSTTransformer):
    def __init__(self, change: Change) -> None:
        super().__init__()
        self._change = change

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel:
        return self._change(original_node, updated_node)
