"""Little room: a warning well before, a pause when there is none, and no row lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from loguru import logger

from daemon.errors import NoRoomError, TransientError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.room import Budget, Room, Surroundings
from daemon.plugin.roles import Batch, Part, Request
from tests.lake.flatfiles import MINUTE, FakeSource, batch, opening

ALL = Request("minute")
MONDAY, TUESDAY = date(2024, 1, 8), date(2024, 1, 9)


def plenty(days: tuple[date, ...] = (MONDAY,)) -> FakeSource:
    """A hundred symbols with fifty bars a day: more than a megabyte of files."""
    return FakeSource(
        {
            day: [
                batch(f"S{k:03d}", [opening(day) + m * MINUTE for m in range(50)], [9.0 + k] * 50)
                for k in range(100)
            ]
            for day in days
        }
    )


@dataclass
class Waiting:
    """A clock that only sleeping moves; at the given sleep something happens."""

    now: float = 0.0
    sleeps: int = 0
    at: int = 0
    happens: Callable[[], object] = lambda: None

    def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self.now += seconds
        self.sleeps += 1
        if self.sleeps == self.at:
            self.happens()


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Warnings of the lake, a line each."""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), level="WARNING", format="{message}")
    yield lines
    logger.remove(sink)


def waiting(lake: Lake, budget: Budget, wait: Waiting) -> Lake:
    """The lake with an injected clock."""
    around = Surroundings(clock=lambda: wait.now, sleep=wait.sleep)
    lake.room = Room(lake.layout, budget, around)
    return lake


def test_an_ingestion_waits_on_a_full_disk_and_goes_on(
    small_disk: Path, tmp_path: Path, told: list[str], fingerprint: Callable[..., dict[str, str]]
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(800_000))
    wait = Waiting(at=40, happens=ballast.unlink)
    budget = Budget(wait_s=100_000.0)
    lake = waiting(Lake(small_disk / "lake", cache=tmp_path / "cache"), budget, wait)
    whole = Lake(tmp_path / "whole", cache=tmp_path / "cache")
    ingest(whole, plenty(), ALL)

    report = ingest(lake, plenty(), ALL)

    assert (report.rows, report.failed) == (5_000, ())
    assert wait.sleeps >= 40
    assert fingerprint(lake.layout.root) == fingerprint(whole.layout.root)
    assert lake.verify() == ()
    assert "no room left on the disk" in told[0]
    assert "waiting up to 100000 s" in told[0]
    assert "is over" in told[-1]


def test_the_wait_is_bounded_and_the_next_ingestion_goes_on(
    small_disk: Path, tmp_path: Path, fingerprint: Callable[..., dict[str, str]]
) -> None:
    (small_disk / "ballast").write_bytes(bytes(800_000))
    wait = Waiting()
    lake = Lake(small_disk / "lake", cache=tmp_path / "cache")
    waiting(lake, Budget(wait_s=12.0), wait)

    with pytest.raises(NoRoomError, match="no room left on the disk"):
        ingest(lake, plenty(), ALL)

    assert wait.now >= 12.0
    assert lake.verify() == ()
    assert list(lake.layout.temporary.iterdir()) == []
    (small_disk / "ballast").unlink()
    ingest(lake, plenty(), ALL)
    whole = Lake(tmp_path / "whole", cache=tmp_path / "cache")
    ingest(whole, plenty(), ALL)
    assert fingerprint(lake.layout.root) == fingerprint(whole.layout.root)


def test_who_watches_is_told_of_the_wait_and_can_end_it(small_disk: Path, tmp_path: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(800_000))
    wait = Waiting()
    lake = Lake(small_disk / "lake", cache=tmp_path / "cache")
    waiting(lake, Budget(wait_s=1_000.0), wait)
    words: list[str] = []

    def watch(done: int, todo: int, said: str) -> None:
        words.append(said)
        if words.count("waiting for room on the disk") > 60:
            raise TransientError("stopped")

    with pytest.raises(TransientError, match="stopped"):
        ingest(lake, plenty(), ALL, watch)

    assert wait.now < 1_000.0
    assert lake.verify() == ()


