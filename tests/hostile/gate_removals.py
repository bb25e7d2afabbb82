"""Ways to take one check of the gate away and leave the others as they are; see `gate_guards`."""

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
    calls,
    gate,
    grammar,
    manifest,
    source,
    syntax,
)
from daemon.domain.genome import vocabulary as words
from daemon.domain.genome.inspection import Inspection

Removal = Callable[[pytest.MonkeyPatch], None]
NEVER: Final = re.compile(r"(?!)")
NO_LIMIT: Final = sys.maxsize


class Everything(frozenset[str]):
    """A list that every word is on."""

    def __contains__(self, word: object) -> bool:
        return True


def put(module: Any, name: str, value: Any) -> Removal:
    return lambda patch: patch.setattr(module, name, value)


def let_stand(*kinds: type[ast.AST]) -> Removal:
    """Lets nodes of these kinds stand, and looks into them."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        for kind in kinds:
            patch.setitem(syntax._HANDLERS, kind, look_into)

    return remove


def look_into(seen: Inspection, node: ast.AST) -> None:
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


def let_operators_stand(*kinds: type[ast.AST]) -> Removal:
    return put(syntax, "_OPERATORS", syntax._OPERATORS | set(kinds))


def unseen(change: Callable[[ast.FunctionDef], None]) -> Removal:
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


def undecorated(node: ast.FunctionDef) -> None:
    node.decorator_list = []


def unannotated(node: ast.FunctionDef) -> None:
    node.returns = None
    node.args.args = [ast.arg(a.arg, lineno=a.lineno) for a in node.args.args]


def plain_arguments(node: ast.FunctionDef) -> None:
    arguments = node.args
    starred = [a for a in (arguments.vararg, arguments.kwarg) if a]
    arguments.args = [
        *arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *starred
    ]  # fmt: skip
    arguments.posonlyargs, arguments.kwonlyargs, arguments.kw_defaults = [], [], []
    arguments.vararg = arguments.kwarg = None


def let_values_stand(kinds: tuple[type, ...]) -> Removal:
    """Lets constants of these types stand."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        check = syntax._HANDLERS[ast.Constant]

        def lenient(seen: Inspection, node: ast.Constant) -> None:
            if not isinstance(node.value, kinds):
                check(seen, node)

        patch.setitem(syntax._HANDLERS, ast.Constant, lenient)

    return remove


def any_target(patch: pytest.MonkeyPatch) -> None:
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


def let_be_values(names: Iterable[str]) -> Removal:
    """Lets these names be used as values."""

    def remove(patch: pytest.MonkeyPatch) -> None:
        check = Inspection.load

        def lenient(seen: Inspection, name: str, node: ast.Name) -> None:
            if name not in names:
                check(seen, name, node)

        patch.setattr(Inspection, "load", lenient)

    return remove


def any_literal_base(patch: pytest.MonkeyPatch) -> None:
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


def any_call(patch: pytest.MonkeyPatch) -> None:
    check = syntax._HANDLERS[ast.Call]

    def lenient(seen: Inspection, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name | ast.Attribute):
            check(seen, node)
        else:
            look_into(seen, node)

    patch.setitem(syntax._HANDLERS, ast.Call, lenient)


def any_builtin(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(words, "BUILTINS", words.BUILTINS | set(vars(builtins)))


def any_indicator(patch: pytest.MonkeyPatch) -> None:
    check = Inspection.refuse_word

    def lenient(seen: Inspection, base: str, name: str, node: ast.AST) -> None:
        if base != "ta":
            check(seen, base, name, node)

    patch.setattr(Inspection, "refuse_word", lenient)
    patch.setattr(gate, "warmup_of", lambda tree, header: (1, 1))


def any_named_argument(patch: pytest.MonkeyPatch) -> None:
    check = calls._named

    def lenient(seen: Inspection, node: ast.Call, function: ast.Name) -> None:
        if function.id in words.BUILTINS:
            node = copy.copy(node)
            node.keywords = []
        check(seen, node, function)

    patch.setattr(calls, "_named", lenient)


def any_parameter(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Inspection, "parameter", lambda *_: None)
    patch.setattr(gate, "warmup_of", lambda tree, header: (1, 1))


def any_double_key(patch: pytest.MonkeyPatch) -> None:
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


def any_star(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(syntax._HANDLERS, ast.Starred, look_into)

    def key(seen: Inspection, node: ast.Dict) -> None:
        for value in [*filter(None, node.keys), *node.values]:
            syntax.visit(seen, value)

    patch.setitem(syntax._HANDLERS, ast.Dict, key)


def without_header_reason(code: str) -> Removal:
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


def lenient_decoding(patch: pytest.MonkeyPatch) -> None:
    def decoded(text: str | bytes) -> str:
        return text.decode("utf-8", "ignore") if isinstance(text, bytes) else text

    patch.setattr(source, "decoded", decoded)
    patch.setattr(gate, "decoded", decoded)


def bytes_to_the_parser(patch: pytest.MonkeyPatch) -> None:
    read = source._tree
    patch.setattr(source, "_tree", lambda text: read(text.encode()))  # type: ignore[arg-type]
