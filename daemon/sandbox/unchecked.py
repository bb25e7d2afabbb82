"""A text run without the gate or without the closed namespace: tests only.

So the layers below show what they hold by themselves. `switches` refuses it to everybody else.
"""

from __future__ import annotations

import builtins
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from daemon.domain.genome import program
from daemon.domain.genome.answer import as_positions
from daemon.domain.genome.cache import IndicatorCache
from daemon.domain.genome.code import FILE
from daemon.domain.genome.namespace import bars_of, panel_of
from daemon.domain.market.bars import Floats, Market
from daemon.sandbox.layers import Layer, Off

_Columns = Callable[[Market, Mapping[str, Any]], Sequence[Floats]]


def load(source: str, off: Off) -> _Columns:
    """What runs a text on a market: its `rotate`, else its `signal` symbol by symbol.

    Without the gate the text is any Python; with it, the daemon has checked the text. Without the
    namespace it has every builtin and the whole of numpy. It is given the parameters asked for over
    the defaults in its PARAMS.
    """
    names = program.names_of(IndicatorCache(program.CACHE_BYTES))
    if Layer.NAMESPACE in off:
        names |= {"__builtins__": vars(builtins), "np": np}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, FILE, "exec", dont_inherit=True), names)

    def columns(market: Market, params: Mapping[str, Any]) -> Sequence[Floats]:
        values = {**_defaults(names.get("PARAMS", {})), **params}
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _answers(names, market, values)

    return columns


def _answers(
    names: Mapping[str, Any], market: Market, values: Mapping[str, Any]
) -> Sequence[Floats]:
    if "rotate" in names:
        answer = names["rotate"](panel_of(market), dict(values))
        return tuple(as_positions(answer, market.shape).T)
    bars = market.shape[:1]
    return [as_positions(names["signal"](view, dict(values)), bars) for view in bars_of(market)]


def _defaults(declared: Mapping[str, Any]) -> dict[str, Any]:
    return {name: v[0] if isinstance(v, tuple) else v for name, v in declared.items()}
