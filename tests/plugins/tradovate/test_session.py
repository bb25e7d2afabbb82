"""A line that breaks is opened again; a login that is refused is one sentence."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import AccessError, MissingError, TransientError
from plugins.tradovate.session import Patience
from plugins.tradovate.source import TradovateSource
from tests.plugins.tradovate.service import (
    DAYS,
    Service,
    asked,
    everything,
    running,
    same,
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


@pytest.mark.parametrize("fault", ["cut", "stall", "garbage", "close", "endless", "busy", "down"])
def test_a_broken_line_is_tried_again_and_changes_nothing(service: Service, fault: str) -> None:
    whole = everything(service.source(), ONE)

    service.vendor.faults = [fault]

    assert same(everything(service.source(), ONE), whole)
    assert service.slept[:1] == [0.5]  # a busy machine may need a second try


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


def test_market_data_that_the_login_may_not_see_is_told_so(service: Service) -> None:
    service.vendor.faults = ["forbidden"]

    with pytest.raises(AccessError, match="market data for API use"):
        everything(service.source(), ONE)


@pytest.mark.parametrize(("fault", "error"), [("echo", AccessError), ("goodbye", TransientError)])
def test_a_token_that_the_socket_repeats_is_not_shown(
    service: Service, fault: str, error: type[Exception]
) -> None:
    service.vendor.faults = [fault] * 10

    with pytest.raises(error) as told:
        everything(service.source(), ONE)

    assert "***" in str(told.value)
    assert not any(token[:12] in str(told.value) for token in service.vendor.tokens)


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
