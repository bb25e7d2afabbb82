"""Ensemble: two genomes vote, by the mean of their positions or where they agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import ANOTHER_KIND
from plugins.splice.parsed import Parsed
from plugins.splice.transplant import renamed_functions

NAME = "cross_ensemble"
SENTENCE = "Joins both parents: the mean of their positions, or the first where both agree."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=1,
        before='''"""Buy weakness."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.rsi(bars.close, p["rsi"]) < 10
    return np.where(weak, 1.0, 0.0)
''',
        donor='''"""Buy weakness in a rising market."""


def signal(bars, p):
    rising = bars.close > ta.sma(bars.close, 100)
    weak = ta.rsi(bars.close, 2) < 10
    return np.where(rising & weak, 1.0, 0.0)
''',
        after='''"""Buy weakness; averaged with another idea."""

PARAMS = {"rsi": 14}


def first(bars, p):
    weak = ta.rsi(bars.close, p["rsi"]) < 10
    return np.where(weak, 1.0, 0.0)


def second(bars, p):
    rising = bars.close > ta.sma(bars.close, 100)
    weak = ta.rsi(bars.close, 2) < 10
    return np.where(rising & weak, 1.0, 0.0)


def signal(bars, p):
    one = first(bars, p)
    other = second(bars, p)
    return 0.5 * (one + other)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy weakness; averaged with another idea."""


def first(bars, p):
    return np.where(ta.rsi(bars.close, 2) < 10, 1.0, 0.0)


def second(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 100), 1.0, 0.0)


def signal(bars, p):
    one = first(bars, p)
    other = second(bars, p)
    return 0.5 * (one + other)
''',
        donor='''"""Buy strength on much volume."""


def volume_is_high(bars):
    return bars.volume > ta.sma(bars.volume, 20)


def signal(bars, p):
    return np.where((ta.roc(bars.close, 20) > 0.0) & volume_is_high(bars), 1.0, 0.0)
''',
        after="",
    ),
    ANOTHER_KIND,
)
MOST_FUNCTIONS: Final = 5
LONGEST: Final = 1_600
"""Characters of all functions, some 280 nodes: two genomes of the usual size, against bloat."""

VOTES: Final = (
    ("averaged with another idea", "0.5 * (one + other)"),
    ("only where another idea agrees", "np.where(one * other > 0.0, one, 0.0)"),
)
ENTRY: Final = """def {kind}({market}, p):
    one = first({market}, p)
    other = second({market}, p)
    return {vote}"""


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None unless the second parent sees the same bars and both together are not too large."""
    if not donors or _bars(donors[0]) != _bars(genome):
        return None
    if len(genome.functions) + len(donors[0].functions) + 1 > MOST_FUNCTIONS:
        return None
    first, _ = renamed_functions(genome, "first", {})
    second, params = renamed_functions(donors[0], "second", genome.params_text())
    clause, vote = pick(rng, VOTES)
    entry = ENTRY.format(kind=genome.kind, market=genome.market, vote=vote)
    functions = "\n\n\n".join([*first, *second, entry]) + "\n"
    if len(functions) > LONGEST:
        return None
    return Edit(clause, params=params, functions=functions)


def _bars(genome: Parsed) -> tuple[str, ...]:
    """What two genomes have to have in common to vote."""
    context = genome.text(node) if (node := genome.header.get("CONTEXT")) else ""
    frame = genome.value("TIMEFRAME") or "1d"
    return genome.kind, frame, genome.value("UNIVERSE"), context, *genome.constants
