"""Sources that disagree are noticed while one is laid over the other, and the survey tells it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.kinds import KINDS, Rank
from daemon.domain.market.scan.findings import Code, Finding, Severity
from daemon.lake.differences import differences_of
from daemon.lake.lake import Lake
from daemon.lake.writer import Origin, write_rows
from tests.domain.market.scan.made import chosen, minutes_of

FIRST, LAST = 16_405, 16_430


def put(lake: Lake, rows: Rows, origin: str, rank: Rank = Rank.ANSWER, symbol: str = "A") -> int:
    columns = {name: getattr(rows, name) for name in ("open_time", *FIELDS)}
    columns["transactions"] = np.zeros(len(rows), dtype=np.int64)
    return write_rows(
        lake.layout, KINDS["minute"], symbol, columns, Origin(origin, rank=rank)
    ).changed


@pytest.fixture
def rows(lake: Lake) -> Rows:
    """Whole sessions of December 2014."""
    return minutes_of(lake.sessions.between(FIRST, LAST))


def dearer(rows: Rows, start: int, stop: int, factor: float = 1.02) -> Rows:
    columns = {name: getattr(rows, name).copy() for name in ("open", "high", "low", "close")}
    for column in columns.values():
        column[start:stop] *= factor
    return replace(rows, **columns)


def told(lake: Lake) -> list[Finding]:
    return [
        one
        for report in lake.survey({}).reports
        for one in report.findings
        if one.code is Code.SOURCES_DISAGREE
    ]


def test_two_sources_that_agree_leave_no_remark(lake: Lake, rows: Rows) -> None:
    put(lake, rows, "one")
    put(lake, dearer(rows, 0, 400, 1.00001), "two")

    assert differences_of(lake.layout, "minute", "A") == ()
    assert not (lake.layout.root / ".journal" / "differences").exists()


@pytest.mark.parametrize("rank", [Rank.FEED, Rank.ANSWER, Rank.DAY_FILE])
def test_a_disagreement_is_told_whoever_is_believed(lake: Lake, rows: Rows, rank: Rank) -> None:
    put(lake, rows, "one")
    put(lake, dearer(rows, 400, 440), "two", rank)

    (finding,) = told(lake)

    assert (finding.day, finding.count, finding.severity) == (FIRST + 1, 40, Severity.BAD)
    assert finding.sentence.startswith("two and one: of 390 bars that both sources have, 40 differ")


def test_a_source_that_mends_itself_does_not_disagree(lake: Lake, rows: Rows) -> None:
    put(lake, chosen(rows, np.arange(len(rows)) < 390), "other")
    put(lake, chosen(rows, np.arange(len(rows)) >= 390), "one")
    put(lake, chosen(dearer(rows, 400, 440), np.arange(len(rows)) >= 390), "one")

    assert told(lake) == []


def test_a_later_comparison_of_the_day_takes_the_place_of_the_first(lake: Lake, rows: Rows) -> None:
    put(lake, rows, "one")
    put(lake, dearer(rows, 400, 440), "two", Rank.FEED)
    put(lake, dearer(rows, 800, 805), "three", Rank.FEED)

    assert [(one.day, one.count) for one in told(lake)] == [(FIRST + 2, 5)]


def test_bars_that_only_one_has_are_no_disagreement(lake: Lake, rows: Rows) -> None:
    half = len(rows) // 2
    put(lake, chosen(rows, np.arange(len(rows)) < half), "one")
    put(lake, dearer(chosen(rows, np.arange(len(rows)) >= half), 0, 400), "two")

    assert told(lake) == []


def test_made_bars_agree_with_nobody_and_disagree_with_nobody(lake: Lake, rows: Rows) -> None:
    put(lake, dearer(rows, 0, 400, 2.0), "made", Rank.REPAIRED)
    put(lake, rows, "one")

    assert told(lake) == []


def test_a_new_remark_is_a_reason_to_scan_again(lake: Lake, rows: Rows) -> None:
    put(lake, rows, "one", Rank.DAY_FILE)
    known = {one.key: one.inputs for one in lake.survey({}).reports}
    put(lake, dearer(rows, 400, 440), "two", Rank.FEED)

    (report,) = lake.survey(known).reports

    assert [one.code for one in report.findings] == [Code.SOURCES_DISAGREE]


def test_a_torn_remark_is_no_remark(lake: Lake, rows: Rows) -> None:
    put(lake, rows, "one")
    put(lake, dearer(rows, 400, 440), "two")
    (path,) = (lake.layout.root / ".journal" / "differences" / "minute").iterdir()
    path.write_bytes(b'[[1, "x"')

    assert differences_of(lake.layout, "minute", "A") == ()
