"""Subtree crossover: a typed expression of the other parent takes the place of one here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import libcst as cst
import numpy as np

from plugins.splice.draw import pick, shuffled
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import ANOTHER_KIND
from plugins.splice.kinds import Kind
from plugins.splice.parsed import Parsed
from plugins.splice.slots import slots
from plugins.splice.transplant import transplant

NAME = "cross_subtree"
SENTENCE = "Transplants a condition, oscillator, price or scale of the second parent."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        donor='''"""Buy weakness."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.rsi(bars.close, p["rsi"]) < 10
    return np.where(weak, 1.0, 0.0)
''',
        after='''"""Buy above the average; with a condition of another idea."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    return np.where(ta.rsi(bars.close, p["rsi"]) < 10, 1.0, 0.0)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy weakness in a rising market."""


def signal(bars, p):
    rising = bars.close > ta.sma(bars.close, 100)
    weak = ta.rsi(bars.close, 2) < 10
    return np.where(rising & weak, 1.0, 0.0)
''',
        donor='''"""Sell the faster average."""

PARAMS = {"fast": 10, "slow": 150}


def signal(bars, p):
    fast = ta.sma(bars.close, p["fast"])
    slow = ta.sma(bars.close, p["slow"])
    return -np.sign(fast - slow)
''',
        after='''"""Buy weakness in a rising market; with a price of another idea."""

PARAMS = {"fast": 10}


def signal(bars, p):
    rising = ta.sma(bars.close, p["fast"]) > ta.sma(bars.close, 100)
    weak = ta.rsi(bars.close, 2) < 10
    return np.where(rising & weak, 1.0, 0.0)
''',
    ),
    ANOTHER_KIND,
)
KINDS: Final[tuple[Kind, ...]] = ("condition", "condition", "oscillator", "ratio", "price", "scale")
WORDS: Final = {"condition": "a condition", "oscillator": "an oscillator", "ratio": "a ratio"}
TRIES: Final = 3


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None without a second parent of the same kind, or without slots of a common type."""
    if not donors or donors[0].kind != genome.kind:
        return None
    for kind in shuffled(rng, KINDS):
        here = slots(genome, kind)
        there = [place for place in slots(donors[0], kind) if not _is_field(place.node)]
        for _ in range(TRIES if here and there else 0):
            target, graft = pick(rng, here).node, pick(rng, there).node
            taken = transplant(donors[0], graft, genome)
            if taken and taken.text != genome.text(target):
                clause = f"with {WORDS.get(kind, 'a ' + kind)} of another idea"
                swap = (target, taken.text)
                return Edit(clause, swaps=(swap,), params=taken.params)
    return None


def _is_field(node: cst.BaseExpression) -> bool:
    """A bare price such as bars.close, which every genome has already."""
    return isinstance(node, cst.Attribute)
