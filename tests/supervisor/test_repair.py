"""Wrong bars mended by the next source, from asking to what people read of it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from daemon.cli.repair_view import print_repair
from daemon.config import load_config
from daemon.domain.market.align import Rows
from daemon.domain.market.scan.findings import Code
from daemon.domain.market.supply import SourceOrder
from daemon.errors import AccessError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.reader import calendar_date
from daemon.lake.repair import Mended, mend
from daemon.lake.replaced import Replaced
from daemon.lake.wishes import Wish
from daemon.plugin.roles import Batch, Request
from daemon.supervisor.bootstrap import runtime
from daemon.supervisor.mending import asking
from daemon.supervisor.repair import Repaired
from tests.domain.market.scan.made import chosen, minutes_of, scaled, with_bar
from tests.lake.flatfiles import FakeSource

FIRST, LAST = 16_405, 16_409  # 2014-12-01 to 2014-12-05
BAR = 2 * 390 + 90


def source(name: str, rows: Rows, lake: Lake) -> FakeSource:
    """Gives a batch for each session."""
    table = lake.sessions.between(FIRST, LAST)
    session = table.of_instants(rows.open_time)
    days: dict[date, list[Batch]] = {}
    for number, day in enumerate(table.session_date.tolist()):
        own = chosen(rows, session == number)
        nothing = np.zeros(len(own), dtype=np.int64)
        days[calendar_date(day)] = [Batch.of_bars("A", own, nothing, f"{name} minute")]
    return FakeSource(days, name=name)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def mended(lake: Lake) -> Mended:
    """`one` gave a bar of three times its price, and gives it again; `two` knows better."""
    rows = minutes_of(lake.sessions.between(FIRST, LAST))
    broken = with_bar(rows, BAR, high=330.0, close=310.0)
    one = source("one", broken, lake)
    two = source("two", scaled(rows, 0, 1.00002), lake)
    ingest(lake, one, Request("minute"))
    sources = [(each.name, asking(lake, each, None, None)) for each in (one, two)]
    return mend(lake, lake.survey({}).reports, sources, 0)


def test_the_bar_of_the_next_source_takes_the_place_of_the_wrong_one_alone(
    lake: Lake, mended: Mended
) -> None:
    rows = minutes_of(lake.sessions.between(FIRST, LAST))

    held = lake.read_symbol("minute", "A")["close"]

    assert [(one.source, one.rows, one.wish.start) for one in mended.asked] == [
        ("one", 0, date(2014, 12, 3)),
        ("two", 1, date(2014, 12, 3)),
    ]
    assert np.flatnonzero(held != rows.close).tolist() == [BAR]
    assert held[BAR] == scaled(rows, 0, 1.00002).close[BAR]
    assert Code.SPIKE not in {one.code for each in lake.survey({}).reports for one in each.findings}
    assert (mended.wanted, mended.left) == (1, {})
    (part,) = lake.parts()
    assert [(one.text, one.rows) for one in part.origins] == [
        ("one minute", len(rows) - 1),
        ("two minute", 1),
    ]


def test_what_gave_way_is_told_to_people_and_programs(
    mended: Mended, capsys: pytest.CaptureFixture[str]
) -> None:
    print_repair(Repaired((), mended), as_json=False)
    words = capsys.readouterr().out
    print_repair(Repaired((), mended), as_json=True)
    (bar,) = json.loads(capsys.readouterr().out)["replaced"]

    assert (
        "A: the wrong minute bar of 2014-12-03 16:00 UTC, close 310 by one minute, "
        "gave way to that of two minute\n"
    ) in words
    assert (bar["kind"], bar["symbol"], bar["origin"], bar["by"]) == (
        "minute",
        "A",
        "one minute",
        "two minute",
    )
    assert bar["at"] == datetime(2014, 12, 3, 16, 0, tzinfo=UTC).isoformat()
    assert (bar["values"][1], bar["values"][3]) == (330.0, 310.0)


def test_a_second_repair_asks_for_nothing_and_replaces_nothing(lake: Lake, mended: Mended) -> None:
    digest = lake.digest()

    again = mend(lake, lake.survey({}).reports, [], 0)

    assert [type(one) for one in mended.replaced["minute", "A"]] == [Replaced]
    assert (again.wanted, again.replaced, lake.digest()) == (0, {}, digest)


def test_the_lake_that_is_written_knows_the_order_of_the_ingestion(tmp_path: Path) -> None:
    path = tmp_path / "daemon.toml"
    path.write_text('[ingestion]\nsources = ["alpaca"]\norder.ESZ6 = ["tradovate", "files"]\n')

    async def order() -> SourceOrder:
        async with runtime(load_config(path, tmp_path / "state")) as started:
            return started.bench.lake.order

    found = asyncio.run(order())

    assert (found.of("SPY"), found.of("ESZ6")) == (("alpaca",), ("tradovate", "files"))
    assert found.after("ESZ6", "tradovate") == ("files",)
    assert found.after("SPY", "files") == ()


def test_a_source_without_its_key_is_closed_whatever_is_wished(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeSource, "unready", lambda self: f"{self.name}: no key", raising=False)
    ask = asking(lake, FakeSource({}, name="one"), None, None)

    with pytest.raises(AccessError, match="one: no key"):
        ask(Wish("minute", ("A",), None, None))
