"""Conditions over time: crossings, and what has been true within the last n bars."""

from __future__ import annotations

import numpy as np

from daemon.domain.market.bars import Bools, Floats
from daemon.domain.market.indicators.columns import bars_since
from daemon.domain.market.indicators.registry import Operand, Series, indicator


@indicator("crossing", "condition", lambda: 1, mode="plain")
def crossed_above(x: Series, y: Operand) -> Bools:
    """True where x is above y and was not on the bar before; y is an array or a number."""
    return _turned(x > y, ~(np.isnan(x) | np.isnan(y)))


@indicator("crossing", "condition", lambda: 1, mode="plain")
def crossed_below(x: Series, y: Operand) -> Bools:
    """True where x is below y and was not on the bar before; y is an array or a number."""
    return _turned(x < y, ~(np.isnan(x) | np.isnan(y)))


def _turned(condition: Bools, defined: Bools) -> Bools:
    out = np.zeros(len(condition), dtype=bool)
    out[1:] = condition[1:] & ~condition[:-1] & defined[:-1]
    return out


@indicator("recent", "condition", lambda n: n - 1, mode="plain", lowest=1)
def within(condition: Series, n: int) -> Bools:
    """True where the condition was true on at least one of the last n bars."""
    return np.asarray(bars_since(condition == 1) < n)


@indicator("recent", "condition", lambda n: n - 1, mode="plain", lowest=1)
def always(condition: Series, n: int) -> Bools:
    """True where the condition was true on each of the last n bars; False before there are n."""
    out = np.asarray(bars_since(condition != 1) >= n)
    out[: n - 1] = False
    return out


@indicator("age_of_condition", "count", lambda n: n - 1, mode="plain", lowest=1)
def since(condition: Series, n: int) -> Floats:
    """Bars since the condition was last true, n where it was not on any of the last n bars."""
    return np.minimum(bars_since(condition == 1), n)


@indicator("count_of_condition", "count", lambda n: n - 1, mode="plain", lowest=1)
def count(condition: Series, n: int) -> Floats:
    """On how many of the last n bars the condition was true."""
    total = np.concatenate(([0.0], np.cumsum(condition == 1)))
    index = np.arange(1, len(total))
    return np.asarray(total[1:] - total[np.maximum(index - n, 0)])


@indicator("latched", "position", lambda n: n - 1, mode="plain", lowest=1)
def latch(enter: Series, exit: Series, n: int) -> Floats:
    """1 from a bar where `enter` is true until `exit` is (which wins), n bars at most.

    Source: a held position without a loop; a later entry begins the n bars anew.
    """
    entered, left = bars_since(enter == 1), bars_since(exit == 1)
    return np.where((entered < left) & (entered < n), 1.0, 0.0)
