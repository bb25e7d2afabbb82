"""Whatever the service answers, bars are whole, or one sentence says what to do."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import AccessError, BadDataError, MissingError
from daemon.plugin.retry import TryAgain
from plugins.alpaca.source import AlpacaSource
from tests.plugins.alpaca.service import DAYS, NOW, asked, everything, same, source, vendor
from tests.servers.alpaca import KEYS, AlpacaServer
from tests.servers.faults import Fault, FaultyServer


@pytest.fixture
def service() -> AlpacaServer:
    """Three sessions of A and B."""
    return vendor()


@pytest.fixture
def server(service: AlpacaServer) -> Iterator[FaultyServer]:
    """The service on loopback."""
    with FaultyServer(service) as running:
        yield running


@pytest.mark.parametrize(
    "fault",
    [
        Fault("cut"),
        Fault("stall"),
        Fault("garbage"),
        Fault("short"),
        Fault("drip", seconds=0.1),
        Fault("status", status=429),
        Fault("status", status=500),
        Fault("status", status=503),
        Fault("refuse"),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status}",
)
def test_faults_on_the_way_change_nothing(
    server: FaultyServer, service: AlpacaServer, fault: Fault
) -> None:
    whole = everything(source(server.url), asked())
    service.page = 3

    server.fail("/v2/stocks/bars", fault, times=2)

    assert same(everything(source(server.url), asked()), whole)


def test_a_service_that_stays_down_is_one_sentence(server: FaultyServer) -> None:
    server.fail("/v2/stocks/bars", Fault("status", status=503), times=None)

    with pytest.raises(TryAgain, match=r"^alpaca, 127\.0\.0\.1.*status 503; try again later$"):
        everything(source(server.url), asked())


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_its_settings_and_not_itself(server: FaultyServer, status: int) -> None:
    body = f'{{"message": "key {KEYS["APCA-API-KEY-ID"]} is forbidden"}}'.encode()
    server.fail("/", Fault("status", status=status, body=body), times=None)

    with pytest.raises(AccessError) as refusal:
        everything(source(server.url), asked())

    assert refusal.value.exit_code == 3
    assert "ALPACA_API_KEY_ID and ALPACA_API_SECRET_KEY" in str(refusal.value)
    assert not any(value in str(refusal.value) for value in KEYS.values())
    assert server.count() == 1


def test_no_log_ever_shows_a_key(server: FaultyServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.fail("/", Fault("garbage"))

    everything(source(server.url), asked())

    assert caplog.records
    assert "canary" not in caplog.text


def test_without_a_key_nothing_is_asked(server: FaultyServer) -> None:
    with pytest.raises(MissingError, match="set ALPACA_API_KEY_ID and ALPACA_API_SECRET_KEY"):
        source(server.url, keys={}).parts(asked())
    assert server.asked == []


def test_what_the_plan_does_not_hold_is_missing_and_the_rest_is_not(service: AlpacaServer) -> None:
    service.plan, service.now = "basic", NOW
    today = asked(start=NOW.date(), end=NOW.date())
    with FaultyServer(service) as server:
        with pytest.raises(MissingError, match="recent SIP data; choose"):
            everything(source(server.url, feed="sip", sip_delay_minutes=0), today)

        assert everything(source(server.url, feed="sip"), today) == []
        assert len(everything(source(server.url, feed="sip"), asked())) == 6


def test_a_question_refused_is_told_in_the_vendors_words(server: FaultyServer) -> None:
    with pytest.raises(BadDataError, match=r"status 400 \(invalid symbol or time frame: \['\$'\]"):
        everything(source(server.url), asked(symbols=("A", "$")))


def test_a_rate_limit_is_spread_out_before_it_is_reached(service: AlpacaServer) -> None:
    service.limit, service.page, slept = 12, 1, list[float]()
    service.reset = int(NOW.timestamp()) + 30
    with FaultyServer(service) as server:
        everything(source(server.url, slept), asked(end=DAYS[0]))

        assert server.count() == 8
    assert slept == []
    with FaultyServer(service) as server:
        everything(source(server.url, slept), asked(start=DAYS[2], symbols=("B",)))

        assert server.count() == 3
    assert slept[0] == pytest.approx(30 / 2, rel=0.1)


def test_a_used_up_limit_is_waited_out(service: AlpacaServer) -> None:
    service.limit, service.used, slept = 5, 5, list[float]()
    service.reset = int(NOW.timestamp()) + 42

    with FaultyServer(service) as server, pytest.raises(TryAgain, match="status 429"):
        everything(source(server.url, slept), asked())

    assert max(slept) == pytest.approx(42, abs=0.5)


_FAULTS = ("cut", "garbage", "short", "refuse", "status")


@pytest.fixture(scope="module")
def steady() -> Iterator[tuple[FaultyServer, AlpacaSource]]:
    """A service with few bars a page, and a source of it."""
    with FaultyServer(vendor(page=3, limit=100_000)) as running:
        yield running, source(running.url)


@given(st.lists(st.tuples(st.sampled_from(_FAULTS), st.floats(0, 0.99)), max_size=8))
@settings(max_examples=25, deadline=None)
def test_whatever_goes_wrong_on_the_way_bars_are_the_same_or_absent(
    steady: tuple[FaultyServer, AlpacaSource], sequence: list[tuple[Any, float]]
) -> None:
    server, one = steady
    server.heal()
    whole = everything(one, asked())
    for number, (kind, share) in enumerate(sequence):
        server.fail(f"page_token=page-{number % 3}|end=2023-01-0{number}", Fault(kind, share))

    try:
        found = everything(one, asked())
    except TryAgain:
        found = whole

    assert same(found, whole)
