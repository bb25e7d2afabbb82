"""The simulated market as a source: one part a symbol and kind, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.errors import UsageError
from daemon.plugin.exchange import NEW_YORK
from daemon.plugin.roles import ActionRow, Batch, Part, Request
from plugins.simulated.edge import PlantedEdge
from plugins.simulated.paths import Bars, daily_bars, minute_bars
from plugins.simulated.settings import LAST_YEAR, SimulatedSettings
from plugins.simulated.world import World, world

KINDS: Final = ("minute", "day")


def planted(settings: SimulatedSettings) -> PlantedEdge:
    """What these settings plant into the market."""
    return world(settings).planted


class SimulatedSource:
    """Regular-hours bars of made-up symbols; without splits and dividends."""

    def __init__(self, settings: SimulatedSettings) -> None:
        self._settings = settings

    @property
    def name(self) -> str:
        """The name that `lake ingest --source` takes."""
        return "simulated"

    @property
    def kinds(self) -> tuple[str, ...]:
        """What it has."""
        return KINDS

    @property
    def announcement(self) -> str:
        """What has to be said wherever results on this market are shown."""
        return f"these prices are made up (seed {self._settings.seed}); {self._words}"

    def parts(self, request: Request) -> Sequence[Part]:
        """One part for each symbol asked for that exists; UsageError for an unknown kind."""
        if request.kind not in KINDS:
            raise UsageError(
                f"kind: expected one of {', '.join(KINDS)} for the simulated market, "
                f"was {request.kind}"
            )
        wanted = request.symbols or self._settings.symbols
        stamp = self._settings.digest
        return [
            Part(f"simulated/{request.kind}/{symbol}", None, stamp)
            for symbol in self._settings.symbols
            if symbol in wanted and self._years(request)
        ]

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        """One batch for each year asked for."""
        symbol = self._settings.symbols.index(part.key.rsplit("/", 1)[1])
        made = world(self._settings)
        for year in self._years(request):
            rows = minute_bars(self._settings, made, symbol, year)
            if request.kind == "day":
                rows = daily_bars(rows, _starts(made, year))
            rows = _between(rows, request)
            if len(rows.close):
                yield self._batch(symbol, rows)

    def actions(self, request: Request) -> Sequence[ActionRow]:
        """None: these symbols neither split nor pay."""
        return ()

    @property
    def _words(self) -> str:
        return planted(self._settings).words

    def _years(self, request: Request) -> range:
        count = self._settings.years
        if request.kind == "minute":
            count = min(count, self._settings.minute_years)
        first = LAST_YEAR - count + 1
        start = max(first, request.start.year if request.start else first)
        return range(start, min(LAST_YEAR, request.end.year if request.end else LAST_YEAR) + 1)

    def _batch(self, symbol: int, rows: Bars) -> Batch:
        bars = Rows(*(getattr(rows, name) for name in ("open_time", *FIELDS)))
        origin = f"simulated:{self._settings.digest}"
        return Batch.of_bars(self._settings.symbols[symbol], bars, rows.transactions, origin)


def _starts(made: World, year: int) -> np.ndarray:
    minutes = made.sessions.minutes[made.sessions.of_year(year)]
    return np.concatenate(([0], np.cumsum(minutes)[:-1]))


def _between(rows: Bars, request: Request) -> Bars:
    """The rows of the days asked for, both included."""
    first = _midnight(request.start) if request.start else -(2**62)
    stop = _midnight(request.end + timedelta(1)) if request.end else 2**62
    low, high = np.searchsorted(rows.open_time, (first, stop))
    names = ("open_time", "open", "high", "low", "close", "volume", "transactions")
    return Bars(*(getattr(rows, name)[low:high] for name in names))


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), NEW_YORK).timestamp()) * 1_000_000_000
