"""The calls of a genome: whom it may call, and with which arguments."""

from __future__ import annotations

import ast

from daemon.domain.genome import vocabulary as words
from daemon.domain.genome.inspection import Inspection
from daemon.domain.market.indicators.registry import Entry
from daemon.domain.market.indicators.vocabulary import INDICATORS
from daemon.errors import did_you_mean


def check_call(seen: Inspection, node: ast.Call) -> None:
    """Checks the function, the names of the arguments, and the arguments themselves."""
    function = node.func
    if isinstance(function, ast.Name):
        _named(seen, node, function)
    elif isinstance(function, ast.Attribute):
        _attribute(seen, node, function)
    else:
        seen.refuse("call", node, "only functions with a name can be called")


def _named(seen: Inspection, node: ast.Call, function: ast.Name) -> None:
    name = function.id
    if name in seen.functions:
        seen.call_own(name)
        _own(seen, node, seen.functions[name])
    elif name in words.BUILTINS:
        _arguments(seen, node, node.args)
        for keyword in node.keywords:
            seen.refuse("keyword", node, f"{name} takes no argument {keyword.arg} here")
    else:
        known = words.BUILTINS | seen.functions.keys()
        hint = f"write ta.{name}" if name in INDICATORS else did_you_mean(name, known)
        hint = hint or (f"write np.{name}" if name in words.NUMPY else "")
        if seen.check_name(name, function):
            message = f"{name} cannot be called" + (f"; {hint}" if hint else "")
            seen.refuse("call", node, message)
        _arguments(seen, node, node.args)


def _own(seen: Inspection, node: ast.Call, called: ast.FunctionDef) -> None:
    names = [argument.arg for argument in called.args.args]
    given = names[: len(node.args)] + [keyword.arg for keyword in node.keywords if keyword.arg]
    required = set(names[: len(names) - len(called.args.defaults)])
    if any(keyword.arg is None for keyword in node.keywords):
        seen.refuse("star", node, "there are no starred values: write them out")
    if len(node.args) > len(names) or not required <= set(given) <= set(names):
        message = f"{called.name} takes ({', '.join(names)}), found {len(given)} arguments"
        seen.refuse("arguments", node, message)
    values = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg)]
    handed = ("bars", "panel", "p")
    for name, value in zip(given, values, strict=False):
        if isinstance(value, ast.Name) and value.id in handed:
            seen.load_base(value.id, value)
            if name != value.id:
                message = f"{value.id} keeps its name: call the argument {value.id}, not {name}"
                seen.refuse("whole_object", node, message)
        else:
            if name in handed:
                seen.refuse("whole_object", node, f"the argument {name} takes {name} itself")
            seen.visit(seen, value)


def _attribute(seen: Inspection, node: ast.Call, function: ast.Attribute) -> None:
    base, name = function.value, function.attr
    if isinstance(base, ast.Name) and base.id == "np":
        if name not in words.NUMPY:
            seen.refuse_word("np", name, function)
        _numpy(seen, node)
    elif isinstance(base, ast.Name) and base.id == "ta":
        _indicator(seen, node, name, function)
    elif _is_fft(base):
        if name not in words.FFT:
            seen.refuse_word("np", name, function)
        _numpy(seen, node)
    elif isinstance(base, ast.Name) and base.id in ("bars", "panel", "p"):
        seen.refuse("call", node, f'{base.id} has no functions: parameters are read as p["n"]')
    else:
        _method(seen, node, function)


def _limit(name: str, method: bool) -> int:
    """How many arguments may be given by place: never so many that one is an output array."""
    limit = words.PLACES.get(name, 2)
    return limit - 1 if method and name != "reshape" else limit


def _is_fft(base: ast.expr) -> bool:
    inner = base.value if isinstance(base, ast.Attribute) and base.attr == "fft" else None
    return isinstance(inner, ast.Name) and inner.id == "np"


def _method(seen: Inspection, node: ast.Call, function: ast.Attribute) -> None:
    if isinstance(function.value, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.JoinedStr):
        seen.refuse("literal", node, "a literal has no attributes")
        return
    if function.attr not in words.METHODS:
        seen.refuse_word("", function.attr, function)
        return
    seen.visit(seen, function.value)
    _numpy(seen, node, method=True)


def _numpy(seen: Inspection, node: ast.Call, method: bool = False) -> None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name == "astype" and len(node.args) == 1 and _is_type(node.args[0]):
        return
    if len(node.args) > _limit(name, method):
        limit = _limit(name, method)
        seen.refuse("arguments", node, f"{name} takes at most {limit} arguments by place here")
    args = node.args
    if len(args) == 2 and _is_type(args[1]) and not node.keywords:
        args = args[:1]  # np.zeros(n, float), np.array(values, float)
    _arguments(seen, node, args)
    for keyword in node.keywords:
        if keyword.arg is None:
            seen.refuse("star", node, "there are no starred values: write them out")
        elif keyword.arg == "dtype":
            if not _is_type(keyword.value):
                seen.refuse("dtype", node, "dtype is one of the names float, int and bool")
        elif keyword.arg not in words.KEYWORDS:
            hint = did_you_mean(keyword.arg, words.KEYWORDS)
            message = f"the argument {keyword.arg} is not allowed" + (f"; {hint}" if hint else "")
            seen.refuse("keyword", node, message)
        else:
            seen.visit(seen, keyword.value)


def _is_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in words.TYPES


def _indicator(seen: Inspection, node: ast.Call, name: str, function: ast.Attribute) -> None:
    entry = INDICATORS.get(name)
    if entry is None:
        seen.refuse_word("ta", name, function)
    else:
        _fits(seen, node, entry)
    _arguments(seen, node, node.args)
    for keyword in node.keywords:
        seen.visit(seen, keyword.value)


def _fits(seen: Inspection, node: ast.Call, entry: Entry) -> None:
    names = [argument.name for argument in entry.arguments]
    given = names[: len(node.args)] + [keyword.arg or "**" for keyword in node.keywords]
    required = {argument.name for argument in entry.arguments if argument.default is None}
    wrong = len(node.args) > len(names) or len(given) != len(set(given))
    if wrong or not required <= set(given) <= set(names):
        message = f"ta.{entry.name} is written ta.{entry.signature}"
        seen.refuse("arguments", node, message)
    if entry.mode == "panel" and "rotate" not in seen.functions:
        message = f"ta.{entry.name} compares symbols: it belongs into rotate(panel, p)"
        seen.refuse("panel_only", node, message)


def _arguments(seen: Inspection, node: ast.Call, values: list[ast.expr]) -> None:
    for value in values:
        seen.visit(seen, value)
