"""Tradovate's charts become whole minute bars, or one sentence says why not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import AccessError, BadDataError, MissingError, TransientError
from daemon.plugin.roles import Batch
from plugins.tradovate.session import Patience
from plugins.tradovate.source import TradovateSource
from tests.plugins.tradovate.service import (
    DAYS,
    NOW,
    Service,
    asked,
    everything,
    minute_bars,
    running,
    tick_packets,
    vendor,
)
from tests.servers.faults import Fault
from tests.servers.tradovate import LOGIN

ONE = asked(symbols=("ESH3",), end=DAYS[0])


@pytest.fixture
def service() -> Iterator[Service]:
    """Three sessions of two contracts."""
    with running(vendor()) as both:
        yield both


def same(left: list[Batch], right: list[Batch]) -> bool:
    return [one.symbol for one in left] == [one.symbol for one in right] and all(
        np.array_equal(a.columns[name], b.columns[name])
        for a, b in zip(left, right, strict=True)
        for name in a.columns
    )


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


@pytest.mark.parametrize("fault", ["cut", "stall", "garbage", "close", "endless", "busy", "down"])
def test_a_broken_line_is_tried_again_and_changes_nothing(service: Service, fault: str) -> None:
    whole = everything(service.source(), ONE)

    service.vendor.faults = [fault]

    assert same(everything(service.source(), ONE), whole)
    assert service.slept == [0.5]


def test_a_service_that_stays_away_is_one_sentence(service: Service) -> None:
    service.vendor.faults = ["cut"] * 10

    with pytest.raises(TransientError, match=r"^tradovate, market data: .*; try again later$"):
        everything(service.source(), ONE)
    assert len(service.vendor.faults) == 6


def test_the_socket_hears_heartbeats_while_a_slow_chart_comes(service: Service) -> None:
    service.vendor.faults, service.vendor.silence_s = ["slow"], 0.4
    service.vendor.per_packet = 1
    patience = Patience(heartbeat_s=0.05, silence_s=1, answer_s=5, open_s=1)

    batches = everything(service.source(patience=patience), ONE)

    assert len(batches[0].columns["close"]) == 5
    assert (service.vendor.dropped, service.vendor.beats >= 3) == (0, True)


def test_a_client_without_heartbeats_would_be_dropped(service: Service) -> None:
    service.vendor.faults, service.vendor.silence_s = ["slow"] * 9, 0.1
    mute = Patience(heartbeat_s=60, silence_s=1, answer_s=5, open_s=1)

    with pytest.raises(TransientError):
        everything(service.source(patience=mute), ONE)
    assert service.vendor.dropped > 0


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


def test_market_data_that_the_login_may_not_see_is_told_so(service: Service) -> None:
    service.vendor.faults = ["forbidden"]

    with pytest.raises(AccessError, match="market data for API use"):
        everything(service.source(), ONE)


def test_a_penalty_is_waited_out_and_its_ticket_shown(service: Service) -> None:
    service.vendor.faults = ["ticket"]

    assert len(everything(service.source(), ONE)) == 1
    assert service.slept == [3.0]
    charts = [body for name, body in service.vendor.requests if name == "md/getChart"]
    assert [body.get("p-ticket") for body in charts] == [None, "t-2"]


def test_a_captcha_ends_the_part_at_once(service: Service) -> None:
    service.vendor.faults = ["captcha"]

    with pytest.raises(TransientError, match="try again in an hour"):
        everything(service.source(), ONE)
    assert service.slept == []


def test_a_wrong_login_names_its_settings_and_not_itself(service: Service) -> None:
    secrets = {
        "TRADOVATE_USERNAME": LOGIN["name"],
        "TRADOVATE_PASSWORD": "canary-wrong-1a2b",
        "TRADOVATE_CLIENT_ID": LOGIN["cid"],
        "TRADOVATE_CLIENT_SECRET": LOGIN["sec"],
    }

    with pytest.raises(AccessError) as refusal:
        everything(service.source(secrets), ONE)

    assert refusal.value.exit_code == 3
    assert 'Incorrect password ***"' in str(refusal.value)
    assert "TRADOVATE_USERNAME, TRADOVATE_PASSWORD" in str(refusal.value)
    assert "canary" not in str(refusal.value)


def test_no_log_ever_shows_a_secret(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    service.vendor.faults = ["cut", "garbage"]

    everything(service.source(), ONE)

    ours = [r.getMessage() for r in caplog.records if r.name != "websockets.server"]
    assert ours
    assert not any("canary" in message for message in ours)


def test_without_a_login_nothing_is_asked(service: Service) -> None:
    with pytest.raises(MissingError, match="set TRADOVATE_USERNAME, TRADOVATE_PASSWORD"):
        service.source({}).parts(ONE)
    assert service.rest.asked == []


def test_a_token_refused_by_the_socket_is_asked_for_once_more_only(service: Service) -> None:
    source = service.source()
    everything(source, ONE)
    service.vendor.tokens.clear()
    assert len(everything(source, ONE)) == 1
    assert service.rest.count(method="POST") == 2

    service.vendor.refuse_tokens = True

    with pytest.raises(AccessError, match="refuses its own token"):
        everything(source, ONE)
    assert service.rest.count(method="POST") == 3


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


def test_a_service_of_tokens_that_is_away_is_one_sentence(service: Service) -> None:
    service.rest.fail("/auth", Fault("status", status=503), times=None)

    with pytest.raises(TransientError, match="status 503"):
        everything(service.source(), ONE)
    assert service.rest.count(method="POST") == 3


_HARMLESS = ("shuffle", "repeat", "grow", "early", "other")
_BREAKING = ("cut", "garbage", "close", "busy", "down")


@pytest.fixture(scope="module")
def steady() -> Iterator[tuple[Service, TradovateSource]]:
    """A service and a source of it that outlive an example."""
    with running(vendor()) as both:
        yield both, both.source()


@given(st.lists(st.sampled_from(_HARMLESS + _BREAKING), max_size=6))
@settings(max_examples=25, deadline=None)
def test_whatever_goes_wrong_on_the_way_bars_are_the_same_or_absent(
    steady: tuple[Service, TradovateSource], faults: list[str]
) -> None:
    service, one = steady
    service.vendor.faults = []
    whole = everything(one, ONE)
    service.vendor.faults = list(faults)

    try:
        found = everything(one, ONE)
    except TransientError:
        found = []

    gone = len(faults) >= 4 and all(fault in _BREAKING for fault in faults[:4])
    assert same(found, [] if gone else whole)
