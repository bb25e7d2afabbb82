"""Grading: a comparison decides no longer whether there is a position, but how large it is.

The distance between the two sides, in its own recent deviation, becomes the position: long and
short, small where the comparison is close. A yes or no throws away how clear the case was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import libcst as cst
import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import ANSWERS_TWICE, NOTHING_TO_CHANGE
from plugins.splice.kinds import kind_of
from plugins.splice.parsed import Parsed
from plugins.splice.slots import COMPARISONS, slots

NAME = "graded"
SENTENCE = "Sizes the position, long or short, by how far apart the sides of a comparison are."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy above the average; sized by distance from the usual."""


def signal(bars, p):
    gap = bars.close - ta.sma(bars.close, 50)
    return np.tanh(ta.zscore(gap, 60))
''',
    ),
    NOTHING_TO_CHANGE,
    ANSWERS_TWICE,
)
WINDOWS: Final = (20, 60, 120)
FORMS: Final = (
    ("sized by distance", "{local} / np.maximum(ta.stdev({local}, WINDOW), 1e-9)"),
    ("sized by distance from the usual", "ta.zscore({local}, WINDOW)"),
)
GRADED: Final = ("price", "scale", "oscillator", "ratio", "volume", "count", "number")


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where nothing is compared, or the answer is given in more than one place."""
    found = [place.node for place in slots(genome, "condition") if _is_graded(genome, place.node)]
    if genome.kind != "signal" or genome.answer is None or not found:
        return None
    node = pick(rng, found)
    assert isinstance(node, cst.Comparison)
    clause, text = pick(rng, FORMS)
    strength = text.replace("WINDOW", str(pick(rng, WINDOWS)))
    answer = f"np.tanh({strength})"
    return Edit(clause, answer=answer, local=("gap", _gap(genome, node)))


def _is_graded(genome: Parsed, node: cst.BaseExpression) -> bool:
    if not isinstance(node, cst.Comparison) or len(node.comparisons) != 1:
        return False
    target = node.comparisons[0]
    sides = kind_of(genome, node.left), kind_of(genome, target.comparator)
    return (
        type(target.operator) in COMPARISONS
        and all(side in GRADED for side in sides)
        and sides != ("number", "number")
    )


def _gap(genome: Parsed, node: cst.Comparison) -> str:
    """The larger side less the smaller one, where the comparison holds."""
    target = node.comparisons[0]
    left, right = genome.bracketed(node.left), genome.bracketed(target.comparator)
    above = isinstance(target.operator, cst.GreaterThan | cst.GreaterThanEqual)
    if _is_zero(target.comparator):
        return left if above else f"-{left}"
    return f"{left} - {right}" if above else f"{right} - {left}"


def _is_zero(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Integer | cst.Float) and node.evaluated_value == 0
