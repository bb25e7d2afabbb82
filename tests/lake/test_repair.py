"""Asking the sources again, and minutes that are made only then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pytest

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Market
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import KINDS, Rank
from daemon.domain.market.scan.findings import Code
from daemon.domain.market.scan.report import PartReport
from daemon.errors import AccessError, MissingError, UsageError
from daemon.lake.ingest import IngestReport
from daemon.lake.lake import Lake
from daemon.lake.reader import calendar_date
from daemon.lake.repair import mend
from daemon.lake.verify import Problem
from daemon.lake.wishes import Wish, lost_rows
from daemon.lake.writer import Origin, write_rows
from tests.domain.market.scan.made import chosen, minutes_of, scaled
from tests.domain.market.sessions import MINUTE

FIRST, LAST = 16_405, 16_430  # 2014-12-01 to 2014-12-26, a half day on the 24th


@pytest.fixture
def table(lake: Lake) -> SessionTable:
    return lake.sessions.between(FIRST, LAST)


def put(lake: Lake, symbol: str, rows: Rows, rank: Rank = Rank.ANSWER, kind: str = "minute") -> int:
    columns = {name: getattr(rows, name) for name in ("open_time", *FIELDS)}
    columns["transactions"] = np.zeros(len(rows), dtype=np.int64)
    origin = Origin("test", rank=rank)
    return write_rows(lake.layout, KINDS[kind], symbol, columns, origin).changed


@dataclass
class FakeVendor:
    """Has whole bars of some symbols; remembers what it was asked for."""

    lake: Lake
    table: SessionTable
    has: tuple[str, ...] = ()
    refuses: str = ""
    asked: list[Wish] = field(default_factory=list)

    def __call__(self, wish: Wish) -> IngestReport:
        self.asked.append(wish)
        if self.refuses:
            raise MissingError(self.refuses)
        changed = 0
        for symbol in set(wish.symbols) & set(self.has):
            rows = minutes_of(self.table)
            days = self.table.session_date[self.table.of_instants(rows.open_time)]
            wanted = [calendar_date(int(day)) for day in days]
            kept = np.array([wish.start <= day <= wish.end for day in wanted])
            changed += put(self.lake, symbol, chosen(rows, kept))
        return IngestReport(rows=changed)


def hole(table: SessionTable, session: int, start: int, minutes: int) -> np.ndarray:
    return table.open_time[session] + np.arange(start, start + minutes) * MINUTE


def with_holes(lake: Lake, table: SessionTable, symbol: str, *holes: np.ndarray) -> Rows:
    rows = minutes_of(table)
    kept = chosen(rows, ~np.isin(rows.open_time, np.concatenate(holes)))
    put(lake, symbol, kept)
    return kept


def reports(lake: Lake) -> tuple[PartReport, ...]:
    return lake.survey({}).reports


def test_days_in_a_row_of_symbols_together_are_one_wish(lake: Lake, table: SessionTable) -> None:
    for symbol in ("A", "B"):
        with_holes(lake, table, symbol, *(hole(table, k, 0, 390) for k in (4, 5, 6)))
    with_holes(lake, table, "C", hole(table, 5, 0, 390), hole(table, 9, 100, 60))
    vendor = FakeVendor(lake, table, ("A", "B", "C"))

    mended = mend(lake, reports(lake), [("vendor", vendor)], 0)

    days = [calendar_date(int(day)) for day in table.session_date]
    assert vendor.asked == [
        Wish("minute", ("A", "B"), days[4], days[4]),
        Wish("minute", ("A", "B", "C"), days[5], days[5]),
        Wish("minute", ("A", "B"), days[6], days[6]),
        Wish("minute", ("C",), days[9], days[9]),
    ]
    assert (mended.wanted, mended.left, mended.made) == (8, {}, {})
    assert all(report.findings == () for report in reports(lake))


def test_sessions_around_a_week_end_are_one_wish(lake: Lake, table: SessionTable) -> None:
    with_holes(lake, table, "A", *(hole(table, k, 0, 390) for k in (4, 5)))
    vendor = FakeVendor(lake, table)

    mend(lake, reports(lake), [("vendor", vendor)], 0)

    assert vendor.asked == [Wish("minute", ("A",), date(2014, 12, 5), date(2014, 12, 8))]


def test_the_next_source_is_asked_for_what_is_left(lake: Lake, table: SessionTable) -> None:
    for symbol in ("A", "B"):
        with_holes(lake, table, symbol, hole(table, 5, 0, 390))
    first, second = FakeVendor(lake, table, ("A",)), FakeVendor(lake, table, ("A", "B"))

    mended = mend(lake, reports(lake), [("first", first), ("second", second)], 0)

    assert [one.symbols for one in first.asked] == [("A", "B")]
    assert [one.symbols for one in second.asked] == [("B",)]
    assert [(one.source, one.rows) for one in mended.asked] == [("first", 390), ("second", 390)]


def test_a_source_without_a_key_is_asked_once(lake: Lake, table: SessionTable) -> None:
    with_holes(lake, table, "A", hole(table, 5, 0, 390), hole(table, 9, 0, 390))
    asked = []

    def closed(wish: Wish) -> IngestReport:
        asked.append(wish)
        raise AccessError("no key")

    lost = Wish("minute", ("Z",), None, None)
    mended = mend(lake, reports(lake), [("closed", closed)], 0, [lost, lost])

    assert asked == [lost]
    assert [(one.message, one.closed) for one in mended.asked] == [("no key", True)]
    assert (mended.wanted, len(mended.left["minute", "A"])) == (2, 2)


def test_a_source_that_turns_out_closed_is_not_asked_again(lake: Lake, table: SessionTable) -> None:
    with_holes(lake, table, "A", hole(table, 5, 0, 390), hole(table, 9, 0, 390))
    asked = []

    def closed(wish: Wish) -> IngestReport:
        asked.append(wish)
        raise UsageError("name a folder")

    mended = mend(lake, reports(lake), [("closed", closed)], 0)

    assert len(asked) == len(mended.asked) == 1


def test_days_that_do_not_follow_each_other_are_wishes_of_their_own(
    lake: Lake, table: SessionTable
) -> None:
    with_holes(lake, table, "A", hole(table, 5, 0, 390), hole(table, 9, 0, 390))
    vendor = FakeVendor(lake, table)

    mend(lake, reports(lake), [("vendor", vendor)], 0)

    days = [calendar_date(int(table.session_date[k])) for k in (5, 9)]
    assert [(one.start, one.end) for one in vendor.asked] == [(day, day) for day in days]


def test_what_no_answer_can_mend_and_what_is_only_good_to_know_is_not_asked_for(
    lake: Lake, table: SessionTable
) -> None:
    split = scaled(minutes_of(table), 390 * 9, 0.5)
    put(lake, "A", chosen(split, ~np.isin(split.open_time, hole(table, 5, 100, 1))))
    vendor = FakeVendor(lake, table, ("A",))

    mended = mend(lake, reports(lake), [("vendor", vendor)], 0)

    assert [one.code for one in reports(lake)[0].findings] == [
        Code.MISSING_MINUTES,
        Code.UNRECORDED_SPLIT,
    ]
    assert (vendor.asked, mended.wanted) == ([], 0)


def test_made_up_symbols_are_not_filled(lake: Lake, table: SessionTable) -> None:
    rows = minutes_of(table)
    kept = chosen(rows, ~np.isin(rows.open_time, hole(table, 5, 100, 5)))
    columns = {name: getattr(kept, name) for name in ("open_time", *FIELDS)}
    columns["transactions"] = np.zeros(len(kept), dtype=np.int64)
    origin = Origin("simulated seed 1", simulated=True)
    write_rows(lake.layout, KINDS["minute"], "SIM", columns, origin)

    assert mend(lake, reports(lake), [], 5).made == {}
    assert lake.symbols(simulated=True) == ("SIM",)


def test_a_source_that_fails_is_told_and_the_next_one_asked(
    lake: Lake, table: SessionTable
) -> None:
    with_holes(lake, table, "A", hole(table, 5, 0, 390))
    silent = FakeVendor(lake, table, refuses="no such folder")
    vendor = FakeVendor(lake, table, ("A",))

    mended = mend(lake, reports(lake), [("silent", silent), ("vendor", vendor)], 0)

    assert [(one.source, one.message) for one in mended.asked] == [
        ("silent", "no such folder"),
        ("vendor", ""),
    ]


def test_what_a_broken_part_held_is_asked_for_until_a_source_has_it(
    lake: Lake, table: SessionTable
) -> None:
    put(lake, "A", minutes_of(table))
    put(lake, "B", minutes_of(table))
    (part,) = lake.layout.folder("minute", "A").glob("*.parquet")
    part.write_bytes(b"torn")
    vendors = [FakeVendor(lake, table, has) for has in ((), ("A",), ("A",))]

    lost = lost_rows(lake.repair())
    mended = mend(lake, reports(lake), [(f"v{k}", one) for k, one in enumerate(vendors)], 0, lost)

    ends = [calendar_date(int(table.session_date[place])) for place in (0, -1)]
    assert lost == (Wish("minute", ("A",), *ends),)
    assert [(one.source, one.rows) for one in mended.asked] == [
        ("v0", 0),
        ("v1", len(minutes_of(table))),
    ]
    assert vendors[2].asked == []
    assert mended.left == {}


@pytest.mark.parametrize(
    ("kind", "file", "start", "end"),
    [
        ("minute", "2014-0123abcd0123.parquet", date(2014, 1, 1), date(2014, 12, 31)),
        ("trades", "2014-12-24-0123abcd0123.parquet", date(2014, 12, 24), date(2014, 12, 24)),
        ("day", "all-0123abcd0123.parquet", None, None),
        ("day", "manifest.json", None, None),
    ],
)
def test_a_lost_part_is_a_wish_for_its_period(
    kind: str, file: str, start: date | None, end: date | None
) -> None:
    assert lost_rows([Problem(kind, "A", file, "broken")] * 2) == (Wish(kind, ("A",), start, end),)


def test_what_nobody_has_is_left_and_said(lake: Lake, table: SessionTable) -> None:
    with_holes(lake, table, "A", hole(table, 5, 0, 390))

    mended = mend(lake, reports(lake), [("vendor", FakeVendor(lake, table))], 30)

    assert mended.left == {("minute", "A"): (int(table.session_date[5]),)}
    assert mended.made == {}


def test_nothing_is_made_unless_it_is_wished(lake: Lake, table: SessionTable) -> None:
    with_holes(lake, table, "A", hole(table, 5, 100, 3))

    assert mend(lake, reports(lake), [], 0).made == {}
    assert mend(lake, reports(lake), [], 2).made == {}
    assert mend(lake, reports(lake), [], 3).made == {"A": 3}


def test_only_what_no_source_has_is_made(lake: Lake, table: SessionTable) -> None:
    with_holes(lake, table, "A", hole(table, 5, 100, 5), hole(table, 9, 100, 5))
    with_holes(lake, table, "B", hole(table, 5, 100, 5))

    mended = mend(lake, reports(lake), [("vendor", FakeVendor(lake, table, ("A",)))], 5)

    assert mended.made == {"B": 5}


def market_of(lake: Lake) -> Market:
    return lake.market(("A",), "1m")[0]


def test_made_minutes_are_marked_in_sql_and_shown_by_no_market(
    lake: Lake, table: SessionTable
) -> None:
    with_holes(lake, table, "A", hole(table, 5, 100, 5))
    before, five = market_of(lake), lake.market(("A",), "5m")[0]

    mend(lake, reports(lake), [], 5)

    answer = lake.sql("SELECT synthetic, count(*), sum(volume) = 0 FROM minute GROUP BY synthetic")
    assert sorted(answer.rows) == [(False, len(minutes_of(table)) - 5, False), (True, 5, True)]
    after = market_of(lake)
    bar = 5 * 390 + 100
    assert (after.hash, lake.market(("A",), "5m")[0].hash) == (before.hash, five.hash)
    assert after.stale[bar : bar + 5, 0].all()
    assert np.all(after.close[bar : bar + 5, 0] == after.close[bar - 1, 0])
    assert len(lake.read_symbol("minute", "A")["open_time"]) == len(minutes_of(table)) - 5


def test_a_real_bar_takes_the_place_of_a_made_one(lake: Lake, table: SessionTable) -> None:
    with_holes(lake, table, "A", hole(table, 5, 100, 5))
    mend(lake, reports(lake), [], 5)

    put(lake, "A", minutes_of(table))

    answer = lake.sql("SELECT count(*), sum(synthetic::int) FROM minute")
    assert answer.rows == ((len(minutes_of(table)), 0),)
    assert np.array_equal(market_of(lake).close[:, 0], minutes_of(table).close)


def test_filling_twice_changes_nothing(lake: Lake, table: SessionTable) -> None:
    with_holes(lake, table, "A", hole(table, 5, 100, 5))
    mend(lake, reports(lake), [], 5)
    digest = lake.digest()

    assert mend(lake, reports(lake), [], 5).made == {}
    assert lake.digest() == digest


def test_made_minutes_do_not_hide_the_hole(lake: Lake, table: SessionTable) -> None:
    with_holes(lake, table, "A", hole(table, 5, 100, 5))
    before = [one.findings for one in reports(lake)]
    mend(lake, reports(lake), [], 5)

    assert [one.findings for one in reports(lake)] == before
    assert lake.gaps("minute")[0].minutes_missing.tolist() == [5]


def test_who_gave_the_lost_rows_is_asked_first(lake: Lake, table: SessionTable) -> None:
    put(lake, "A", minutes_of(table))
    (part,) = lake.layout.folder("minute", "A").glob("*.parquet")
    part.write_bytes(b"torn")
    (problem,) = lake.repair()
    (giver,) = {origin.partition(" ")[0] for origin in problem.origins}
    vendors = {name: FakeVendor(lake, table, ("A",)) for name in ("other", giver)}

    mended = mend(lake, reports(lake), list(vendors.items()), 0, lost_rows([problem]))

    assert [one.source for one in mended.asked] == [giver]
    assert vendors["other"].asked == []


def test_a_source_is_not_asked_for_kinds_that_it_does_not_have(
    lake: Lake, table: SessionTable
) -> None:
    with_holes(lake, table, "A", hole(table, 5, 0, 390))
    asked = []
    vendor = FakeVendor(lake, table, ("A",))

    def minutes_only(wish: Wish) -> IngestReport:
        asked.append(wish)
        if wish.kind != "minute":
            raise UsageError(f"source minutes has no kind {wish.kind!r}")
        return vendor(wish)

    day = calendar_date(int(table.session_date[9]))
    whole = minutes_of(table)
    opens = chosen(whole, np.isin(whole.open_time, np.delete(table.open_time, 9)))
    put(lake, "B", opens, kind="day")
    lost = Wish("trades", ("A",), day, day)
    kinds = {"minutes": ("minute",)}
    mended = mend(lake, reports(lake), [("minutes", minutes_only)], 0, [lost], kinds)

    assert [(one.source, one.wish.kind, one.rows) for one in mended.asked] == [
        ("minutes", "minute", 390)
    ]
    assert [one.kind for one in asked] == ["minute"]
    assert list(mended.left) == [("day", "B")]
