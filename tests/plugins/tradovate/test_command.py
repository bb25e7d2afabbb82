"""`nightshift lake ingest --source tradovate`, through the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.supervisor.clock import SystemClock
from plugins.tradovate.tokens import LOGIN_NAMES
from tests.acceptance.nights import place
from tests.cli.inside import Command, Done, assert_refused
from tests.plugins.tradovate.service import Service, running, vendor
from tests.servers.tradovate import LOGIN

WHICH = ("--source", "tradovate", "--kind", "minute", "--symbols", "ESH3,NQH3")
WHEN = ("--start", "2023-01-05", "--end", "2023-01-09")


@pytest.fixture
def service() -> Iterator[Service]:
    """Three sessions of two contracts, and tokens that live today."""
    with running(vendor(now=SystemClock().now())) as both:
        yield both


@pytest.fixture
def command(
    service: Service,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Command:
    """Commands of an owner who has a login."""
    monkeypatch.delenv("DATA_DIR", raising=False)
    for field, name in LOGIN_NAMES.items():
        monkeypatch.setenv(name, LOGIN[field])
    urls = f'url = "{service.rest.url}"\nmarket_data_url = "{service.vendor.url}"\n'
    config = place(tmp_path / "fresh", "[tradovate]\n" + urls).folder / "daemon.toml"
    return Command(monkeypatch, capsys, config)


def ingested(command: Command) -> Done:
    return command("lake", "ingest", *WHICH, *WHEN, "--json")


def test_bars_come_in_and_the_second_time_everything_is_skipped(
    command: Command, service: Service
) -> None:
    first = ingested(command)
    connections = service.vendor.connections
    second = ingested(command)

    assert (first.code, first.document["parts"], first.document["rows"]) == (0, 8, 24)
    assert (second.code, second.document["parts"], second.document["skipped"]) == (0, 0, 8)
    assert service.vendor.connections == connections


def test_a_wrong_login_is_one_sentence_with_exit_3_and_no_secret(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRADOVATE_PASSWORD", "canary-wrong-9f")

    done = ingested(command)

    assert_refused(done, 3, "tradovate refuses the login", "TRADOVATE_PASSWORD")
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in ("canary-wrong-9f", *LOGIN.values()):
        assert secret not in done.err
        assert secret.encode() not in written
