"""What is older than its kind is kept for goes, and no receipt says that it is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from daemon.domain.market.kinds import KINDS
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.retention import RETAINED, apply_retention
from daemon.lake.writer import Origin, write_rows
from daemon.plugin.roles import Request
from daemon.settings import RetentionTable
from tests.lake.flatfiles import FakeSource, batch, opening
from tests.lake.test_writer import rows

ALL = Request("minute")
DAYS = (date(2021, 1, 11), date(2022, 1, 10), date(2022, 12, 5), date(2023, 1, 9))
TODAY = date(2023, 1, 10)
KEEP = {"minute": 365}


def giving() -> FakeSource:
    """Bars of three years; B has none in the first one."""
    return FakeSource(
        {
            day: [
                batch(symbol, [opening(day)], [9.0 + place])
                for symbol in ("A", "B")
                if symbol == "A" or place
            ]
            for place, day in enumerate(DAYS)
        }
    )


class Crash(BaseException):
    """The process ends here."""


def dying(point: str, count: int) -> Callable[[str], None]:
    """A fault at the given time that the point is passed."""
    passed = [0]

    def fault(name: str) -> None:
        passed[0] += name == point
        if name == point and passed[0] == count:
            raise Crash

    return fault


def test_years_that_are_wholly_older_go_and_the_others_stay(lake: Lake) -> None:
    ingest(lake, giving(), ALL)

    (removed,) = apply_retention(lake, KEEP, TODAY)

    assert (removed.kind, removed.before) == ("minute", date(2022, 1, 9))
    assert (removed.symbols, removed.parts, removed.rows) == (1, 1, 1)
    assert removed.bytes > 0
    assert [one.period for one in lake.parts() if one.symbol == "A"] == ["2022", "2023"]
    assert len(list(lake.layout.folder("minute", "A").glob("*.parquet"))) == 2
    assert apply_retention(lake, KEEP, TODAY) == ()


def test_what_was_removed_can_be_brought_again(
    lake: Lake, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    ingest(lake, giving(), ALL)
    before = fingerprint(lake.layout.root)
    apply_retention(lake, KEEP, TODAY)

    report = ingest(lake, giving(), ALL)

    assert (report.parts, report.rows, report.skipped) == (1, 1, 3)
    assert fingerprint(lake.layout.root) == before


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(
    "point", ["before_receipts", "after_receipts", "before_manifest", "after_manifest"]
)
def test_after_a_crash_no_receipt_tells_of_rows_that_are_gone(
    tmp_path: Path,
    calendar_cache: Path,
    fingerprint: Callable[[Path], dict[str, str]],
    point: str,
    count: int,
) -> None:
    keep, today = {"minute": 30}, DAYS[-1]
    whole = Lake(tmp_path / "whole", cache=calendar_cache)
    ingest(whole, giving(), ALL)
    full = fingerprint(whole.layout.root)
    apply_retention(whole, keep, today)
    lake = Lake(tmp_path / "lake", cache=calendar_cache)
    ingest(lake, giving(), ALL)
    torn = Lake(lake.layout.root, cache=calendar_cache, fault=dying(point, count))
    if count == 1 or "manifest" in point:
        with pytest.raises(Crash):
            apply_retention(torn, keep, today)
    else:
        apply_retention(torn, keep, today)

    assert lake.verify() == ()
    apply_retention(lake, keep, today)

    assert fingerprint(lake.layout.root) == fingerprint(whole.layout.root)
    torn = Lake(tmp_path / "again", cache=calendar_cache)
    ingest(torn, giving(), ALL)
    if count == 1 or "manifest" in point:
        with pytest.raises(Crash):
            apply_retention(
                Lake(torn.layout.root, cache=calendar_cache, fault=dying(point, count)), keep, today
            )
    ingest(torn, giving(), ALL)
    assert fingerprint(torn.layout.root) == full


def test_a_lake_that_nobody_feeds_does_not_waste_away(lake: Lake) -> None:
    ingest(lake, giving(), ALL)

    apply_retention(lake, KEEP, date(2033, 1, 1))

    assert [one.period for one in lake.parts() if one.symbol == "A"] == ["2022", "2023"]


def test_without_a_number_of_days_everything_stays(lake: Lake) -> None:
    ingest(lake, giving(), ALL)

    assert apply_retention(lake, {"minute": 0}, TODAY) == ()
    assert apply_retention(lake, {}, TODAY) == ()


def test_made_up_rows_stay_and_do_not_count(lake: Lake) -> None:
    for day in (DAYS[0], date(2031, 1, 6)):
        bars = rows([opening(day)], [5.0])
        write_rows(lake.layout, KINDS["minute"], "SIM", bars, Origin("simulated 1", True))
    ingest(lake, giving(), ALL)

    (removed,) = apply_retention(lake, KEEP, date(2031, 1, 7))

    assert removed.before == date(2022, 1, 9)
    assert [one.period for one in lake.parts() if one.symbol == "SIM"] == ["2021", "2031"]


def test_files_that_a_killed_run_left_are_swept_by_the_next(lake: Lake) -> None:
    ingest(lake, giving(), ALL)
    torn = Lake(lake.layout.root, fault=dying("after_manifest", 1))
    with pytest.raises(Crash):
        apply_retention(torn, KEEP, TODAY)
    assert len(list(lake.layout.folder("minute", "A").glob("*.parquet"))) == 3

    assert apply_retention(lake, KEEP, TODAY) == ()

    assert len(list(lake.layout.folder("minute", "A").glob("*.parquet"))) == 2


def test_every_kind_with_parts_by_time_has_a_key() -> None:
    assert set(RetentionTable.model_fields) == set(RETAINED)
