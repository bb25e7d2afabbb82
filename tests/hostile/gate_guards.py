"""The guards of the gate, each with what takes it away, and it alone.

A guard is a constant, a word list or a check of `daemon.domain.genome`; taking it away patches the
very thing. What is then no longer refused, or for other reasons, is what that guard stood for.
"""

from __future__ import annotations

import ast
import builtins
import copy
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest

from daemon.domain.genome import (
    budget,
    calls,
    gate,
    grammar,
    manifest,
    memory,
    source,
    syntax,
)
from daemon.domain.genome import vocabulary as words
from daemon.domain.genome.inspection import Inspection

Removal = Callable[[pytest.MonkeyPatch], None]
_NEVER: Final = re.compile(r"(?!)")
_NO_LIMIT: Final = sys.maxsize


class _Everything(frozenset[str]):
    """A list that every word is on."""

    def __contains__(self, word: object) -> bool:
        return True


def _constant(module: Any, name: str, value: Any) -> Removal:
    return lambda patch: patch.setattr(module, name, value)


def _node(*kinds: type[ast.AST]) -> Removal:
    """Lets nodes of these kinds stand, and looks into them."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        for kind in kinds:
            patch.setitem(syntax._HANDLERS, kind, _look_into)

    return remove


def _look_into(seen: Inspection, node: ast.AST) -> None:
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and not isinstance(child.ctx, ast.Load):
            seen._bound.add(child.id)
        bound = (getattr(child, field, None) for field in ("asname", "name", "arg"))
        seen._bound.update(name for name in bound if name)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.expr) and not _binds(child):
            syntax.visit(seen, child)


def _binds(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)


def _operators(*kinds: type[ast.AST]) -> Removal:
    return _constant(syntax, "_OPERATORS", syntax._OPERATORS | set(kinds))


def _unseen(change: Callable[[ast.FunctionDef], None]) -> Removal:
    """Has the check of functions look at a copy that lacks what is to be refused."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        check = grammar._function

        def blind(seen: Inspection, node: ast.FunctionDef) -> None:
            shown = copy.copy(node)
            shown.args = copy.copy(node.args)
            change(shown)
            check(seen, shown)

        patch.setattr(grammar, "_function", blind)

    return remove


def _undecorated(node: ast.FunctionDef) -> None:
    node.decorator_list = []


def _unannotated(node: ast.FunctionDef) -> None:
    node.returns = None
    node.args.args = [ast.arg(a.arg, lineno=a.lineno) for a in node.args.args]


def _plain_arguments(node: ast.FunctionDef) -> None:
    arguments = node.args
    starred = [a for a in (arguments.vararg, arguments.kwarg) if a]
    arguments.args = [
        *arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *starred
    ]  # fmt: skip
    arguments.posonlyargs, arguments.kwonlyargs, arguments.kw_defaults = [], [], []
    arguments.vararg = arguments.kwarg = None


def _value(kinds: tuple[type, ...]) -> Removal:
    """Lets constants of these types stand."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        check = syntax._HANDLERS[ast.Constant]

        def lenient(seen: Inspection, node: ast.Constant) -> None:
            if not isinstance(node.value, kinds):
                check(seen, node)

        patch.setitem(syntax._HANDLERS, ast.Constant, lenient)

    return remove


def _targets(patch: pytest.MonkeyPatch) -> None:
    check = syntax._target

    def lenient(seen: Inspection, node: ast.expr) -> None:
        stores = isinstance(node, ast.Attribute) or (
            isinstance(node, ast.Subscript)
            and isinstance(node.value, ast.Name)
            and node.value.id == "p"
        )
        if not stores:
            check(seen, node)

    patch.setattr(syntax, "_target", lenient)


def _whole(names: Iterable[str]) -> Removal:
    """Lets these names be used as values."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        check = Inspection.load

        def lenient(seen: Inspection, name: str, node: ast.Name) -> None:
            if name not in names:
                check(seen, name, node)

        patch.setattr(Inspection, "load", lenient)

    return remove


def _literal_bases(patch: pytest.MonkeyPatch) -> None:
    literals = ast.Constant | ast.List | ast.Tuple | ast.Dict

    def replaced(check: Callable[..., None], inner: Callable[[Any], Any]) -> Callable[..., None]:
        def lenient(seen: Inspection, node: Any, *rest: Any) -> None:
            holder = inner(node)
            if isinstance(holder.value, literals):
                seen._bound.add("literal")
                node, holder = copy.copy(node), copy.copy(holder)
                holder.value = ast.Name("literal", ast.Load(), lineno=0)
                if hasattr(node, "func"):
                    node.func = holder
                else:
                    node = holder
            rest = (node.func,) if rest else ()
            check(seen, node, *rest)

        return lenient

    patch.setattr(calls, "_method", replaced(calls._method, lambda node: node.func))
    for kind in (ast.Attribute, ast.Subscript):
        check = syntax._HANDLERS[kind]
        patch.setitem(syntax._HANDLERS, kind, replaced(check, lambda node: node))


