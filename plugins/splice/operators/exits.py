"""Exit graft: protective exits are added, moved or taken away in the header."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.parsed import Parsed

NAME = "exits"
SENTENCE = "Adds one protective exit, replaces it by another size, or takes one away."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy above the average; held for 10 bars at most."""

EXITS = {"max_bars": 10}


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
    ),
    Example(
        seed=3,
        before='''"""Buy strength."""

EXITS = {"stop_atr": 3.0}


def signal(bars, p):
    return np.where(ta.roc(bars.close, 20) > 0.0, 1.0, 0.0)
''',
        after='''"""Buy strength; without its stop."""


def signal(bars, p):
    return np.where(ta.roc(bars.close, 20) > 0.0, 1.0, 0.0)
''',
    ),
)
REMOVE_SHARE: Final = 0.2

SIZES: Final[dict[str, tuple[float | int, ...]]] = {
    "stop_atr": (1.5, 2.0, 3.0, 4.0),
    "target_atr": (1.0, 2.0, 3.0, 5.0),
    "trail_atr": (2.0, 3.0, 4.0),
    "max_bars": (2, 3, 5, 10, 20),
}
NAMES: Final = {
    "stop_atr": "stop",
    "target_atr": "target",
    "trail_atr": "trailing stop",
    "max_bars": "limit of bars",
}
WORDS: Final = {
    "stop_atr": "with a stop of {} ATR",
    "target_atr": "with a target of {} ATR",
    "trail_atr": "with a trailing stop of {} ATR",
    "max_bars": "held for {} bars at most",
}


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """Always finds something to do."""
    node = genome.header.get("EXITS")
    exits: dict[str, object] = dict(ast.literal_eval(genome.text(node))) if node else {}
    removable = [name for name in exits if name in SIZES]
    if removable and rng.random() < REMOVE_SHARE:
        name = pick(rng, removable)
        del exits[name]
        return Edit(f"without its {NAMES[name]}", header={"EXITS": repr(exits)}, same_memory=True)
    name = pick(rng, tuple(SIZES))
    size = pick(rng, [value for value in SIZES[name] if value != exits.get(name)])
    text = repr(exits | {name: size}).replace("'", '"')
    return Edit(WORDS[name].format(size), header={"EXITS": text}, same_memory=True)
