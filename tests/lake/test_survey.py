"""The scan of a lake: what it finds, and that it reads again only what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Floats
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import KINDS, Rank
from daemon.domain.market.scan.findings import Code, Severity
from daemon.domain.market.scan.report import PartKey, PartReport
from daemon.lake.lake import Lake
from daemon.lake.reader import day_number
from daemon.lake.survey import Survey
from daemon.lake.writer import Origin, replace_rows, write_rows
from tests.domain.market.scan.made import chosen, days_of, minutes_of, scaled

FIRST, LAST = date(2014, 12, 1), date(2015, 2, 27)
EVERY = {"A": 1, "B": 2, "C": 3, "D": 4}


def number(day: date) -> int:
    found = day_number(day)
    assert found is not None
    return found


@pytest.fixture
def table(lake: Lake) -> SessionTable:
    return lake.sessions.between(number(FIRST), number(LAST))


def put(lake: Lake, symbol: str, rows: Rows, kind: str = "minute", rank: Rank = Rank.ANSWER) -> int:
    columns = {name: getattr(rows, name) for name in ("open_time", *FIELDS)}
    columns["transactions"] = np.zeros(len(rows), dtype=np.int64)
    return write_rows(lake.layout, KINDS[kind], symbol, columns, Origin("test", rank=rank)).changed


def put_split(lake: Lake, symbol: str, day: date, new: float) -> None:
    columns = {
        "ex_date": np.array([number(day)], dtype=np.int32),
        "cash": np.zeros(1),
        "new": np.array([new]),
        "old": np.ones(1),
    }
    replace_rows(lake.layout, KINDS["splits"], symbol, columns, Origin("test"))


@pytest.fixture
def filled(lake: Lake, table: SessionTable) -> Lake:
    """Four clean symbols over the turn of a year."""
    for symbol, seed in EVERY.items():
        put(lake, symbol, minutes_of(table, seed))
    return lake


@pytest.mark.parametrize(("symbol", "expected"), [("ESZ6", 0), ("SPY", 1)])
def test_bars_of_a_sunday_are_an_error_of_stocks_and_none_of_futures(
    lake: Lake, table: SessionTable, symbol: str, expected: int
) -> None:
    rows = minutes_of(table)
    friday = int(np.flatnonzero(np.diff(table.session_date) == 3)[0])
    sunday = int(table.close_time[friday]) + 50 * 3_600_000_000_000
    at = int(np.searchsorted(rows.open_time, sunday))
    times = np.insert(rows.open_time, at, sunday)
    fields = (np.insert(column, at, column[at - 1]) for column in rows_fields(rows))
    put(lake, symbol, Rows(times, *fields))

    codes = [code for _, _, _, code in told(lake.survey({}))]

    assert codes.count(Code.CLOSED_DAY) == expected


def rows_fields(rows: Rows) -> list[Floats]:
    return [getattr(rows, name) for name in FIELDS]


def without(rows: Rows, table: SessionTable, *days: date) -> Rows:
    dates = table.session_date[table.of_instants(rows.open_time)]
    return chosen(rows, ~np.isin(dates, [number(day) for day in days]))


def known(*surveys: Survey) -> dict[PartKey, str]:
    return {one.key: one.inputs for found in surveys for one in found.reports}


def told(found: Survey) -> list[tuple[str, str, date, Code]]:
    epoch = np.datetime64(0, "D")
    return [
        (one.key.symbol, one.key.period, (epoch + finding.day).astype(date), finding.code)
        for one in found.reports
        for finding in one.findings
    ]


def test_clean_symbols_have_a_report_for_each_part_and_no_finding(filled: Lake) -> None:
    found = filled.survey({})

    assert [one.key for one in found.reports] == [
        PartKey("minute", symbol, year) for symbol in EVERY for year in ("2014", "2015")
    ]
    assert told(found) == []
    assert (found.parts, found.gone) == (8, ())


def test_the_sessions_of_two_parts_meet_without_gap_or_overlap(filled: Lake) -> None:
    old, new = filled.survey({}, ["A"]).reports

    assert (old.first, old.last) == (number(FIRST), number(date(2014, 12, 31)))
    assert (new.first, new.last) == (number(date(2015, 1, 1)), number(LAST))


def test_what_is_known_is_not_scanned_again(filled: Lake) -> None:
    assert filled.survey(known(filled.survey({}))).reports == ()


def test_only_parts_that_changed_are_scanned_again(filled: Lake, table: SessionTable) -> None:
    before = known(filled.survey({}))
    late = minutes_of(table, 9)
    put(filled, "B", chosen(late, late.open_time >= table.open_time[-1]))

    found = filled.survey(before)

    assert [one.key for one in found.reports] == [PartKey("minute", "B", "2015")]


def test_a_change_in_the_old_year_is_a_change_of_the_night_between(
    filled: Lake, table: SessionTable
) -> None:
    before = known(filled.survey({}))
    other = minutes_of(table, 9)
    put(filled, "B", chosen(other, other.open_time < table.close_time[0]))

    found = filled.survey(before)

    assert [one.key.period for one in found.reports] == ["2014", "2015"]


def test_a_split_and_a_day_bar_that_come_later_are_noticed(
    filled: Lake, table: SessionTable
) -> None:
    before = known(filled.survey({}))
    put_split(filled, "B", date(2015, 2, 2), 2.0)
    put(filled, "C", days_of(table.rows(0, 3)), "day")

    found = filled.survey(before)

    assert [one.key for one in found.reports] == [
        PartKey("minute", "B", "2015"),
        PartKey("minute", "C", "2014"),
        PartKey("day", "C", "all"),
    ]
    assert ("B", "2015", date(2015, 2, 2), Code.SPLIT_NOT_SHOWN) in told(found)


def test_a_part_that_is_gone_is_named(filled: Lake) -> None:
    gone = PartKey("minute", "GONE", "2014")

    assert filled.survey({gone: "x"}).gone == (gone,)
    assert filled.survey({gone: "x"}, ["A"]).gone == ()


def test_days_around_new_year_are_missing_where_they_belong(
    lake: Lake, table: SessionTable
) -> None:
    days = (date(2014, 12, 31), date(2015, 1, 2), date(2015, 1, 5))
    put(lake, "A", without(minutes_of(table), table, *days))

    assert told(lake.survey({})) == [("A", "2015", day, Code.MISSING_DAY) for day in days]


def test_a_whole_year_in_between_is_missing(lake: Lake) -> None:
    table = lake.sessions.between(number(date(2014, 12, 29)), number(date(2016, 1, 6)))
    year = [day for day in table.session_date.tolist() if number(date(2015, 1, 1)) <= day < 16_801]
    rows = minutes_of(table)
    dates = table.session_date[table.of_instants(rows.open_time)]
    put(lake, "A", chosen(rows, ~np.isin(dates, year)))

    found = lake.survey({})

    assert len(year) == 252
    assert [len(one.findings) for one in found.reports] == [0, 252]


def test_a_split_over_new_year_is_found(lake: Lake, table: SessionTable) -> None:
    rows = minutes_of(table)
    turn = int(np.searchsorted(rows.open_time, table.open_time[table.session_date >= 16_436][0]))
    put(lake, "A", scaled(rows, turn, 0.5))

    assert told(lake.survey({})) == [("A", "2015", date(2015, 1, 2), Code.UNRECORDED_SPLIT)]


def test_a_hole_that_the_others_share_is_told_apart(lake: Lake, table: SessionTable) -> None:
    hole = table.open_time[5] + np.arange(60, 90) * 60_000_000_000
    alone = table.open_time[9] + np.arange(60, 90) * 60_000_000_000
    for symbol, seed in EVERY.items():
        rows = minutes_of(table, seed)
        lost = np.isin(rows.open_time, hole)
        if symbol == "A":
            lost |= np.isin(rows.open_time, alone)
        put(lake, symbol, chosen(rows, ~lost))

    found = told(lake.survey({}))

    day = [table.session_date[k].astype("datetime64[D]").astype(date) for k in (5, 9)]
    assert found == [
        ("A", "2014", day[0], Code.MARKET_HOLE),
        ("A", "2014", day[1], Code.MISSING_MINUTES),
        *((symbol, "2014", day[0], Code.MARKET_HOLE) for symbol in ("B", "C", "D")),
    ]


def test_a_symbol_is_no_witness_of_its_own_hole(lake: Lake, table: SessionTable) -> None:
    hole = table.open_time[5] + np.arange(60, 90) * 60_000_000_000
    for symbol in ("A", "B"):
        rows = minutes_of(table, EVERY[symbol])
        put(lake, symbol, chosen(rows, ~np.isin(rows.open_time, hole)))

    assert [code for *_, code in told(lake.survey({}))] == [Code.MISSING_MINUTES] * 2


def put_trades(lake: Lake, symbol: str, stamps: np.ndarray) -> None:
    kind = KINDS["trades"]
    columns = {name: np.zeros(len(stamps), dtype=dtype) for name, dtype in kind.columns}
    columns["sip_timestamp"] = stamps + 5_000_000_000
    columns["sequence_number"] = np.arange(len(stamps), dtype=np.int64)
    columns["price"][:] = columns["size"][:] = 1.0
    write_rows(lake.layout, kind, symbol, columns, Origin("test"))


def test_a_halt_that_the_tape_shows_is_no_hole(lake: Lake, table: SessionTable) -> None:
    rows = minutes_of(table)
    session = table.of_instants(rows.open_time)
    since = (rows.open_time - table.open_time[session]) // 60_000_000_000
    kept = (session != 7) | (since < 100) | (since >= 160)
    put(lake, "A", chosen(rows, kept))
    before = lake.survey({})
    put_trades(lake, "A", rows.open_time[kept & (session == 7)])

    after = lake.survey(known(before))

    assert [one.code for report in before.reports for one in report.findings] == [
        Code.MISSING_MINUTES
    ]
    assert [(one.key.period, one.findings) for one in after.reports] == [("2014", ())]


def test_bars_made_from_their_neighbours_fill_no_hole(lake: Lake, table: SessionTable) -> None:
    rows = minutes_of(table)
    session = table.of_instants(rows.open_time)
    put(lake, "A", chosen(rows, session != 7))
    put(lake, "A", chosen(rows, session == 7), rank=Rank.REPAIRED)

    (report, _) = lake.survey({}).reports

    assert [(one.code, one.severity) for one in report.findings] == [
        (Code.MISSING_DAY, Severity.BAD)
    ]


def test_a_symbol_may_be_asked_for_alone(filled: Lake) -> None:
    reports: tuple[PartReport, ...] = filled.survey({}, ["B"]).reports

    assert {one.key.symbol for one in reports} == {"B"}
    assert replace(reports[0], findings=()) == reports[0]
