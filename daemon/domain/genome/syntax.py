"""The syntax of a genome: an allow-list, one handler for each node that may be in a function.

Whatever has no handler is refused with a code of its own. `np` and `ta` exist only as the base of
a listed attribute, functions only where they are called, strings only as keys.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Final

from daemon.domain.genome import vocabulary as words
from daemon.domain.genome.calls import check_call
from daemon.domain.genome.inspection import Inspection
from daemon.domain.genome.manifest import MAX_INTEGER
from daemon.domain.market.indicators.vocabulary import INDICATORS
from daemon.errors import did_you_mean

MAX_EXPONENT: Final = 8
_OPERATORS: Final = frozenset(
    {ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow}
    | {ast.BitAnd, ast.BitOr, ast.BitXor}
    | {ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE}
)


def is_text(node: ast.stmt) -> bool:
    """True for a docstring or another string that stands alone."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def visit(seen: Inspection, node: ast.AST) -> None:
    """Checks one statement or expression and all that is in it."""
    handler = _HANDLERS.get(type(node))
    if handler is None:
        name = type(node).__name__
        code, sentence = words.REFUSED.get(
            name, ("syntax_refused", f"{name} is not part of a genome")
        )
        seen.refuse(code, node, sentence)
    else:
        handler(seen, node)


def _each(seen: Inspection, nodes: list[Any]) -> None:
    for node in nodes:
        visit(seen, node)


def _nested_function(seen: Inspection, node: ast.FunctionDef) -> None:
    seen.refuse("nested_def", node, "a def stands at the top level, not inside another")


def _assign(seen: Inspection, node: ast.Assign) -> None:
    visit(seen, node.value)
    for target in node.targets:
        _target(seen, target)


def _augmented(seen: Inspection, node: ast.AugAssign) -> None:
    _operator(seen, node.op, node)
    _power(seen, node.op, node.value, node)
    visit(seen, node.value)
    if isinstance(node.target, ast.Name):
        seen.load(node.target.id, node.target)
    _target(seen, node.target)


def _target(seen: Inspection, node: ast.expr) -> None:
    if isinstance(node, ast.Name):
        seen.bind(node.id, node)
    elif isinstance(node, ast.Tuple | ast.List):
        for part in node.elts:
            _target(seen, part)
    elif isinstance(node, ast.Subscript):
        if isinstance(node.value, ast.Name) and node.value.id == "p":
            seen.refuse("store", node, "parameters are read, not written")
        visit(seen, node)
    elif isinstance(node, ast.Attribute):
        seen.refuse("store", node, "attributes are read, not written")
    else:
        visit(seen, node)


def _for(seen: Inspection, node: ast.For) -> None:
    _iterable(seen, node.iter)
    _target(seen, node.target)
    _each(seen, node.body)
    _each(seen, node.orelse)


def _iterable(seen: Inspection, node: ast.expr) -> None:
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    if called or isinstance(node, ast.Name | ast.Tuple | ast.List):
        visit(seen, node)
    else:
        seen.refuse("loop", node, "a loop goes over range, enumerate, zip, a name or a tuple")


def _if(seen: Inspection, node: ast.If) -> None:
    visit(seen, node.test)
    _each(seen, node.body)
    _each(seen, node.orelse)


def _expression(seen: Inspection, node: ast.Expr) -> None:
    if not is_text(node):
        seen.refuse("no_effect", node, "this line computes something and forgets it: assign it")
        visit(seen, node.value)


def _return(seen: Inspection, node: ast.Return) -> None:
    if node.value is None:
        seen.refuse("no_effect", node, "return has to give back a value")
    else:
        visit(seen, node.value)


def _name(seen: Inspection, node: ast.Name) -> None:
    seen.load(node.id, node)


def _constant(seen: Inspection, node: ast.Constant) -> None:
    value = node.value
    if isinstance(value, bool):
        return
    if isinstance(value, int):
        if value > MAX_INTEGER:
            seen.refuse("number", node, f"whole numbers go up to {MAX_INTEGER}")
    elif isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            seen.refuse("number", node, "the number is too large to be finite: write np.inf")
    elif isinstance(value, str):
        seen.refuse("string", node, 'strings are keys only, as in p["name"]')
    else:
        kind = "None" if value is None else type(value).__name__
        seen.refuse("constant", node, f"a value is a number, True or False, found {kind}")


def _binary(seen: Inspection, node: ast.BinOp) -> None:
    _operator(seen, node.op, node)
    _power(seen, node.op, node.right, node)
    visit(seen, node.left)
    visit(seen, node.right)


def _operator(seen: Inspection, operator: ast.AST, node: ast.AST) -> None:
    if type(operator) not in _OPERATORS:
        code, sentence = words.REFUSED[type(operator).__name__]
        seen.refuse(code, node, sentence)


