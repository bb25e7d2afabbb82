"""Listing dates in the lake: how they come with bars, and what they change in scan and supply."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pytest

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import Ints
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import KINDS
from daemon.domain.market.scan.findings import Code, Finding, Severity
from daemon.domain.market.scan.score import symbol_qualities
from daemon.domain.market.supply import Want
from daemon.lake.ingest import IngestReport, ingest
from daemon.lake.lake import Lake
from daemon.lake.supply import supply
from daemon.lake.wishes import Wish, wanted_days
from daemon.plugin.roles import ListingRow, Request
from tests.domain.market.scan.made import chosen, days_of, minutes_of
from tests.lake.flatfiles import FakeSource, batch, opening
from tests.lake.test_survey import FIRST, LAST, known, number, put

MONDAY, TUESDAY = date(2014, 12, 1), date(2014, 12, 2)
LATE = date(2014, 12, 15)


@dataclass
class Registry(FakeSource):
    """A source of two days that also knows listings."""

    rows_of: list[ListingRow] = field(default_factory=list)

    def listings(self, request: Request) -> list[ListingRow]:
        return [row for row in self.rows_of if row.symbol in request.symbols]


def registry(*rows: ListingRow, name: str = "fake") -> Registry:
    days = {day: [batch("A", [opening(day)], [1.0])] for day in (MONDAY, TUESDAY)}
    kinds = ("minute", "day", "splits", "dividends", "listings")
    return Registry(days, kinds=kinds, rows_of=list(rows), name=name)


def listed(lake: Lake, symbol: str, *rows: ListingRow) -> None:
    for place, row in enumerate(rows):
        ingest(lake, registry(row, name=f"s{place}"), Request("listings", (symbol,)))


@pytest.fixture
def table(lake: Lake) -> SessionTable:
    return lake.sessions.between(number(FIRST), number(LAST))


def dates(rows: Rows, table: SessionTable) -> Ints:
    """The exchange date of each row."""
    return table.session_date[table.of_instants(rows.open_time)].astype(np.int64)


def missing_days(lake: Lake, symbol: str) -> list[Finding]:
    found = (one for report in lake.survey({}, [symbol]).reports for one in report.findings)
    return [one for one in found if one.code is Code.MISSING_DAY]


def test_they_come_with_bars_and_the_newest_answer_of_a_source_holds(lake: Lake) -> None:
    request = Request("minute", ("A",))
    ingest(lake, registry(ListingRow("A", date(1962, 1, 2))), request)
    ingest(lake, registry(ListingRow("A", date(1962, 1, 2), TUESDAY)), request, force=True)
    again = ingest(lake, registry(ListingRow("A", date(1962, 1, 2), TUESDAY)), request)

    life = lake.life("A")
    assert life.listed.tolist() == [number(date(1962, 1, 2))]
    assert life.delisted.tolist() == [number(TUESDAY)]
    assert again.failed == ()
    assert lake.sql("select symbol, listed from listings").rows == (("A", date(1962, 1, 2)),)
    assert lake.verify() == ()


def test_dates_of_a_request_do_not_choose_among_listings(lake: Lake) -> None:
    row = ListingRow("A", date(1990, 1, 2))

    report = ingest(lake, registry(row), Request("listings", ("A",), MONDAY, TUESDAY))

    assert (report.rows, report.failed) == (1, ())
    assert lake.life("A").listed.tolist() == [number(date(1990, 1, 2))]


def test_markets_are_the_same_with_and_without_them(lake: Lake, table: SessionTable) -> None:
    put(lake, "A", minutes_of(table, 1))
    before = lake.digest()

    listed(lake, "A", ListingRow("A", date(1990, 1, 2)))

    assert lake.digest() == before


def test_sessions_after_the_listing_and_before_the_first_bar_are_a_warning(
    lake: Lake, table: SessionTable
) -> None:
    bars = minutes_of(table, 1)
    put(lake, "OLD", minutes_of(table, 2))
    put(lake, "NEW", chosen(bars, dates(bars, table) >= number(LATE)))
    listed(lake, "NEW", ListingRow("NEW", date(2001, 5, 1)))
    listed(lake, "OLD", ListingRow("OLD", date(1993, 1, 29)))

    (found,) = missing_days(lake, "NEW")

    assert (found.day, found.count, found.severity) == (number(FIRST), 10, Severity.WARN)
    assert missing_days(lake, "OLD") == []
    reports = lake.survey({}).reports
    assert wanted_days(reports, every_minute=False) == {}
    (quality, _) = symbol_qualities(reports, lake.sessions, 0, number(LAST), 0.9)
    assert (quality.symbol, quality.score.bad) == ("NEW", 0)
    assert quality.score.sessions == len(lake.sessions.between(number(LATE), number(LAST)))


def test_between_two_companies_of_one_ticker_nothing_is_missing(
    lake: Lake, table: SessionTable
) -> None:
    ended, begun = date(2015, 1, 9), date(2015, 1, 26)
    for kind, bars in (("minute", minutes_of(table, 1)), ("day", days_of(table, 1))):
        days = KINDS[kind].days(bars.open_time)
        put(lake, "AAA", chosen(bars, (days <= number(ended)) | (days >= number(begun))), kind)
    before = missing_days(lake, "AAA")

    listed(lake, "AAA", ListingRow("AAA", None, ended), ListingRow("AAA", begun))

    assert len(before) == 2 * 9
    assert missing_days(lake, "AAA") == []


def test_what_becomes_known_of_a_listing_is_scanned_anew_and_of_that_symbol_alone(
    lake: Lake, table: SessionTable
) -> None:
    put(lake, "A", minutes_of(table, 1))
    put(lake, "B", minutes_of(table, 2))
    before = known(lake.survey({}))

    listed(lake, "A", ListingRow("A", date(1990, 1, 2)))

    assert {one.key.symbol for one in lake.survey(before).reports} == {"A"}
    assert lake.survey(known(lake.survey({}))).reports == ()


def test_after_a_delisting_no_source_is_asked_for_more(lake: Lake) -> None:
    ingest(lake, registry(ListingRow("A", None, TUESDAY)), Request("day", ("A",)))
    asked: list[Wish] = []

    def ask(wish: Wish) -> IngestReport:
        asked.append(wish)
        return IngestReport()

    orders = {"A": ("first", "next")}
    until = opening(date(2014, 12, 8))
    want = Want("day", MONDAY, date(2014, 12, 5), orders)
    found = supply(lake, want, {"first": ask, "next": ask}, until)

    assert len(asked) == 1
    assert (found.lacking, found.said) == (0, ())
