"""What is wrong with the rows of a symbol: the rules every source's bars must meet.

Sources use it to name file and line, the lake to guard itself; neither mends anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, PRICES, Bools, Floats
from daemon.domain.market.calendar import NANOS_PER_MINUTE


@dataclass(frozen=True, slots=True)
class Fault:
    """The first broken row: its index, the column, what was expected and what was found."""

    row: int
    column: str
    expected: str
    found: str


def first_fault(rows: Rows, minutes: bool = False) -> Fault | None:
    """The first row that breaks a rule, or nothing. minutes: stamps must be whole minutes.

    Prices are finite and above 0, volume is finite and not negative, high is not below low, and
    times ascend strictly.
    """
    broken = [(name, _broken_value(rows, name)) for name in FIELDS]
    broken.append(("high", rows.high < rows.low))
    broken.append(("window_start", np.diff(rows.open_time, prepend=rows.open_time[:1] - 1) <= 0))
    if minutes:
        broken.append(("window_start", rows.open_time % NANOS_PER_MINUTE != 0))
    firsts = [
        (int(np.argmax(wrong)), rule) for rule, (_, wrong) in enumerate(broken) if wrong.any()
    ]
    if not firsts:
        return None
    row, rule = min(firsts)
    return _fault(rows, row, rule, broken[rule][0])


def value_faults(rows: Rows, minutes: bool = False) -> Bools:
    """bool (R,): rows that break a rule by themselves, whatever the rows around them.

    The rows may be of many symbols.
    """
    wrong = rows.high < rows.low
    for name in FIELDS:
        wrong |= _broken_value(rows, name)
    if minutes:
        wrong |= rows.open_time % NANOS_PER_MINUTE != 0
    return wrong


def _broken_value(rows: Rows, name: str) -> Bools:
    values: Floats = getattr(rows, name)
    low_enough = values > 0 if name in PRICES else values >= 0
    broken: Bools = ~(low_enough & np.isfinite(values))
    return broken


def _fault(rows: Rows, row: int, rule: int, column: str) -> Fault:
    if rule < len(FIELDS):
        expected = "a number above 0" if column in PRICES else "a number of at least 0"
        return Fault(row, column, expected, f"{getattr(rows, column)[row]:g}")
    if rule == len(FIELDS):
        return Fault(row, column, f"at least the low of {rows.low[row]:g}", f"{rows.high[row]:g}")
    if rule == len(FIELDS) + 1:
        before = int(rows.open_time[row - 1])
        return Fault(row, column, f"a time after {before}", str(int(rows.open_time[row])))
    return Fault(row, column, "a whole minute", str(int(rows.open_time[row])))
