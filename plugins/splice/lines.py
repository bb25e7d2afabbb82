"""Functions as lines of text, so that a child writes anew only the lines that an edit changes.

A line is a whole statement of a function's body; of a function that stands on one line it is the
function. What a line names is read by `ast`: a tree that keeps the layout costs ten times as much.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst

from plugins.splice.parsed import Parsed
from plugins.splice.walking import parts, walk


@dataclass(frozen=True, slots=True)
class Said:
    """What a text names: each name as often as it stands there, and the keys it reads of PARAMS.

    target: the plain name that the text assigns, where it does nothing else, else ''.
    """

    names: tuple[str, ...]
    keys: frozenset[str]
    target: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A function as it is written: what stands before its lines, the lines, and what follows.

    names: those of the head. lines: each with its node. indent: of the lines, '' where the
    function stands on one line.
    """

    head: str
    names: tuple[str, ...]
    lines: tuple[tuple[cst.CSTNode, str], ...]
    foot: str
    indent: str


@dataclass(frozen=True, slots=True)
class Written:
    """A function as a child has it: its text, and the keys of PARAMS that it reads."""

    text: str
    keys: frozenset[str]


@lru_cache(maxsize=64)
def laid_out(genome: Parsed) -> tuple[Layout, ...]:
    """Each function of a genome as lines, once for all children."""
    return tuple(_layout(genome, function) for function in genome.functions)


def line_text(genome: Parsed, indent: str, node: cst.CSTNode) -> str:
    """Source of a line as it stands in its function, given the indent of a layout."""
    if not indent:
        return genome.module.code_for_node(node)
    assert isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement)
    block = cst.IndentedBlock(body=[node], indent=indent)
    return genome.module.code_for_node(block).removeprefix(genome.module.default_newline)


def written(layout: Layout, lines: Sequence[str]) -> Written:
    """The function with these lines, without assignments to names that are never read."""
    kept = [(line, said(line, layout.indent != "")) for line in lines]
    while True:
        names = Counter([*layout.names, *(name for _, one in kept for name in one.names)])
        living = [(line, one) for line, one in kept if names[one.target] != 1]
        if len(living) == len(kept):
            break
        kept = living
    body = "".join(line for line, _ in kept) or f"{layout.indent}pass\n"
    keys = frozenset[str]().union(*(one.keys for _, one in kept))
    return Written((layout.head + body + layout.foot).strip("\n"), keys)


@lru_cache(maxsize=1024)
def said(text: str, inside: bool) -> Said:
    """What a text of Python names. inside: it is indented as the lines of a function are."""
    module = ast.parse(f"if True:\n{text}" if inside else text)
    nodes = list(ast.walk(module))
    names = tuple(name for node in nodes if (name := _name(node)))
    return Said(names, frozenset(key for node in nodes if (key := _key(node))), _target(module))


def _layout(genome: Parsed, function: cst.FunctionDef) -> Layout:
    text = genome.text(function)
    if not isinstance(function.body, cst.IndentedBlock):
        return Layout("", (), ((function, text),), "", "")
    indent = function.body.indent or genome.module.default_indent
    lines = tuple((line, line_text(genome, indent, line)) for line in function.body.body)
    head, _, foot = text.rpartition("".join(line for _, line in lines))
    above = [part for part in parts(function) if part is not function.body]
    names = [node.value for part in above for node in walk(part) if isinstance(node, cst.Name)]
    return Layout(head, tuple(names), lines, foot, indent)


def _name(node: ast.AST) -> str | None:
    """The name that a node is, has or binds."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.FunctionDef(name=name):
            return str(name)
        case ast.keyword(arg=str(name)) | ast.arg(arg=name):
            return str(name)
    return None


def _key(node: ast.AST) -> str:
    """Key of a reading `p["key"]`, else ''."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            return key
    return ""


def _target(module: ast.Module) -> str:
    match module.body:
        case [ast.If(body=[ast.Assign(targets=[ast.Name(id=name)])])]:
            return str(name)
    return ""
