"""Which tickers of a day file are wanted, and between which names they lie in sorted order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from daemon.domain.market.contracts import contract_of, root_of


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of a sorted file that lie together: tickers low..high begin like one of `starts`."""

    low: bytes
    high: bytes
    starts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Symbols asked for, none: all. Of options a contract, or the root of all its contracts."""

    symbols: frozenset[str]
    options: bool = False

    @staticmethod
    def of(kind: str, symbols: Collection[str]) -> Wanted:
        """What a request for a kind wants."""
        return Wanted(frozenset(symbols), kind.startswith("option_"))

    def has(self, ticker: str) -> bool:
        """True if rows of that ticker are wanted."""
        if not self.symbols or ticker in self.symbols:
            return True
        return self.options and root_of(ticker) in self.symbols

    def whole(self, symbol: str) -> bool:
        """True if all rows of a symbol are wanted, not some contracts of a root."""
        return not self.symbols or symbol in self.symbols

    def runs(self) -> list[Run]:
        """Where the wanted lines lie, in order and apart from each other."""
        apart: list[Run] = []
        for run in sorted((self._run(one) for one in self.symbols), key=lambda run: run.low):
            if not apart or run.high > apart[-1].high:
                apart.append(run)
        return apart

    def _run(self, symbol: str) -> Run:
        if not self.options or contract_of(symbol):
            ticker = symbol.encode()
            return Run(ticker, ticker, (ticker + b",",))
        starts = tuple(f"O:{symbol}{digit}".encode() for digit in range(10))
        return Run(starts[0], starts[-1] + b"\xff", starts)
