"""`lake now` and the snapshots of option chains, through the command line on a local vendor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.nights import place
from tests.cli.inside import Command, assert_refused
from tests.servers.faults import Fault, FaultyServer
from tests.servers.massive_rest import KEY, MassiveRest

STAMP = 1_704_811_800_123_456_789  # 2024-01-09 14:50:00 UTC
QUOTE = {"T": "SPY", "p": 475.5, "s": 300, "P": 475.52, "S": 200, "t": STAMP}
CONTRACT = {
    "details": {"ticker": "O:SPY300119C00470000"},
    "open_interest": 12,
    "greeks": {"delta": 0.5},
    "last_quote": {"bid": 2.4, "bid_size": 1, "ask": 2.6, "ask_size": 1},
}


@pytest.fixture
def rest() -> Iterator[tuple[MassiveRest, FaultyServer]]:
    """A market that is open, a holiday, and one quote."""
    known = MassiveRest(
        market={
            "market": "open",
            "serverTime": "2024-01-09T09:50:00-05:00",
            "exchanges": {"nyse": "open"},
        },
        holidays=[
            {"date": "2024-07-04", "exchange": name, "name": "Independence", "status": "closed"}
            for name in ("NYSE", "NASDAQ")
        ],
        quotes={"SPY": QUOTE},
        chains={"SPY": [CONTRACT]},
    )
    with FaultyServer(known) as server:
        yield known, server


@pytest.fixture
def command(
    rest: tuple[MassiveRest, FaultyServer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
) -> Command:
    """Commands of an owner with a key of REST."""
    monkeypatch.setenv("MASSIVE_API_KEY", KEY)
    text = f'[massive]\nrest_url = "{rest[1].url}"\nattempts = 1\n'
    here = place(tmp_path / "massive", text)
    return Command(monkeypatch, capsys, here.folder / "daemon.toml")


def test_the_market_of_now_is_shown_in_words_and_as_a_document(command: Command) -> None:
    told, documented = command("lake", "now", "SPY"), command("lake", "now", "SPY", "--json")

    assert told.code == documented.code == 0, told.err
    assert "massive: the market is open (2024-01-09 14:50 UTC)." in told.out
    assert "Next: 2024-07-04 Independence, closed." in told.out
    assert "475.520" in told.out
    assert "2024-01-09 14:50:00" in told.out
    document = documented.document
    assert (document["source"], document["market"]) == ("massive", "open")
    assert [one["exchange"] for one in document["holidays"]] == ["NYSE", "NASDAQ"]
    assert document["quotes"][0]["at"] == STAMP
    assert document["failed"] == []


def test_without_symbols_no_quote_is_asked_for(
    command: Command, rest: tuple[MassiveRest, FaultyServer]
) -> None:
    assert command("lake", "now").code == 0
    assert rest[1].count("/v2/last") == 0


def test_a_symbol_without_a_quote_is_told_beside_the_others(command: Command) -> None:
    done = command("lake", "now", "spy,SPY", "--json")

    assert done.code == 1
    assert [one["symbol"] for one in done.document["quotes"]] == ["SPY"]
    assert done.document["failed"][0]["symbol"] == "spy"


def test_where_nobody_can_tell_one_sentence_says_why(
    command: Command, rest: tuple[MassiveRest, FaultyServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    rest[1].fail("/v1/marketstatus", Fault("status", status=500), None)
    assert_refused(command("lake", "now"), 3, "massive")

    monkeypatch.delenv("MASSIVE_API_KEY")
    assert_refused(command("lake", "now"), 3, "MASSIVE_API_KEY")


def test_a_chain_is_ingested_and_answers_questions(command: Command) -> None:
    wanted = ("--source", "massive", "--symbols", "SPY", "--json")

    chain = command("lake", "ingest", "--kind", "option_chains", *wanted)
    interest = command("lake", "ingest", "--kind", "option_open_interest", *wanted)
    asked = "select symbol, strike, bid_price, delta from option_chains"

    assert (chain.code, chain.document["rows"], chain.document["failed"]) == (0, 1, [])
    assert (interest.code, interest.document["rows"]) == (0, 1)
    assert command("lake", "sql", asked, "--json").document == [
        {"symbol": "SPY", "strike": 470.0, "bid_price": 2.4, "delta": 0.5}
    ]
    kinds = [one["kind"] for one in command("lake", "inventory", "--json").document["datasets"]]
    assert kinds == ["option_chains", "option_open_interest"]
