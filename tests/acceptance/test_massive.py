"""Real flat files from a local bucket into the lake: twice, replaced, refused, and after a kill."""

from __future__ import annotations

import csv
import gzip
import io
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from daemon.lake.lake import Lake
from daemon.plugin.flatfiles.layout import key_of
from tests.acceptance.massive import (
    DATES,
    FLAT,
    NEWEST,
    SIX,
    WHICH,
    Vendor,
    bar_of,
    bars,
    leftovers,
    text_of,
)
from tests.acceptance.nights import interruptible, place
from tests.cli.inside import Command, Done, assert_refused
from tests.servers.faults import Fault, FaultyServer
from tests.servers.massive_rest import KEY, MassiveRest
from tests.servers.s3 import store

pytestmark = pytest.mark.market


@pytest.fixture
def vendor(market_folder: Path) -> Iterator[Vendor]:
    """Nine real days in the bucket, the tenth by REST."""
    known = MassiveRest(page=1000)
    with store("flatfiles") as files, FaultyServer(known) as rest:
        made = Vendor(files, rest, market_folder)
        for kind in ("minute", "day"):
            files.put({key_of(kind, day): made.file(kind, day) for day in FLAT})
        for line in csv.DictReader(io.StringIO(text_of(made.file("minute", NEWEST)))):
            known.minutes.setdefault((line["ticker"], NEWEST), []).append(bar_of(line))
        yield made


