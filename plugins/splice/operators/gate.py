"""Condition insertion: the rule only acts while something else holds as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from plugins.splice.answers import is_wrappable
from plugins.splice.draw import pick
from plugins.splice.edit import Edit, Example
from plugins.splice.examples import ANSWERS_TWICE
from plugins.splice.parsed import Parsed
from plugins.splice.slots import slots

NAME = "gate"
SENTENCE = "Joins a condition on volatility, trend, volume, momentum or time of day to the rule."
EXAMPLES: tuple[Example, ...] = (
    Example(
        seed=1,
        before='''"""Buy weakness."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = ta.rsi(bars.close, p["rsi"]) < 10
    return np.where(weak, 1.0, 0.0)
''',
        after='''"""Buy weakness; only on less volume than usual."""

PARAMS = {"rsi": 14}


def signal(bars, p):
    weak = (ta.rsi(bars.close, p["rsi"]) < 10) & (bars.volume < ta.sma(bars.volume, 20))
    return np.where(weak, 1.0, 0.0)
''',
    ),
    Example(
        seed=0,
        before='''"""Always long."""


def signal(bars, p):
    return np.ones(len(bars.close))
''',
        after='''"""Always long; only in straight markets."""


def signal(bars, p):
    position = np.ones(len(bars.close))
    return position * (ta.efficiency_ratio(bars.close, 20) > 0.3)
''',
    ),
    ANSWERS_TWICE,
)
ANSWER_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition: its words, its text (m: the market, n: a window), and windows that make sense.

    intraday: only where there are several bars a session, and only for one instrument at a time.
    """

    clause: str
    text: str
    windows: tuple[int, ...]
    intraday: bool = False


SLOWER: Final = 4
_MOVES: Final = "ta.stdev(ta.roc({m}.close, 1), "

GATES: Final = (
    Gate("only while volatility is low", _MOVES + "{n}) < " + _MOVES + "{slow})", (10, 20, 40)),
    Gate("only while volatility is high", _MOVES + "{n}) > " + _MOVES + "{slow})", (10, 20, 40)),
    Gate("only while the trend is up", "{m}.close > ta.sma({m}.close, {n})", (50, 100, 200)),
    Gate("only while the trend is down", "{m}.close < ta.sma({m}.close, {n})", (50, 100, 200)),
    Gate("only on more volume than usual", "{m}.volume > ta.sma({m}.volume, {n})", (10, 20, 50)),
    Gate("only on less volume than usual", "{m}.volume < ta.sma({m}.volume, {n})", (10, 20, 50)),
    Gate("only while momentum is positive", "ta.roc({m}.close, {n}) > 0.0", (5, 20, 60)),
    Gate("only while momentum is negative", "ta.roc({m}.close, {n}) < 0.0", (5, 20, 60)),
    Gate("only while strength is above the middle", "ta.rsi({m}.close, {n}) > 50.0", (5, 14, 30)),
    Gate("only while strength is below the middle", "ta.rsi({m}.close, {n}) < 50.0", (5, 14, 30)),
    Gate("only in straight markets", "ta.efficiency_ratio({m}.close, {n}) > 0.3", (10, 20, 60)),
    Gate("only in choppy markets", "ta.efficiency_ratio({m}.close, {n}) < 0.3", (10, 20, 60)),
    Gate("only later than {n} minutes after the open", "{m}.minute > {n}", (30, 60, 120), True),
    Gate("only in the first {n} minutes", "{m}.minute <= {n}", (120, 240, 330), True),
)


def apply(genome: Parsed, donors: Sequence[Parsed], rng: np.random.Generator) -> Edit | None:
    """Joins the gate to a condition, or to the whole answer; None where neither can be told."""
    gate = pick(rng, [g for g in GATES if not g.intraday or _is_intraday(genome)])
    window = pick(rng, gate.windows)
    names = {"m": genome.market, "n": window, "slow": SLOWER * window}
    clause, condition = gate.clause.format(**names), gate.text.format(**names)
    conditions, whole = slots(genome, "condition"), is_wrappable(genome)
    if conditions and (not whole or rng.random() > ANSWER_SHARE):
        node = pick(rng, conditions).node
        return Edit(clause, swaps=((node, f"({genome.bracketed(node)} & ({condition}))"),))
    if not whole:
        return None
    # A factor, not np.where: a position that is still undefined has to stay so to the last bar.
    return Edit(clause, answer=f"{{answer}} * ({condition})")


def _is_intraday(genome: Parsed) -> bool:
    return genome.kind == "signal" and genome.value("TIMEFRAME") not in ("", "1d")
