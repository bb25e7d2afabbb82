"""The README's path on real flat files: ingest, look, backtest, one short night."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.nights import Place, place

pytestmark = pytest.mark.market
SIX = "SPY,QQQ,IWM,DIA,AAPL,FB"
ROWS = 336_867
METRICS = {
    "total_return",
    "cagr",
    "sharpe",
    "sortino",
    "convexity",
    "max_drawdown",
    "calmar",
    "volatility",
    "exposure",
    "turnover",
    "trades",
    "win_rate",
    "profit_factor",
    "expectancy",
    "sqn",
    "fees",
    "final_equity",
    "fitness",
    "ambiguous_share",
}
TRADE = {
    "symbol",
    "side",
    "quantity",
    "entry_time",
    "entry_price",
    "exit_time",
    "exit_price",
    "pnl",
    "fees",
    "reason",
}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, market_folder: Path) -> tuple[Place, Any]:
    """A place with the minutes of six symbols, and what the ingestion said."""
    here = place(tmp_path_factory.mktemp("real"), "")
    source = ("--source", "files", "--kind", "minute", "--path", str(market_folder))
    dates = ("--start", "2014-12-01", "--end", "2015-07-02")
    return here, here.document("lake ingest", *source, "--symbols", SIX, *dates)


def backtest(here: Place, seed: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return here.run("backtest", str(seed), "--symbols", SIX, "--json", *words)


def test_the_lake_holds_every_row(real: tuple[Place, Any]) -> None:
    here, told = real

    held = here.document("lake inventory")["datasets"]

    assert told["failed"] == []
    assert sum(d["rows"] for d in held if d["kind"] == "minute") == ROWS
    assert {d["symbol"] for d in held if d["kind"] == "minute"} == set(SIX.split(","))
    assert here.document("lake verify")["ok"]


def test_a_backtest_has_every_key_and_the_same_bytes_twice(
    real: tuple[Place, Any], repository: Path
) -> None:
    seed = repository / "genomes" / "seeds" / "opening_range_breakout.py"

    first, second = backtest(real[0], seed), backtest(real[0], seed)

    assert first.returncode == 0, first.stderr
    document = json.loads(first.stdout)
    assert without_seconds(first.stdout) == without_seconds(second.stdout)
    assert set(document) >= {
        "genome",
        "data",
        "engine",
        "seconds",
        "metrics",
        "trades",
        "equity",
        "trade_hash",
    }
    assert set(document["genome"]) >= {"name", "hash"}
    assert set(document["data"]) >= {"symbols", "timeframe", "start", "end", "bars", "hash"}
    assert set(document["engine"]) >= {"version", "friction"}
    assert set(document["metrics"]) >= METRICS
    assert document["data"]["simulated"] is False
    assert document["data"]["start"] == "2014-12-01"
    assert document["data"]["end"] == "2015-07-02"
    assert document["trades"]
    assert all(set(trade) >= TRADE for trade in document["trades"])
    assert document["equity"][-1][1] == pytest.approx(document["metrics"]["final_equity"])


def without_seconds(text: str) -> str:
    before, _, rest = text.partition('"seconds": ')
    return before + rest.partition(",")[2]


def test_a_night_on_it_is_real_and_says_so(real: tuple[Place, Any]) -> None:
    here, _ = real

    night = here.document("night", "--evaluations", "25", "--seed", "7")
    briefing = here.document("briefing")
    told = here.run("briefing").stdout

    assert night["evaluations"] == 25
    assert night["best"]
    assert (here.state / "nightshift.db").is_file()
    assert "S I M U L A T E D" not in told
    assert briefing["simulation"] == ""
    page = Path(night["briefing"]).read_text()
    assert "<title>" in page
    assert "S I M U L A T E D" not in page