@pytest.fixture
def command(
    vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Command:
    """Commands of an owner who has all keys."""
    monkeypatch.delenv("DATA_DIR", raising=False)
    monkeypatch.setenv("MASSIVE_AWS_ACCESS_KEY", "tests")
    monkeypatch.setenv("MASSIVE_AWS_SECRET_KEY", "tests")
    monkeypatch.setenv("MASSIVE_API_KEY", KEY)
    here = place(tmp_path / "massive", vendor.toml())
    return Command(monkeypatch, capsys, here.folder / "daemon.toml")


def ingested(command: Command, kind: str = "minute", *words: str) -> Done:
    """An ingestion of the ten days."""
    return command("lake", "ingest", *WHICH, *DATES, "--kind", kind, "--json", *words)


def test_both_ways_together_make_the_lake_that_the_files_make(
    command: Command, vendor: Vendor, market_folder: Path, tmp_path: Path
) -> None:
    assert command.config is not None
    state = command.config.parent / "state"

    first = ingested(command)
    asked = vendor.files.proxy.count("csv.gz"), vendor.rest.count("/v2/aggs")
    second = ingested(command)

    assert (first.code, first.document["parts"], first.document["failed"]) == (0, 10, [])
    assert first.document["rows"] > 20_000
    assert (second.code, second.document["parts"], second.document["skipped"]) == (0, 0, 10)
    assert asked == (vendor.files.proxy.count("csv.gz"), vendor.rest.count("/v2/aggs"))
    assert asked[0] == len(FLAT)
    assert leftovers(state) == []
    files = ("--source", "files", "--path", str(market_folder), "--symbols", ",".join(SIX))
    other = ("--state", str(tmp_path / "other"))
    assert command("lake", "ingest", *files, *DATES, "--kind", "minute", *other).code == 0
    assert bars(state) == bars(tmp_path / "other")

    vendor.files.put({key_of("minute", NEWEST): vendor.file("minute", NEWEST)})
    third = ingested(command)
    assert (third.document["parts"], third.document["skipped"]) == (1, 9)
    assert bars(state) == bars(tmp_path / "other")
    assert command("lake", "verify").code == 0


@pytest.mark.parametrize(
    ("kind", "day", "symbol"),
    [
        ("trades", date(2013, 10, 8), "AIG"),
        ("quotes", date(2013, 10, 8), "AIG"),
        ("option_minute", date(2015, 2, 3), "SPY"),
        ("option_day", date(2015, 2, 3), "SPY"),
        ("option_trades", date(2015, 2, 3), "SPY"),
        ("option_quotes", date(2014, 6, 6), "TWX"),
    ],
)
def test_every_kind_of_flat_file_comes_as_it_comes_from_a_folder(
    command: Command, vendor: Vendor, tmp_path: Path, kind: str, day: date, symbol: str
) -> None:
    assert command.config is not None
    vendor.files.put({key_of(kind, day): vendor.file(kind, day)})
    wanted = ("--kind", kind, "--symbols", symbol, "--start", str(day), "--end", str(day), "--json")
    files = ("--source", "files", "--path", str(vendor.market), "--state", str(tmp_path / "other"))

    fetched = command("lake", "ingest", "--source", "massive", *wanted)
    read = command("lake", "ingest", *files, *wanted)

    assert (fetched.code, fetched.document["failed"]) == (0, [])
    assert fetched.document["rows"] == read.document["rows"] > 0
    assert leftovers(command.config.parent / "state") == []


def test_a_replaced_file_is_read_again(command: Command, vendor: Vendor) -> None:
    ingested(command)
    lines = text_of(vendor.file("minute", FLAT[0])).splitlines(keepends=True)
    without = [line for line in lines if not line.startswith("SPY,")]
    body = gzip.compress("".join([*without, _without_transactions(lines)]).encode())
    vendor.files.put({key_of("minute", FLAT[0]): body})

    again = ingested(command)

    assert (again.document["parts"], again.document["skipped"]) == (1, 9)


def test_a_kind_outside_the_plan_does_not_stop_the_other(command: Command, vendor: Vendor) -> None:
    for methods in ("HEAD", "GET"):
        vendor.files.proxy.fail("minute_aggs.*gz", Fault("status", status=403), None, methods)
    vendor.rest.fail("/v2/aggs", Fault("status", status=403), None)

    minutes = ingested(command)
    both = ("--source", "massive", "--symbols", "SPY,AAPL", "--json")
    days = command("lake", "ingest", *both, "--kind", "day", *DATES[:2], "--end", str(FLAT[-1]))

    assert minutes.code == 1
    assert "not in the plan" in minutes.out + minutes.err
    assert (days.code, days.document["parts"]) == (0, len(FLAT))


def test_wrong_keys_are_one_sentence_that_names_them(
    command: Command, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = b"<Error><Code>InvalidAccessKeyId</Code><Message>CANARY-ID</Message></Error>"
    vendor.files.proxy.fail("list-type", Fault("status", status=403, body=unknown))
    assert_refused(
        command("lake", "ingest", *WHICH, "--kind", "minute"), 3, "MASSIVE_AWS_ACCESS_KEY"
    )

    monkeypatch.setenv("MASSIVE_API_KEY", "CANARY-REST")
    done = command("lake", "ingest", *WHICH, *DATES, "--kind", "minute")

    assert_refused(done, 3, "MASSIVE_API_KEY")
    assert command.config is not None
    state = command.config.parent / "state"
    written = [path.read_bytes() for path in state.rglob("*") if path.is_file()]
    assert b"CANARY" not in b"".join([done.out.encode(), done.err.encode(), *written])


def test_after_a_kill_in_the_middle_the_next_ingestion_brings_the_rest(
    command: Command, vendor: Vendor
) -> None:
    vendor.files.proxy.fail(f"{FLAT[5]}.csv.gz", Fault("stall", seconds=60))
    assert command.config is not None
    state = command.config.parent / "state"
    words = ("lake", "ingest", *WHICH, *DATES, "--kind", "minute", "--json")
    with subprocess.Popen(
        [sys.executable, "-m", "daemon", *words, "--config", str(command.config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        deadline = time.monotonic() + 60
        while not vendor.files.proxy.count(f"{FLAT[5]}.csv.gz"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.3)
        running.kill()

    assert leftovers(state)
    for path in (state / "plugins").rglob("*.csv.gz"):
        gzip.decompress(path.read_bytes())
    again = ingested(command)

    assert (again.code, again.document["failed"]) == (0, [])
    assert len({row[1] // 86_400_000_000_000 for row in _stamped(state)}) == len(FLAT) + 1
    assert leftovers(state) == []


def test_an_interrupted_ingestion_ends_soon_and_is_carried_on(
    command: Command, vendor: Vendor
) -> None:
    vendor.files.proxy.fail("csv.gz", Fault("drip", seconds=0.2), None)
    assert command.config is not None
    words = ("lake", "ingest", *WHICH, *DATES, "--kind", "minute")
    with (
        interruptible(),
        subprocess.Popen(
            [sys.executable, "-m", "daemon", *words, "--config", str(command.config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as running,
    ):
        while not vendor.files.proxy.count("csv.gz"):
            assert running.poll() is None
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)

    assert running.returncode == 130
    assert "Traceback" not in said
    assert vendor.files.proxy.count("csv.gz") < len(FLAT)
    vendor.files.proxy.heal()
    assert ingested(command).document["failed"] == []


def _stamped(state: Path) -> list[Any]:
    sql = "select symbol, epoch_ns(open_time) from minute where symbol = 'SPY'"
    return list(Lake(state / "lake").sql(sql).rows)


def _without_transactions(lines: list[str]) -> str:
    """The rows of SPY with another count of trades each."""
    spy = [line.rstrip("\n").rpartition(",")[0] + ",9\n" for line in lines if line[:4] == "SPY,"]
    return "".join(spy)
