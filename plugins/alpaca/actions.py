"""Alpaca's corporate actions to splits and dividends, with exact ratios.

A dividend in shares of the company itself is a split. Spin-offs carry no price, and mergers and
changes of name no ratio of one share: they are not read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the vendor tells it. name: of its type."""

    name: str
    symbol: str
    event: Event

    def rows(self) -> list[ActionRow]:
        """The split or dividend; BadDataError where it lacks its date or its numbers."""
        try:
            day = date.fromisoformat(self.event["ex_date"])
            return [_READERS[self.name](self.symbol, day, self.event)]
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            raise _broken(self.name, self.event) from error


def told_events(kind: str, page: Event) -> Iterator[tuple[str, Told]]:
    """The splits or dividends of a page, each with what identifies it: pages may overlap.

    BadDataError for an event without its symbol, which may be of any.
    """
    groups = members(page, "corporate_actions")
    for name in TYPES[kind]:
        for event in items(groups.get(f"{name}s")):
            symbol = event.get("symbol") if isinstance(event, dict) else None
            if not isinstance(symbol, str):
                raise _broken(name, event)
            yield str(event.get("id") or event), Told(name, symbol, event)


def _broken(name: str, event: object) -> BadDataError:
    return BadDataError(
        f"alpaca: expected a {name} with symbol, ex_date and rates above 0, found "
        f"{str(event)[:120]}; ingest again later"
    )


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
