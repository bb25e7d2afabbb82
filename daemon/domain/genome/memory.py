"""The memory of a genome: how many bars its last row depends on, worked out from the tree.

An abstract run over the functions: each expression has a lag, `ta` adds the memory its registry
entry declares (for the highest value a parameter may take), everything else takes the largest of
its parts. What runs over the whole sample (a mean over time, a running sum, a sort) is refused.
What cannot be bounded (a bar read by its number, an unknown window) leaves the lag infinite: then
the header has to state WARMUP, and the parity run on the probe market holds it to that.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from daemon.domain.genome.lags import Refusal, lag_of_call, lag_of_subscript
from daemon.domain.genome.manifest import MAX_WARMUP, Header
from daemon.domain.genome.values import (
    NOTHING,
    Value,
    arithmetic,
    combined,
    joined,
    number,
    sequence,
)
from daemon.errors import GenomeRefused, Reason

BARS_PER_SESSION: Final[Mapping[str, int]] = {
    "1m": 390,
    "5m": 78,
    "15m": 26,
    "30m": 13,
    "1h": 7,
    "1d": 1,
}
_MAX_STEPS: Final = 20_000
_MAX_ROUNDS: Final = 24
_SYMBOLS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
Scope = dict[str, Value]


def warmup_of(tree: ast.Module, header: Header) -> tuple[int, int]:
    """(bars of warm-up, bars worked out or 0); GenomeRefused where the two do not agree."""
    analysis = Analysis(tree, header)
    try:
        lag = analysis.entry()
    except Refusal as refusal:
        raise GenomeRefused([refusal.reason]) from refusal
    except RecursionError as error:
        message = "the functions are nested too deeply to follow"
        raise GenomeRefused([Reason("too_complex", 0, message)]) from error
    if math.isinf(lag):
        if header.warmup is None:
            line, why = analysis.unbounded if analysis.unbounded[1] else analysis.counted
            message = f"{why}, so its memory cannot be worked out: state WARMUP in the header"
            raise GenomeRefused([Reason("warmup_unknown", line, message)])
        return header.warmup, 0
    needed = int(lag) + 1
    if header.warmup is not None and header.warmup < needed:
        message = f"WARMUP {header.warmup} is too short: the last row depends on {needed} bars"
        raise GenomeRefused([Reason("warmup_short", _warmup_line(tree), message)])
    if needed > MAX_WARMUP:
        message = (
            f"the last row depends on {needed} bars, at most {MAX_WARMUP}: use shorter windows"
        )
        raise GenomeRefused([Reason("warmup_long", 0, message)])
    return header.warmup or needed, needed


def _warmup_line(tree: ast.Module) -> int:
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    lines = [n.lineno for n in assigned if ast.unparse(n.targets[0]) == "WARMUP"]
    return lines[0] if lines else 0


class Analysis:
    """One abstract run of one genome."""

    def __init__(self, tree: ast.Module, header: Header) -> None:
        self.functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
        self.parameters = {each.name: each for each in header.manifest.params}
        self.kind = header.manifest.kind
        self.bars_per_session = BARS_PER_SESSION[header.manifest.timeframe]
        self.constants = {name: _constant(value) for name, value in header.constants.items()}
        self.unbounded: tuple[int, str] = (0, "")
        self.counted: tuple[int, str] = (0, "")
        self._steps = 0
        self._known: dict[tuple[object, ...], Value] = {}
        self._returns: list[Value] = []

    def entry(self) -> float:
        """Lag of the positions."""
        return self.call(self.functions[self.kind], {}).lag

    def call(self, function: ast.FunctionDef, given: Mapping[str, Value]) -> Value:
        """The value that a function of the genome answers."""
        scope: Scope = dict(given)
        names = [a.arg for a in function.args.args]
        for name, default in zip(reversed(names), reversed(function.args.defaults), strict=False):
            scope.setdefault(name, self.expression(default, scope))
        key = (function.name, *((name, scope[name].key) for name in sorted(scope)))
        if key not in self._known:
            outer, self._returns = self._returns, []
            self._block(function.body, scope)
            answer = self._returns[0] if self._returns else NOTHING
            for other in self._returns[1:]:
                answer = joined(answer, other)
            self._known[key], self._returns = answer, outer
        return self._known[key]

    def unknown(self, node: ast.AST, why: str) -> float:
        """An infinite lag, with its reason."""
        if not self.unbounded[1]:
            self.unbounded = (getattr(node, "lineno", 0), why)
        return math.inf

    def bars(self, node: ast.AST) -> Value:
        """The number of bars: of infinite lag where it is more than the size of an array."""
        self.counted = (getattr(node, "lineno", 0), "it depends on the number of bars")
        value = Value(math.inf)
        value.count = True
        return value

    def expression(self, node: ast.expr, scope: Scope) -> Value:
        """The value of an expression."""
        self._steps += 1
        if self._steps > _MAX_STEPS:
            line = getattr(node, "lineno", 0)
            raise Refusal("too_complex", line, "the functions call one another too often to follow")
        read = _READERS.get(type(node))
        if read is None:
            return combined(self.expression(part, scope) for part in _parts(node))
        return read(self, node, scope)

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        return scope.get(node.id) or self.constants.get(node.id) or NOTHING

    def _compare(self, node: ast.Compare, scope: Scope) -> Value:
        parts = [self.expression(part, scope) for part in (node.left, *node.comparators)]
        answer = combined(part for part in parts if not part.count)
        limits = [part.high for part in parts if not part.count]
        if len(limits) == len(parts):
            return answer
        # a guard such as len(x) < 50 answers the same for every market of 50 bars
        reach = max((math.inf if limit is None else limit for limit in limits), default=math.inf)
        return answer.at_least(reach)

    def _sequence(self, node: ast.Tuple | ast.List, scope: Scope) -> Value:
        return sequence([self.expression(part, scope) for part in node.elts])

    def _choice(self, node: ast.IfExp, scope: Scope) -> Value:
        either = joined(self.expression(node.body, scope), self.expression(node.orelse, scope))
        return either.at_least(self.expression(node.test, scope).lag)

    def _operation(self, node: ast.BinOp, scope: Scope) -> Value:
        return self._binary(node.left, node.op, node.right, scope)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value:
        base = node.value
        if isinstance(base, ast.Name) and base.id in ("bars", "panel"):
            flat = base.id == "bars" or node.attr in ("session", "minute")
            return NOTHING if node.attr == "symbols" else Value(axes=1 if flat else 2, time=0)
        if isinstance(base, ast.Name) and base.id == "np":
            return NOTHING
        value = self.expression(base, scope)
        if node.attr in ("shape", "size"):
            return self._size(node, value)
        if node.attr != "T":
            return NOTHING
        if value.axes != 2 or value.time is None:
            return value
        return Value(value.lag, 2, 1 - value.time)

    def _size(self, node: ast.Attribute, value: Value) -> Value:
        if value.time is None:
            return NOTHING
        if node.attr == "size" or not value.axes:
            return self.bars(node)
        sizes = (self.bars(node) if k == value.time else NOTHING for k in range(value.axes))
        return Value(math.inf, items=tuple(sizes))

    def _binary(
        self, left: ast.expr, operator: ast.operator, right: ast.expr, scope: Scope
    ) -> Value:
        a, b = self.expression(left, scope), self.expression(right, scope)
        answer = combined((a, b))
        answer.low, answer.high = arithmetic(_SYMBOLS.get(type(operator), ""), a, b)
        return answer

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Value:
        value = self.expression(node.operand, scope)
        if value.low is None or value.high is None or not isinstance(node.op, ast.USub):
            return combined((value,))
        return Value(value.lag, value.axes, value.time, -value.high, -value.low)

    def _comprehension(self, node: ast.ListComp, scope: Scope) -> Value:
        inner = dict(scope)
        for each in node.generators:
            self._bind(each.target, _element(self.expression(each.iter, inner)), inner)
            for test in each.ifs:
                self.expression(test, inner)
        return Value(items=(self.expression(node.elt, inner),))

    def _block(self, body: list[ast.stmt], scope: Scope) -> None:
        for statement in body:
            self._statement(statement, scope)

    def _statement(self, node: ast.stmt, scope: Scope) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                found = self.expression(value, scope)
                for target in targets:
                    self._bind(target, found, scope)
            case ast.AugAssign(target=target, op=operator, value=value):
                self._bind(target, self._binary(target, operator, value, scope), scope)
            case ast.Return(value=ast.expr() as value):
                self._returns.append(self.expression(value, scope))
            case ast.If():
                self._if(node, scope)
            case ast.For():
                self._for(node, scope)

    def _bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        match target:
            case ast.Name(id=name):
                scope[name] = value
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                items = value.items if value.items and len(value.items) == len(parts) else None
                for k, part in enumerate(parts):
                    self._bind(part, items[k] if items else _element(value), scope)
            case ast.Subscript(value=ast.Name(id=name)):
                place = lag_of_subscript(self, target, scope, stored=True)
                held = scope.get(name, NOTHING)
                axes, time = (held.axes, held.time) if held.axes else (place.axes, place.time)
                lag = max(held.lag, place.lag, value.lag)
                scope[name] = Value(lag, axes, value.time if time is None else time)

    def _if(self, node: ast.If, scope: Scope) -> None:
        lag = self.expression(node.test, scope).lag
        other, first = dict(scope), len(self._returns)
        before = dict(scope)
        self._block(node.body, scope)
        self._block(node.orelse, other)
        self._returns[first:] = [value.at_least(lag) for value in self._returns[first:]]
        for name in scope.keys() | other.keys():
            a, b = scope.get(name), other.get(name)
            either = joined(a, b) if a and b else (a or b or NOTHING)
            scope[name] = either if either is before.get(name) else either.at_least(lag)

    def _for(self, node: ast.For, scope: Scope) -> None:
        iterable = self.expression(node.iter, scope)
        element = _element(iterable)
        rounds = math.inf if iterable.high is None else iterable.high + 1
        for _ in range(int(min(rounds, _MAX_ROUNDS))):
            before = {name: value.key for name, value in scope.items()}
            after = dict(scope)
            self._bind(node.target, element, after)
            self._block(node.body, after)
            for name, value in after.items():
                scope[name] = joined(scope[name], value) if name in scope else value
            if {name: value.key for name, value in scope.items()} == before:
                break
        else:
            if rounds > _MAX_ROUNDS:
                self._give_up(node, before, scope)
        self._block(node.orelse, scope)

    def _give_up(
        self, node: ast.For, before: Mapping[str, tuple[object, ...]], scope: Scope
    ) -> None:
        for name, value in scope.items():
            if value.key != before.get(name):
                lag = max(value.lag, self.unknown(node, "the loop carries a value on"))
                scope[name] = Value(lag, value.axes, value.time)


_READERS: Final[dict[type[ast.expr], Callable[[Analysis, Any, Scope], Value]]] = {
    ast.Constant: lambda _analysis, node, _scope: _constant(node.value),
    ast.Name: Analysis._name,
    ast.Attribute: Analysis._attribute,
    ast.Call: lag_of_call,
    ast.Subscript: lag_of_subscript,
    ast.BinOp: Analysis._operation,
    ast.UnaryOp: Analysis._unary,
    ast.Compare: Analysis._compare,
    ast.Tuple: Analysis._sequence,
    ast.List: Analysis._sequence,
    ast.ListComp: Analysis._comprehension,
    ast.IfExp: Analysis._choice,
}


def _constant(value: object) -> Value:
    if isinstance(value, tuple):
        return Value(items=tuple(_constant(part) for part in value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return NOTHING
    return number(value, value)


def _element(value: Value) -> Value:
    if value.items:
        answer = value.items[0]
        for other in value.items[1:]:
            answer = joined(answer, other)
        return answer
    if value.time is not None:
        return Value(math.inf, None)
    return Value(value.lag, value.axes, None, value.low, value.high)


def _parts(node: ast.expr) -> list[ast.expr]:
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
