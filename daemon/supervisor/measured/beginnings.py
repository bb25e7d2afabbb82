"""What both arms of the planted benchmark begin with: genomes that know nothing of any edge.

One comparison each over a usual window, one for each kind of value that a genome can look at. The
shipped seeds would not do: some of them are the answer already, and no search is needed to find it.
"""

from __future__ import annotations

from typing import Final

_TEXT: Final = '''"""{idea}."""

TIMEFRAME = "1d"


def signal(bars, p):
    return np.where({condition}, 1.0, 0.0)
'''

_CONDITIONS: Final = {
    "trend": ("Hold above the average", "bars.close > ta.sma(bars.close, 50)"),
    "oscillator": ("Hold while strength is above its middle", "ta.rsi(bars.close, 14) > 50.0"),
    "calm": (
        "Hold while moves are smaller than they used to be",
        "ta.stdev(ta.roc(bars.close, 1), 20) < ta.stdev(ta.roc(bars.close, 1), 100)",
    ),
    "volume": ("Hold on busy days", "bars.volume > ta.sma(bars.volume, 20)"),
}

BEGINNINGS: Final = {
    name: _TEXT.format(idea=idea, condition=condition)
    for name, (idea, condition) in _CONDITIONS.items()
}
"""Texts by name."""
