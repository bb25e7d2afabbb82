"""What the memory analysis knows of a value: how far it looks back, its axes, its range."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final


class Value:
    """One abstract value.

    lag: bars before the current one that it depends on, infinite where that is not known.
    axes: number of axes, None where not known. time: which axis is time, None where none is.
    low, high: range of a number, None where not known. items: parts of a tuple or list.
    array: what `as_array` made of it. count: it is the number of bars.
    """

    __slots__ = ("array", "axes", "count", "high", "items", "lag", "low", "time")

    def __init__(
        self,
        lag: float = 0,
        axes: int | None = 0,
        time: int | None = None,
        low: float | None = None,
        high: float | None = None,
        items: tuple[Value, ...] | None = None,
    ) -> None:
        self.lag = lag
        self.axes = axes
        self.time = time
        self.low = low
        self.high = high
        self.items = items
        self.array: Value | None = None
        self.count = False

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two values the same to the analysis."""
        items = None if self.items is None else tuple(item.key for item in self.items)
        return self.lag, self.axes, self.time, self.low, self.high, items

    def delayed(self, bars: float) -> Value:
        """The same value, looking further back."""
        items = None if self.items is None else tuple(item.delayed(bars) for item in self.items)
        return Value(self.lag + bars, self.axes, self.time, self.low, self.high, items)

    def at_least(self, lag: float) -> Value:
        """The same value, where it also depends on something of that lag."""
        if self.lag >= lag:
            return self
        items = None if self.items is None else tuple(item.at_least(lag) for item in self.items)
        return Value(lag, self.axes, self.time, self.low, self.high, items)


NOTHING: Final = Value()


def number(low: float, high: float) -> Value:
    """A number within a range; kept as floats, so that no loop can make it grow without end."""
    return Value(low=float(low), high=float(high))


def combined(values: Iterable[Value]) -> Value:
    """What an element-wise operation on these answers: the furthest lag, the most axes."""
    lag: float = 0
    axes: int | None = 0
    time: int | None = None
    for value in map(as_array, values):
        lag = max(lag, value.lag)
        wider = axes is not None and (value.axes is None or value.axes > axes)
        if value.time is not None and (time is None or wider):
            time = value.time
        axes = None if axes is None or value.axes is None else max(axes, value.axes)
    return Value(lag, axes, time)


def joined(first: Value, second: Value) -> Value:
    """What a name holds that holds the one or the other."""
    if first is second or first.key == second.key:
        return first
    both = first.items is not None and second.items is not None
    if both and len(first.items or ()) == len(second.items or ()):
        pairs = zip(first.items or (), second.items or (), strict=True)
        items = tuple(joined(a, b) for a, b in pairs)
        return Value(max(first.lag, second.lag), items=items)
    either = combined((first, second))
    if None not in (first.low, first.high, second.low, second.high):
        either.low = min(first.low, second.low)  # type: ignore[type-var]
        either.high = max(first.high, second.high)  # type: ignore[type-var]
    return either


def as_array(value: Value) -> Value:
    """A list of values as one array: its parts become the first axis."""
    if value.items is None:
        return value
    if value.array is None:
        inner = combined(value.items)
        axes = None if inner.axes is None else inner.axes + 1
        time = None if inner.time is None else inner.time + 1
        value.array = Value(max(value.lag, inner.lag), axes, time)
    return value.array


def sequence(parts: Iterable[Value]) -> Value:
    """A tuple or list; what is nested twice in it becomes an array, so that none grows deeper."""
    items = tuple(as_array(p) if any(q.items for q in p.items or ()) else p for p in parts)
    return Value(max((item.lag for item in items), default=0), items=items)


def arithmetic(operator: str, a: Value, b: Value) -> tuple[float | None, float | None]:
    """The range of a sum, difference, product or quotient of two ranges."""
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return None, None
    pairs = [(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    if operator in ("/", "//", "%") and b.low <= 0 <= b.high:
        return None, None
    if operator == "%":
        return (0, b.high) if b.low > 0 else (None, None)
    results = [_result(operator, x, y) for x, y in pairs]
    if any(r is None or not math.isfinite(r) for r in results):
        return None, None
    found = [r for r in results if r is not None]
    return min(found), max(found)


def _result(operator: str, x: float, y: float) -> float | None:
    match operator:
        case "+":
            return x + y
        case "-":
            return x - y
        case "*":
            return x * y
        case "/":
            return x / y
        case "//":
            return x // y
    return None
