"""`nightshift lake`, through the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.acceptance.nights import place
from tests.cli.inside import Command, assert_refused
from tests.lake.flatfiles import minutes, write_day

MONDAY = date(2023, 1, 9)
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


@pytest.mark.parametrize("verb", ["ingest", "repair", "verify", "inventory", "gaps"])
@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_data_folder_that_is_a_file_is_one_sentence(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str, below: str
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / below))
    more = ("--source", "simulated", "--kind", "day") if verb == "ingest" else ()

    done = command("lake", verb, *more)

    assert_refused(done, 3, "expected the folder of the lake, found a file")
