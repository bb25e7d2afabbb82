"""Lags of calls and subscripts: where a genome reaches back in time."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from daemon.domain.genome import vocabulary as words
from daemon.domain.genome.values import NOTHING, Value, as_array, combined, number
from daemon.domain.market.indicators.registry import LONGEST_WINDOW, Argument, Entry
from daemon.domain.market.indicators.vocabulary import INDICATORS
from daemon.errors import Reason

if TYPE_CHECKING:
    from daemon.domain.genome.memory import Analysis, Scope

_WITH_QUANTILE: Final = frozenset({"percentile", "quantile", "nanpercentile", "nanquantile"})
_JOINING: Final = frozenset({"concatenate", "column_stack", "stack", "vstack", "hstack"})
_SIZED: Final = frozenset({"zeros", "ones", "empty", "full"})
_ROUNDED: Final[dict[str, Callable[[float], float]]] = {
    "int": math.trunc,
    "round": round,
    "abs": abs,
    "float": float,
}
_ANCHORED: Final = "ta.rolling_sum(x, n), or ta.session_sum(x, bars.session)"
_RESHAPED: Final = frozenset(
    {"reshape", "repeat", "tile", "squeeze", "expand_dims", "broadcast_to"}
)


class Refusal(Exception):
    """The analysis found a reason against the genome."""

    def __init__(self, code: str, line: int, message: str) -> None:
        super().__init__(message)
        self.reason = Reason(code, line, message)


def lag_of_subscript(
    analysis: Analysis, node: ast.Subscript, scope: Scope, *, stored: bool = False
) -> Value:
    """The value of base[index]; stored: of the place that is written to."""
    if isinstance(node.value, ast.Name) and node.value.id == "p":
        return _parameter(analysis, node)
    base, index = analysis.expression(node.value, scope), node.slice
    if isinstance(index, ast.Tuple) and index.elts:
        return _of_axes(analysis, base, index.elts, scope)
    if isinstance(index, ast.Slice):
        return base.delayed(_reach(analysis, index, scope)) if base.time == 0 else base
    position = analysis.expression(index, scope)
    if base.items is not None:
        return _item(base, position)
    return (_written if stored else _read)(analysis, node, base, position)


def _written(analysis: Analysis, node: ast.AST, base: Value, position: Value) -> Value:
    if position.time is not None:
        return Value(max(base.lag, position.lag), base.axes, position.time)
    if position.low is not None and position.high is not None and position.low >= 0:
        return Value(max(base.lag, position.high + 1), base.axes, base.time)
    return Value(analysis.unknown(node, "it writes a bar by its number"), None)


def _read(analysis: Analysis, node: ast.AST, base: Value, position: Value) -> Value:
    if position.time is not None:
        return Value(analysis.unknown(node, "it picks bars by a mask"), None)
    if base.time != 0:
        return Value(max(base.lag, position.lag), None, base.time)
    return Value(analysis.unknown(node, "it reads a bar by its number"), None)


def _of_axes(analysis: Analysis, base: Value, parts: list[ast.expr], scope: Scope) -> Value:
    first, rest = parts[0], parts[1:]
    others = [analysis.expression(p, scope) for p in rest if not isinstance(p, ast.Slice)]
    lag = max([base.lag, *(other.lag for other in others)])
    if base.time != 0 or not isinstance(first, ast.Slice):
        if base.time is None:
            return Value(lag, None)
        return Value(analysis.unknown(first, "it reads a bar by its number"), None)
    lag += _reach(analysis, first, scope)
    taken = sum(not isinstance(p, ast.Slice) and not _is_new_axis(p) for p in rest)
    axes = None if base.axes is None else base.axes - taken + sum(map(_is_new_axis, rest))
    return Value(lag, axes or None, 0)


def _is_new_axis(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "newaxis"


def _item(base: Value, position: Value) -> Value:
    items = base.items or ()
    if position.low is not None and position.low == position.high and items:
        k = int(position.low)
        if -len(items) <= k < len(items):
            return items[k]
    return combined(items) if items else NOTHING


def _reach(analysis: Analysis, part: ast.Slice, scope: Scope) -> float:
    bounds = [analysis.expression(b, scope) for b in (part.lower, part.upper) if b is not None]
    if part.step is not None:
        return analysis.unknown(part, "it reads every so many bars")
    if any(bound.low is None or bound.high is None for bound in bounds):
        return analysis.unknown(part, "it cuts at a bar that is not known")
    return max((max(abs(b.low or 0), abs(b.high or 0)) for b in bounds), default=0)


def _parameter(analysis: Analysis, node: ast.Subscript) -> Value:
    name = node.slice.value if isinstance(node.slice, ast.Constant) else None
    parameter = analysis.parameters[str(name)]
    if parameter.choices:
        return number(min(parameter.choices), max(parameter.choices))
    low = parameter.default if parameter.low is None else parameter.low
    high = parameter.default if parameter.high is None else parameter.high
    return number(low, high)


def lag_of_call(analysis: Analysis, node: ast.Call, scope: Scope) -> Value:
    """The value that a call answers."""
    function = node.func
    if isinstance(function, ast.Name):
        if function.id in analysis.functions:
            return _own(analysis, node, analysis.functions[function.id], scope)
        return _builtin(analysis, node, function.id, scope)
    if not isinstance(function, ast.Attribute):
        return NOTHING
    base = function.value
    if isinstance(base, ast.Name) and base.id == "ta":
        return _indicator(analysis, node, INDICATORS[function.attr], scope)
    given = [analysis.expression(value, scope) for value in node.args]
    if not (isinstance(base, ast.Name) and base.id == "np") and not _is_fft(base):
        given.insert(0, analysis.expression(base, scope))
    named = {k.arg: analysis.expression(k.value, scope) for k in node.keywords if k.arg != "dtype"}
    return _numpy(analysis, node, function.attr, given, named)


def _is_fft(base: ast.expr) -> bool:
    return isinstance(base, ast.Attribute) and base.attr == "fft"


def _own(analysis: Analysis, node: ast.Call, called: ast.FunctionDef, scope: Scope) -> Value:
    names = [argument.arg for argument in called.args.args]
    pairs = list(zip(names, node.args, strict=False))
    pairs += [(keyword.arg or "", keyword.value) for keyword in node.keywords]
    handed = ("bars", "panel", "p")
    given = {name: analysis.expression(v, scope) for name, v in pairs if name not in handed}
    return analysis.call(called, given)


def _builtin(analysis: Analysis, node: ast.Call, name: str, scope: Scope) -> Value:
    given = [analysis.expression(value, scope) for value in node.args]
    if name == "len" and given:
        return analysis.bars(node) if given[0].time == 0 else NOTHING
    if not given:
        return NOTHING
    if name in ("abs", "int", "float", "round", "bool"):
        return _rounded(name, given[0])
    if name in words.ITERATORS:
        return _iterator(name, given)
    if name in ("list", "tuple", "sorted"):
        return given[0]
    return _folded(node, name, given[0]) if len(given) == 1 else _largest(name, given)


def _iterator(name: str, given: list[Value]) -> Value:
    if name == "range":
        return _range(given)
    if name == "reversed":
        return given[0]
    parts = [_element(value) for value in given]
    counter = [NOTHING] if name == "enumerate" else []
    return Value(items=(Value(items=tuple(counter + parts)),))


def _largest(name: str, given: list[Value]) -> Value:
    answer = combined(given)
    lows = [value.low for value in given if value.low is not None]
    highs = [value.high for value in given if value.high is not None]
    if len(lows) == len(highs) == len(given):
        pick = max if name == "max" else min
        answer.low, answer.high = pick(lows), pick(highs)
    return answer


def _rounded(name: str, value: Value) -> Value:
    if value.low is None or value.high is None or name == "bool":
        return Value(value.lag, value.axes, value.time)
    whole = _ROUNDED[name]
    low, high = sorted((float(whole(value.low)), float(whole(value.high))))
    return Value(value.lag, value.axes, value.time, low, high)


def _range(given: list[Value]) -> Value:
    ends = [(value.low, value.high) for value in given]
    if not ends or any(low is None or high is None for low, high in ends):
        return Value(max((value.lag for value in given), default=0))
    start = 0.0 if len(given) == 1 else given[0].low or 0.0
    stop = given[0 if len(given) == 1 else 1].high or 0.0
    return number(start, max(stop - 1, start))


def _element(value: Value) -> Value:
    if value.items is not None:
        return combined(value.items)
    if value.time is not None:
        return Value(math.inf, None)
    return value


def _folded(node: ast.Call, name: str, value: Value) -> Value:
    if value.items is None and value.time is not None:
        raise _whole_sample(node, name)
    return combined(value.items) if value.items is not None else value


def _numpy(
    analysis: Analysis,
    node: ast.Call,
    name: str,
    given: list[Value],
    named: dict[str | None, Value],
) -> Value:
    if name in ("zeros_like", "ones_like", "empty_like") and given:
        return Value(0, given[0].axes, given[0].time)
    if name in _SIZED:
        return _sized(given[0] if given else NOTHING, given[1:])
    if name in words.REDUCTIONS | words.ORDERED | words.FFT and given:
        return _along(analysis, node, name, given, named)
    if name in _JOINING and given and given[0].items:
        return _pieced(analysis, node, name, combined(given[0].items), named.get("axis"))
    answer = combined([*given, *named.values()])
    reshaped = name in _RESHAPED and answer.time is not None
    return _unsure(analysis, node, answer) if reshaped else answer


def _sized(shape: Value, filling: list[Value]) -> Value:
    """An array of a given shape: the number of bars is no memory here."""
    lag = max((value.lag for value in filling), default=0)
    if shape.items is None:
        return Value(lag, 1, 0 if math.isinf(shape.lag) else None)
    return Value(lag, len(shape.items), 0 if math.isinf(shape.items[0].lag) else None)


def _unsure(analysis: Analysis, node: ast.AST, value: Value) -> Value:
    return Value(max(value.lag, analysis.unknown(node, "it rearranges bars")), None)


def _pieced(
    analysis: Analysis, node: ast.Call, name: str, inner: Value, axis: Value | None
) -> Value:
    chosen = 0 if axis is None else axis.low
    if name == "concatenate" and chosen == 0:
        return inner
    if name == "column_stack" and inner.axes == 1:
        return Value(inner.lag, 2, inner.time)
    if name in ("stack", "vstack") and inner.axes == 1 and chosen in (0, 1, -1):
        time = None if inner.time is None else int(chosen == 0)
        return Value(inner.lag, 2, time)
    return inner if inner.time is None else _unsure(analysis, node, inner)


def _along(
    analysis: Analysis,
    node: ast.Call,
    name: str,
    given: list[Value],
    named: dict[str | None, Value],
) -> Value:
    array = as_array(given[0])
    place = 2 if name in _WITH_QUANTILE else 1
    axis = named.get("axis") or (given[place] if len(given) > place else None)
    lag = max(value.lag for value in [array, *given[1:], *named.values()])
    if array.time is None:
        return Value(lag, None)
    flat = axis is None and name not in words.FFT | {"sort", "argsort"}
    chosen = -1 if axis is None else axis.low
    if not array.axes or (chosen is None and not flat):
        return Value(analysis.unknown(node, f"{name} goes along an axis that is not known"), None)
    if flat or int(chosen or 0) % array.axes == array.time:
        raise _whole_sample(node, name)
    if name in words.REDUCTIONS:
        return Value(lag, array.axes - 1, 0)
    return Value(lag, array.axes, array.time)


def _whole_sample(node: ast.Call, name: str) -> Refusal:
    if name.removeprefix("nan") in ("cumsum", "cumprod"):
        message = f"{name} runs on from the first bar for ever: use {_ANCHORED}"
        return Refusal("unanchored", node.lineno, message)
    message = f"{name} looks at every bar, later ones too: use a ta.rolling_ function of n bars"
    return Refusal("whole_sample", node.lineno, message)


def _indicator(analysis: Analysis, node: ast.Call, entry: Entry, scope: Scope) -> Value:
    names = [argument.name for argument in entry.arguments]
    given = {n: analysis.expression(v, scope) for n, v in zip(names, node.args, strict=False)}
    for keyword in node.keywords:
        given[str(keyword.arg)] = analysis.expression(keyword.value, scope)
    arrays = combined([Value(axes=1), *(v for v in given.values() if v.low is None)])
    windows: dict[str, float] = {}
    for argument in entry.arguments:
        if argument.role in ("window", "number"):
            highest = _highest(node, entry, argument, given.get(argument.name))
            if highest is not None:
                windows[argument.name] = highest
            elif argument.role == "window":
                unknown = analysis.unknown(node, f"the window of ta.{entry.name} is not known")
                return _answered(entry, Value(unknown, arrays.axes, 0))
    windows = {name: value for name, value in windows.items() if name in entry.windows}
    lag = entry.memory(**windows) + entry.sessions * analysis.bars_per_session
    return _answered(entry, Value(arrays.lag + lag, arrays.axes, 0))


def _answered(entry: Entry, value: Value) -> Value:
    if entry.kind == "windows":
        value = Value(value.lag, 2, 0)
    if entry.results == 1:
        return value
    return Value(value.lag, items=(value,) * entry.results)


def _highest(node: ast.Call, entry: Entry, argument: Argument, value: Value | None) -> float | None:
    if value is None:
        return argument.default
    if value.low is None or value.high is None or argument.role == "number":
        return value.high
    whole = float(value.low).is_integer() and float(value.high).is_integer()
    if not whole or value.low < argument.lowest or value.high > LONGEST_WINDOW:
        message = (
            f"ta.{entry.name} needs a whole number from {argument.lowest} to {LONGEST_WINDOW} "
            f"as {argument.name}, found {_shown(value)}"
        )
        raise Refusal("window", node.lineno, message)
    return int(value.high)


def _shown(value: Value) -> str:
    return f"{value.low:g}" if value.low == value.high else f"{value.low:g} to {value.high:g}"
