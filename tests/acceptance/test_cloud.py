"""Nights bred by the swarm in the cloud, through a local service that speaks its protocol."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from plugins.anthropic_swarm.prices import KNOWN, counted
from tests.acceptance.nights import SMALL_MARKET, Place, comparable, content, place
from tests.servers.anthropic import KEY, AnthropicServer
from tests.servers.faults import FaultyServer

NIGHT = ("--seed", "7", "--evaluations", "45")
CLOUD = """
[recruiter]
swarm = "anthropic"
pool_target = 12

[anthropic_swarm]
base_url = "{url}"
poll_s = 0.01
dollars_per_day = 100.0
dollars_per_month = 100.0
"""


@contextmanager
def cloudy(folder: Path) -> Iterator[tuple[Place, AnthropicServer]]:
    """A place whose nights ask a service of its own."""
    vendor = AnthropicServer()
    with FaultyServer(vendor) as server:
        yield place(folder, SMALL_MARKET + CLOUD.format(url=server.url)), vendor


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def rows(here: Place, query: str) -> list[tuple[Any, ...]]:
    """Of the night's database, which is not made by asking."""
    address = f"file:{here.state / 'rehearsal.db'}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        return connection.execute(query).fetchall()


def same(here: Place) -> dict[str, Any]:
    """What a night wrote, without what the service called it."""
    kept = content(here.state)
    for row in kept["mutation"]:
        row.pop("handle")
    return kept


def kill_after(here: Place, calls: int) -> None:
    """Starts the night and kills it once so many calls are in the books."""
    process = subprocess.Popen(
        here.command("night", *NIGHT), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while True:
        try:
            found = rows(here, "SELECT count(*) FROM call")[0][0]
        except sqlite3.OperationalError:
            found = 0
        if found >= calls:
            break
        assert process.poll() is None, "the night ended before it was killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_three_generations_killed_in_between_end_as_if_undisturbed_and_nothing_is_paid_twice(
    tmp_path: Path,
) -> None:
    price = KNOWN["claude-sonnet-5-5"]
    with cloudy(tmp_path / "calm") as (here, vendor):
        document = here.document("night", *NIGHT)
        calm, bills = same(here), len(vendor.billed)
    generations = {m["generation"] for m in calm["mutation"] if m["swarm"] == "anthropic"}
    operators = {g["operator"] for g in calm["genome"]} - {"seed"}
    assert len(generations) >= 3
    assert operators <= {
        "new_idea",
        "fix_worst",
        "simplify",
        "cross_ideas",
        "new_exit",
        "convexity",
    }

    with cloudy(tmp_path / "harried") as (harried, vendor):
        for calls in (1, 13):
            kill_after(harried, calls)
        continued = harried.document("night", *NIGHT)
        spent = sum(row[0] for row in rows(harried, "SELECT spent FROM call"))
        states = {row[0] for row in rows(harried, "SELECT state FROM call")}

    assert comparable(continued) == comparable(document)
    assert same(harried) == calm
    assert max(Counter(bill.name for bill in vendor.billed).values()) == 1
    assert len(vendor.billed) == bills
    assert states == {"answered"}
    assert spent == sum(price.of(counted(dict(bill.usage))) for bill in vendor.billed)
