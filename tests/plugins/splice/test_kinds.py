"""Expressions are told apart by the kind of value they give."""

from __future__ import annotations

import pytest

from plugins.splice.kinds import kind_of
from plugins.splice.parsed import parse

GENOME = '''"""An idea."""

PARAMS = {{"n": 20}}


def signal(bars, p):
    average = ta.sma(bars.close, p["n"])
    total = 0.0
    total = total + 1.0
    for t in range(3):
        bar = bars.close[t]
    return {answer}
'''


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("bars.close", "price"),
        ("average", "price"),
        ("(bars.high + bars.low) / 2.0", "price"),
        ("average - 2.0 * ta.atr(bars.high, bars.low, bars.close, 14)", "price"),
        ("bars.close - average", "scale"),
        ("bars.high - bars.low", "scale"),
        ("bars.close / average", "ratio"),
        ("bars.close / average - 1.0", "ratio"),
        ("ta.stdev(bars.close, 20)", "scale"),
        ("ta.stdev(ta.roc(bars.close, 1), 20)", "ratio"),
        ("ta.sma(ta.rsi(bars.close, 2), 3)", "oscillator"),
        ("ta.sma(bars.volume, 20)", "volume"),
        ("ta.rsi(bars.close, 14)", "oscillator"),
        ("bars.close > average", "condition"),
        ("(bars.close > average) & (bars.close < 5.0)", "condition"),
        ("~(bars.close > average)", "condition"),
        ("ta.crossed_above(bars.close, average)", "condition"),
        ("ta.lag(bars.close > average, 1)", "ratio"),
        ("ta.top_n(bars.close, 3)", "condition"),
        ('p["n"]', "number"),
        ("3.5", "number"),
        ("bars.minute", "clock"),
        ("total", "unknown"),
        ("bar", "unknown"),
        ("bars.close - ta.rsi(bars.close, 2)", "unknown"),
        ("ta.macd(bars.close)", "unknown"),
        ("np.where(bars.close > average, 1.0, 0.0)", "unknown"),
    ],
)
def test_the_kind_of_an_expression_is_told(expression: str, kind: str) -> None:
    genome = parse(GENOME.format(answer=expression))
    assert genome.answer is not None

    assert kind_of(genome, genome.answer) == kind


def test_names_that_stand_for_each_other_end_in_unknown() -> None:
    source = GENOME.format(answer="ring").replace(
        "average = ", "ring = other\n    other = ring\n    x = "
    )

    genome = parse(source)
    assert genome.answer is not None

    assert kind_of(genome, genome.answer) == "unknown"
