"""The literal header of a genome: read from the tree by literal evaluation, never executed."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from daemon.domain.genome.contract import Exits, Kind, Manifest, Number, Parameter
from daemon.domain.market.bars import TIMEFRAMES
from daemon.errors import Reason, did_you_mean

MAX_WARMUP: Final = 5_000
MAX_PARAMETERS: Final = 24
MAX_INTEGER: Final = 1_000_000_000
HEADER: Final = ("TIMEFRAME", "WARMUP", "PARAMS", "UNIVERSE", "CONTEXT", "EXITS")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_LIST_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_CONSTANT: Final = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_EXITS: Final[dict[str, Any]] = {each.name: each.default for each in fields(Exits)}


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says. warmup: None where it does not say. constants: other named numbers."""

    manifest: Manifest
    warmup: int | None
    constants: Mapping[str, Any]


@dataclass(slots=True)
class _Reading:
    """The header while it is read: values by name, and what is wrong with them."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    def refuse(self, code: str, name: str, message: str) -> None:
        self.reasons.append(Reason(code, self.lines.get(name, 0), message))


def read_header(tree: ast.Module) -> tuple[Header, list[Reason]]:
    """The header of a parsed genome, and the reasons against it."""
    reading = _Reading()
    for node in tree.body:
        if isinstance(node, ast.Assign):
            _read_line(reading, node)
    kind: Kind = "rotate" if _defines(tree, "rotate") else "signal"
    warmup = _value(reading, "WARMUP", None, _warmup)
    manifest = Manifest(
        idea=_idea(tree, reading),
        kind=kind,
        timeframe=_value(reading, "TIMEFRAME", "1d", _timeframe),
        warmup=warmup or 1,
        params=_value(reading, "PARAMS", (), _params),
        universe=_value(reading, "UNIVERSE", "", _universe),
        context=_value(reading, "CONTEXT", (), _context),
        exits=_value(reading, "EXITS", Exits(), _exits),
    )
    constants = {name: v for name, v in reading.values.items() if name not in HEADER}
    return Header(manifest, warmup, constants), reading.reasons


def _read_line(reading: _Reading, node: ast.Assign) -> None:
    target = node.targets[0]
    if len(node.targets) != 1 or not isinstance(target, ast.Name):
        message = "a header line gives one name one value, such as WARMUP = 50"
        reading.reasons.append(Reason("header_form", node.lineno, message))
        return
    name = target.id
    twice = name in reading.lines
    reading.lines[name] = node.lineno
    if twice:
        reading.refuse("header_twice", name, f"{name} is given twice")
    if not _CONSTANT.fullmatch(name):
        hint = did_you_mean(name.upper(), HEADER) or "header names are in capitals"
        reading.refuse("header_unknown", name, f"{name} is no header name; {hint}")
        return
    try:
        value = ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        message = f"{name} has to be a literal: numbers, strings, tuples, lists, a dictionary"
        reading.refuse("header_not_literal", name, message)
        return
    if isinstance(node.value, ast.Dict) and len(value) < len(node.value.keys):
        reading.refuse(
            "params" if name == "PARAMS" else "header_value", name, f"{name} has a key twice"
        )
    if name not in HEADER and not _is_constant(value):
        hint = did_you_mean(name, HEADER) or f"the header has {', '.join(HEADER)}"
        message = f"{name} is neither a header name nor a number or tuple of numbers; {hint}"
        reading.refuse("header_unknown", name, message)
        return
    reading.values[name] = value


def _is_constant(value: Any) -> bool:
    return _is_number(value) or (isinstance(value, tuple) and all(map(_is_number, value)))


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= MAX_INTEGER if isinstance(value, int) else math.isfinite(value)


def _value(reading: _Reading, name: str, default: Any, read: Callable[[_Reading, Any], Any]) -> Any:
    if name not in reading.values:
        return default
    found = read(reading, reading.values[name])
    return default if found is None else found


def _idea(tree: ast.Module, reading: _Reading) -> str:
    text = " ".join((ast.get_docstring(tree) or "").split())
    if not text:
        message = "the genome begins with a docstring that says its idea in one sentence"
        reading.reasons.append(Reason("no_idea", 1, message))
    end = re.search(r"[.!?](\s|$)", text)
    return text[: end.start() + 1] if end else text


def _defines(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)


def _timeframe(reading: _Reading, value: Any) -> str | None:
    if isinstance(value, str) and value in TIMEFRAMES:
        return value
    hint = did_you_mean(str(value), TIMEFRAMES) or f"there are {', '.join(TIMEFRAMES)}"
    reading.refuse("header_value", "TIMEFRAME", f"TIMEFRAME {value!r:.40} is not known; {hint}")
    return None


def _warmup(reading: _Reading, value: Any) -> int | None:
    if type(value) is int and 1 <= value <= MAX_WARMUP:
        return value
    message = f"WARMUP is a whole number of bars from 1 to {MAX_WARMUP}, found {value!r:.40}"
    reading.refuse("header_value", "WARMUP", message)
    return None


def _universe(reading: _Reading, value: Any) -> str | None:
    if isinstance(value, str) and _LIST_NAME.fullmatch(value):
        return value
    message = f"UNIVERSE names a list of daemon.toml in small letters, found {value!r:.40}"
    reading.refuse("header_value", "UNIVERSE", message)
    return None


def _context(reading: _Reading, value: Any) -> tuple[str, ...] | None:
    listed = isinstance(value, tuple | list)
    if listed and all(isinstance(v, str) and _LIST_NAME.fullmatch(v) for v in value):
        return tuple(value)
    message = f"CONTEXT lists names of context columns, found {value!r:.40}"
    reading.refuse("header_value", "CONTEXT", message)
    return None


def _exits(reading: _Reading, value: Any) -> Exits | None:
    if not isinstance(value, dict):
        reading.refuse("header_value", "EXITS", 'EXITS is a dictionary such as {"stop_atr": 2.0}')
        return None
    checked: dict[str, Any] = {}
    for key, given in value.items():
        if key not in _EXITS:
            hint = did_you_mean(str(key), _EXITS) or f"there are {', '.join(_EXITS)}"
            reading.refuse("header_value", "EXITS", f"EXITS has no {key!r:.40}; {hint}")
        elif problem := _exit_problem(key, given):
            reading.refuse("header_value", "EXITS", f"EXITS {key} {problem}, found {given!r:.40}")
        else:
            checked[key] = float(given) if isinstance(_EXITS[key], float) else given
    return Exits(**checked)


def _exit_problem(key: str, given: Any) -> str:
    default = _EXITS[key]
    if isinstance(default, bool):
        return "" if isinstance(given, bool) else "is True or False"
    if isinstance(default, int):
        least = 1 if key == "atr" else 0
        fits = type(given) is int and least <= given <= MAX_WARMUP
        return "" if fits else f"is a whole number from {least} to {MAX_WARMUP}"
    fits = _is_number(given) and 0 <= given <= 1000
    return "" if fits else "is a number from 0 to 1000"


def _params(reading: _Reading, value: Any) -> tuple[Parameter, ...] | None:
    if not isinstance(value, dict):
        reading.refuse("params", "PARAMS", 'PARAMS is a dictionary such as {"n": (20, 5, 60)}')
        return None
    if len(value) > MAX_PARAMETERS:
        message = f"PARAMS has {len(value)} entries, at most {MAX_PARAMETERS} are allowed"
        reading.refuse("params", "PARAMS", message)
    found = [_parameter(reading, name, given) for name, given in value.items()]
    return tuple(each for each in found if each is not None)


def _parameter(reading: _Reading, name: Any, given: Any) -> Parameter | None:
    if not isinstance(name, str) or not _WORD.fullmatch(name):
        reading.refuse(
            "params", "PARAMS", f"a parameter's name is a plain word, found {name!r:.40}"
        )
        return None
    parameter = _shaped(name, given)
    if parameter is None:
        message = (
            f"parameter {name} is a number, (default, low, high) or (default, [choices]), "
            f"found {given!r:.60}"
        )
        reading.refuse("params", "PARAMS", message)
    return parameter


def _shaped(name: str, given: Any) -> Parameter | None:
    match given:
        case int() | float() if _is_number(given):
            return Parameter(name, given)
        case (default, [*choices]) if choices and all(map(_is_number, [default, *choices])):
            kept: tuple[Number, ...] = tuple(choices)
            return Parameter(name, default, choices=kept) if default in kept else None
        case (default, low, high) if all(map(_is_number, given)) and low <= default <= high:
            return Parameter(name, default, low, high)
    return None
