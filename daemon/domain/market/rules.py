"""What rows of each kind have to keep; a symbol's rows that break a rule are refused.

Prices of bars and strikes are finite and above 0; prices of ticks, sizes and volumes finite and
not negative; what a chain does not know may be nan. A high is not below its low, minutes are whole
minutes. Bars ascend strictly, ticks may stand at the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Bools
from daemon.domain.market.kinds import Columns, Kind

_MINUTE: Final = 60_000_000_000
_ABOVE_ZERO: Final = ("open", "high", "low", "close", "strike")
_NOT_NEGATIVE: Final = (
    *("volume", "price", "size", "bid_price", "bid_size", "ask_price", "ask_size"),
    *("last_price", "open_interest", "implied_volatility"),
)
_MAY_BE_UNKNOWN: Final = ("option_chains", "option_open_interest")


@dataclass(frozen=True, slots=True)
class Fault:
    """The first broken row: its index, the column, what was expected and what was found."""

    row: int
    column: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule for one column; broken: which rows break it."""

    column: str
    expected: Callable[[Columns, int], str]
    broken: Callable[[Columns], Bools]


def row_faults(kind: Kind, columns: Columns) -> Bools:
    """bool (R,): rows that break a rule by themselves, whatever the rows around them."""
    wrong = np.zeros(len(columns[kind.key]), dtype=bool)
    for rule in _rules(kind):
        wrong |= rule.broken(columns)
    return wrong


def first_fault(kind: Kind, columns: Columns) -> Fault | None:
    """The first row that breaks a rule, also that of the order; or nothing."""
    found = [
        (int(np.argmax(wrong)), place, rule)
        for place, rule in enumerate(_rules(kind))
        if (wrong := rule.broken(columns)).any()
    ]
    late = order_fault(kind, columns)
    if found and (late is None or min(found)[0] <= late.row):
        row, _, rule = min(found, key=lambda one: one[:2])
        value = f"{columns[rule.column][row]:g}"
        if rule.column == kind.key:
            value = str(int(columns[rule.column][row]))
        return Fault(row, rule.column, rule.expected(columns, row), value)
    return late


def order_fault(kind: Kind, columns: Columns) -> Fault | None:
    """The first row that stands before, or in the place of, the one above it; or nothing."""
    behind = np.zeros(max(len(columns[kind.key]) - 1, 0), dtype=bool)
    tied = ~behind
    for name in kind.order:
        column = columns[name]
        behind |= tied & (column[1:] < column[:-1])
        tied &= column[1:] == column[:-1]
    if not kind.repeats:
        behind |= tied
    if not behind.any():
        return None
    row = int(np.argmax(behind)) + 1
    key = columns[kind.key]
    word = "after" if len(kind.order) == 1 else "at or after"
    return Fault(row, kind.key, f"a time {word} {int(key[row - 1])}", str(int(key[row])))


def _rules(kind: Kind) -> list[_Rule]:
    unknown = kind.name in _MAY_BE_UNKNOWN
    rules = [_above_zero(name) for name in kind.names if name in _ABOVE_ZERO]
    rules += [_not_negative(name, unknown) for name in kind.names if name in _NOT_NEGATIVE]
    if "high" in kind.names:
        rules.append(_Rule("high", _low, lambda rows: np.less(rows["high"], rows["low"])))
    if kind.name in ("minute", "option_minute"):
        rules.append(_Rule(kind.key, _whole, lambda rows: rows[kind.key] % _MINUTE != 0))
    return rules


def _above_zero(name: str) -> _Rule:
    return _Rule(
        name,
        lambda rows, row: "a number above 0",
        lambda rows: ~((rows[name] > 0) & np.isfinite(rows[name])),
    )


def _not_negative(name: str, unknown: bool) -> _Rule:
    def broken(rows: Columns) -> Bools:
        values: npt.NDArray[Any] = rows[name]
        good: Bools = (values >= 0) & np.isfinite(values)
        return ~(good | np.isnan(values)) if unknown else ~good

    return _Rule(name, lambda rows, row: "a number of at least 0", broken)


def _low(rows: Columns, row: int) -> str:
    return f"at least the low of {rows['low'][row]:g}"


def _whole(rows: Columns, row: int) -> str:
    return "a whole minute"
