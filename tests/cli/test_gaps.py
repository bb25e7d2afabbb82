"""`lake gaps` and `lake repair`, through the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from daemon.cli.gaps_view import SHADES, SPARK, spark
from daemon.cli.repair_view import told
from daemon.domain.market.scan.findings import Code, Finding, Severity
from daemon.lake.repair import Asked
from daemon.lake.wishes import Wish
from tests.acceptance.nights import place
from tests.cli.inside import Command, assert_refused
from tests.domain.market.sessions import table
from tests.lake.flatfiles import minutes, write_day

DAYS = tuple(date(2023, 1, day) for day in (9, 10, 11, 12, 13))
TEXT = '[quality]\nsources = ["files"]\nfill_minutes = 2\n'


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Commands in a place where nothing has run."""
    monkeypatch.delenv("DATA_DIR", raising=False)
    return Command(monkeypatch, capsys, place(tmp_path / "fresh", TEXT).folder / "daemon.toml")


def files(tmp_path: Path, *without: date) -> str:
    """A folder of five sessions of one symbol, but for some days."""
    chance = np.random.default_rng(1)
    for day in DAYS:
        prices = 100 + np.cumsum(chance.normal(0, 0.2, 390))
        if day not in without:
            write_day(tmp_path / "files", "minute", day, minutes("SPY", day, prices.round(4)))
    return str(tmp_path / "files")


@pytest.fixture
def holed(command: Command, tmp_path: Path) -> Command:
    """The lake lacks Wednesday; the folder has it by now."""
    source = ("lake", "ingest", "--source", "files", "--kind", "minute", "--symbols", "SPY")
    assert command(*source, "--path", files(tmp_path, DAYS[2])).code == 0
    files(tmp_path)
    return command


def test_a_missing_day_is_told_with_its_score(holed: Command) -> None:
    (told,) = holed("lake", "gaps", "--json").document["gaps"]

    assert (told["kind"], told["symbol"], told["sessions"], told["bad_sessions"]) == (
        "minute",
        "SPY",
        5,
        1,
    )
    assert (told["score"], told["refused"]) == (0.8, True)
    assert told["missing_sessions"] == ["2023-01-11"]
    assert [(one["day"], one["code"], one["severity"]) for one in told["findings"]] == [
        ("2023-01-11", "missing_day", "bad")
    ]


def test_people_see_a_line_of_days_and_what_is_wrong(holed: Command) -> None:
    told = holed("lake", "gaps").out

    assert "80.0 % refused" in told
    assert "··█··" in told
    assert "2023-01-11  bad" in told
    assert "the worst finding in it: · none, ░ info, ▒ warn, █ bad" in told


def test_repair_asks_the_source_again_and_says_what_came(holed: Command, tmp_path: Path) -> None:
    silent = holed("lake", "repair", "--json").document
    repaired = holed("lake", "repair", "--path", str(tmp_path / "files"), "--json").document

    assert silent["asked"][0]["message"].startswith("source files needs a folder")
    assert (silent["wanted"], len(silent["left"]), silent["ok"]) == (1, 1, False)
    assert [(one["source"], one["start"], one["rows"]) for one in repaired["asked"]] == [
        ("files", "2023-01-11", 390)
    ]
    assert (repaired["left"], repaired["made"], repaired["ok"]) == ([], {}, True)
    (after,) = holed("lake", "gaps", "--json").document["gaps"]
    assert (after["score"], after["findings"]) == (1.0, [])
    assert "0 symbol-days were to be mended" in holed("lake", "repair").out


def test_that_a_source_has_no_key_is_told_once_for_all_days(
    command: Command, tmp_path: Path
) -> None:
    assert command.config is not None
    words = ("lake", "ingest", "--source", "files", "--kind", "minute", "--symbols", "SPY")
    assert command(*words, "--path", files(tmp_path, DAYS[1], DAYS[3])).code == 0
    command.config.write_text(TEXT.replace('"files"', '"massive", "alpaca"'))

    said = command("lake", "repair").out

    assert said.count("massive was not asked: massive: ") == 1
    assert said.count("alpaca was not asked: alpaca: ") == 1
    assert "2 symbol-days were to be mended; 2 are left" in said


def test_a_repair_asks_in_the_order_of_the_ingestion_and_then_the_others(holed: Command) -> None:
    assert holed.config is not None
    holed.config.write_text('[ingestion]\nsources = ["tradovate", "alpaca"]\n')

    asked = holed("lake", "repair", "--json").document["asked"]

    assert [one["source"] for one in asked] == ["tradovate", "alpaca", "files", "massive"]


def test_answers_that_brought_nothing_are_one_sentence_with_each_cause_once() -> None:
    day = date(2023, 1, 11)

    def asked(symbol: str, rows: int, message: str, source: str = "files") -> Asked:
        return Asked(source, Wish("minute", (symbol,), day, day), rows, message)

    causes = [asked(f"S{k}", 0, f"cause {k % 5}") for k in range(20)]
    many = asked("A", 7, "", "massive")
    many = replace(many, wish=replace(many.wish, symbols=tuple(f"S{k}" for k in range(20))))

    assert list(told([*causes, many, asked("A", 0, "busy", "alpaca")])) == [
        "massive: 7 new minute rows of S0, S1, S2, S3, S4, S5, S6, S7 and 12 more, 2023-01-11",
        "files: nothing new for 20 requests; it said: cause 0; cause 1; cause 2; and 2 causes more",
        "alpaca: 0 new minute rows of A, 2023-01-11; it said: busy",
    ]


def test_what_a_broken_part_held_comes_back(holed: Command, tmp_path: Path) -> None:
    (part,) = (tmp_path / "fresh" / "state" / "lake" / "minute" / "SPY").glob("*.parquet")
    part.write_bytes(b"torn")

    broken = holed("lake", "gaps", "--json").document
    repaired = holed("lake", "repair", "--path", str(tmp_path / "files"), "--json").document

    assert [one["symbol"] for one in broken["broken"]] == ["SPY"]
    assert [one["file"] for one in repaired["problems"]] == [part.name]
    assert sum(one["rows"] for one in repaired["asked"]) == 5 * 390
    assert holed("lake", "verify").code == 0


def test_a_severity_and_a_source_that_do_not_exist_are_refused(
    holed: Command, tmp_path: Path
) -> None:
    assert_refused(holed("lake", "gaps", "--severity", "wrn"), 2, 'did you mean "warn"?')
    (tmp_path / "fresh" / "daemon.toml").write_text('[quality]\nsources = ["fils"]\n')
    assert_refused(holed("lake", "repair"), 2, 'did you mean "files"?')


def test_an_empty_lake_says_so(command: Command) -> None:
    assert command("lake", "gaps").out == "There are no bars to scan.\n"
    assert command("lake", "gaps", "--json").document == {"gaps": [], "broken": []}


def test_a_spark_is_as_dark_as_the_worst_day_of_each_stretch() -> None:
    grid = table([390] * 400)
    first = int(grid.session_date[0])

    def finding(session: int, severity: Severity) -> Finding:
        return Finding(first + session, Code.SPIKE, severity, 1, "")

    drawn = spark([finding(0, Severity.INFO), finding(399, Severity.BAD)], grid)
    both = spark([finding(5, Severity.BAD), finding(6, Severity.WARN)], grid)

    assert len(drawn) == SPARK
    assert (drawn[0], drawn[1], drawn[-1]) == (SHADES[1], SHADES[0], SHADES[3])
    assert both[0] == SHADES[3]
    assert spark([], grid.rows(0, 0)) == ""
    assert spark([finding(2, Severity.WARN)], grid.rows(0, 3)) == "··▒"
