"""The kept findings of scans: replaced part by part."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from daemon.domain.market.scan.findings import Code, Finding, Severity
from daemon.domain.market.scan.report import PartKey, PartReport
from daemon.store.quality import QualityReports
from daemon.store.store import SqlStore
from tests.store.samples import NOON

SPY = PartKey("minute", "SPY", "2014")
MISSING = Finding(16_419, Code.MISSING_DAY, Severity.BAD, 1, "the session has no bar")
SPIKE = Finding(16_422, Code.SPIKE, Severity.WARN, 2, "2 bars reach beyond both neighbours")
REPORT = PartReport(SPY, "a" * 64, 16_405, 16_435, (MISSING, SPIKE))


@pytest.fixture
def kept(store: SqlStore) -> QualityReports:
    return QualityReports(store.database, lambda: NOON)


def test_a_report_comes_back_as_it_was(kept: QualityReports) -> None:
    kept.keep([REPORT])

    assert kept.all() == (REPORT,)
    assert kept.inputs() == {SPY: "a" * 64}


def test_a_new_report_takes_the_place_of_the_old_one(kept: QualityReports) -> None:
    mended = replace(REPORT, inputs="b" * 64, findings=(SPIKE,))
    kept.keep([REPORT])

    kept.keep([mended])

    assert kept.all() == (mended,)


def test_other_parts_keep_theirs(kept: QualityReports) -> None:
    others = [
        replace(REPORT, key=replace(SPY, **other))
        for other in ({"period": "2015"}, {"symbol": "QQQ"}, {"kind": "day"})
    ]
    later = [
        replace(one, findings=tuple(replace(f, day=f.day + 365) for f in one.findings))
        for one in others
    ]
    kept.keep([REPORT, *later])

    kept.keep([replace(REPORT, findings=())], gone=[later[1].key])

    assert kept.all() == (later[2], replace(REPORT, findings=()), later[0])
    assert kept.all(["QQQ"]) == ()


def test_a_clean_part_is_known_to_be_clean(kept: QualityReports) -> None:
    kept.keep([replace(REPORT, findings=())])

    assert kept.all() == (replace(REPORT, findings=()),)


def test_a_report_is_kept_whole_or_not_at_all(kept: QualityReports, store: SqlStore) -> None:
    kept.keep([REPORT])
    twice = replace(REPORT, inputs="c" * 64, findings=(SPIKE, SPIKE))

    with pytest.raises(Exception, match="UNIQUE"):
        kept.keep([twice])

    assert kept.all() == (REPORT,)
    with store.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM quality_scan")).scalar() == 1
