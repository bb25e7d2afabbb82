"""Keeping symbols complete: what is wanted of which sources, and who is without any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Want:
    """Rows of one kind that the lake should hold. start, end: exchange dates, inclusive.

    orders: for each symbol the names of its sources, the first to be asked first. actions: whether
    splits and dividends come along with bars.
    """

    kind: str
    start: date
    end: date
    orders: Mapping[str, tuple[str, ...]]
    actions: bool = True

    def only(self, symbols: Sequence[str]) -> Want:
        """The same for these symbols."""
        return replace(self, orders={name: self.orders[name] for name in symbols})

    def at(self, place: int, symbols: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Which of the symbols have which source in that place of their order."""
        asked: dict[str, list[str]] = {}
        for symbol in symbols:
            if place < len(self.orders[symbol]):
                asked.setdefault(self.orders[symbol][place], []).append(symbol)
        return {source: tuple(names) for source, names in asked.items()}


@dataclass(frozen=True, slots=True)
class Supplied:
    """What came of a want. rows: new or different ones. lacking: symbol-sessions without a row.

    failed: symbols that no source has, and what each source said. said: sentences of sources that
    did not do what they were asked, whoever else then did.
    """

    rows: int = 0
    lacking: int = 0
    failed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failing:
    """A symbol that no source has. attempts: so far; again: when the sources are asked next."""

    kind: str
    symbol: str
    said: Mapping[str, str]
    attempts: int
    since: datetime
    again: datetime

    @property
    def sentence(self) -> str:
        """Who said what."""
        answers = "; ".join(f"{source}: {words}" for source, words in self.said.items())
        return f"{self.symbol} has no {self.kind} data from any source ({answers})"


def failing_after(
    known: Failing | None,
    kind: str,
    symbol: str,
    said: Mapping[str, str],
    now: datetime,
    pauses: Sequence[timedelta],
) -> Failing:
    """The mark after one more failure; the pause grows with the attempts, the last one stays."""
    attempts = 1 if known is None else known.attempts + 1
    pause = pauses[min(attempts, len(pauses)) - 1]
    since = now if known is None else known.since
    return Failing(kind, symbol, said, attempts, since, now + pause)
