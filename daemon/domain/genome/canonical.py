"""The canonical text of a tree: what is left of a genome without comments, docstrings and layout.

The header is sorted by name and PARAMS by key, functions by name, every operation is in brackets;
floats are written in their shortest form. Two texts that mean the same words have one canonical
text, which is itself a genome with that canonical text.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, Final

_OPERATORS: Final[dict[type[ast.AST], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Not: "not ",
    ast.Invert: "~",
    ast.And: " and ",
    ast.Or: " or ",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


def canonical_text(tree: ast.Module) -> str:
    """One line for each statement, in canonical order."""
    plain = [node for node in tree.body if not _is_docstring(node)]
    header = [_statement(node, 0) for node in plain if not isinstance(node, ast.FunctionDef)]
    functions = [_statement(node, 0) for node in plain if isinstance(node, ast.FunctionDef)]
    return "".join(sorted(header) + sorted(functions))


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _statement(node: ast.stmt, depth: int) -> str:
    write = _STATEMENTS.get(type(node))
    if write is None:  # not of a genome: refused by the gate, named here all the same
        return f"{' ' * depth}{ast.unparse(node)}\n"
    return " " * depth + write(node, depth)


def _block(body: Sequence[ast.stmt], depth: int) -> str:
    plain = [node for node in body if not _is_docstring(node)]
    return "".join(_statement(node, depth + 1) for node in plain) or f"{' ' * (depth + 1)}pass\n"


def _function(node: ast.FunctionDef, depth: int) -> str:
    arguments = node.args
    bare = len(arguments.args) - len(arguments.defaults)
    names = [
        a.arg if k < bare else f"{a.arg}={_text(arguments.defaults[k - bare])}"
        for k, a in enumerate(arguments.args)
    ]
    return f"def {node.name}({', '.join(names)}):\n{_block(node.body, depth)}"


def _assign(node: ast.Assign, depth: int) -> str:
    targets = " = ".join(_text(target) for target in node.targets)
    parameters = depth == 0 and targets == "PARAMS" and isinstance(node.value, ast.Dict)
    value = _sorted_dict(node.value) if parameters else _text(node.value)
    return f"{targets} = {value}\n"


def _sorted_dict(node: Any) -> str:
    return f"{{{', '.join(sorted(_items(node)))}}}"


def _if(node: ast.If, depth: int) -> str:
    text = f"if {_text(node.test)}:\n{_block(node.body, depth)}"
    if node.orelse:
        text += f"{' ' * depth}else:\n{_block(node.orelse, depth)}"
    return text


def _for(node: ast.For, depth: int) -> str:
    text = f"for {_text(node.target)} in {_text(node.iter)}:\n{_block(node.body, depth)}"
    if node.orelse:
        text += f"{' ' * depth}else:\n{_block(node.orelse, depth)}"
    return text


def _augmented(node: ast.AugAssign, _: int) -> str:
    return f"{_text(node.target)} {_OPERATORS[type(node.op)]}= {_text(node.value)}\n"


def _return(node: ast.Return, _: int) -> str:
    return f"return {_text(node.value)}\n" if node.value else "return\n"


_STATEMENTS: Final[dict[type[ast.AST], Callable[[Any, int], str]]] = {
    ast.FunctionDef: _function,
    ast.Assign: _assign,
    ast.AugAssign: _augmented,
    ast.If: _if,
    ast.For: _for,
    ast.Return: _return,
    ast.Expr: lambda node, _: f"{_text(node.value)}\n",
    ast.Pass: lambda *_: "pass\n",
    ast.Break: lambda *_: "break\n",
    ast.Continue: lambda *_: "continue\n",
}


def _text(node: ast.AST) -> str:
    write = _EXPRESSIONS.get(type(node))
    return ast.unparse(node) if write is None else write(node)


def _all(nodes: Sequence[ast.AST]) -> list[str]:
    return [_text(node) for node in nodes]


def _items(node: ast.Dict) -> list[str]:
    return [
        f"{_text(key)}: {_text(value)}" if key else f"**{_text(value)}"
        for key, value in zip(node.keys, node.values, strict=True)
    ]


def _tuple(node: ast.Tuple) -> str:
    return f"({', '.join(_all(node.elts))}{',' if len(node.elts) == 1 else ''})"


def _compare(node: ast.Compare) -> str:
    parts = [_text(node.left)]
    for operator, value in zip(node.ops, node.comparators, strict=True):
        parts.append(_OPERATORS.get(type(operator)) or f" {type(operator).__name__} ")
        parts.append(_text(value))
    return f"({''.join(parts)})"


def _call(node: ast.Call) -> str:
    named = sorted(f"{k.arg or '**'}={_text(k.value)}" for k in node.keywords)
    return f"{_text(node.func)}({', '.join(_all(node.args) + named)})"


def _slice(node: ast.Slice) -> str:
    low, high = (_text(part) if part else "" for part in (node.lower, node.upper))
    return f"{low}:{high}" + (f":{_text(node.step)}" if node.step else "")


def _subscript(node: ast.Subscript) -> str:
    if isinstance(node.slice, ast.Tuple) and node.slice.elts:
        inner = ", ".join(_all(node.slice.elts)) + ("," if len(node.slice.elts) == 1 else "")
    else:
        inner = _text(node.slice)
    return f"{_text(node.value)}[{inner}]"


def _comprehension(node: ast.ListComp) -> str:
    parts = [_text(node.elt)]
    for each in node.generators:
        parts.append(f"for {_text(each.target)} in {_text(each.iter)}")
        parts += [f"if {_text(test)}" for test in each.ifs]
    return f"[{' '.join(parts)}]"


def _operation(node: ast.BinOp) -> str:
    operator = _OPERATORS.get(type(node.op))
    if operator is None:
        return ast.unparse(node)
    return f"({_text(node.left)} {operator} {_text(node.right)})"


_EXPRESSIONS: Final[dict[type[ast.AST], Callable[[Any], str]]] = {
    ast.Name: lambda node: node.id,
    ast.Constant: lambda node: repr(node.value),
    ast.Attribute: lambda node: f"{_text(node.value)}.{node.attr}",
    ast.BinOp: _operation,
    ast.Call: _call,
    ast.Compare: _compare,
    ast.Subscript: _subscript,
    ast.UnaryOp: lambda node: f"({_OPERATORS[type(node.op)]}{_text(node.operand)})",
    ast.BoolOp: lambda node: f"({_OPERATORS[type(node.op)].join(_all(node.values))})",
    ast.IfExp: lambda n: f"({_text(n.body)} if {_text(n.test)} else {_text(n.orelse)})",
    ast.Tuple: _tuple,
    ast.List: lambda node: f"[{', '.join(_all(node.elts))}]",
    ast.Dict: lambda node: f"{{{', '.join(_items(node))}}}",
    ast.Slice: _slice,
    ast.ListComp: _comprehension,
}