def _any_call(patch: pytest.MonkeyPatch) -> None:
    check = syntax._HANDLERS[ast.Call]

    def lenient(seen: Inspection, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name | ast.Attribute):
            check(seen, node)
        else:
            _look_into(seen, node)

    patch.setitem(syntax._HANDLERS, ast.Call, lenient)


def _any_builtin(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(words, "BUILTINS", words.BUILTINS | set(vars(builtins)))


def _any_indicator(patch: pytest.MonkeyPatch) -> None:
    check = Inspection.refuse_word

    def lenient(seen: Inspection, base: str, name: str, node: ast.AST) -> None:
        if base != "ta":
            check(seen, base, name, node)

    patch.setattr(Inspection, "refuse_word", lenient)
    patch.setattr(gate, "warmup_of", lambda tree, header: (1, 1))


def _unnamed_arguments(patch: pytest.MonkeyPatch) -> None:
    check = calls._named

    def lenient(seen: Inspection, node: ast.Call, function: ast.Name) -> None:
        if function.id in words.BUILTINS:
            node = copy.copy(node)
            node.keywords = []
        check(seen, node, function)

    patch.setattr(calls, "_named", lenient)


def _any_parameter(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Inspection, "parameter", lambda *_: None)
    patch.setattr(gate, "warmup_of", lambda tree, header: (1, 1))


def _double_keys(patch: pytest.MonkeyPatch) -> None:
    check = manifest._read_line

    def lenient(reading: manifest._Reading, node: ast.Assign) -> None:
        value = node.value
        if isinstance(value, ast.Dict):
            pairs = {
                ast.dump(k): (k, v) for k, v in zip(value.keys, value.values, strict=True) if k
            }
            node = copy.copy(node)
            node.value = ast.Dict([k for k, _ in pairs.values()], [v for _, v in pairs.values()])
        check(reading, node)

    patch.setattr(manifest, "_read_line", lenient)


def _starred(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(syntax._HANDLERS, ast.Starred, _look_into)

    def key(seen: Inspection, node: ast.Dict) -> None:
        for value in [*filter(None, node.keys), *node.values]:
            syntax.visit(seen, value)

    patch.setitem(syntax._HANDLERS, ast.Dict, key)


def _header_lines(code: str) -> Removal:
    """Has one reason against header lines left out, and the line with it."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        check = manifest._read_line

        def lenient(reading: manifest._Reading, node: ast.Assign) -> None:
            before, values = list(reading.reasons), dict(reading.values)
            check(reading, node)
            if any(reason.code == code for reason in reading.reasons[len(before) :]):
                reading.reasons[:], reading.values = before, values

        patch.setattr(manifest, "_read_line", lenient)

    return remove


def _lenient_decoding(patch: pytest.MonkeyPatch) -> None:
    def decoded(text: str | bytes) -> str:
        return text.decode("utf-8", "ignore") if isinstance(text, bytes) else text

    patch.setattr(source, "decoded", decoded)
    patch.setattr(gate, "decoded", decoded)


def _bytes_to_the_parser(patch: pytest.MonkeyPatch) -> None:
    read = source._tree
    patch.setattr(source, "_tree", lambda text: read(text.encode()))  # type: ignore[arg-type]


_STATEMENTS: Final[dict[str, tuple[type[ast.AST], ...]]] = {
    "class": (ast.ClassDef,),
    "lambda": (ast.Lambda,),
    "while": (ast.While,),
    "try": (ast.Try, ast.TryStar),
    "with": (ast.With,),
    "yield": (ast.Yield, ast.YieldFrom),
    "generator": (ast.GeneratorExp,),
    "set": (ast.Set, ast.SetComp),
    "dictionary comprehension": (ast.DictComp,),
    "f-string": (ast.JoinedStr, ast.FormattedValue),
    "match": (ast.Match,),
    "walrus": (ast.NamedExpr,),
    "global": (ast.Global, ast.Nonlocal),
    "delete": (ast.Delete,),
    "raise": (ast.Raise,),
    "assert": (ast.Assert,),
    "import": (ast.Import, ast.ImportFrom),
    "variable annotation": (ast.AnnAssign,),
    "nested function": (ast.FunctionDef,),
    "forgotten value": (ast.Expr,),
}
_LISTS: Final = ("NUMPY", "FFT", "METHODS", "FIELDS", "KEYWORDS", "BARS")
GATE: Final[dict[str, Removal]] = {
    "utf-8": _lenient_decoding,
    "text, not bytes": _bytes_to_the_parser,
    "length of the text": _constant(source, "MAX_BYTES", _NO_LIMIT),
    "length of a line": _constant(source, "MAX_LINE", _NO_LIMIT),
    "brackets": _constant(source, "MAX_BRACKETS", _NO_LIMIT),
    "nodes": _constant(source, "MAX_NODES", _NO_LIMIT),
    "depth": _constant(source, "MAX_DEPTH", 10_000),
    "literals": _constant(source, "MAX_LITERALS", _NO_LIMIT),
    "control characters": _constant(source, "_CONTROL", _NEVER),
    "direction of writing": _constant(source, "_DIRECTION", _NEVER),
    "ASCII code": _constant(source, "_NOT_ASCII", _NEVER),
    "closed strings": _constant(source, "_QUOTE", _NEVER),
    "backslashes": _constant(source, "_escaping_line", lambda text: 0),
    "digits": _constant(budget, "MAX_DIGITS", _NO_LIMIT),
    "long list": _constant(budget, "LONGEST_LIST", _NO_LIMIT),
    "many lists": _constant(budget, "MAX_LISTED", _NO_LIMIT),
    "header literal": _header_lines("header_not_literal"),
    "header form": _header_lines("header_form"),
    "header names": _header_lines("header_unknown"),
    "header once": _header_lines("header_twice"),
    "header words": _constant(manifest, "_LIST_NAME", re.compile(r".*")),
    "keys once": _double_keys,
    "exits": _constant(manifest, "_exits", lambda reading, value: None),
    "parameter names": _constant(manifest, "_WORD", re.compile(r".*")),
    "parameter values": _constant(manifest, "_is_number", lambda value: True),
    "number of parameters": _constant(manifest, "MAX_PARAMETERS", _NO_LIMIT),
    "idea": _constant(manifest, "_idea", lambda tree, reading: "An idea."),
    "top level": _constant(
        grammar,
        "_top_level",
        lambda seen, node: (
            grammar._function(seen, node) if isinstance(node, ast.FunctionDef) else None
        ),
    ),
    "entry": _constant(grammar, "_entry", lambda seen, tree: grammar._check_cycles(seen)),
    "cycles": _constant(grammar, "_check_cycles", lambda seen: None),
    "decorators": _unseen(_undecorated),
    "annotations": _unseen(_unannotated),
    "plain arguments": _unseen(_plain_arguments),
    "defaults": _constant(grammar, "_is_number", lambda node: True),
    "underscores": _constant(Inspection, "check_name", lambda *_: True),
    "reserved names": _constant(words, "RESERVED", frozenset()),
    "bound names": _constant(Inspection, "leave", lambda seen: None),
    "known builtins": _any_builtin,
    "known indicators": _any_indicator,
    "functions are called": _constant(Inspection, "uncalled", lambda *_: None),
    "modules are no values": _whole(("np", "ta")),
    "bars are no values": _whole(("bars", "panel", "p")),
    "parameters": _any_parameter,
    "keys": _constant(Inspection, "is_key", staticmethod(lambda node: True)),
    "names are called": _any_call,
    "builtins take no names": _unnamed_arguments,
    "types": _constant(calls, "_is_type", lambda node: True),
    "places": _constant(calls, "_limit", lambda name, method: _NO_LIMIT),
    "stores": _targets,
    "loops": _constant(syntax, "_iterable", syntax.visit),
    "exponents": _constant(syntax, "_power", lambda *_: None),
    "words": _value((str,)),
    "numbers": _value((int, float)),
    "constants": _value((bytes, complex, type(None), type(...))),
    "literals have no parts": _literal_bases,
    "stars": _starred,
    "identity and membership": _operators(ast.Is, ast.IsNot, ast.In, ast.NotIn),
    "matrices": _operators(ast.MatMult),
    "shifts": _operators(ast.LShift, ast.RShift),
    "empty return": lambda patch: patch.setitem(syntax._HANDLERS, ast.Return, _look_into),
    "steps of the analysis": _constant(memory, "_MAX_STEPS", _NO_LIMIT),
    "depth of calls": _constant(grammar, "MAX_CALL_DEPTH", 1_000),
    "memory": _constant(gate, "warmup_of", lambda tree, header: (1, 1)),
}
GATE.update({name: _node(*kinds) for name, kinds in _STATEMENTS.items()})
GATE.update({f"list {name}": _constant(words, name, _Everything()) for name in _LISTS})
