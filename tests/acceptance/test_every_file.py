"""Every real flat file from a local bucket into one lake: killed, carried on, twice, then examined.

Takes some minutes; part of `make soak`.
"""

from __future__ import annotations

import csv
import gzip
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.plugin.flatfiles.layout import PREFIXES
from tests.acceptance.massive import leftovers
from tests.acceptance.nights import Place, place
from tests.servers.faults import FaultyServer
from tests.servers.massive_rest import KEY, MassiveRest, Row
from tests.servers.s3 import Store, store

pytestmark = [pytest.mark.market, pytest.mark.slow, pytest.mark.timeout(1800)]
ROWS = {
    "minute": 3_257_669,
    "day": 304_860,
    "trades": 2_793_812,
    "quotes": 2_907_223,
    "option_minute": 1_040_218,
    "option_day": 12_044,
    "option_trades": 95_621,
    "option_quotes": 449_357,
}
"""By kind, as the folder's README counts them."""
REPAIRED = "SPY,AAPL,IBM"
EVENTS = {
    "splits": ("ticker", "execution_date", "split_from", "split_to"),
    "dividends": ("ticker", "ex_dividend_date", "cash_amount"),
}


@pytest.fixture
def bucket() -> Iterator[Store]:
    with store("flatfiles") as made:
        yield made


@pytest.fixture
def here(
    bucket: Store, market_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """A place whose owner has all keys of a vendor that has every file."""
    for name in ("MASSIVE_AWS_ACCESS_KEY", "MASSIVE_AWS_SECRET_KEY"):
        monkeypatch.setenv(name, "tests")
    monkeypatch.setenv("MASSIVE_API_KEY", KEY)
    monkeypatch.delenv("DATA_DIR", raising=False)
    known = MassiveRest(
        page=1000,
        splits=events(market_folder, "splits"),
        dividends=events(market_folder, "dividends"),
    )
    with FaultyServer(known) as rest:
        addresses = f'endpoint = "{bucket.url}"\nrest_url = "{rest.url}"\nrest_days = 0\n'
        yield place(tmp_path / "place", f'[massive]\n{addresses}[quality]\nsources = ["massive"]\n')


def events(market: Path, kind: str) -> list[Row]:
    """Real splits or dividends as REST gives them."""
    text = gzip.decompress((market / "reference" / f"{kind}.csv.gz").read_bytes()).decode()
    ticker, day, *numbers = EVENTS[kind]
    return [
        {ticker: row[ticker], day: row[day], **{name: float(row[name]) for name in numbers}}
        for row in csv.DictReader(text.splitlines())
    ]


def words(kind: str) -> tuple[str, ...]:
    """Up to a day long past: for the days since the last file REST would be asked."""
    until = ("--end", "2026-10-31")
    return ("--source", "massive", "--kind", kind, "--symbols", "all", *until, "--json")


def killed(here: Place, bucket: Store, kind: str, after: int) -> None:
    """An ingestion that ends by kill -9 once so many files were fetched."""
    with subprocess.Popen(
        here.command("lake ingest", *words(kind)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        while bucket.proxy.count(f"{PREFIXES[kind]}.*csv.gz") < after:
            assert running.poll() is None
            time.sleep(0.02)
        running.kill()


def test_every_file_of_every_kind_comes_in_once_and_whole(
    here: Place, bucket: Store, market_folder: Path, record_property: pytest.RecordProperty
) -> None:
    for kind, prefix in PREFIXES.items():
        files = sorted((market_folder / "flatfiles" / prefix).rglob("*.csv.gz"))
        root = market_folder / "flatfiles"
        bucket.put({str(path.relative_to(root)): path.read_bytes() for path in files})
        killed(here, bucket, kind, 1 + len(files) // 3)

        first = here.document("lake ingest", *words(kind)[:-1])
        asked = bucket.proxy.count("csv.gz")
        second = here.document("lake ingest", *words(kind)[:-1])

        assert (first["parts"] + first["skipped"], first["failed"]) == (len(files), [])
        assert (second["parts"], second["skipped"], second["rows"]) == (0, len(files), 0)
        assert bucket.proxy.count("csv.gz") == asked
        assert leftovers(here.state) == []
        record_property(f"{kind}, seconds", f"{first['seconds']:.1f}, {second['seconds']:.1f}")

    held: Counter[str] = Counter()
    for dataset in here.document("lake inventory")["datasets"]:
        held[dataset["kind"]] += dataset["rows"]
    scanned = here.document("lake gaps")
    repaired = here.document("lake repair", "--symbols", REPAIRED)
    again = here.document("lake repair", "--symbols", REPAIRED)

    assert {kind: held[kind] for kind in ROWS} == ROWS
    assert held["splits"] > 60
    assert held["dividends"] > 3_000
    assert scanned["broken"] == []
    assert {one["source"] for one in repaired["asked"]} == {"massive"}
    assert [repaired[name] for name in ("problems", "made", "replaced")] == [[], {}, []]
    assert (again["wanted"], again["left"]) == (repaired["wanted"], repaired["left"])
    assert sum(one["rows"] for one in [*repaired["asked"], *again["asked"]]) == 0
    assert here.document("lake verify")["ok"]
    assert {one["symbol"] for one in repaired["left"]} <= {*REPAIRED.split(",")}
