"""A token is asked for once, renewed before its end, and never shown."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from daemon.errors import AccessError, TransientError
from tests.plugins.tradovate.service import Service, running, vendor
from tests.servers.faults import Fault

LIFETIME_S = 80 * 60


@pytest.fixture
def service() -> Iterator[Service]:
    """Tokens that live 80 minutes."""
    with running(vendor()) as both:
        yield both


def test_many_threads_ask_for_one_token(service: Service) -> None:
    tokens = service.tokens()

    with ThreadPoolExecutor(4) as pool:
        found = {token.access.reveal() for token in pool.map(lambda _: tokens.current(), range(8))}

    assert found == {"canary-token-0"}
    assert service.rest.count(method="POST") == 1


def test_a_token_is_kept_and_renewed_a_quarter_of_an_hour_before_its_end(service: Service) -> None:
    tokens = service.tokens()
    first = tokens.current()
    service.clock.move(LIFETIME_S - 15 * 60 - 1)
    assert tokens.current() is first

    service.clock.move(1)
    second = tokens.current()

    assert second.access.reveal() != first.access.reveal()
    assert second.market_data.reveal() == f"md-{second.access.reveal()}"
    assert (service.rest.count("renew"), service.rest.count(method="POST")) == (1, 1)


def test_a_refused_renewal_asks_for_a_new_token(service: Service) -> None:
    tokens = service.tokens()
    tokens.current()
    service.vendor.tokens.clear()
    service.clock.move(LIFETIME_S)

    assert tokens.current().access.reveal() == "canary-token-0"
    assert service.rest.count(method="POST") == 2


def test_while_the_service_is_away_a_good_token_is_used_on(service: Service) -> None:
    tokens = service.tokens()
    first = tokens.current()
    service.rest.fail("/auth", Fault("status", status=503), times=None)
    service.clock.move(LIFETIME_S - 60)
    assert tokens.current() is first

    service.clock.move(60)

    with pytest.raises(TransientError, match="status 503"):
        tokens.current()


def test_a_token_of_the_owners_is_renewed_and_never_a_login_sent(service: Service) -> None:
    service.vendor.tokens.append("canary-owned")

    token = service.tokens({"TRADOVATE_ACCESS_TOKEN": "canary-owned"}).current()

    assert token.market_data.reveal().startswith("md-")
    assert service.rest.count(method="POST") == 0


def test_a_token_of_the_owners_that_has_ended_is_one_sentence(service: Service) -> None:
    with pytest.raises(AccessError, match=r"refuses the token; set .*TRADOVATE_ACCESS_TOKEN"):
        service.tokens({"TRADOVATE_ACCESS_TOKEN": "canary-old"}).current()


def test_a_penalty_is_waited_out_with_its_ticket(service: Service) -> None:
    service.vendor.token_faults = ["ticket"]

    service.tokens().current()

    assert service.slept == [7.0]
    assert b'"p-ticket":"t-1"' in service.rest.asked[-1].body


def test_ticket_after_ticket_is_given_up(service: Service) -> None:
    service.vendor.token_faults = ["ticket"] * 9

    with pytest.raises(TransientError, match="4 penalties in a row"):
        service.tokens().current()


def test_a_captcha_is_for_people(service: Service) -> None:
    service.vendor.token_faults = ["captcha"]

    with pytest.raises(TransientError, match="a person has to prove"):
        service.tokens().current()
    assert service.rest.count(method="POST") == 1


def test_a_token_never_shows_itself(service: Service) -> None:
    assert "canary" not in repr(service.tokens().current())
