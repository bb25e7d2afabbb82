"""Broken data and wrong words: one sentence, the right code, what was good is kept."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.inside import Command, Done, assert_refused
from tests.lake.flatfiles import HEADER, MINUTE, line, minutes, opening, write_day

MONDAY, TUESDAY = date(2023, 1, 9), date(2023, 1, 10)
GENOME = '"""Always long."""\n\n\ndef signal(bars, p):\n    return bars.close * 0.0 + 1.0\n'


def ingested(command: Command, root: Path, *words: str) -> Done:
    source = ("lake", "ingest", "--source", "files", "--kind", "minute", "--path", str(root))
    return command(*source, "--symbols", "all", *words, "--json")


def rows(command: Command) -> dict[str, int]:
    held = command("lake", "inventory", "--json").document["datasets"]
    return {dataset["symbol"]: dataset["rows"] for dataset in held}


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    """A good Monday of A and B."""
    root = tmp_path / "files"
    write_day(root, "minute", MONDAY, [*minutes("A", MONDAY, [9, 9]), *minutes("B", MONDAY, [5])])
    return root


T0 = opening(TUESDAY)
BROKEN = {
    "a broken row": (["A,100,1,oops,3,1," + str(T0) + ",7"], "oops"),
    "a price of zero": (
        ["A,100,0,10,11,0," + str(T0) + ",7"],
        "expected a number above 0, found 0",
    ),
    "a price below zero": (["A,100,9,-10,11,8," + str(T0) + ",7"], "found -10"),
    "a time twice": ([line("A", T0, 9), line("A", T0, 9)], "expected a time after"),
    "times out of order": ([line("A", T0 + MINUTE, 9), line("A", T0, 9)], "expected a time after"),
    "a row cut short": (["A,100,9"], "line 2"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_symbol_costs_itself_only(
    what: str, fresh: Callable[..., Command], flat: Path
) -> None:
    command = fresh()
    broken, words = BROKEN[what]
    path = write_day(flat, "minute", TUESDAY, [*broken, *minutes("B", TUESDAY, [6, 7])])

    done = ingested(command, flat)

    assert done.code == 1
    (failed,) = done.document["failed"]
    assert words in failed["message"]
    assert path.name in failed["message"]
    assert rows(command) == {"A": 2, "B": 3}
    assert command("lake", "verify").code == 0
    people = command("lake", "ingest", "--source", "files", "--kind", "minute", "--path", str(flat))
    assert "Traceback" not in people.err


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def no_gzip(path: Path) -> None:
    path.write_bytes(b"ticker,open\n")


def without_close(path: Path) -> None:
    text = gzip.decompress(path.read_bytes()).decode().replace(HEADER, HEADER.replace("close,", ""))
    path.write_bytes(gzip.compress(text.encode()))


@pytest.mark.parametrize(
    ("spoil", "words"), [(truncated, "gzip"), (no_gzip, "gzip"), (without_close, "close")]
)
def test_a_broken_file_costs_itself_only_and_is_read_once_it_is_mended(
    spoil: Callable[[Path], None], words: str, fresh: Callable[..., Command], flat: Path
) -> None:
    command = fresh()
    path = write_day(flat, "minute", TUESDAY, minutes("A", TUESDAY, [6, 7]))
    good = path.read_bytes()
    spoil(path)

    done = ingested(command, flat)
    kept = rows(command)
    path.write_bytes(good)
    again = ingested(command, flat)

    assert done.code == 1
    (failed,) = done.document["failed"]
    assert words in failed["message"]
    assert path.name in failed["message"]
    assert kept == {"A": 2, "B": 1}
    assert again.code == 0
    assert rows(command) == {"A": 4, "B": 1}


def test_an_ingestion_twice_changes_nothing(fresh: Callable[..., Command], flat: Path) -> None:
    command = fresh()
    first, second = ingested(command, flat).document, ingested(command, flat).document

    assert (first["parts"], first["rows"], first["skipped"]) == (1, 3, 0)
    assert (second["parts"], second["rows"], second["skipped"]) == (0, 0, 1)


@pytest.mark.parametrize(
    "words",
    [
        ("--date", "2023-01-11"),
        ("--start", "2024-01-01"),
        ("--start", "2023-01-10", "--end", "2023-01-09"),
    ],
)
def test_a_range_without_files_brings_nothing_in(
    words: tuple[str, ...], fresh: Callable[..., Command], flat: Path
) -> None:
    done = ingested(fresh(), flat, *words)

    assert done.code in {2, 3}
    assert_refused(done, done.code, "expected" if done.code == 2 else "no minute bars")


def test_a_symbol_without_data_is_named_beside_what_came_in(
    fresh: Callable[..., Command], flat: Path
) -> None:
    command = fresh()
    source = ("lake", "ingest", "--source", "files", "--kind", "minute", "--path", str(flat))

    done = command(*source, "--symbols", "A,ZZZ", "--json")

    assert done.code == 1
    assert [failed["part"] for failed in done.document["failed"]] == ["ZZZ"]
    assert rows(command) == {"A": 2}


def test_an_unknown_kind_is_refused(fresh: Callable[..., Command], flat: Path) -> None:
    command = fresh()
    source = ("lake", "ingest", "--source", "files", "--path", str(flat))

    assert_refused(command(*source, "--kind", "minutes"), 2, 'did you mean "minute"?')


def test_a_full_disk_is_code_three_and_what_was_written_is_whole(
    small_disk: Path, fresh: Callable[..., Command], tmp_path: Path
) -> None:
    command = fresh(f'[lake]\npath = "{small_disk}/lake"\ndisk_wait_s = 0\n')
    root = tmp_path / "files"
    many = [f"S{k:03d}" for k in range(150)]
    write_day(root, "minute", MONDAY, [x for s in many for x in minutes(s, MONDAY, range(9, 60))])

    done = ingested(command, root)

    assert_refused(done, 3, "no room left on the disk")
    assert command("lake", "verify", "--json").document["ok"]
    assert [p for p in (small_disk / "lake" / ".temporary").rglob("*") if p.is_file()] == []


def test_a_full_disk_under_the_state_is_code_three(
    small_disk: Path, rested: Command, tmp_path: Path
) -> None:
    genome = tmp_path / "long.py"
    genome.write_text(GENOME)
    (small_disk / "filler").write_bytes(b"x" * 1_000_000)
    assert rested.config is not None
    lake = rested.config.parent / "state" / "lake"
    rested.config.write_text(rested.config.read_text() + f'[lake]\npath = "{lake}"\n')

    done = rested("backtest", str(genome), "--state", str(small_disk / "state"))

    assert_refused(done, 3)


def test_a_symbol_the_files_lack_is_named_once(fresh: Callable[..., Command], flat: Path) -> None:
    words = ("--source", "files", "--kind", "minute", "--path", str(flat), "--symbols", "A,META,b")

    done = fresh()("lake", "ingest", *words)

    assert done.code == 1
    assert "  META: source files has no minute bars" in done.out
    assert done.out.count("META") == 1
    assert "another ticker then, check its name; did you mean B?" in done.out


def test_a_broken_file_is_named_once(fresh: Callable[..., Command], flat: Path) -> None:
    path = write_day(flat, "minute", TUESDAY, ["A,100,9"])
    words = ("--source", "files", "--kind", "minute", "--path", str(flat), "--symbols", "all")

    done = fresh()("lake", "ingest", *words)

    assert done.out.count(path.name) == 1


def test_small_letters_are_met_with_a_suggestion(
    fresh: Callable[..., Command], flat: Path, rested: Command, tmp_path: Path
) -> None:
    (tmp_path / "long.py").write_text(GENOME)
    source = ("lake", "ingest", "--source", "files", "--kind", "minute", "--path", str(flat))
    genome = str(tmp_path / "long.py")

    assert_refused(fresh()(*source, "--symbols", "a"), 3, "did you mean A?")
    assert_refused(rested("backtest", genome, "--symbols", "sima"), 3, "did you mean SIMA?")
    varied = Path(__file__).parents[2] / "genomes" / "seeds" / "moving_average_cross.py"
    grid = ("--grid", "fast=5,10", "--symbols", "simb,SIMA")
    assert_refused(rested("sweep", str(varied), *grid), 3, "did you mean SIMB?")
    upper = rested("backtest", genome, "--symbols", "SPX")
    assert "did you mean" not in upper.err


@pytest.mark.parametrize("empty", ["", " , "])
def test_no_symbols_at_all_is_no_way_to_say_all(
    empty: str, rested: Command, flat: Path, tmp_path: Path
) -> None:
    (tmp_path / "long.py").write_text(GENOME)
    source = ("lake", "ingest", "--source", "files", "--kind", "minute", "--path", str(flat))

    for words in (("backtest", str(tmp_path / "long.py")), ("lake", "gaps"), source):
        assert_refused(rested(*words, "--symbols", empty), 2, "--symbols names no ticker; expected")


DATES = ("--start", "2015-07-02", "--end", "2014-12-01")
LATER = ("lake", "ingest", "--source", "files", "--kind", "minute", *DATES)
CANNOT: dict[str, tuple[int, tuple[str, ...], str]] = {
    "stage": (2, ("genomes", "list", "--stage", "screend"), 'did you mean "screened"?'),
    "genome": (2, ("genomes", "show", "zzzz"), 'begins with "zzzz"'),
    "export": (3, ("genomes", "export", "{id}", "--to", "{genome}/x"), "cannot write "),
    "page": (3, ("briefing", "--html", "{genome}/page.html"), "cannot write "),
    "day": (3, ("briefing", "--date", "2001-01-01"), "there is no briefing of 2001-01-01"),
    "dates": (2, LATER, "--start 2015-07-02 lies after --end 2014-12-01"),
    "gaps": (3, ("lake", "gaps", "--symbols", "SPYY,SIMA"), "no bars of SPYY"),
    "sql": (2, ("lake", "sql", "select * from nope"), "nope"),
    "no folder": (3, ("night", "--state", "{genome}/x"), "cannot use the state folder"),
    "no daemon": (3, ("run", "--once", "--state", "{genome}/x"), "cannot use the state folder"),
    "grid": (2, ("sweep", "{genome}", "--grid", "a="), "--grid a=: expected NAME=NUMBER,NUMBER"),
    "axis": (2, ("sweep", "{genome}", "--grid", "a=1", "--grid", "a=2"), "a is there twice"),
    "param": (2, ("backtest", "{genome}", "--param", "a"), "--param a: expected NAME=NUMBER"),
    "nan": (2, ("backtest", "{genome}", "--param", "a=nan"), 'was "nan"'),
    "no name": (1, ("backtest", "{genome}", "--param", "a=1"), 'no parameter "a"; it has: none'),
    "report": (3, ("backtest", "{genome}", "--report", "{genome}/x"), "cannot write the report"),
    "nothing there": (3, ("genomes", "list", "--state", "{empty}"), "nothing has run yet in"),
    "no briefing": (3, ("briefing", "--state", "{empty}"), "nothing has run yet in"),
}


@pytest.mark.parametrize("what", CANNOT)
def test_what_cannot_be_done_is_one_sentence(what: str, rested: Command, tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text(GENOME)
    code, words, sentence = CANNOT[what]
    known: dict[str, Any] = {"genome": tmp_path / "long.py", "empty": tmp_path / "empty", "id": ""}
    if "{id}" in words:
        known["id"] = rested("genomes", "list", "--json").document[0]["id"]

    assert_refused(rested(*(word.format(**known) for word in words)), code, sentence)

    assert not (tmp_path / "empty").exists()


def test_init_says_where_it_cannot_write(fresh: Callable[..., Command]) -> None:
    command = fresh()
    assert command.config is not None
    plain = Command(command.monkeypatch, command.capsys)

    assert_refused(plain("init", str(command.config / "x")), 3, "cannot write ")


def test_init_leaves_a_configuration_alone(fresh: Callable[..., Command]) -> None:
    command = fresh("[night]\nseed = 9\n")
    assert command.config is not None
    plain = Command(command.monkeypatch, command.capsys)

    assert_refused(plain("init", str(command.config.parent)), 2, "exists already")
    assert command.config.read_text() == "[night]\nseed = 9\n"


def test_the_check_of_a_configuration_names_each_error_once(fresh: Callable[..., Command]) -> None:
    command = fresh('[nigth]\nx = 1\n[daemon]\ntimezone = "Mars"\n[evaluation]\nfriction = "x"\n')

    told, documented = command("config", "check"), command("config", "check", "--json")

    assert (told.code, documented.code) == (2, 2)
    assert told.out.count("nigth") == 1
    assert 'nigth: unknown table; did you mean "night"?' in told.out
    assert {e["key"] for e in documented.document["errors"]} == {"nigth", "daemon.timezone"}
    keys = {"key", "message", "suggestion", "place"}
    assert all(set(e) == keys for e in documented.document["errors"])
    assert {e["place"] for e in documented.document["errors"]} == {str(command.config)}


def test_a_wrong_profile_stops_a_night_before_anything_is_made(
    fresh: Callable[..., Command],
) -> None:
    command = fresh('[evaluation]\nfriction = "retial"\n')
    assert command.config is not None

    assert_refused(command("night"), 2, "evaluation.friction", 'did you mean "retail"?')

    state = command.config.parent / "state"
    assert [p.name for p in state.iterdir() if p.suffix == ".db" or p.name == "lake"] == []


def test_a_bug_shows_where_it_is_and_what_to_report(
    rested: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise AssertionError("a table fell over")

    monkeypatch.setattr("daemon.supervisor.health.read_status", broken)

    done = rested("status")

    assert done.code == 70
    assert "Traceback" in done.err
    assert "this is a bug in Night Shift; please report" in done.err
