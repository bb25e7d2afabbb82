"""Tradovate's charts become whole minute bars, or one sentence says why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from daemon.errors import BadDataError, MissingError
from tests.plugins.tradovate.service import (
    DAYS,
    NOW,
    Service,
    asked,
    everything,
    minute_bars,
    running,
    same,
    tick_packets,
    vendor,
)

ONE = asked(symbols=("ESH3",), end=DAYS[0])


@pytest.fixture
def service() -> Iterator[Service]:
    """Three sessions of two contracts."""
    with running(vendor()) as both:
        yield both


def test_a_bar_keeps_its_numbers_and_its_volume_is_up_and_down(service: Service) -> None:
    first = everything(service.source(), ONE)[0]

    opened = int(datetime(2023, 1, 5, 14, 30, tzinfo=UTC).timestamp()) * 1_000_000_000
    assert (first.symbol, first.origin) == ("ESH3", "tradovate bars")
    row = [first.columns[name][0] for name in ("open_time", "open", "high", "low", "close")]
    assert row == [opened, 4000.0, 4001.0, 3999.5, 4000.5]
    assert first.columns["volume"].tolist() == [12.0] * 5
    assert first.columns["transactions"].tolist() == [5] * 5


def test_a_chart_is_asked_for_its_day_and_given_back(service: Service) -> None:
    everything(service.source(), ONE)

    (endpoint, chart), *rest = service.vendor.requests
    assert endpoint == "md/getChart"
    assert chart["symbol"] == "ESH3"
    assert chart["timeRange"] == {
        "asFarAsTimestamp": "2023-01-05T04:00:00.000Z",
        "closestTimestamp": "2023-01-06T04:00:00.000Z",
    }
    assert {told["subscriptionId"] for name, told in rest if name == "md/cancelChart"} <= {31, 32}


def test_all_parts_share_one_token(service: Service) -> None:
    batches = everything(service.source(), asked())

    assert len(batches) == 6
    assert (service.vendor.connections, service.rest.count(method="POST")) == (8, 1)


@pytest.mark.parametrize("fault", ["shuffle", "repeat", "grow", "early", "other"])
def test_packets_in_any_order_repeated_or_growing_give_the_same_bars(
    service: Service, fault: str
) -> None:
    whole = everything(service.source(), ONE)

    service.vendor.faults = [fault]

    assert same(everything(service.source(), ONE), whole)
    assert service.slept == []


def test_ticks_make_the_bars_of_their_minutes(service: Service) -> None:
    packets = tick_packets(DAYS[0], "14:30:00", 50)
    service.vendor.ticks = {"ESH3": packets[::-1] + packets[:2]}

    (batch,) = everything(service.source(minutes_from="ticks"), ONE)

    ticks = [tick for packet in packets for tick in packet["tks"]]
    for k, opened in enumerate(batch.columns["open_time"].tolist()):
        mine = [t for t in ticks if t["t"] // 60_000 == k]
        prices = [(16000 + t["p"]) * 0.25 for t in mine]
        made = {name: column[k] for name, column in batch.columns.items()}
        begin = int(datetime(2023, 1, 5, 14, 30 + k, tzinfo=UTC).timestamp())
        assert opened == begin * 1_000_000_000
        assert [made[n] for n in ("open", "high", "low", "close")] == [
            prices[0],
            max(prices),
            min(prices),
            prices[-1],
        ]
        assert made["volume"] == sum(t["s"] for t in mine)
        assert made["transactions"] == len(mine)
    assert len(batch.columns["close"]) == 6


def test_a_contract_that_does_not_exist_costs_itself(service: Service) -> None:
    with pytest.raises(MissingError, match=r"md/getChart: .*Symbol not found"):
        everything(service.source(), asked(symbols=("XXH3",)))


def test_names_of_stocks_are_no_contracts(service: Service) -> None:
    assert service.source().parts(asked(symbols=("SPY", "QQQ", "ES"))) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"open": 0}, "open: expected a number above 0"),
        ({"high": 1}, "high: expected at least the low"),
        ({"upVolume": -30}, "volume"),
        ({"close": None}, "expected a bar with timestamp, prices and volumes"),
        ({"close": float("nan")}, "expected a bar"),
        ({"timestamp": "2023-01-05T14:30:30.000Z"}, "a whole minute"),
        ({"timestamp": "2023-01-05T14:30:00"}, "expected a bar with timestamp"),
    ],
)
def test_a_broken_value_is_named(
    service: Service, change: dict[str, object], sentence: str
) -> None:
    service.vendor.bars["ESH3"][0] = {**service.vendor.bars["ESH3"][0], **change}

    with pytest.raises(BadDataError, match=sentence):
        everything(service.source(), ONE)


def test_a_broken_tick_is_named(service: Service) -> None:
    packets = tick_packets(DAYS[0], "14:30:00", 5)
    service.vendor.ticks = {"ESH3": [{**packets[0], "bp": None}]}

    with pytest.raises(BadDataError, match="expected ticks with id, t, p and s"):
        everything(service.source(minutes_from="ticks"), ONE)


def test_the_minute_that_is_not_over_is_left_out(service: Service) -> None:
    today = NOW.date()
    service.vendor.bars["ESH3"] = minute_bars(today, "16:55", 10, 4000)

    (batch,) = everything(service.source(), asked(symbols=("ESH3",), start=today, end=today))

    last = datetime.fromtimestamp(batch.columns["open_time"][-1] / 1e9, UTC)
    assert last == NOW.replace(minute=59, second=0, hour=16)


def test_a_day_is_final_once_it_is_over(service: Service) -> None:
    day = date(2023, 1, 20)
    request = replace(ONE, start=day, end=day)
    stamps = {}
    for name, now in {
        "before": datetime(2023, 1, 20, 4, 0, 30, tzinfo=UTC),
        "in it": NOW,
        "a minute later": NOW + timedelta(minutes=1),
        "just over": datetime(2023, 1, 21, 4, 1, tzinfo=UTC),
        "over": datetime(2023, 1, 21, 4, 5, tzinfo=UTC),
        "a year later": NOW + timedelta(days=365),
    }.items():
        service.clock = type(service.clock)(now)
        stamps[name] = [part.stamp for part in service.source().parts(request)]

    assert stamps["before"] == []
    assert len({*stamps["in it"], *stamps["a minute later"], *stamps["just over"]}) == 3
    assert stamps["over"] == stamps["a year later"] == ["final"]
    assert all(part.asked for part in service.source().parts(request))
