"""The shifts that keep the watched symbols complete: daily, again where all failed, and live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from daemon.domain.market.supply import Supplied, Want
from daemon.plugin.exchange import NEW_YORK
from daemon.plugin.host import Host
from daemon.plugin.roles import Daily, Every, ShiftReport, Turn
from plugins.ingestion.settings import IngestionSettings

RETRY_S: Final = 900.0
JOINED: Final = timedelta(days=5)
"""How far back the first look of a day goes, so that it joins the history over any weekend."""
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
        """Fills what is missing, what is there is skipped; then removes what is too old."""
        table = self._settings
        if not table.watch:
            return ShiftReport(True, "no symbol is watched", {})
        end = exchange_date(turn.now)
        start, orders = end - timedelta(days=table.days_back), table.orders(table.watch)
        made = table.trade_bars
        wants = [Want(kind, start, end, orders, trade_bars=made) for kind in table.kinds]
        found = report([await self._host.supply.fill(want, table.pauses) for want in wants])
        retired = await self._host.supply.retire()
        return replace(found, summary=f"{found.summary}; {retired}") if retired else found


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
                orders = table.orders(symbols)
                yield Want(kind, start, end, orders, trade_bars=table.trade_bars)


class Live:
    """While the session runs: the minutes that are over, joined to the history."""

    name = "live"
    nightly = False
    deadline_s = 3600.0

    def __init__(self, host: Host, settings: IngestionSettings) -> None:
        self._host = host
        self._settings = settings
        self._joined: date | None = None

    @property
    def trigger(self) -> Every:
        """As often as configured."""
        return Every(self._settings.live_seconds)

    async def run(self, turn: Turn) -> ShiftReport:
        """Fills today's minutes; the first look of a day goes back to the history."""
        table, today = self._settings, exchange_date(turn.now)
        if not (table.live and table.watch):
            return ShiftReport(True, "live bars are off", {})
        if not self._host.supply.in_session(turn.now, AFTER_CLOSE):
            return ShiftReport(True, "the exchange is closed", {})
        start = today if self._joined == today else today - JOINED
        want = Want("minute", start, today, table.orders(table.watch), actions=False)
        found = await self._host.supply.fill(want, table.pauses)
        if not found.said:
            self._joined = today
        return report([found])


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
