"""The source "alpaca": raw minute and day bars, splits and dividends of US stocks by REST.

A part is a stretch of days (`windows`) of one group of symbols. Prices are asked for unadjusted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from daemon.domain.market.kinds import Rank
from daemon.errors import BadDataError, MissingError, UsageError
from daemon.plugin.good import good_rows
from daemon.plugin.host import Clock
from daemon.plugin.roles import ActionRow, Batch, Part, Request
from plugins.alpaca.actions import TYPES, Told, told_events
from plugins.alpaca.bars import rows_of
from plugins.alpaca.data import AlpacaData, items, members
from plugins.alpaca.settings import AlpacaSettings
from plugins.alpaca.windows import Horizon, Window, first_open, windows

Events = Mapping[str, Any]
_TIMEFRAMES: Final = {"minute": "1Min", "day": "1Day"}
_BELIEVED: Final = {"iex": Rank.FEED, "sip": Rank.ANSWER}
"""Bars of one exchange never take the place of consolidated ones."""
_BARS: Final = "/v2/stocks/bars"
_ACTIONS: Final = "/v1/corporate-actions"
_PROCESSING: Final = timedelta(days=180)
"""The vendor selects actions by the day they are processed, which is weeks off the ex-date."""


class AlpacaSource:
    """Bars and corporate actions of the symbols asked for; it lists none by itself."""

    name = "alpaca"
    kinds = ("minute", "day", "splits", "dividends")

    def __init__(self, settings: AlpacaSettings, data: AlpacaData, clock: Clock) -> None:
        self._settings, self._data, self._clock = settings, data, clock

    def unready(self) -> str:
        """What it lacks before it can be asked anything."""
        try:
            self._data.check_keys()
        except MissingError as error:
            return str(error)
        return ""

    def parts(self, request: Request) -> Sequence[Part]:
        """Every stretch that has begun, oldest first; MissingError where there is no key."""
        self._data.check_keys()
        if not request.symbols:
            raise UsageError("source alpaca lists no symbols; name them with --symbols SPY,QQQ")
        horizon, feed = self._horizon(), self._settings.feed
        groups = self._groups(request)
        return [
            Part(
                "/".join([feed, request.kind, window.name, *([group] if len(groups) > 1 else [])]),
                window.first,
                f"{feed} {horizon.stamp(request.kind, window)}",
                asked=True,
            )
            for window in windows(request, self._settings.first_day, horizon)
            for group in groups
        ]

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        """Each symbol's bars; then BadDataError with a sentence for each symbol left out.

        Errors of the service are those of `AlpacaData.pages`.
        """
        _, kind, name, *group = part.key.split("/", 3)
        window = Window.named(name)
        first, last = first_open(kind, window), self._horizon().last_open(kind, window)
        if last is None:
            return
        symbols = self._groups(request)[group[0] if group else ""]
        pages = self._data.pages(_BARS, self._query(kind, symbols, (first, last)))
        origin = f"alpaca {self._settings.feed} {_TIMEFRAMES[kind]}"
        broken: list[str] = []
        for symbol, bars in sorted(_by_symbol(pages).items()):
            try:
                if symbol not in symbols:
                    raise BadDataError(f"alpaca, {symbol}: nobody asked for it; its bars are lost")
                rows, trades = rows_of(symbol, bars, (first, last), kind == "minute")
                yield Batch.of_bars(symbol, rows, trades, origin, _BELIEVED[self._settings.feed])
            except BadDataError as error:
                broken += error.sentences
        if broken:
            raise BadDataError(*broken)

    def actions(self, request: Request) -> Iterator[ActionRow]:
        """Splits or dividends by ex-date, those to come included where they are announced.

        At the end BadDataError with the symbols of which one is broken.
        """
        start = request.start or self._settings.first_day
        today = self._clock.now().date()
        end = (request.end or today) + _PROCESSING
        told: dict[str, Told] = {}
        for symbols in self._groups(request).values() or ((),):
            query = {
                "types": ",".join(TYPES[request.kind]),
                "start": f"{start - _PROCESSING}",
                "end": f"{end}",
                "limit": "1000",
                "sort": "asc",
                **({"symbols": ",".join(symbols)} if symbols else {}),
            }
            for page in self._data.pages(_ACTIONS, query):
                told.update(told_events(request.kind, page))
        wanted = request.symbols or {one.symbol for one in told.values()}
        found = good_rows((one.symbol, one.rows) for one in told.values() if one.symbol in wanted)
        return (
            row
            for row in found
            if row.ex_date >= start and (request.end is None or row.ex_date <= request.end)
        )

    def _query(
        self, kind: str, symbols: Sequence[str], between: tuple[datetime, datetime]
    ) -> Mapping[str, str]:
        first, last = between
        return {
            "symbols": ",".join(symbols),
            "timeframe": _TIMEFRAMES[kind],
            "start": f"{first:%Y-%m-%dT%H:%M:%SZ}",
            "end": f"{last:%Y-%m-%dT%H:%M:%SZ}",
            "limit": "10000",
            "adjustment": "raw",
            "feed": self._settings.feed,
            "sort": "asc",
        }

    def _horizon(self) -> Horizon:
        delay = self._settings.sip_delay_minutes if self._settings.feed == "sip" else 0
        return Horizon(self._clock.now(), timedelta(minutes=delay))

    def _groups(self, request: Request) -> Mapping[str, tuple[str, ...]]:
        """The symbols of a request in calls of so many, by the name of a group: "first..last".

        A group holds every symbol of the request between its first and its last: where two
        requests have a group of one name, the smaller request's is held by the larger one's.
        """
        symbols, size = sorted(set(request.symbols)), self._settings.symbols_per_call
        groups = [tuple(symbols[k : k + size]) for k in range(0, len(symbols), size)]
        if len(groups) == 1:
            return {"": groups[0]}
        return {f"{group[0]}..{group[-1]}": group for group in groups}


def _by_symbol(pages: Iterator[Events]) -> Mapping[str, list[Events]]:
    bars: defaultdict[str, list[Events]] = defaultdict(list)
    for page in pages:
        for symbol, some in members(page, "bars").items():
            bars[symbol] += items(some)
    return {symbol: found for symbol, found in bars.items() if found}
