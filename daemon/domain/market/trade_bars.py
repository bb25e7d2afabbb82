"""Minute and day bars from trades.

1. Corrected records that no longer stand are left out.
2. A trade belongs to the minute, or to the exchange date, of its SIP time stamp.
3. Of the trades of a bar, open and close are the first and the last that may change them, high and
   low the extremes of those that may, volume and count the sum of those that may (`conditions`).
4. In minutes outside regular hours a Form T counts like any trade; in a day bar it adds volume
   only, so that a day opens and closes in regular hours.

A minute or a day without a trade that may set its open has no bar, whatever its volume.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from daemon.domain.market.bars import Bools, Floats, Ints
from daemon.domain.market.calendar import NANOS_PER_MINUTE, SessionTable
from daemon.domain.market.conditions import VENDOR, ConditionRules, Effect
from daemon.domain.market.kinds import KINDS, Columns

STANDING: Final = (0, 12)
"""Correction codes of records that stand: none, and the corrected record."""
_OPEN_MINUTE: Final = 570


def minute_bars(trades: Columns, sessions: SessionTable, rules: ConditionRules = VENDOR) -> Columns:
    """Bars of the kind "minute" from a symbol's trades, extended hours too.

    trades: of the kind "trades", in its order.
    """
    trades = _standing(trades)
    stamps = trades["sip_timestamp"]
    effects = rules.in_extended_hours().of(trades["conditions"])
    regular = sessions.of_instants(stamps) >= 0
    effects[regular] = rules.of(trades["conditions"][regular])
    return _bars(trades, stamps // NANOS_PER_MINUTE * NANOS_PER_MINUTE, effects)


def day_bars(trades: Columns, sessions: SessionTable, rules: ConditionRules = VENDOR) -> Columns:
    """Bars of the kind "day", stamped New York midnight; days without a session have none."""
    trades = _standing(trades)
    number = sessions.of_dates(KINDS["trades"].days(trades["sip_timestamp"]))
    trades = {name: column[number >= 0] for name, column in trades.items()}
    midnight = sessions.open_time - _OPEN_MINUTE * NANOS_PER_MINUTE
    return _bars(trades, midnight[number[number >= 0]], rules.of(trades["conditions"]))


def _standing(trades: Columns) -> Columns:
    stands = np.isin(trades["correction"], STANDING)
    return trades if stands.all() else {name: column[stands] for name, column in trades.items()}


def _bars(trades: Columns, start: Ints, effects: np.ndarray) -> Columns:
    """The bars of trades; start: open time of each one's bar, ascending."""
    ends = (effects & Effect.OPEN_CLOSE) > 0
    times, first, last = _runs(start[ends])
    prices = trades["price"][ends]
    range_of = (effects & Effect.HIGH_LOW) > 0
    counted = (effects & Effect.VOLUME) > 0
    count = np.ones(int(counted.sum()))
    return {
        "open_time": times,
        "open": prices[first],
        "high": _folded(np.maximum, trades["price"], start, range_of, times),
        "low": _folded(np.minimum, trades["price"], start, range_of, times),
        "close": prices[last],
        "volume": _folded(np.add, trades["size"], start, counted, times),
        "transactions": _folded(np.add, count, start[counted], None, times).astype(np.int64),
    }


def _folded(
    fold: np.ufunc, values: Floats, start: Ints, chosen: Bools | None, times: Ints
) -> Floats:
    """Values of the chosen trades folded by bar, for the bars at these times; 0 without any."""
    if chosen is not None:
        values, start = values[chosen], start[chosen]
    found, first, _ = _runs(start)
    folded = np.zeros(len(times))
    if len(found):
        at = np.searchsorted(found, times)
        known = at < len(found)
        known[known] = found[at[known]] == times[known]
        folded[known] = fold.reduceat(values, first)[at[known]]
    return folded


def _runs(start: Ints) -> tuple[Ints, Ints, Ints]:
    """(the different values of an ascending column, the first and the last row of each)."""
    if len(start) == 0:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing
    first = np.flatnonzero(np.append(True, start[1:] != start[:-1]))
    return start[first], first, np.append(first[1:], len(start)) - 1