def _power(seen: Inspection, operator: ast.operator, exponent: ast.expr, node: ast.AST) -> None:
    if not isinstance(operator, ast.Pow):
        return
    if isinstance(exponent, ast.UnaryOp) and isinstance(exponent.op, ast.USub):
        exponent = exponent.operand
    literal = isinstance(exponent, ast.Constant) and type(exponent.value) in (int, float)
    if not literal or exponent.value > MAX_EXPONENT:  # type: ignore[attr-defined]
        message = f"the exponent of ** is a number up to {MAX_EXPONENT}: else write np.power"
        seen.refuse("exponent", node, message)


def _unary(seen: Inspection, node: ast.UnaryOp) -> None:
    visit(seen, node.operand)


def _logical(seen: Inspection, node: ast.BoolOp) -> None:
    _each(seen, node.values)


def _compare(seen: Inspection, node: ast.Compare) -> None:
    for operator in node.ops:
        _operator(seen, operator, node)
    visit(seen, node.left)
    _each(seen, node.comparators)


def _choice(seen: Inspection, node: ast.IfExp) -> None:
    visit(seen, node.test)
    visit(seen, node.body)
    visit(seen, node.orelse)


def _sequence(seen: Inspection, node: ast.Tuple | ast.List) -> None:
    _each(seen, node.elts)


def _dictionary(seen: Inspection, node: ast.Dict) -> None:
    for key in node.keys:
        if key is None:
            seen.refuse("star", node, "there are no starred values: write them out")
        elif not seen.is_key(key):
            seen.refuse("string", key, "a dictionary's keys are plain words or whole numbers")
    _each(seen, node.values)


def _subscript(seen: Inspection, node: ast.Subscript) -> None:
    base = node.value
    if isinstance(base, ast.Name) and base.id == "p":
        seen.parameter(node)
        return
    if isinstance(base, ast.Constant):
        seen.refuse("literal", node, "a literal has no parts")
    visit(seen, base)
    if not (isinstance(node.slice, ast.Constant) and seen.is_key(node.slice)):
        visit(seen, node.slice)


def _slice(seen: Inspection, node: ast.Slice) -> None:
    _each(seen, [part for part in (node.lower, node.upper, node.step) if part is not None])


def _comprehension(seen: Inspection, node: ast.ListComp) -> None:
    for each in node.generators:
        if each.is_async:
            seen.refuse("async", node, "there is nothing asynchronous in a genome")
        _iterable(seen, each.iter)
        _target(seen, each.target)
        _each(seen, each.ifs)
    visit(seen, node.elt)


def _attribute(seen: Inspection, node: ast.Attribute) -> None:
    base, name = node.value, node.attr
    if isinstance(base, ast.Name) and base.id in ("np", "ta"):
        _of_module(seen, node, base.id)
    elif isinstance(base, ast.Name) and base.id in ("bars", "panel"):
        _of_market(seen, node, base)
    elif isinstance(base, ast.Constant | ast.List | ast.Tuple | ast.Dict):
        seen.refuse("literal", node, "a literal has no attributes")
    elif name in words.FIELDS:
        visit(seen, base)
    elif name in words.METHODS:
        seen.uncalled(f".{name}", node)
    else:
        seen.refuse_word("", name, node)


def _of_module(seen: Inspection, node: ast.Attribute, base: str) -> None:
    if base == "np" and node.attr in words.CONSTANTS:
        return
    if node.attr in (words.NUMPY if base == "np" else INDICATORS):
        seen.uncalled(f"{base}.{node.attr}", node)
    else:
        seen.refuse_word(base, node.attr, node)


def _of_market(seen: Inspection, node: ast.Attribute, base: ast.Name) -> None:
    seen.load_base(base.id, base)
    known = words.BARS if base.id == "bars" else words.PANEL
    if node.attr not in known:
        hint = did_you_mean(node.attr, known) or f"there are {', '.join(known)}"
        seen.refuse("attribute", node, f"{base.id} has no {node.attr}; {hint}")


_HANDLERS: Final[dict[type[ast.AST], Callable[[Inspection, Any], None]]] = {
    ast.Name: _name,
    ast.Constant: _constant,
    ast.Attribute: _attribute,
    ast.Call: check_call,
    ast.BinOp: _binary,
    ast.Compare: _compare,
    ast.Subscript: _subscript,
    ast.Assign: _assign,
    ast.UnaryOp: _unary,
    ast.BoolOp: _logical,
    ast.IfExp: _choice,
    ast.Tuple: _sequence,
    ast.List: _sequence,
    ast.Dict: _dictionary,
    ast.Slice: _slice,
    ast.ListComp: _comprehension,
    ast.Return: _return,
    ast.AugAssign: _augmented,
    ast.For: _for,
    ast.If: _if,
    ast.Expr: _expression,
    ast.Pass: lambda *_: None,
    ast.Break: lambda *_: None,
    ast.Continue: lambda *_: None,
    ast.FunctionDef: _nested_function,
}
