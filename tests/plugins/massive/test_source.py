"""The source: which way each day comes, what it says of itself, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from loguru import logger

from daemon.domain.market.kinds import Rank
from daemon.errors import BadDataError, UsageError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.room import Budget, Room, Surroundings
from daemon.plugin.flatfiles.layout import key_of
from daemon.plugin.roles import Request
from plugins.massive import download
from plugins.massive.download import FETCHED, TEMPORARY
from tests.fakes import FakeClock
from tests.lake.flatfiles import minutes
from tests.plugins.massive.conftest import Massive, Quick
from tests.plugins.massive.samples import (
    BY_REST,
    FLAT,
    SYMBOLS,
    days_of,
    filled,
    flat_files,
    milliseconds,
    rows_of,
    text,
)
from tests.servers.massive_rest import MassiveRest, bar

REQUEST = Request("minute", SYMBOLS)


@pytest.fixture
def both(massive: Massive, rest: MassiveRest) -> Massive:
    """Three days as flat files, two by REST."""
    return filled(massive, rest)


def test_listed_days_come_as_files_and_the_days_since_by_rest(both: Massive) -> None:
    parts = both.source().parts(REQUEST)

    assert days_of(list(parts)) == [
        *(("flat", str(day)) for day in FLAT),
        *(("rest", str(day)) for day in BY_REST),
    ]
    assert parts[-2].stamp == "final"
    assert parts[-1].stamp == "at 2024-01-09T20:00Z"
    assert [part.asked for part in parts] == [False] * len(FLAT) + [True] * len(BY_REST)


def test_rows_tell_the_way_they_came_and_how_much_they_are_believed(both: Massive) -> None:
    batches = rows_of(both.source(), REQUEST)

    flat = [b for b in batches if b.origin == "massive:flat/us_stocks_sip/minute_aggs_v1"]
    rest = [b for b in batches if b.origin == "massive:rest"]
    assert (len(flat), len(rest)) == (6, 4)
    assert {b.rank for b in flat} == {Rank.DAY_FILE}
    assert {b.rank for b in rest} == {Rank.ANSWER}
    assert [b.symbol for b in rest] == ["A", "B", "A", "B"]
    assert rest[0].columns["close"].tolist() == [13, 14, 15, 16, 17, 18, 19]
    assert rest[0].columns["volume"].tolist() == [100.5] * 7
    assert rest[0].columns["open_time"][0] == milliseconds(BY_REST[0], "09:30") * 1_000_000


def test_a_day_file_that_appears_takes_the_place_of_rest(both: Massive, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    ingest(lake, both.source(), REQUEST)
    both.store.put({key_of("minute", BY_REST[0]): text(_minutes_of("A", 50))})

    parts = both.source().parts(REQUEST)
    ingest(lake, both.source(), replace(REQUEST, symbols=("A",)))

    assert days_of(list(parts))[-2:] == [("flat", "2024-01-08"), ("rest", "2024-01-09")]
    answer = lake.sql("select close from minute where symbol = 'A' order by open_time")
    closes = [row[0] for row in answer.rows]
    assert 50 in closes
    assert closes.count(13) == 1, "the bar of the day that only REST has stays"


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Warnings, a line each."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="WARNING", format="{message}")
    yield lines
    logger.remove(sink)


def test_files_that_find_no_room_are_fetched_once_there_is_some(
    both: Massive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    lake, pauses = Lake(tmp_path / "lake"), Quick()
    free = [0]

    def sleep(seconds: float) -> None:
        pauses.sleep(seconds)
        free[0] = 1 << 40 if len(pauses.slept) > 2 else 0

    around = Surroundings(clock=lambda: pauses.now, sleep=sleep)
    lake.room = Room(lake.layout, Budget(wait_s=100.0), around)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda folder: SimpleNamespace(free=free[0]))

    report = ingest(lake, both.source(), REQUEST)

    assert (report.parts, report.failed) == (5, ())
    assert len(pauses.slept) >= 3
    assert sum("waiting up to" in line for line in told) == 1
    assert ingest(lake, both.source(), REQUEST).skipped == 5


def test_only_what_changed_is_read_again(both: Massive, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    first = ingest(lake, both.source(), REQUEST)
    both.clock.move(60)
    both.store.put({key_of("minute", FLAT[1]): text([*_minutes_of("A", 99, FLAT[1])])})

    again = ingest(lake, both.source(), REQUEST)

    assert (first.parts, first.failed) == (5, ())
    assert (again.parts, again.skipped) == (2, 3)
    assert again.rows > 0


@pytest.mark.parametrize(
    ("now", "kind", "expected"),
    [
        ("2024-01-09T08:00", "minute", ["2024-01-08 at 2024-01-09T08:00Z"]),
        ("2024-01-09T09:01", "minute", ["2024-01-08 final"]),
        ("2024-01-09T09:03", "minute", ["2024-01-08 final", "2024-01-09 at 2024-01-09T09:03Z"]),
        ("2024-01-09T20:00", "day", ["2024-01-08 final"]),
        ("2024-01-09T21:45", "day", ["2024-01-08 final", "2024-01-09 at 2024-01-09T21:45Z"]),
        ("2024-01-07T20:00", "minute", []),
    ],
)
def test_a_day_is_asked_for_once_it_has_begun_and_is_final_the_next_morning(
    both: Massive, now: str, kind: str, expected: list[str]
) -> None:
    both.clock = FakeClock(datetime.fromisoformat(now).replace(tzinfo=UTC))

    parts = both.source().parts(replace(REQUEST, kind=kind))

    assert [f"{p.day} {p.stamp}" for p in parts if p.key.startswith("rest")] == expected


def test_a_hole_among_the_files_that_is_asked_for_by_name_comes_by_rest(
    both: Massive, rest: MassiveRest
) -> None:
    hole = date(2023, 11, 15)
    rest.minutes["A", hole] = [bar(milliseconds(hole, "10:00"), 5)]

    batches = rows_of(both.source(), Request("minute", ("A",), hole, hole))

    assert [b.columns["close"].tolist() for b in batches] == [[5]]


def test_who_names_no_first_day_does_not_ask_rest_for_decades(both: Massive) -> None:
    both.clock = FakeClock(datetime(2025, 6, 16, 20, 0, tzinfo=UTC))

    by_rest = [p for p in both.source().parts(REQUEST) if p.key.startswith("rest")]

    assert [str(p.day) for p in by_rest] == [
        f"2025-06-{day:02d}" for day in (9, 10, 11, 12, 13, 16)
    ]


def test_a_broken_file_is_not_kept(both: Massive) -> None:
    both.store.put({key_of("minute", FLAT[0]): b"no gzip at all" * 10})
    source = both.source(keep_files=True)
    parts = source.parts(REQUEST)

    with pytest.raises(BadDataError, match="whole gzip file"):
        list(source.rows(parts[0], REQUEST))
    list(source.rows(parts[1], REQUEST))

    kept = [path.name for path in both.folder.rglob("*.csv.gz")]
    assert kept == ["2024-01-04.csv.gz"]


def test_files_are_gone_once_they_were_read(both: Massive) -> None:
    rows_of(both.source(), REQUEST)

    assert [path for path in both.folder.rglob("*") if path.is_file()] == []


def test_the_first_question_of_a_start_removes_what_a_kill_left(both: Massive) -> None:
    half, fetched = both.folder / TEMPORARY / "half", both.folder / FETCHED / "x" / "a.csv.gz"
    for path in (half, fetched):
        path.parent.mkdir(parents=True)
        path.write_text("half")
    source = both.source()

    source.parts(REQUEST)
    gone = not half.exists() and not fetched.exists()
    half.parent.mkdir()
    half.write_text("of a download that runs")
    source.parts(REQUEST)

    assert gone
    assert half.exists()


def test_splits_and_dividends_are_exact_and_in_dollars(both: Massive) -> None:
    source = both.source()

    splits = list(source.actions(Request("splits", SYMBOLS)))
    dividends = list(source.actions(Request("dividends")))
    later = list(source.actions(Request("splits", (), start=date(2024, 1, 1))))

    assert [(s.symbol, str(s.ex_date), s.new, s.old) for s in splits] == [
        ("A", "2024-01-08", 4, 1),
        ("B", "2020-08-31", 3, 2),
    ]
    assert [(str(d.ex_date), d.cash) for d in dividends] == [
        ("2024-01-03", 0.03),
        ("2024-01-04", 0.04),
        ("2024-01-05", 0.05),
    ]
    assert [s.symbol for s in later] == ["A"]


def test_actions_have_no_parts(both: Massive) -> None:
    with pytest.raises(UsageError, match="splits"):
        both.source().parts(Request("splits"))


def test_downloads_run_ahead_and_tell_their_bytes(both: Massive) -> None:
    source, told = both.source(), list[tuple[int, int]]()
    parts = source.parts(REQUEST)

    with source.fetching(parts, REQUEST, lambda size, of: told.append((size, of))):
        batches = [b for part in parts for b in source.rows(part, REQUEST)]

    sizes = [len(body) for key, body in flat_files().items() if "minute" in key]
    assert len(batches) == 10
    assert told[-1][1] == sum(sizes)
    assert max(size for size, _ in told) == sum(sizes)
    assert [path for path in both.folder.rglob("*") if path.is_file()] == []


def _minutes_of(symbol: str, price: float, day: date = BY_REST[0]) -> list[str]:
    return minutes(symbol, day, [price])
