"""Time frame shift: the same rule on longer or shorter bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import libcst as cst
import numpy as np

from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.parsed import Parsed

NAME = "timeframe"
SENTENCE = "Moves TIMEFRAME to a neighbour among 15m, 30m, 1h and 1d."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=0,
        before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
        after='''"""Buy above the average; on bars of 1h."""

TIMEFRAME = "1h"


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy strength after the first hour."""

TIMEFRAME = "1h"


def signal(bars, p):
    strong = bars.close > ta.session_open(bars.open, bars.session)
    return np.where(strong & (bars.minute > 60), 1.0, 0.0)
''',
        after='''"""Buy strength after the first hour; on bars of 30m."""

TIMEFRAME = "30m"


def signal(bars, p):
    strong = bars.close > ta.session_open(bars.open, bars.session)
    return np.where(strong & (bars.minute > 60), 1.0, 0.0)
''',
    ),
    Example(
        seed=0,
        before='''"""Buy strength by the minute."""

TIMEFRAME = "1m"


def signal(bars, p):
    return np.where(ta.roc(bars.close, 20) > 0.0, 1.0, 0.0)
''',
        after="",
    ),
)
NEIGHBOURS: Final = {
    "5m": ("15m",),
    "15m": ("30m", "1h"),
    "30m": ("15m", "1h"),
    "1h": ("30m", "1d"),
    "1d": ("1h",),
}
OF_THE_SESSION: Final = ("minute", "session")


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """None for other time frames, and for 1d where the rule looks at the time of day."""
    options = NEIGHBOURS.get(genome.value("TIMEFRAME") or "1d", ())
    if _reads_clock(genome):
        options = tuple(option for option in options if option != "1d")
    if not options:
        return None
    chosen = pick(rng, options)
    return Edit(f"on bars of {chosen}", header={"TIMEFRAME": f'"{chosen}"'})


def _reads_clock(genome: Parsed) -> bool:
    return "session_end" in genome.text(genome.header.get("EXITS", cst.Name("none"))) or any(
        isinstance(place.node, cst.Attribute) and place.node.attr.value in OF_THE_SESSION
        for place in genome.places
    )