@dataclass
class Cramped(FakeSource):
    """A source that needs room to fetch its parts; `full` of its tries find none."""

    full: int = 3

    def rows(self, part: Part, request: Request) -> Iterator[Batch]:
        """The day's rows, once there is room."""
        if self.full > 0:
            self.full -= 1
            raise NoRoomError(f"no room left on the disk for {part.key}")
        yield from super().rows(part, request)


def test_a_source_without_room_for_what_it_fetches_is_waited_for(
    lake: Lake, told: list[str]
) -> None:
    source = Cramped(plenty((MONDAY, TUESDAY)).days)
    waiting(lake, Budget(wait_s=100.0), Waiting())

    report = ingest(lake, source, ALL)

    assert (report.rows, report.failed) == (10_000, ())
    assert sorted(source.read) == [f"day {MONDAY}", f"day {TUESDAY}"]
    assert "waiting up to 100 s" in told[0]
    assert "is over" in told[-1]


def test_a_source_that_finds_no_room_in_time_ends_the_ingestion(lake: Lake) -> None:
    days = tuple(date(2024, 1, day) for day in (8, 9, 10, 11, 12))
    source = Cramped(plenty(days).days, full=1_000_000)
    wait = Waiting()
    waiting(lake, Budget(wait_s=10.0), wait)

    with pytest.raises(NoRoomError, match="no room left on the disk for day"):
        ingest(lake, source, ALL)

    assert source.read == []
    assert wait.sleeps <= 8, "the two parts that were begun waited, and no other"
    source.full = 0
    assert ingest(lake, source, ALL).rows == 25_000


def test_a_budget_that_is_used_up_stops_an_ingestion_before_it_writes(lake: Lake) -> None:
    ingest(lake, plenty(), ALL)
    taken = lake.room.taken().parts
    wait = Waiting()
    waiting(lake, Budget(bytes=taken, wait_s=10.0), wait)

    with pytest.raises(NoRoomError, match="disk_budget_gb"):
        ingest(lake, plenty((MONDAY, TUESDAY)), ALL)

    assert wait.now >= 10.0
    assert lake.room.taken().parts == taken
    waiting(lake, Budget(bytes=taken + 1), wait)
    assert ingest(lake, plenty((MONDAY, TUESDAY)), ALL).rows == 5_000


def test_an_ingestion_waits_for_its_budget_too(lake: Lake) -> None:
    ingest(lake, plenty(), ALL)
    wait = Waiting(at=2, happens=lambda: lake.layout.manifest("minute", "S001").unlink())
    waiting(lake, Budget(bytes=lake.room.taken().parts, wait_s=100.0), wait)

    report = ingest(lake, plenty((MONDAY, TUESDAY)), ALL)

    assert wait.sleeps == 2
    assert report.rows == 5_000


@pytest.mark.parametrize(("share", "warns"), [(0.84, False), (0.86, True)])
def test_a_budget_is_warned_of_well_before_it_is_used_up(
    lake: Lake, share: float, warns: bool
) -> None:
    ingest(lake, plenty(), ALL)
    parts = lake.room.taken().parts
    lake.room = Room(lake.layout, Budget(bytes=round(parts / share)), quiet_disk(0.1))

    taken = lake.room.taken()

    assert (taken.parts, taken.budget) == (parts, round(parts / share))
    assert ("of its budget" in taken.warning) == warns
    assert any("of its budget" in one for one in lake.health()["warnings"]) == warns


@pytest.mark.parametrize(("share", "warns"), [(0.84, False), (0.86, True)])
def test_a_disk_is_warned_of_well_before_it_is_full(lake: Lake, share: float, warns: bool) -> None:
    lake.room = Room(lake.layout, Budget(), quiet_disk(share))

    assert ("86% full, 140.0 GB are free" in lake.room.taken().warning) == warns
    assert any("% full" in one for one in lake.health()["warnings"]) == warns


def quiet_disk(share: float) -> Surroundings:
    """A disk of a terabyte of which that share is used."""
    used = round(share * 1e12)
    return Surroundings(usage=lambda folder: SimpleNamespace(used=used, free=10**12 - used))
