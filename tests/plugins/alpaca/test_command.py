"""`nightshift lake ingest --source alpaca`, through the command line, against a local service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.nights import place
from tests.cli.inside import Command, Done, assert_refused
from tests.plugins.alpaca.service import vendor
from tests.servers.alpaca import KEYS, AlpacaServer
from tests.servers.faults import Fault, FaultyServer

WHICH = ("--source", "alpaca", "--symbols", "A,B", "--start", "2023-01-05", "--end", "2023-01-09")


@pytest.fixture
def service() -> AlpacaServer:
    """Three sessions of A and B, some bars a page."""
    return vendor(page=4)


@pytest.fixture
def server(service: AlpacaServer) -> Iterator[FaultyServer]:
    """The service on loopback."""
    with FaultyServer(service) as running:
        yield running


@pytest.fixture
def command(
    server: FaultyServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Commands of an owner who has a key."""
    monkeypatch.delenv("DATA_DIR", raising=False)
    monkeypatch.setenv("ALPACA_API_KEY_ID", KEYS["APCA-API-KEY-ID"])
    monkeypatch.setenv("ALPACA_API_SECRET_KEY", KEYS["APCA-API-SECRET-KEY"])
    text = f'[alpaca]\ndata_url = "{server.url}"\ncalls_per_minute = 0\n'
    return Command(monkeypatch, capsys, place(tmp_path / "fresh", text).folder / "daemon.toml")


def ingested(command: Command, kind: str = "minute", *words: str) -> Done:
    return command("lake", "ingest", *WHICH, "--kind", kind, "--json", *words)


def test_bars_come_in_and_the_second_time_everything_is_skipped(
    command: Command, server: FaultyServer
) -> None:
    first = ingested(command)
    asked = server.count("/v2/stocks/bars")
    second = ingested(command)

    assert (first.code, first.document["parts"], first.document["rows"]) == (0, 3, 24)
    assert (second.code, second.document["parts"], second.document["skipped"]) == (0, 0, 3)
    assert server.count("/v2/stocks/bars") == asked
    held = command("lake", "inventory", "--json").document["datasets"]
    kinds = {(one["kind"], one["symbol"]): one["rows"] for one in held}
    assert kinds == {
        ("minute", "A"): 15,
        ("minute", "B"): 9,
        ("splits", "A"): 1,
        ("dividends", "A"): 1,
    }


def test_day_bars_come_in_too(command: Command) -> None:
    assert ingested(command, "day").document["rows"] == 6
    assert ingested(command, "day").document["skipped"] == 1


def test_a_wrong_key_is_one_sentence_with_exit_3_and_no_secret(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALPACA_API_SECRET_KEY", "canary-wrong-44d1")

    done = ingested(command)

    assert_refused(done, 3, "set ALPACA_API_KEY_ID and ALPACA_API_SECRET_KEY")
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in ("canary-wrong-44d1", *KEYS.values()):
        assert secret not in done.err
        assert secret.encode() not in written


def test_without_a_key_the_sentence_says_where_to_put_it(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALPACA_API_KEY_ID")

    assert_refused(ingested(command), 3, "alpaca: no key; set ALPACA_API_KEY_ID")


def test_what_did_not_come_is_told_and_comes_the_next_time(
    command: Command, server: FaultyServer, service: AlpacaServer
) -> None:
    server.fail("start=2023-01-06", Fault("status", status=400, body=b"{}"))

    first = ingested(command)
    second = ingested(command)

    assert (first.code, first.document["rows"]) == (1, 16)
    assert "status 400" in str(first.document["failed"])
    assert (second.code, second.document["skipped"], second.document["rows"]) == (0, 2, 8)
