"""The numbers of a genome that may be tuned: entries of PARAMS and literals in its functions."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import libcst as cst
import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit
from plugins.splice.parsed import Parsed, Place, key_read
from plugins.splice.vocabulary import LONGEST_WINDOW, indicator, shortest_window, windows

Number = int | float

GRID: Final = math.log(2) / 8
"""Steps of a geometric grid, eight to a doubling; a coarse grid curbs fishing for parameters."""


@dataclass(frozen=True, slots=True)
class Tunable:
    """A number, where it stands, and how far it may move.

    key: its name in PARAMS, '' for a literal; then `node` is the literal itself. choices: empty
    where any number will do. window: true where it counts bars of an indicator.
    """

    key: str
    node: cst.BaseExpression
    value: Number
    low: float
    high: float
    choices: tuple[Number, ...] = ()
    window: bool = False


def tunables(genome: Parsed) -> list[Tunable]:
    """Every number that may be tuned, parameters first. Zeros are left out: they have no scale."""
    of_windows = _window_nodes(genome)
    keys = {key_read(node): lowest for node, lowest in of_windows.values() if key_read(node)}
    found = [_parameter(genome, key, node, keys) for key, node in genome.params.items()]
    found += [_literal(place, of_windows) for place in genome.places if _is_tunable(place)]
    return [tunable for tunable in found if tunable.value]


def retuned(genome: Parsed, tunable: Tunable, value: Number, clause: str) -> Edit:
    """The edit that gives a number another value."""
    if not tunable.key:
        return Edit(clause, swaps=((tunable.node, repr(value)),), same_memory=not tunable.window)
    whole = ast.literal_eval(genome.text(tunable.node))
    new = (value, *whole[1:]) if isinstance(whole, tuple) else value
    return Edit(clause, params={tunable.key: repr(new)})


def stepped(tunable: Tunable, factor: float, rng: np.random.Generator) -> Number | None:
    """The value times a factor, inside its range and different; None where there is none."""
    if tunable.choices:
        others = [choice for choice in tunable.choices if choice != tunable.value]
        return pick(rng, others) if others else None
    raw = min(max(tunable.value * factor, tunable.low), tunable.high)
    value: Number = float(f"{raw:.3g}")
    if isinstance(tunable.value, int):
        toward = 1 if raw > tunable.value else -1
        rounded = round(raw)
        value = rounded if rounded != tunable.value else tunable.value + toward
    inside = tunable.low <= value <= tunable.high
    return value if inside and value != tunable.value else None


def _parameter(
    genome: Parsed, key: str, node: cst.BaseExpression, windows_: Mapping[str, int]
) -> Tunable:
    whole = ast.literal_eval(genome.text(node))
    value, *rest = whole if isinstance(whole, tuple) else (whole,)
    low, high = _range(value, windows_.get(key))
    choices: tuple[Number, ...] = ()
    if len(rest) == 1:
        choices = tuple(rest[0])
    elif len(rest) == 2:
        low, high = rest
    return Tunable(key, node, value, low, high, choices, key in windows_)


def _literal(place: Place, of_windows: Mapping[int, tuple[cst.BaseExpression, int]]) -> Tunable:
    assert isinstance(place.node, cst.Integer | cst.Float)
    value = place.node.evaluated_value
    window = of_windows.get(id(place.node))
    low, high = _range(value, window[1] if window else None)
    return Tunable("", place.node, value, low, high, (), window is not None)


def _range(value: Number, shortest: int | None) -> tuple[float, float]:
    if shortest is not None:
        return shortest, max(LONGEST_WINDOW, value)
    if isinstance(value, int) and value > 0:
        return 1, math.inf
    return -math.inf, math.inf


def _window_nodes(genome: Parsed) -> dict[int, tuple[cst.BaseExpression, int]]:
    """Each window argument by identity, with the shortest window its indicator takes."""
    found = {}
    for place in genome.places:
        entry = indicator(place.node)
        if entry is not None and isinstance(place.node, cst.Call):
            for node in windows(place.node, entry):
                found[id(node)] = (node, shortest_window(entry))
    return found


def _is_tunable(place: Place) -> bool:
    """Literals in an indicator's arguments, in comparisons and as factors; not plain answers."""
    if not isinstance(place.node, cst.Integer | cst.Float):
        return False
    if isinstance(place.owner, cst.BinaryOperation):
        return isinstance(place.owner.operator, cst.Multiply | cst.Divide)
    return isinstance(place.owner, cst.Comparison | cst.ComparisonTarget | cst.Arg) and (
        place.call is None or indicator(place.call) is not None
    )
