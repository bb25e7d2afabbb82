"""Keeping symbols complete: what is wanted of which sources, and who is without any."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from daemon.domain.market.kinds import BESIDE_KINDS


@dataclass(frozen=True, slots=True)
class SourceOrder:
    """The sources from the most to the least preferred. sources: for every symbol that has no
    order of its own in by_symbol."""

    sources: tuple[str, ...] = ()
    by_symbol: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, symbol: str) -> tuple[str, ...]:
        """The order of a symbol."""
        return self.by_symbol.get(symbol, self.sources)

    def after(self, symbol: str, source: str) -> tuple[str, ...]:
        """The sources that come after this one; none where it is in no order."""
        order = self.of(symbol)
        return order[order.index(source) + 1 :] if source in order else ()

    def ranked(self, symbol: str, sources: Iterable[str]) -> tuple[str, ...]:
        """The sources by the order of a symbol; those that are in no order come last, by name."""
        order = self.of(symbol)
        places = {source: place for place, source in enumerate(order)}
        return tuple(sorted(sources, key=lambda one: (places.get(one, len(order)), one)))


@dataclass(frozen=True, slots=True)
class Want:
    """Rows of one kind that the lake should hold. start, end: exchange dates, inclusive.

    orders: for each symbol the names of its sources, the first to be asked first. along: what
    bars bring along, of splits, dividends and listing dates. trade_bars: whether bars are made of
    the lake's own trades after that. again: whether sources are asked anew for what they did not
    have.
    """

    kind: str
    start: date
    end: date
    orders: Mapping[str, tuple[str, ...]]
    along: tuple[str, ...] = BESIDE_KINDS
    trade_bars: bool = False
    again: bool = False

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
    def answers(self) -> str:
        """Who said what."""
        return "; ".join(attributed(source, words) for source, words in self.said.items())


def attributed(source: str, words: str) -> str:
    """What a source said, with its name before it unless it begins with that."""
    named = words.startswith((f"{source}: ", f"{source}, ", f"source {source} "))
    return words if named else f"{source}: {words}"


def failing_sentences(marks: Iterable[Failing], held: Collection[str]) -> tuple[str, ...]:
    """One for all marks of the same answers. held: symbols with bars, which are not without."""
    alike: dict[tuple[bool, str], list[Failing]] = {}
    for mark in marks:
        alike.setdefault((mark.symbol in held, mark.answers), []).append(mark)
    told = []
    for (is_held, answers), some in alike.items():
        symbols = ", ".join(dict.fromkeys(mark.symbol for mark in some))
        kinds = ", ".join(dict.fromkeys(mark.kind for mark in some))
        what = "could not be renewed" if is_held else "came from no source"
        told.append(f"{symbols}: {kinds} data {what} ({answers})")
    return tuple(told)


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
