"""Alpaca's corporate actions to splits and dividends, with exact ratios.

A dividend in shares of the company itself is a split. Spin-offs carry no price, and mergers and
changes of name no ratio of one share: they are not read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from daemon.errors import BadDataError
from daemon.plugin.amounts import positive
from daemon.plugin.roles import ActionRow
from plugins.alpaca.data import items, members

Event = Mapping[str, Any]
TYPES: Final = {
    "splits": ("forward_split", "reverse_split", "stock_dividend"),
    "dividends": ("cash_dividend",),
}


def action_rows(kind: str, page: Event) -> Iterator[tuple[str, ActionRow]]:
    """The splits or dividends of a page, each with what identifies it: pages may overlap.

    BadDataError for an event that lacks its numbers.
    """
    groups = members(page, "corporate_actions")
    for name in TYPES[kind]:
        for event in items(groups.get(f"{name}s")):
            row = _row(name, event)
            yield str(event.get("id") or event), row


def _row(name: str, event: Event) -> ActionRow:
    try:
        return _READERS[name](str(event["symbol"]), date.fromisoformat(event["ex_date"]), event)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise BadDataError(
            f"alpaca: expected a {name} with symbol, ex_date and rates above 0, found "
            f"{str(event)[:120]}; ingest again later"
        ) from error


def _split(symbol: str, day: date, event: Event) -> ActionRow:
    return _ratio(symbol, day, positive(event["new_rate"]) / positive(event["old_rate"]))


def _stock_dividend(symbol: str, day: date, event: Event) -> ActionRow:
    return _ratio(symbol, day, 1 + positive(event["rate"]))


def _cash_dividend(symbol: str, day: date, event: Event) -> ActionRow:
    return ActionRow(symbol, day, cash=float(positive(event["rate"])))


def _ratio(symbol: str, day: date, ratio: Fraction) -> ActionRow:
    return ActionRow(symbol, day, new=float(ratio.numerator), old=float(ratio.denominator))


_READERS: Final[Mapping[str, Callable[[str, date, Event], ActionRow]]] = {
    "forward_split": _split,
    "reverse_split": _split,
    "stock_dividend": _stock_dividend,
    "cash_dividend": _cash_dividend,
}
