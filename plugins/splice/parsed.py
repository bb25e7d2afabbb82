"""A genome as operators see it: its tree, its header, and every place where something may change.

Nothing here judges a genome (the gate does) or writes one (`child` does). A genome that cannot be
read as one raises ValueError.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import libcst as cst

from plugins.splice.walking import parts, walk

ENTRIES: Final = ("signal", "rotate")
HEADER: Final = ("TIMEFRAME", "UNIVERSE", "WARMUP", "CONTEXT", "PARAMS", "EXITS")
BRANCHING: Final = (cst.For, cst.If, cst.IfExp, cst.ListComp, cst.While)


@dataclass(frozen=True, slots=True)
class Place:
    """An expression, and where it stands.

    column: false inside loops, branches and helper functions, where a value may be one bar's
    instead of a whole column. owner: the node around it. call: the call it is an argument of.
    """

    node: cst.BaseExpression
    owner: cst.CSTNode
    column: bool
    call: cst.Call | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """One genome, read.

    header: value of each header name, in order. params: value of each key of PARAMS. entry: the
    function `signal` or `rotate`; market and p: what it calls its two arguments. local: value of
    each name that its body assigns exactly once. places: every expression in every function.
    answer: what the entry returns, where it returns once and not from within a branch.
    """

    module: cst.Module
    idea: str
    header: Mapping[str, cst.BaseExpression]
    params: Mapping[str, cst.BaseExpression]
    functions: tuple[cst.FunctionDef, ...]
    entry: cst.FunctionDef
    market: str
    p: str
    local: Mapping[str, cst.BaseExpression]
    places: tuple[Place, ...]
    answer: cst.BaseExpression | None

    @property
    def kind(self) -> str:
        """`signal` or `rotate`."""
        return self.entry.name.value

    @property
    def constants(self) -> tuple[str, ...]:
        """Named numbers of its own in the header."""
        return tuple(name for name in self.header if name not in HEADER)

    def params_text(self) -> dict[str, str]:
        """Each entry of PARAMS as it is written."""
        return {key: self.text(node) for key, node in self.params.items()}

    def text(self, node: cst.CSTNode) -> str:
        """Source of a node."""
        return _text(self.module, node)

    def bracketed(self, node: cst.BaseExpression) -> str:
        """Source of an expression that can be joined with others without changing its meaning."""
        atom = isinstance(
            node, cst.Name | cst.Attribute | cst.Call | cst.Subscript | cst.BaseNumber
        )
        return self.text(node) if atom or node.lpar else f"({self.text(node)})"

    def value(self, name: str) -> str:
        """A header's string, '' where it is not set."""
        node = self.header.get(name)
        return str(node.evaluated_value) if isinstance(node, cst.SimpleString) else ""


@lru_cache(maxsize=256)
def parse(source: str) -> Parsed:
    """The genome of a text. ValueError where it is not a genome at all."""
    try:
        module = cst.parse_module(source)
    except cst.ParserSyntaxError as error:
        raise ValueError(f"line {error.raw_line}: not Python: {error.message}") from error
    functions = tuple(n for n in module.body if isinstance(n, cst.FunctionDef))
    entries = [f for f in functions if f.name.value in ENTRIES]
    if len(entries) != 1 or len(entries[0].params.params) != 2:
        raise ValueError("expected one function signal(bars, p) or rotate(panel, p), found none")
    entry = entries[0]
    header = _header(module)
    market, p = (parameter.name.value for parameter in entry.params.params)
    return Parsed(
        module=module,
        idea=module.get_docstring() or "",
        header=header,
        params=_entries(header.get("PARAMS")),
        functions=functions,
        entry=entry,
        market=market,
        p=p,
        local=_local(entry),
        places=tuple(place for f in functions for place in _places(f, f is entry)),
        answer=_answer(entry),
    )


def key_read(node: cst.CSTNode) -> str:
    """Key of a reading `p["key"]`, else ''."""
    if isinstance(node, cst.Subscript) and len(node.slice) == 1:
        inner = node.slice[0].slice
        if isinstance(inner, cst.Index) and isinstance(inner.value, cst.SimpleString):
            return str(inner.value.evaluated_value)
    return ""


@lru_cache(maxsize=4096)
def _text(module: cst.Module, node: cst.CSTNode) -> str:
    """Written once: every child of a genome asks for the same header, answer and parameters."""
    return module.code_for_node(node)


def _header(module: cst.Module) -> dict[str, cst.BaseExpression]:
    header = {}
    for line in module.body:
        if isinstance(line, cst.SimpleStatementLine):
            for small in line.body:
                if isinstance(small, cst.Assign) and isinstance(small.targets[0].target, cst.Name):
                    header[small.targets[0].target.value] = small.value
    return header


def _entries(node: cst.BaseExpression | None) -> dict[str, cst.BaseExpression]:
    if not isinstance(node, cst.Dict):
        return {}
    return {
        str(element.key.evaluated_value): element.value
        for element in node.elements
        if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString)
    }


def _answer(entry: cst.FunctionDef) -> cst.BaseExpression | None:
    everywhere = [node for node in walk(entry) if isinstance(node, cst.Return)]
    straight = [small for small in _small_statements(entry.body) if isinstance(small, cst.Return)]
    return straight[0].value if len(straight) == len(everywhere) == 1 else None


def _local(entry: cst.FunctionDef) -> dict[str, cst.BaseExpression]:
    straight: dict[str, cst.BaseExpression] = {}
    for small in _small_statements(entry.body):
        if isinstance(small, cst.Assign) and len(small.targets) == 1:
            target = small.targets[0].target
            if isinstance(target, cst.Name):
                straight[target.value] = small.value
    bound = [
        inner.value
        for node in walk(entry)
        for target in _targets(node)
        for inner in walk(target)
        if isinstance(inner, cst.Name)
    ]
    return {name: value for name, value in straight.items() if bound.count(name) == 1}


def _targets(node: cst.CSTNode) -> list[cst.CSTNode]:
    if isinstance(node, cst.Assign):
        return [assigned.target for assigned in node.targets]
    if isinstance(node, cst.AugAssign | cst.For | cst.CompFor):
        return [node.target]
    return []


def _small_statements(body: cst.BaseSuite) -> list[cst.BaseSmallStatement]:
    return [s for line in body.body if isinstance(line, cst.SimpleStatementLine) for s in line.body]


def _places(node: cst.CSTNode, column: bool, call: cst.Call | None = None) -> Iterator[Place]:
    column = column and not isinstance(node, BRANCHING)
    skipped = _not_read(node)
    for inner in parts(node):
        if inner in skipped:
            continue
        if isinstance(inner, cst.BaseExpression):
            yield Place(inner, node, column, call if isinstance(node, cst.Arg) else None)
        yield from _places(inner, column, node if isinstance(node, cst.Call) else None)


def _not_read(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Children that are names being bound or called, not values."""
    if isinstance(node, cst.FunctionDef):
        return [node.name, node.params]
    if isinstance(node, cst.Call):
        return [node.func]
    if isinstance(node, cst.Attribute):
        return [node.attr, node.value]
    if isinstance(node, cst.Arg):
        return [node.keyword] if node.keyword else []
    return _targets(node) if not isinstance(node, cst.Assign) else list(node.targets)
