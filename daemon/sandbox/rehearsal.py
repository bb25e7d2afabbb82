"""What a zygote does once, so that each of its children finds it done.

numpy and TA-Lib set up much at their first use, and Python rewrites a function once it has been
called a few times: in a child each of that would be work of its own, in pages of its own.
"""

from __future__ import annotations

import marshal
from typing import Any, Final

import numpy as np

from daemon.domain.genome import program
from daemon.domain.genome.code import FILE, Code
from daemon.domain.genome.namespace import bars_of, panel_of
from daemon.domain.market.bars import Market, TimeAxis
from daemon.domain.market.indicators.registry import Argument, Entry
from daemon.domain.market.indicators.vocabulary import INDICATORS

_TIMES: Final = 10
"""Python looks at a function anew after eight calls."""

_GENOME: Final = '''"""Hold while above the mean."""

TIMEFRAME = "1d"
PARAMS = {"n": 5}


def signal(bars, p):
    rising = bars.close > ta.sma(bars.close, p["n"])
    steady = ta.ema(bars.close, p["n"]) > 0.0
    return np.where(rising & steady, 1.0, 0.0)
'''


def rehearse() -> None:
    """Runs the plain genome, and every indicator, as a child would."""
    for _ in range(_TIMES):
        run_plain()
    market, place = _small_market(), program.stage(0)
    for entry in INDICATORS.values():
        view = panel_of(market) if entry.mode == "panel" else bars_of(market)[0]
        getattr(place.names["ta"], entry.name)(*_arguments(entry, view))


def run_plain() -> None:
    """Runs a genome that means no harm."""
    code = marshal.dumps(compile(_GENOME, FILE, "exec"))
    genome = program.put_on(Code("signal", {"n": 5}, code), program.stage())
    genome.quiet_columns(_small_market(), {})


def _arguments(entry: Entry, view: Any) -> list[Any]:
    return [_argument(each, view) for each in entry.arguments if each.default is None]


def _argument(argument: Argument, view: Any) -> Any:
    match argument.role:
        case "clock":
            return getattr(view, argument.name, view.session)
        case "window":
            return max(argument.lowest, 5)
        case "number":
            return 1.0
    return getattr(view, argument.name, view.close)


def _small_market() -> Market:
    bars = np.arange(64)
    prices = np.asfortranarray(100.0 + np.sin(bars)[:, None] + np.arange(3))
    axis = TimeAxis(bars, bars, bars, bars.astype(np.int32), bars, bars)
    stale = np.zeros(prices.shape, dtype=bool, order="F")
    names = ("A", "B", "C")
    return Market(names, "1d", axis, prices, prices + 1, prices - 1, prices, prices, stale)
