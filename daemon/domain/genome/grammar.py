"""The grammar of a genome: what stands at its top level, its functions, and that it can end.

Names are checked wherever one can be bound; statements and expressions are judged by `syntax`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from daemon.domain.genome import vocabulary as words
from daemon.domain.genome.inspection import Inspection
from daemon.domain.genome.manifest import HEADER, Header
from daemon.domain.genome.syntax import is_text, visit
from daemon.errors import Reason

MAX_CALL_DEPTH: Final = 20
ENTRY: Final[Mapping[str, tuple[str, str]]] = {"signal": ("bars", "p"), "rotate": ("panel", "p")}


def check_grammar(tree: ast.Module, header: Header) -> list[Reason]:
    """Every reason that the grammar has against a parsed genome."""
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    parameters = frozenset(each.name for each in header.manifest.params)
    seen = Inspection(functions, parameters, frozenset(header.constants), visit)
    for node in tree.body:
        _top_level(seen, node)
    _entry(seen, tree)
    return seen.reasons


def _top_level(seen: Inspection, node: ast.stmt) -> None:
    if isinstance(node, ast.FunctionDef):
        _function(seen, node)
    elif not isinstance(node, ast.Assign) and not is_text(node):
        code, sentence = words.REFUSED.get(
            type(node).__name__,
            ("top_level", "outside functions there are the docstring, the header and defs only"),
        )
        seen.refuse(code, node, sentence)


def _entry(seen: Inspection, tree: ast.Module) -> None:
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        seen.refuse("function_twice", seen.functions[name], f"{name} is defined twice")
    found = [name for name in ENTRY if name in seen.functions]
    if len(found) != 1:
        both = "both signal and rotate are" if found else "neither signal nor rotate is"
        message = f"one def signal(bars, p) or one def rotate(panel, p) is needed, {both} there"
        seen.reasons.append(Reason("no_entry" if not found else "two_entries", 0, message))
    for name in found:
        node = seen.functions[name]
        if tuple(a.arg for a in node.args.args) != ENTRY[name] or node.args.defaults:
            seen.refuse("entry_arguments", node, f"write def {name}({', '.join(ENTRY[name])}):")
    _check_cycles(seen)


def _check_cycles(seen: Inspection) -> None:
    depths: dict[str, int] = {}

    def depth(name: str, path: tuple[str, ...]) -> int:
        if name in path:
            seen.refuse("recursion", seen.functions[name], f"{name} calls itself, which has no end")
            return 0
        if name not in depths and len(path) <= MAX_CALL_DEPTH:
            below = [depth(called, (*path, name)) for called in sorted(seen.calls.get(name, ()))]
            depths[name] = 1 + max(below, default=0)
        return depths.get(name, MAX_CALL_DEPTH)

    deepest = max((depth(name, ()) for name in seen.functions), default=0)
    if deepest > MAX_CALL_DEPTH:
        message = f"functions call one another more than {MAX_CALL_DEPTH} deep"
        seen.reasons.append(Reason("too_complex", 0, message))


def _function(seen: Inspection, node: ast.FunctionDef) -> None:
    seen.enter(node.name)
    if node.name in words.RESERVED or node.name in HEADER or node.name in seen.constants:
        seen.refuse(
            "reserved_name", node, f"{node.name} has a meaning already: rename the function"
        )
    seen.check_name(node.name, node)
    if node.decorator_list:
        seen.refuse("decorator", node, "there are no decorators in a genome")
    if getattr(node, "type_params", None):
        seen.refuse("annotation", node, "there are no type parameters in a genome")
    if node.returns is not None or any(a.annotation for a in _every_argument(node.args)):
        seen.refuse("annotation", node, "there are no annotations in a genome")
    if node.args.vararg or node.args.kwarg or node.args.kwonlyargs or node.args.posonlyargs:
        seen.refuse("star", node, "arguments are plain: no *, no ** and no /")
    for argument in _every_argument(node.args):
        seen.bind_argument(argument.arg, argument)
    for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
        if not _is_number(default):
            seen.refuse("default", default, "an argument's default is a number")
    for statement in node.body:
        visit(seen, statement)
    seen.leave()


def _every_argument(arguments: ast.arguments) -> list[ast.arg]:
    stars = [a for a in (arguments.vararg, arguments.kwarg) if a]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)
