"""The shifts that keep the watched symbols complete: daily, again where all failed, and live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from daemon.domain.market.kinds import BAR_KINDS, BESIDE_KINDS
from daemon.domain.market.supply import Supplied, Want
from daemon.plugin.exchange import NEW_YORK
from daemon.plugin.host import Host
from daemon.plugin.roles import Daily, Every, ShiftReport, Turn
from plugins.ingestion.settings import IngestionSettings

RETRY_S: Final = 900.0
JOINED: Final = timedelta(days=5)
"""How far back the first look of a day goes, so that it joins the history over any weekend."""
LOOK: Final = timedelta(minutes=5)
"""How often a source is asked whether the market is open."""
STATUS: Final = "market status"
CALENDAR: Final = "exchange calendar"
STOPPED: Final = "bars that stopped"
"""Topics of what is told."""
QUESTIONS: Final = 20
"""How many a daily repair asks; what is left then is the next day's."""
AFTER_CLOSE: Final = timedelta(minutes=20)
"""How long after the close the last minutes are still looked for; slow sources are late."""


class Backfill:
    """Once a day: everything watched, as many days back as configured."""

    name = "ingestion"
    nightly = False
    deadline_s = 6 * 3600.0

    def __init__(self, host: Host, settings: IngestionSettings) -> None:
        self._host = host
        self._settings = settings

    @property
    def trigger(self) -> Daily:
        """At the time of the settings."""
        return Daily(self._settings.at)

    async def run(self, turn: Turn) -> ShiftReport:
        """Fills what is missing, what is there is skipped; then mends where that is wished, removes
        what is too old, and looks whether the calendar is right and all symbols still have bars."""
        table = self._settings
        if not table.watch:
            self._host.outlook.note(CALENDAR, ())
            self._host.outlook.note(STOPPED, ())
            return ShiftReport(True, "no symbol is watched", {})
        end = exchange_date(turn.now)
        start, orders = end - timedelta(days=table.days_back), table.orders(table.watch)
        wants = [_want(table, kind, (start, end), orders) for kind in table.kinds]
        found = report([await self._host.supply.fill(want, table.pauses) for want in wants])
        repaired = await self._host.supply.repair(table.watch, QUESTIONS) if table.repair else ""
        retired = await self._host.supply.retire()
        words = [*filter(None, (repaired, retired)), *await self._noted(end)]
        return replace(found, summary="; ".join([found.summary, *words]))

    async def _noted(self, today: date) -> Sequence[str]:
        """What is told of the calendar and of symbols that have stopped."""
        table, outlook = self._settings, self._host.outlook
        apart = await outlook.disagreements(table.asked, today)
        if apart is not None:
            outlook.note(CALENDAR, apart)
        stopped = await outlook.stopped(table.kinds, table.watch, table.stopped_sessions)
        outlook.note(STOPPED, stopped)
        return [*(apart or ()), *stopped]


class Retry:
    """Asks again for symbols that no source had, when their pause is over."""

    name = "ingestion_retry"
    nightly = False
    deadline_s = 3600.0
    trigger = Every(RETRY_S)

    def __init__(self, host: Host, settings: IngestionSettings) -> None:
        self._host = host
        self._settings = settings

    async def run(self, turn: Turn) -> ShiftReport:
        """Asks for those that are due and still watched."""
        table = self._settings
        wants = list(self._due(turn.now))
        if not wants:
            return ShiftReport(True, "no symbol is to be asked for again", {})
        return report([await self._host.supply.fill(want, table.pauses) for want in wants])

    def _due(self, now: datetime) -> Iterable[Want]:
        table, end = self._settings, exchange_date(now)
        start = end - timedelta(days=table.days_back)
        due = [one for one in self._host.supply.failing() if one.again <= now]
        for kind in table.kinds:
            symbols = tuple(o.symbol for o in due if o.kind == kind and o.symbol in table.watch)
            if symbols:
                yield replace(_want(table, kind, (start, end), table.orders(symbols)), again=True)


class Live:
    """While the session runs: the minutes that are over, joined to the history."""

    name = "live"
    nightly = False
    deadline_s = 3600.0

    def __init__(self, host: Host, settings: IngestionSettings) -> None:
        self._host = host
        self._settings = settings
        self._joined: date | None = None
        self._looked: datetime | None = None
        self._closed: str | None = None
        self._told: str | None = None

    @property
    def trigger(self) -> Every:
        """As often as configured."""
        return Every(self._settings.live_seconds)

    async def run(self, turn: Turn) -> ShiftReport:
        """Fills today's minutes; the first look of a day goes back to the history."""
        table, today = self._settings, exchange_date(turn.now)
        if not (table.live and table.watch):
            self._tell("")
            return ShiftReport(True, "live bars are off", {})
        if not self._host.supply.in_session(turn.now, AFTER_CLOSE):
            return ShiftReport(True, "the exchange is closed", {})
        if closed := await self._called_closed(turn.now):
            return ShiftReport(True, closed, {})
        start = today if self._joined == today else today - JOINED
        want = Want("minute", start, today, table.orders(table.watch), along=())
        found = await self._host.supply.fill(want, table.pauses)
        if not found.said:
            self._joined = today
        return report([found])

    async def _called_closed(self, now: datetime) -> str:
        """What a source says of a session that the calendar has and it does not; looked up now and
        then. While nobody can tell, the calendar holds."""
        if not self._host.supply.in_session(now, timedelta()):
            return ""
        if self._looked is None or now - self._looked >= LOOK:
            self._looked = now
            self._closed = await self._host.outlook.closed(self._settings.asked)
            if self._closed is not None:
                self._tell(self._closed)
        return self._closed or ""

    def _tell(self, closed: str) -> None:
        """What this run has told already is not told again."""
        if self._told != closed:
            self._host.outlook.note(STATUS, (closed,) if closed else ())
        self._told = closed


def _want(
    table: IngestionSettings,
    kind: str,
    dates: tuple[date, date],
    orders: Mapping[str, tuple[str, ...]],
) -> Want:
    """One kind of the daily filling. The first bars bring along what is not asked for by itself."""
    first = next((one for one in table.kinds if one in BAR_KINDS), "")
    along = tuple(one for one in BESIDE_KINDS if one not in table.kinds) if kind == first else ()
    return Want(kind, *dates, orders, along=along, trade_bars=table.trade_bars)


def exchange_date(now: datetime) -> date:
    """The exchange's date at an instant."""
    return now.astimezone(NEW_YORK).date()


def report(found: Sequence[Supplied]) -> ShiftReport:
    """What came of it, in a line."""
    rows = sum(one.rows for one in found)
    failed = sorted({symbol for one in found for symbol in one.failed})
    said = sorted({sentence for one in found for sentence in one.said})
    words = [f"{rows:,} rows"]
    if failed:
        words.append(f"no source gave {', '.join(failed)}")
    words += said[:3]
    counts = {
        "rows": rows,
        "lacking": sum(one.lacking for one in found),
        "failed": len(failed),
    }
    return ShiftReport(rows == 0 and not said, "; ".join(words), counts)
