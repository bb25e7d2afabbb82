"""Names of contracts.

Options: O:SPY150117C00200000 is root, expiration, right, strike x 1000. Futures: ESZ6 is root,
month's letter, last digits of the year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_CONTRACT: Final = re.compile(r"O:([A-Z0-9.]{1,6})(\d{2})(\d{2})(\d{2})([CP])(\d{8})")
_FUTURE: Final = re.compile(r"[A-Z0-9]{1,4}[FGHJKMNQUVXZ]\d{1,2}")
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Contract:
    """An option contract. expiration: days since 1970-01-01; right: 1 call, -1 put."""

    root: str
    expiration: int
    strike: float
    right: int

    @property
    def ticker(self) -> str:
        """Its name, as "O:SPY150117C00200000"."""
        day = date.fromordinal(_EPOCH.toordinal() + self.expiration)
        letter = "C" if self.right > 0 else "P"
        return f"O:{self.root}{day:%y%m%d}{letter}{round(self.strike * 1000):08d}"


def contract_of(ticker: str) -> Contract | None:
    """The contract of that name; nothing if it is not one."""
    match = _CONTRACT.fullmatch(ticker)
    if match is None:
        return None
    root, year, month, day, letter, strike = match.groups()
    try:
        expiration = date(2000 + int(year), int(month), int(day))
    except ValueError:  # no such day in the calendar
        return None
    days = (expiration - _EPOCH).days
    return Contract(root, days, int(strike) / 1000, 1 if letter == "C" else -1)


def is_future(symbol: str) -> bool:
    """Whether it is the name of a futures contract; no US stock's ticker ends in a digit."""
    return _FUTURE.fullmatch(symbol) is not None


def root_of(symbol: str) -> str:
    """The symbol that rows of a contract lie under: its root; any other symbol itself."""
    contract = contract_of(symbol)
    return symbol if contract is None else contract.root
