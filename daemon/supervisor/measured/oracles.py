"""The rules that know a planted edge, as genomes: what the gates have to let through.

Each says in the language of genomes what its world does; the world itself is in `worlds.planted`.
They are the daemon's own texts, handed in like any seed.
"""

from __future__ import annotations

from typing import Final

from daemon.domain.worlds.planted import EdgeKind

_HEAD: Final = '''"""{idea}"""

TIMEFRAME = "1d"
WARMUP = 700
PARAMS = {params}


def signal(bars, p):
    moves = ta.roc(bars.close, 1)
    usual = ta.stdev(moves, p["vol"])
    shock = np.where(usual > 0.0, moves / np.maximum(usual, 1e-9), 0.0)
'''

_MOMENTUM: Final = (
    _HEAD.format(
        idea="Follow the slow drift of daily moves, measured in their own deviation.",
        params='{"n": 39, "vol": 60}',
    )
    + """    return np.nan_to_num(np.tanh(4.4 * ta.ema(shock, p["n"])))
"""
)

_REVERSAL: Final = (
    _HEAD.format(
        idea="Turn against the last days' moves, measured in their own deviation.",
        params='{"n": 6, "vol": 60}',
    )
    + """    return np.nan_to_num(-np.tanh(3.7 * ta.ema(shock, p["n"])))
"""
)

_GATED: Final = (
    _HEAD.format(
        idea="Follow the slow drift of daily moves, but only while the symbol is calm.",
        params='{"n": 39, "vol": 60, "calm": 60, "long": 250}',
    )
    + """    calm = ta.stdev(moves, p["calm"]) < ta.stdev(moves, p["long"])
    return np.where(calm, np.nan_to_num(np.tanh(4.4 * ta.ema(shock, p["n"]))), 0.0)
"""
)

ORACLES: Final = {
    EdgeKind.MOMENTUM: _MOMENTUM,
    EdgeKind.REVERSAL: _REVERSAL,
    EdgeKind.GATED: _GATED,
}
"""A genome for each kind of edge that a genome of one symbol can follow."""
