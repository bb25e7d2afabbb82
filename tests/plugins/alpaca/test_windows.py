"""Which days and symbols are asked for together, and when a day is final."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import UsageError
from tests.plugins.alpaca.service import (
    DAYS,
    NOW,
    asked,
    everything,
    minute_bars,
    same,
    source,
    vendor,
)
from tests.servers.alpaca import AlpacaServer
from tests.servers.faults import FaultyServer


@pytest.fixture
def service() -> AlpacaServer:
    """Three sessions of A and B."""
    return vendor()


@pytest.fixture
def server(service: AlpacaServer) -> Iterator[FaultyServer]:
    """The service on loopback."""
    with FaultyServer(service) as running:
        yield running


def test_symbols_have_to_be_named(server: FaultyServer) -> None:
    with pytest.raises(UsageError, match="name them with --symbols"):
        source(server.url).parts(asked(symbols=()))


def test_many_symbols_are_asked_for_in_groups(server: FaultyServer) -> None:
    one = source(server.url, symbols_per_call=1)
    request = asked(start=DAYS[0], end=DAYS[0])

    parts = one.parts(request)

    assert [part.key for part in parts] == [
        "iex/minute/2023-01-05/A..A",
        "iex/minute/2023-01-05/B..B",
    ]
    assert same(everything(one, request), everything(source(server.url), request))


def test_day_bars_come_by_month(server: FaultyServer) -> None:
    one, request = source(server.url), asked("day", start=date(2022, 12, 20), end=None)

    parts = one.parts(request)

    assert [part.key for part in parts] == [
        "iex/day/2022-12-20..2022-12-31",
        "iex/day/2023-01-01..2023-01-31",
    ]
    assert [len(batch.columns["close"]) for batch in everything(one, request)] == [3, 3]


def test_todays_bars_come_up_to_the_last_one_that_is_over(service: AlpacaServer) -> None:
    today = NOW.date()
    service.bars["1Min"]["A"] += minute_bars(today, "11:50", 10, 30)
    with FaultyServer(service) as server:
        one, request = source(server.url), asked(start=today, end=None, symbols=("A",))
        (batch,) = everything(one, request)

    last = datetime.fromtimestamp(batch.columns["open_time"][-1] / 1e9, UTC)
    assert last == NOW.replace(minute=58, second=0, hour=16)


def test_a_day_stays_open_until_the_next_morning(server: FaultyServer) -> None:
    day = date(2023, 1, 20)
    request = asked(start=day, end=day)
    moments = {
        "before its first minute": datetime(2023, 1, 20, 9, 1, tzinfo=UTC),
        "in the session": datetime(2023, 1, 20, 17, 0, tzinfo=UTC),
        "a minute later": datetime(2023, 1, 20, 17, 1, tzinfo=UTC),
        "at night": datetime(2023, 1, 21, 8, 59, tzinfo=UTC),
        "the next morning": datetime(2023, 1, 21, 9, 0, tzinfo=UTC),
        "a year later": datetime(2024, 1, 20, 17, 0, tzinfo=UTC),
    }

    stamps = {
        name: [part.stamp for part in source(server.url, now=now).parts(request)]
        for name, now in moments.items()
    }

    assert stamps["before its first minute"] == []
    assert len({*stamps["in the session"], *stamps["a minute later"], *stamps["at night"]}) == 3
    assert stamps["the next morning"] == stamps["a year later"] == ["iex final"]
    assert all(part.asked for part in source(server.url).parts(request))


@given(st.integers(0, 60 * 24 * 40), st.sampled_from(["minute", "day"]))
@settings(max_examples=60, deadline=None)
def test_what_is_final_never_changes_its_stamp_again(minutes: int, kind: str) -> None:
    then = NOW + timedelta(minutes=minutes)
    request = asked(kind, start=date(2023, 1, 1), end=date(2023, 2, 20))
    before = {part.key: part.stamp for part in source("http://127.0.0.1:9", now=NOW).parts(request)}
    after = {part.key: part.stamp for part in source("http://127.0.0.1:9", now=then).parts(request)}

    assert before.keys() <= after.keys()
    for key, stamp in before.items():
        if stamp == "iex final":
            assert after[key] == stamp
