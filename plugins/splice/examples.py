"""Examples of what an operator leaves alone, where several operators share them."""

from __future__ import annotations

from typing import Final

from plugins.splice.edit import Example

ANSWERS_TWICE: Final = Example(
    seed=0,
    before='''"""Long in any market that has bars."""


def signal(bars, p):
    if len(bars.close) > 100:
        return np.ones(len(bars.close))
    return np.zeros(len(bars.close))
''',
    after="",
)
"""The answer is given in two places."""

ANOTHER_KIND: Final = Example(
    seed=0,
    before='''"""Buy above the average."""


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
''',
    donor='''"""Hold the three strongest."""


def rotate(panel, p):
    best = ta.top_n(ta.roc(panel.close, 126), 3)
    return np.where(best, 1.0 / 3.0, 0.0)
''',
    after="",
)
"""The second parent sees all symbols, the first one only its own."""

TURNED_OFTEN: Final = Example(
    seed=0,
    before='''"""Buy above the average, later and the other way round."""


def signal(bars, p):
    position = np.where(bars.close > ta.sma(bars.close, 50), 1.0, 0.0)
    position_2 = np.nan_to_num(ta.lag(position, 3))
    position_3 = -position_2
    position_4 = np.nan_to_num(ta.lag(position_3, 1))
    return -position_4
''',
    after="",
)
"""The answer is made of four earlier ones already."""

NOTHING_TO_CHANGE: Final = Example(
    seed=0,
    before='''"""Always long."""


def signal(bars, p):
    return np.ones(len(bars.close))
''',
    after="",
)
"""There is no number, no indicator and no comparison in it."""
