"""Indicator swap: another indicator of the same family measures the same thing."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import NOTHING_TO_CHANGE
from plugins.splice.parsed import Parsed
from plugins.splice.vocabulary import indicator, interchangeable

NAME = "indicator"
SENTENCE = "Replaces one indicator by another of its family that takes the same arguments."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy above the average; with TRIMA instead of SMA."""


def signal(bars, p):
    return np.where(bars.close > ta.trima(bars.close, 50), 1.0, 0.0)
''',
    ),
    NOTHING_TO_CHANGE,
)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None where no indicator has a relative, or none whose arguments go by position."""
    found = [
        (place.node, relatives)
        for place in genome.places
        if isinstance(place.node, cst.Call)
        and (entry := indicator(place.node))
        and (relatives := interchangeable(entry.name))
        and not any(argument.keyword for argument in place.node.args)
    ]
    if not found:
        return None
    call, relatives = pick(rng, found)
    name = pick(rng, relatives).name
    old = call.func
    assert isinstance(old, cst.Attribute)
    swap = (old, f"ta.{name}")
    return Edit(f"with {name.upper()} instead of {old.attr.value.upper()}", swaps=(swap,))
