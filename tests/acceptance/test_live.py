"""A day of the live updater: two vendors' protocols, the real lake, a clock that is moved.

History comes as day files from a folder's source, the running day by REST. Looked at every few
minutes, with the service failing now and then, the lake holds at any time every bar that has
been over for a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from daemon.domain.evolution.records import Night
from daemon.lake.lake import Lake
from daemon.plugin.roles import ShiftReport, Turn
from daemon.store.store import SqlStore
from daemon.supervisor.supplying import LakeSupply
from plugins.alpaca.data import AlpacaData
from plugins.alpaca.settings import AlpacaSettings
from plugins.alpaca.source import AlpacaSource
from plugins.ingestion.settings import IngestionSettings
from plugins.ingestion.shifts import Backfill, Live
from tests.fakes import FakeClock, fake_host
from tests.lake.flatfiles import FakeSource, batch
from tests.plugins.alpaca.service import minute_bars
from tests.plugins.alpaca.service import source as alpaca_source
from tests.servers.alpaca import AlpacaServer
from tests.servers.faults import Fault, FaultyServer

HISTORY = (date(2023, 1, 17), date(2023, 1, 18), date(2023, 1, 19))
TODAY = date(2023, 1, 20)
OPEN = datetime(2023, 1, 20, 14, 30, tzinfo=UTC)
MINUTE = 60_000_000_000


def opened(day: date, bars: int = 390) -> list[int]:
    start = int(datetime(day.year, day.month, day.day, 14, 30, tzinfo=UTC).timestamp())
    return [(start + 60 * k) * 1_000_000_000 for k in range(bars)]


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    service = AlpacaServer(bars={"1Min": {"SPY": minute_bars(TODAY, "09:30", 390, 100.0)}})
    with FaultyServer(service) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    found = SqlStore.open(tmp_path / "nightshift.db")
    yield found
    found.close()


def rest(server: FaultyServer, clock: FakeClock) -> AlpacaSource:
    """The real source on the test's own clock."""
    made = alpaca_source(server.url, feed="iex")
    data: AlpacaData = made._data
    return AlpacaSource(AlpacaSettings(data_url=server.url, feed="iex"), data, clock)


def held(lake: Lake) -> list[int]:
    return lake.read_symbol("minute", "SPY")["open_time"].tolist()


def test_history_and_the_running_day_are_one_series_at_every_look(
    tmp_path: Path, server: FaultyServer, store: SqlStore
) -> None:
    clock = FakeClock(OPEN - timedelta(hours=12))
    lake = Lake(tmp_path / "lake", hot=tmp_path / "hot", cache=tmp_path / "cache")
    files = FakeSource(
        {day: [batch("SPY", opened(day), [100.0] * 390)] for day in HISTORY}, name="files"
    )
    supply = LakeSupply(lake, {"files": files, "alpaca": rest(server, clock)}, store, clock)
    host = fake_host(tmp_path, supply=supply, clock=clock)
    table = IngestionSettings(
        watch=("SPY",), kinds=("minute",), sources=("files", "alpaca"), days_back=3, live=True
    )
    live, night = Live(host, table), Night("night", 1, 1, "settings", "market", clock.now())

    def look(shift: Backfill | Live) -> ShiftReport:
        return asyncio.run(shift.run(Turn(clock.now(), night, 0)))

    look(Backfill(host, table))
    history = [stamp for day in HISTORY for stamp in opened(day)]
    assert held(lake) == history

    clock.move(12 * 3600)
    for step in range(1, 60):
        clock.move(7 * 60 + 13)
        if step % 9 == 0:
            server.fail("/v2/stocks/bars", Fault("status", status=503), times=20)
        look(live)
        failed = step % 9 == 0
        server.heal()
        now = int(clock.now().timestamp()) * 1_000_000_000
        over = [stamp for stamp in opened(TODAY) if stamp + 2 * MINUTE <= now]
        if not failed:
            assert held(lake) == history + over

    assert held(lake) == history + opened(TODAY)
    assert look(live).summary == "the exchange is closed"
