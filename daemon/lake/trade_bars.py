"""Bars made of the trades that lie in the lake, as a source that is ingested like any other.

A part is a symbol's tape of one day. Its stamp changes with the trades, so that bars are made again
where trades came, went or were corrected, and only there. What any vendor gave for the same bar is
believed more. A day whose tape makes no bar at all any more keeps the bars it made before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from daemon.domain.market.kinds import BAR_KINDS, Columns, Rank
from daemon.domain.market.trade_bars import day_bars, minute_bars
from daemon.errors import MissingError
from daemon.lake.index import load_index
from daemon.lake.inventory import parts_of
from daemon.lake.lake import Lake
from daemon.lake.ports import Request
from daemon.lake.reader import read_columns

TRADES: Final = "trades"
"""The kind that bars are made of, and the name of who makes them."""
RULES: Final = 1
"""Number of the rules of `minute_bars` and `day_bars`; a change of it makes every bar again."""

_MAKERS: Final = MappingProxyType({"minute": minute_bars, "day": day_bars})
_READ: Final = ("sip_timestamp", "price", "size", "conditions", "correction")
_STAMP: Final = 16


@dataclass(frozen=True, slots=True)
class Tape:
    """The trades of a symbol on one exchange date. stamp: changes with them and with the rules."""

    symbol: str
    day: date
    stamp: str
    asked: bool = False

    @property
    def key(self) -> str:
        """Its name among all tapes."""
        return f"{self.symbol} {self.day}"


@dataclass(frozen=True, slots=True)
class MadeBars:
    """Bars of one tape, see `ports.Batch`."""

    symbol: str
    columns: Columns
    origin: str = TRADES
    rank: Rank = Rank.TRADES


class TradeBars:
    """A source (`ports.SourceOf`) of minute and day bars, made under the vendor's condition codes;
    it has no splits and dividends."""

    name: Final = TRADES
    kinds: Final = BAR_KINDS

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def parts(self, request: Request) -> Sequence[Tape]:
        """A tape for each day with trades. MissingError where a named symbol has none, or nobody.

        A symbol that is not named and has none is no error.
        """
        found = tapes(self._lake, request.symbols, request.start, request.end)
        silent = [name for name in request.symbols if name not in {one.symbol for one in found}]
        if silent or not found:
            raise MissingError(
                f"the lake has no trades of {', '.join(silent) or 'any symbol'} between "
                f"{request.start or 'the beginning'} and {request.end or 'today'} that bars could "
                "be made of; bring them in with `nightshift lake ingest --kind trades`"
            )
        return found

    def rows(self, part: Tape, request: Request) -> Iterator[MadeBars]:
        """The bars of one tape. MissingError where it was set aside since it was listed."""
        trades = read_columns(self._lake.layout, TRADES, part.symbol, (part.day, part.day), _READ)
        if not len(trades["sip_timestamp"]):
            raise MissingError(
                f"{part.key}: the trades were broken and are set aside; "
                "mend them with `nightshift lake repair`"
            )
        bars = _MAKERS[request.kind](trades, self._lake.sessions)
        if len(bars["open_time"]):
            yield MadeBars(part.symbol, bars)

    def actions(self, request: Request) -> tuple[()]:
        """Trades tell of no splits and dividends."""
        return ()


def tapes(
    lake: Lake, symbols: Collection[str] = (), start: date | None = None, end: date | None = None
) -> list[Tape]:
    """The days with real trades in the lake, by symbol and date. symbols: only these, all if empty.

    start, end: exchange dates, both included; None: no border.
    """
    return [
        Tape(one.symbol, one.start, f"{RULES} {one.sha256[:_STAMP]}")
        for one in parts_of(load_index(lake.layout))
        if one.kind == TRADES and not one.simulated
        if not symbols or one.symbol in symbols
        if (start is None or one.start >= start) and (end is None or one.start <= end)
    ]
