"""`nightshift lake`, through the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.acceptance.nights import place
from tests.cli.inside import Command, assert_refused
from tests.lake.flatfiles import TRADE_HEADER, minutes, trades, write_day

MONDAY, TUESDAY, WEDNESDAY = (date(2023, 1, day) for day in (9, 10, 11))
TEXT = """
[simulated]
symbols = ["SIMA", "SIMB"]
years = 1
"""


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Commands in a place where nothing has run."""
    monkeypatch.delenv("DATA_DIR", raising=False)
    return Command(monkeypatch, capsys, place(tmp_path / "fresh", TEXT).folder / "daemon.toml")


def test_tickers_of_the_default_list_that_the_files_lack_are_a_note(
    command: Command, tmp_path: Path
) -> None:
    rows = [*minutes("SPY", MONDAY, [9, 9]), *minutes("ABC", MONDAY, [5])]
    write_day(tmp_path / "files", "minute", MONDAY, rows)
    source = ("--source", "files", "--kind", "minute", "--path", str(tmp_path / "files"))

    done = command("lake", "ingest", *source, "--json")
    chosen = command("lake", "ingest", *source, "--symbols", "SPY,QQQ", "--json")

    assert done.code == 0
    assert done.document["failed"] == []
    assert any("no minute bars of QQQ, IWM" in note for note in done.document["notes"])
    assert chosen.code == 1
    assert [failed["part"] for failed in chosen.document["failed"]] == ["QQQ"]


def test_the_simulated_source_brings_its_own_tickers(command: Command) -> None:
    done = command("lake", "ingest", "--source", "simulated", "--kind", "day", "--json")

    held = command("lake", "inventory", "--json").document["datasets"]
    assert (done.code, done.document["failed"]) == (0, [])
    assert [dataset["symbol"] for dataset in held] == ["SIMA", "SIMB"]


def with_trades(command: Command, folder: Path, day: date, symbols: str = "SPY") -> None:
    """Brings a day of trades into the lake, one in each of three minutes for every symbol."""
    lines = [line for one in symbols.split(",") for line in trades(one, day, [9, 10, 11])]
    write_day(folder, "trades", day, lines, TRADE_HEADER)
    source = ("--source", "files", "--kind", "trades", "--path", str(folder))
    assert command("lake", "ingest", *source, "--symbols", symbols).code == 0


def test_bars_of_trades_are_made_once_and_told_like_an_ingestion(
    command: Command, tmp_path: Path
) -> None:
    with_trades(command, tmp_path / "files", MONDAY, "SPY,QQQ")
    again = ("lake", "bars", "--symbols", "SPY", "--start", str(MONDAY), "--end", str(MONDAY))

    first = command("lake", "bars", "--json")
    second = command(*again, "--json").document
    daily = command("lake", "bars", "--kind", "day")

    told = first.document
    assert (first.code, told["parts"], told["rows"], told["skipped"]) == (0, 2, 6, 0)
    assert (told["failed"], second["parts"], second["rows"], second["skipped"]) == ([], 0, 0, 1)
    assert daily.out.startswith("2 parts with 2 rows in ")
    held = command("lake", "inventory", "--json").document["datasets"]
    bars = [one for one in held if one["kind"] == "minute"]
    assert [(one["symbol"], one["rows"]) for one in bars] == [("QQQ", 3), ("SPY", 3)]
    assert [origin["text"] for one in bars for origin in one["origins"]] == ["trades"] * 2


def test_a_minute_file_that_comes_later_takes_the_place_of_made_bars(
    command: Command, tmp_path: Path
) -> None:
    with_trades(command, tmp_path / "files", MONDAY)
    command("lake", "bars")
    write_day(tmp_path / "files", "minute", MONDAY, minutes("SPY", MONDAY, [50, 51, 52]))

    source = ("--source", "files", "--kind", "minute", "--path", str(tmp_path / "files"))
    assert command("lake", "ingest", *source, "--symbols", "SPY").code == 0

    closes = command("lake", "sql", "select close from minute order by open_time", "--json")
    assert [row["close"] for row in closes.document] == [50, 51, 52]
    assert command("lake", "bars", "--json").document["rows"] == 0


def test_bars_of_a_symbol_without_trades_are_refused(command: Command, tmp_path: Path) -> None:
    nothing = command("lake", "bars")
    with_trades(command, tmp_path / "files", MONDAY)

    assert_refused(nothing, 3, "no trades of any symbol")
    assert_refused(command("lake", "bars", "--symbols", "SPY,XYZ"), 3, "no trades of XYZ")
    small = command("lake", "bars", "--symbols", "spy")
    assert_refused(small, 3, "no trades of spy", "did you mean SPY?")
    late = command("lake", "bars", "--start", str(TUESDAY))
    assert_refused(late, 3, "any symbol between 2023-01-10 and today")
    assert_refused(command("lake", "bars", "--kind", "trades"), 2, "no kind 'trades'")


def test_repair_makes_a_missing_day_of_its_trades(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    for day in (MONDAY, WEDNESDAY):
        write_day(folder, "minute", day, minutes("SPY", day, [9] * 60))
    source = ("--source", "files", "--kind", "minute", "--path", str(folder))
    assert command("lake", "ingest", *source, "--symbols", "SPY").code == 0
    with_trades(command, folder, TUESDAY)

    done = command("lake", "repair", "--symbols", "SPY", "--path", str(folder), "--json")

    (made,) = [one for one in done.document["asked"] if one["source"] == "trades"]
    assert (made["kind"], made["start"], made["rows"]) == ("minute", "2023-01-10", 3)
    assert done.document["made"] == {}


@pytest.mark.parametrize("verb", ["ingest", "bars", "repair", "verify", "inventory", "gaps"])
@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_data_folder_that_is_a_file_is_one_sentence(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, below: str
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / below))
    more = ("--source", "simulated", "--kind", "day") if verb == "ingest" else ()

    done = command("lake", verb, *more)

    assert_refused(done, 3, "expected the folder of the lake, found a file")
