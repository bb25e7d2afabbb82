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
SENTENCE = "Replaces a fixed threshold by a trailing z-score of the value it is compared with."
EXAMPLES: tuple[Example, ...] = ()
WINDOWS: Final = (60, 120, 250)
LEVELS: Final = (0.5, 1.0, 1.5, 2.0)
LEVELLED: Final = ("oscillator", "ratio", "scale", "volume", "count")


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where nothing is compared with a fixed number."""
    found = [place.node for place in slots(genome, "condition") if _has_threshold(genome, place)]
    if not found:
        return None
    node = pick(rng, found)
    assert isinstance(node, cst.Comparison)
    below = isinstance(node.comparisons[0].operator, cst.LessThan | cst.LessThanEqual)
    level = pick(rng, LEVELS)
    score = f"ta.zscore({genome.text(node.left)}, {pick(rng, WINDOWS)})"
    text = f"({score} < -{level})" if below else f"({score} > {level})"
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
