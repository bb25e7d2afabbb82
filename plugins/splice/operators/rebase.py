"""Threshold re-base: instead of a fixed level, a value is judged by its own recent range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import libcst as cst
import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.kinds import kind_of
from plugins.splice.parsed import Parsed, Place
from plugins.splice.slots import slots

NAME = "rebase"
SENTENCE = "Replaces a fixed threshold by a trailing z-score or rank of the value compared with it."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy weakness."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.rsi(bars.close, p["rsi"]) < 10
    return np.where(weak, 1.0, 0.0)
''',
        after='''"""Buy weakness; judged by its own recent range."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.zscore(ta.rsi(bars.close, p["rsi"]), 250) < -1.5
    return np.where(weak, 1.0, 0.0)
''',
    ),
    Example(
        seed=1,
        before='''"""Buy weakness."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.rsi(bars.close, p["rsi"]) < 10
    return np.where(weak, 1.0, 0.0)
''',
        after='''"""Buy weakness; judged by its own recent range."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.percent_rank(ta.rsi(bars.close, p["rsi"]), 120) < 20.0
    return np.where(weak, 1.0, 0.0)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after="",
    ),
)
WINDOWS: Final = (60, 120, 250)
SCORES: Final = (0.5, 1.0, 1.5, 2.0)
RANKS: Final = (5.0, 10.0, 20.0, 30.0)
LEVELLED: Final = ("oscillator", "ratio", "scale", "volume", "count")


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where nothing is compared with a fixed number."""
    found = [place.node for place in slots(genome, "condition") if _has_threshold(genome, place)]
    if not found:
        return None
    node = pick(rng, found)
    assert isinstance(node, cst.Comparison)
    below = isinstance(node.comparisons[0].operator, cst.LessThan | cst.LessThanEqual)
    value, window = genome.text(node.left), pick(rng, WINDOWS)
    if rng.random() < 0.5:
        level = pick(rng, SCORES)
        score = f"ta.zscore({value}, {window})"
        text = f"({score} < -{level})" if below else f"({score} > {level})"
    else:
        level = pick(rng, RANKS)
        rank = f"ta.percent_rank({value}, {window})"
        text = f"({rank} < {level})" if below else f"({rank} > {100.0 - level})"
    return Edit("judged by its own recent range", swaps=((node, text),))


def _has_threshold(genome: Parsed, place: Place) -> bool:
    node = place.node
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        return False
    target = node.comparisons[0]
    ordered = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)
    return (
        isinstance(target.operator, ordered)
        and kind_of(genome, target.comparator) == "number"
        and kind_of(genome, node.left) in LEVELLED
    )
