"""Exit crossover: the protective exits of another genome are taken over whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plugins.splice.edit import Edit, Example
from plugins.splice.parsed import Parsed

NAME = "cross_exits"
SENTENCE = "Takes over the exits of the second parent, or drops them where it has none."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        donor='''"""Buy strength."""

EXITS = {"stop_atr": 3.0}


def signal(bars, p):
    return np.where(ta.roc(bars.close, 20) > 0.0, 1.0, 0.0)
''',
        after='''"""Buy above the average; with the exits of another idea."""

EXITS = {"stop_atr": 3.0}


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy strength."""

EXITS = {"stop_atr": 3.0}


def signal(bars, p):
    return np.where(ta.roc(bars.close, 20) > 0.0, 1.0, 0.0)
''',
        donor='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy strength; without protective exits."""


def signal(bars, p):
    return np.where(ta.roc(bars.close, 20) > 0.0, 1.0, 0.0)
''',
    ),
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
        after="",
    ),
)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None without a second parent, or where both have the same exits."""
    texts = [_exits(parsed) for parsed in (genome, *donors[:1])]
    if len(set(texts)) < 2:
        return None
    clause = "with the exits of another idea" if texts[1] else "without protective exits"
    return Edit(clause, header={"EXITS": texts[1]}, same_memory=True)


def _exits(genome: Parsed) -> str:
    node = genome.header.get("EXITS")
    return genome.text(node) if node else ""
