"""The faulty server does what its switches say, so that tests on it can fail."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.servers.faults import Answer, Asked, Fault, FaultyServer, json_answer

BODY = bytes(range(256)) * 4


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    """Answers every path with the same kilobyte."""
    with FaultyServer(lambda asked: Answer(200, {"ETag": '"right"'}, BODY)) as running:
        yield running


@pytest.fixture
def client(server: FaultyServer) -> Iterator[httpx.Client]:
    """A client that waits half a second."""
    with httpx.Client(base_url=server.url, timeout=0.5, trust_env=False) as one:
        yield one


def test_without_a_switch_the_answer_arrives_as_it_was_made(
    server: FaultyServer, client: httpx.Client
) -> None:
    answer = client.get("/any/path?a=1&b=", headers={"X-Mark": "seen"})

    assert (answer.status_code, answer.content) == (200, BODY)
    assert server.asked[0].path == "/any/path"
    assert dict(server.asked[0].query) == {"a": "1", "b": ""}
    assert server.asked[0].headers["x-mark"] == "seen"


def test_a_switch_holds_for_its_path_and_its_count_only(
    server: FaultyServer, client: httpx.Client
) -> None:
    server.fail("^/a", Fault("status", status=429, retry_after="3"), times=2)

    answers = [client.get(path) for path in ("/b", "/a", "/a", "/a")]

    assert [one.status_code for one in answers] == [200, 429, 429, 200]
    assert answers[1].headers["Retry-After"] == "3"
    assert server.count("^/a") == 3


@pytest.mark.parametrize("kind", ["cut", "refuse"])
def test_an_answer_that_ends_early_is_an_error_of_transport(
    server: FaultyServer, client: httpx.Client, kind: str
) -> None:
    server.fail("/", Fault(kind))  # type: ignore[arg-type]

    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/")
    assert client.get("/").content == BODY


def test_a_closed_port_refuses_connections_until_it_is_opened(
    server: FaultyServer, client: httpx.Client
) -> None:
    server.fail("/", Fault("closed"))

    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/")
    assert server.is_closed
    with pytest.raises(httpx.ConnectError):
        client.get("/")
    server.open_port()
    assert client.get("/").content == BODY


def test_headers_that_drip_come_to_an_end(server: FaultyServer, client: httpx.Client) -> None:
    server.fail("/", Fault("head", seconds=0.001, pieces=3))

    answer = client.get("/")

    assert [answer.headers[f"x-slow-{k}"] for k in range(3)] == ["x"] * 3
    assert answer.content == BODY


def test_an_answer_that_stalls_runs_into_the_time_out(
    server: FaultyServer, client: httpx.Client
) -> None:
    server.fail("/", Fault("stall"))

    with pytest.raises(httpx.ReadTimeout):
        client.get("/")


def test_short_garbage_and_changed_answers_look_whole(
    server: FaultyServer, client: httpx.Client
) -> None:
    for kind in ("short", "garbage", "etag", "drip"):
        server.fail(f"/{kind}", Fault(kind, seconds=0.001))  # type: ignore[arg-type]

    short, garbage, etag, drip = (client.get(f"/{k}") for k in ("short", "garbage", "etag", "drip"))

    assert short.content == BODY[:512]
    assert garbage.content != BODY
    assert len(garbage.content) == len(BODY)
    assert (etag.content, etag.headers["ETag"] == '"right"') == (BODY, False)
    assert drip.content == BODY


def test_a_fault_of_the_answering_function_fails_the_test() -> None:
    def broken(asked: Asked) -> Answer:
        raise KeyError(asked.path)

    def use() -> None:
        with FaultyServer(broken) as server:
            assert httpx.get(server.url, trust_env=False).status_code == 500

    with pytest.raises(KeyError):
        use()


def test_a_document_carries_headers() -> None:
    answer = json_answer({"a": 1}, 429, retry_after="7")

    assert answer.headers["Retry-After"] == "7"
    assert answer.body == b'{"a": 1}'
