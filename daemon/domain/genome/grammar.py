"""The grammar of a genome: an allow-list over the tree, one handler for each node that may be there.

Whatever has no handler is refused with a code of its own. Names are checked wherever one can be
bound; `np` and `ta` exist only as the base of a listed attribute, functions only where they are
called, strings only as keys. Nothing is executed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from daemon.domain.genome import vocabulary as words
from daemon.domain.genome.calls import check_call
from daemon.domain.genome.inspection import Inspection
from daemon.domain.genome.manifest import HEADER, Header
from daemon.domain.market.indicators.vocabulary import INDICATORS
from daemon.errors import Reason, did_you_mean

MAX_INTEGER: Final = 1_000_000_000
MAX_EXPONENT: Final = 8
ENTRY: Final[Mapping[str, tuple[str, str]]] = {"signal": ("bars", "p"), "rotate": ("panel", "p")}

REFUSED: Final[Mapping[str, tuple[str, str]]] = {
    "Import": ("import", "there is no import: np and ta are already there"),
    "ImportFrom": ("import", "there is no import: np and ta are already there"),
    "ClassDef": ("class", "a genome has functions only, no classes"),
    "Lambda": ("lambda", "write a def instead of a lambda"),
    "While": ("while", "loops go over a range: write for instead of while"),
    "Try": ("try", "there is no try: test with np.isfinite or np.where instead"),
    "TryStar": ("try", "there is no try: test with np.isfinite or np.where instead"),
    "With": ("with", "there is no with in a genome"),
    "AsyncFunctionDef": ("async", "there is nothing asynchronous in a genome"),
    "AsyncFor": ("async", "there is nothing asynchronous in a genome"),
    "AsyncWith": ("async", "there is nothing asynchronous in a genome"),
    "Await": ("async", "there is nothing asynchronous in a genome"),
    "Yield": ("yield", "functions return arrays, they do not yield"),
    "YieldFrom": ("yield", "functions return arrays, they do not yield"),
    "GeneratorExp": ("generator", "write a list comprehension in square brackets"),
    "SetComp": ("set", "there are no sets: write a list comprehension"),
    "DictComp": ("dict_comprehension", "write the dictionary out or use lists"),
    "Set": ("set", "there are no sets: write a tuple or a list"),
    "JoinedStr": ("f_string", "there are no f-strings: a genome answers numbers"),
    "FormattedValue": ("f_string", "there are no f-strings: a genome answers numbers"),
    "TemplateStr": ("f_string", "there are no template strings: a genome answers numbers"),
    "Match": ("match", "write if and else instead of match"),
    "NamedExpr": ("walrus", "assign on a line of its own instead of :="),
    "Global": ("global", "there are no global variables: pass values as arguments"),
    "Nonlocal": ("global", "there are no shared variables: pass values as arguments"),
    "Delete": ("del", "there is no del in a genome"),
    "Raise": ("raise", "there is no raise in a genome"),
    "Assert": ("assert", "there is no assert in a genome"),
    "Starred": ("star", "there are no starred values: write them out"),
    "AnnAssign": ("annotation", "there are no annotations in a genome"),
    "TypeAlias": ("annotation", "there are no annotations in a genome"),
    "Is": ("identity", "compare with == instead of is"),
    "IsNot": ("identity", "compare with != instead of is not"),
    "In": ("membership", "compare with == instead of in"),
    "NotIn": ("membership", "compare with != instead of not in"),
    "MatMult": ("matrix_product", "write sums of products instead of @"),
    "LShift": ("shift", "multiply or divide instead of shifting bits"),
    "RShift": ("shift", "multiply or divide instead of shifting bits"),
}
_OPERATORS: Final = frozenset(
    {ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow}
    | {ast.BitAnd, ast.BitOr, ast.BitXor}
    | {ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE}
)


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
    elif not isinstance(node, ast.Assign) and not _is_text(node):
        code, sentence = REFUSED.get(
            type(node).__name__,
            ("top_level", "outside functions there are the docstring, the header and defs only"),
        )
        seen.refuse(code, node, sentence)


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


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
    done: set[str] = set()

    def follow(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            seen.refuse("recursion", seen.functions[name], f"{name} calls itself, which has no end")
        elif name not in done:
            for called in sorted(seen.calls.get(name, ())):
                follow(called, (*path, name))
        done.add(name)

    for name in seen.functions:
        follow(name, ())


def _function(seen: Inspection, node: ast.FunctionDef) -> None:
    seen.enter(node.name)
    if node.name in words.RESERVED or node.name in HEADER:
        seen.refuse(
            "reserved_name", node, f"{node.name} has a meaning already: rename the function"
        )
    seen.check_name(node.name, node)
    if node.decorator_list:
        seen.refuse("decorator", node, "there are no decorators in a genome")
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


def visit(seen: Inspection, node: ast.AST) -> None:
    """Checks one statement or expression and all that is in it."""
    handler = _HANDLERS.get(type(node))
    if handler is None:
        name = type(node).__name__
        code, sentence = REFUSED.get(name, ("syntax_refused", f"{name} is not part of a genome"))
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
    if not _is_text(node):
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
        code, sentence = REFUSED[type(operator).__name__]
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
    if isinstance(base, ast.Name) and base.id == "np":
        if name not in words.CONSTANTS:
            listed = name in words.NUMPY
            seen.refuse_word("np", name, node) if not listed else seen.uncalled(f"np.{name}", node)
    elif isinstance(base, ast.Name) and base.id == "ta":
        listed = name in INDICATORS
        seen.refuse_word("ta", name, node) if not listed else seen.uncalled(f"ta.{name}", node)
    elif isinstance(base, ast.Name) and base.id in ("bars", "panel"):
        seen.load_base(base.id, base)
        known = words.BARS if base.id == "bars" else words.PANEL
        if name not in known:
            hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
            seen.refuse("attribute", node, f"{base.id} has no {name}; {hint}")
    elif isinstance(base, ast.Constant | ast.List | ast.Tuple | ast.Dict):
        seen.refuse("literal", node, "a literal has no attributes")
    elif name in words.FIELDS:
        visit(seen, base)
    elif name in words.METHODS:
        seen.uncalled(f".{name}", node)
    else:
        seen.refuse_word("", name, node)


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
