"""Every call to a vendor ends: with a document, a refusal, or after its tries."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from daemon.plugin.retry import Pace, RetryPolicy, TryAgain, Waiting
from daemon.plugin.web import Declined, Limits, Manners, Web
from tests.servers.answers import Kind
from tests.servers.faults import Answer, Asked, Fault, FaultyServer, json_answer

KEY = "canary-7f3a91"


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """Repeats what it was asked."""

    def repeated(asked: Asked) -> Answer:
        return json_answer({"query": dict(asked.query), "body": asked.body.decode()}, x_left="9")

    with FaultyServer(repeated) as running:
        yield running


@pytest.fixture
def slept() -> list[float]:
    """The pauses that were made."""
    return []


@pytest.fixture
def web(server: FaultyServer, slept: list[float]) -> Web:
    """Four tries, and pauses that take no time."""
    return web_to(server, slept)


def web_to(
    server: FaultyServer,
    slept: list[float],
    seen: Callable[[Mapping[str, str]], None] | None = None,
    limits: Limits | None = None,
) -> Web:
    manners = Manners(
        policy=RetryPolicy(attempts=4),
        waiting=Waiting(sleep=slept.append, draw=lambda: 0.0),
        limits=limits or Limits(silence_s=0.3, call_s=0.4),
        pace=Pace(),
    )
    return Web("vendor", server.url, lambda: {"Authorization": f"Bearer {KEY}"}, manners, seen)


def test_a_document_comes_with_query_and_key(server: FaultyServer, web: Web) -> None:
    assert web.get("/a", {"b": "1,2"})["query"] == {"b": "1,2"}
    assert web.post("/a", {"c": 3})["body"] == '{"c":3}'
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=429),
        Fault("status", status=500),
        Fault("status", status=503),
        Fault("cut"),
        Fault("refuse"),
        Fault("garbage"),
        Fault("short"),
        Fault("stall"),
        Fault("drip", seconds=0.15),
        Fault("head", seconds=0.15),
    ],
    ids=lambda fault: f"{fault.kind} {fault.status}",
)
def test_what_another_try_cures_is_tried_again(
    server: FaultyServer, web: Web, slept: list[float], fault: Fault
) -> None:
    server.fail("/a", fault, times=2)

    assert web.get("/a", {"b": "1"})["query"] == {"b": "1"}
    assert slept == [0.5, 1.0]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 302])
def test_a_refusal_is_asked_once_and_shows_no_key(
    server: FaultyServer, web: Web, slept: list[float], status: int
) -> None:
    body = f'{{"message": "key {KEY} is not\\nallowed."}}'.encode()
    server.fail("/a", Fault("status", status=status, body=body), times=None)

    with pytest.raises(Declined) as refusal:
        web.get("/a")

    assert (refusal.value.status, refusal.value.said) == (status, "key *** is not allowed")
    assert (server.count(), slept) == (1, [])


def test_a_refusal_that_is_no_document_is_a_refusal(server: FaultyServer, web: Web) -> None:
    server.fail("/a", Fault("status", status=403, body=b"<html>no</html>"))

    with pytest.raises(Declined, match=r"^status 403$"):
        web.get("/a")


def test_after_the_last_try_one_sentence_names_vendor_and_path(
    server: FaultyServer, web: Web
) -> None:
    server.fail("/a", Fault("status", status=503), times=None)

    with pytest.raises(TryAgain, match=r"^vendor, 127\.0\.0\.1:\d+/a: .* status 503; try again"):
        web.get("/a", {"token": "x"})
    assert server.count() == 4


def test_retry_after_is_waited_for(server: FaultyServer, web: Web, slept: list[float]) -> None:
    server.fail("/a", Fault("status", status=429, retry_after="17"))

    web.get("/a")

    assert slept == [17.5]


def test_every_answer_shows_its_headers(server: FaultyServer, slept: list[float]) -> None:
    left: list[str | None] = []
    web = web_to(server, slept, seen=lambda headers: left.append(headers.get("x-left")))
    server.fail("/a", Fault("status", status=429))

    web.get("/a")

    assert left == [None, "9"]


@pytest.mark.parametrize("kind", ["head", "drip"])
def test_a_call_ends_with_its_time_whatever_drips(
    server: FaultyServer, slept: list[float], kind: Kind
) -> None:
    web = web_to(server, slept, limits=Limits(silence_s=5, call_s=0.1))
    web.get("/b")  # the connection is there already
    server.fail("/a", Fault(kind, seconds=0.02, pieces=100), times=None)

    began = time.monotonic()
    with pytest.raises(TryAgain, match=r"no end after 0\.1 seconds"):
        web.get("/a", {"b": "x" * 100})

    assert time.monotonic() - began < 1.5  # four tries


def test_a_call_that_came_in_time_leaves_the_next_one_its_own(
    server: FaultyServer, slept: list[float]
) -> None:
    web = web_to(server, slept, limits=Limits(call_s=0.3))

    for _ in range(3):
        time.sleep(0.12)
        web.get("/a")
    assert slept == []


def test_a_closed_port_is_told_in_a_sentence(server: FaultyServer, web: Web) -> None:
    server.close_port()

    with pytest.raises(TryAgain, match=r"found a broken connection \(ConnectError\); try again"):
        web.get("/a")


def test_lines_through_a_proxy_keep_to_the_deadline_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultyServer(lambda asked: json_answer({"target": asked.target})) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        manners = Manners(
            RetryPolicy(attempts=1), limits=Limits(connect_s=1, silence_s=5, call_s=0.1)
        )
        web = Web("vendor", "http://vendor.invalid", dict, manners)
        assert web.get("/a")["target"] == "http://vendor.invalid/a"
        proxy.fail("/a", Fault("head", seconds=0.02, pieces=100))

        with pytest.raises(TryAgain, match=r"no end after 0\.1 seconds"):
            web.get("/a")


def test_an_answer_without_end_is_given_up(server: FaultyServer, slept: list[float]) -> None:
    web = web_to(server, slept, limits=Limits(most_bytes=10))

    with pytest.raises(TryAgain, match="no end after"):
        web.get("/a", {"b": "longer than ten"})
