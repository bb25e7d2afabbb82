"""The registry of `ta`: what each indicator is called, takes, answers, and how far it looks back.

An indicator is a plain function of one column of finite float64 values; `@indicator` wraps it for
1-D and 2-D arrays (column by column) and enters it. `memory` is how many bars *before* the current
one may change its value by more than 1e-9 of the scale of its input: the gate adds these up.

Four modes of calling:

- runs: undefined values (NaN, infinite) restart the function; each run of defined values is a
  series of its own. So a gap inside costs one warm-up and no more, and history before it is moot.
- plain: the whole column as it is; the function minds NaN itself.
- column: as plain, for one series only.
- panel: the whole (time, symbol) array; for comparisons across symbols.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Floats

Number = int | float
Mode = Literal["runs", "plain", "column", "panel"]
Kind = Literal[
    "price", "ratio", "oscillator", "scale", "condition", "position", "count", "tuple", "windows"
]
Role = Literal["series", "operand", "clock", "window", "number"]
Memory = Callable[..., int]

LONGEST_WINDOW: Final = 5_000
_ROLES: Final[dict[str, Role]] = {
    "Series": "series",
    "Operand": "operand",
    "Clock": "clock",
    "int": "window",
    "float": "number",
}

Series = Floats
"""Annotation of an array argument: (T,) or (T, N)."""
Operand = Any
"""Annotation of an argument that may be an array or a number."""
Clock = npt.NDArray[np.int64]
"""Annotation of `bars.session` and `bars.minute`: (T,) also where the others are (T, N)."""


class WrongArgument(ValueError):
    """An argument that an indicator cannot work with; its text is one sentence."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: what it is for, its default (None: required), and its smallest value."""

    name: str
    role: Role
    default: Number | None = None
    lowest: int = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of the vocabulary.

    family: indicators of one family and one shape can stand for one another. kind: what the
    values are. memory: bars before the current one, as a function of the windows and numbers by
    name. sessions: whole sessions that come on top (anchored functions). results: arrays answered.
    """

    name: str
    family: str
    kind: Kind
    arguments: tuple[Argument, ...]
    sentence: str
    source: str
    mode: Mode
    memory: Memory
    sessions: int
    results: int
    call: Callable[..., Any]

    @property
    def windows(self) -> tuple[str, ...]:
        """Names of the arguments that are whole numbers of bars."""
        return tuple(a.name for a in self.arguments if a.role == "window")

    @property
    def signature(self) -> str:
        """As one writes it: `rsi(x, n=14)`."""
        shown = [a.name if a.default is None else f"{a.name}={a.default}" for a in self.arguments]
        return f"{self.name}({', '.join(shown)})"

    @property
    def shape(self) -> tuple[str, ...]:
        """Names of the array arguments, then the role of each of the others."""
        arrays = ("series", "operand", "clock")
        return tuple(a.name if a.role in arrays else a.role for a in self.arguments)


REGISTRY: Final[dict[str, Entry]] = {}


def indicator(
    family: str,
    kind: Kind,
    memory: Memory,
    *,
    mode: Mode = "runs",
    sessions: int = 0,
    results: int = 1,
    lowest: int = 2,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enters a function into the registry; answers the wrapped function, as genomes call it."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        arguments = _arguments(function, lowest)
        sentence, source = _documentation(function)
        call = _callable(function, arguments, mode, results)
        REGISTRY[function.__name__] = Entry(
            function.__name__, family, kind, arguments, sentence, source,
            mode, memory, sessions, results, call,
        )  # fmt: skip
        return call

    return enter


def _arguments(function: Callable[..., Any], lowest: int) -> tuple[Argument, ...]:
    parameters = inspect.signature(function).parameters.values()
    return tuple(
        Argument(
            p.name,
            _ROLES[str(p.annotation)],
            None if p.default is inspect.Parameter.empty else p.default,
            lowest,
        )
        for p in parameters
    )


def _documentation(function: Callable[..., Any]) -> tuple[str, str]:
    text = inspect.getdoc(function) or ""
    sentence, _, source = text.partition("Source:")
    return " ".join(sentence.split()), " ".join(source.split())


def _callable(
    function: Callable[..., Any], arguments: tuple[Argument, ...], mode: Mode, results: int
) -> Callable[..., Any]:
    names = tuple(a.name for a in arguments)
    arrays = sum(a.role in ("series", "operand", "clock") for a in arguments)

    @functools.wraps(function)
    def call(*given: Any, **named: Any) -> Any:
        values = _bound(function.__name__, arguments, names, given, named)
        columns = _series(function.__name__, arguments[:arrays], values[:arrays])
        numbers = _numbers(function.__name__, arguments[arrays:], values[arrays:])
        with np.errstate(all="ignore"):
            return _spread(function, mode, results, columns, numbers)

    return call


def _bound(
    name: str,
    arguments: tuple[Argument, ...],
    names: tuple[str, ...],
    given: tuple[Any, ...],
    named: dict[str, Any],
) -> list[Any]:
    if len(given) > len(arguments):
        raise WrongArgument(f"ta.{name} takes {len(arguments)} arguments, found {len(given)}")
    values = list(given)
    for argument in arguments[len(given) :]:
        value = named.get(argument.name, argument.default)
        if value is None:
            raise WrongArgument(f"ta.{name} needs its argument {argument.name}")
        values.append(value)
    unknown = set(named) - set(names[len(given) :])
    if unknown:
        raise WrongArgument(f"ta.{name} has no argument {min(unknown)} left to give")
    return values


def _series(
    name: str, arguments: tuple[Argument, ...], values: Sequence[Any]
) -> list[npt.NDArray[Any]]:
    arrays = [_array(name, a, value) for a, value in zip(arguments, values, strict=True)]
    shape = max((array.shape for array in arrays), key=len, default=())
    if not 1 <= len(shape) <= 2:
        raise WrongArgument(f"ta.{name} takes arrays of one or two dimensions, found {len(shape)}")
    return [_fitted(name, a, array, shape) for a, array in zip(arguments, arrays, strict=True)]


def _array(name: str, argument: Argument, value: Any) -> npt.NDArray[Any]:
    array = np.asarray(value)
    if array.dtype.kind not in "bif":
        raise WrongArgument(f"ta.{name} takes numbers as {argument.name}, found {array.dtype}")
    return array if argument.role == "clock" else array.astype(np.float64, copy=False)


def _fitted(
    name: str, argument: Argument, array: npt.NDArray[Any], shape: tuple[int, ...]
) -> npt.NDArray[Any]:
    if array.shape == shape:
        return array
    if argument.role == "operand" and array.ndim == 0:
        return np.broadcast_to(array, shape)
    if argument.role != "series" and array.shape == shape[:1]:
        return np.broadcast_to(array[:, None], shape)
    raise WrongArgument(
        f"ta.{name} needs {argument.name} of shape {shape} like the others, found {array.shape}"
    )


def _numbers(name: str, arguments: tuple[Argument, ...], values: Sequence[Any]) -> list[Number]:
    return [_number(name, a, value) for a, value in zip(arguments, values, strict=True)]


def _number(name: str, argument: Argument, value: Any) -> Number:
    if argument.role == "number":
        if not isinstance(value, int | float | np.number) or not np.isfinite(value):
            raise WrongArgument(f"ta.{name} needs a finite number as {argument.name}")
        return float(value)
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or not argument.lowest <= value <= LONGEST_WINDOW:
        raise WrongArgument(
            f"ta.{name} needs a whole number from {argument.lowest} to {LONGEST_WINDOW} "
            f"as {argument.name}"
        )
    return int(value)


def _spread(
    function: Callable[..., Any],
    mode: Mode,
    results: int,
    arrays: list[npt.NDArray[Any]],
    numbers: list[Number],
) -> Any:
    if mode == "panel":
        if arrays[0].ndim != 2:
            raise WrongArgument(f"ta.{function.__name__} compares symbols: it needs a panel")
        return function(*arrays, *numbers)
    if mode == "column" and arrays[0].ndim != 1:
        raise WrongArgument(f"ta.{function.__name__} takes one series, not a panel")
    run = _on_runs if mode == "runs" else _on_column
    if arrays[0].ndim == 1:
        return run(function, results, arrays, numbers)
    columns = [
        run(function, results, [array[:, j] for array in arrays], numbers)
        for j in range(arrays[0].shape[1])
    ]
    if results == 1:
        return _stacked(columns, arrays[0].shape)
    return tuple(_stacked(list(part), arrays[0].shape) for part in zip(*columns, strict=True))


def _stacked(columns: list[npt.NDArray[Any]], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    out = np.empty(shape, dtype=columns[0].dtype if columns else np.float64, order="F")
    for j, column in enumerate(columns):
        out[:, j] = column
    return out


def _on_column(
    function: Callable[..., Any],
    results: int,
    columns: list[npt.NDArray[Any]],
    numbers: list[Number],
) -> Any:
    return function(*[np.ascontiguousarray(column) for column in columns], *numbers)


def _on_runs(
    function: Callable[..., Any],
    results: int,
    columns: list[npt.NDArray[Any]],
    numbers: list[Number],
) -> Any:
    columns = [np.ascontiguousarray(column) for column in columns]
    if all(np.isfinite(column.sum()) for column in columns):
        return function(*columns, *numbers)
    parts = tuple(np.full(len(columns[0]), np.nan) for _ in range(results))
    shortest = min((n for n in numbers if isinstance(n, int)), default=1)
    for start, stop in _runs(columns, shortest):
        answer = function(*(column[start:stop] for column in columns), *numbers)
        for part, values in zip(parts, answer if results > 1 else (answer,), strict=True):
            part[start:stop] = values
    return parts if results > 1 else parts[0]


def _runs(columns: list[npt.NDArray[Any]], shortest: int) -> list[tuple[int, int]]:
    defined = np.isfinite(columns[0])
    for column in columns[1:]:
        defined &= np.isfinite(column)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], defined, [False]))))
    starts, stops = edges[::2], edges[1::2]
    long = stops - starts >= shortest
    return list(zip(starts[long].tolist(), stops[long].tolist(), strict=True))
