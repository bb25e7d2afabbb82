"""Several sources in turn: the next is asked for what is left, and who has none is told."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import KINDS, Rank
from daemon.domain.market.supply import Want
from daemon.errors import AccessError
from daemon.lake.ingest import IngestReport
from daemon.lake.lake import Lake
from daemon.lake.reader import calendar_date, day_number, read_columns
from daemon.lake.supply import supply
from daemon.lake.wishes import Wish
from daemon.lake.writer import Origin, write_rows
from tests.domain.market.scan.made import chosen, minutes_of
from tests.domain.market.sessions import MINUTE

FIRST, LAST = 16_405, 16_430  # 2014-12-01 to 2014-12-26, a half day on the 24th
EVER = 2**62


@dataclass
class Vendor:
    """Has the minutes of some sessions, up to an instant; remembers what it was asked for."""

    lake: Lake
    sessions: SessionTable
    has: tuple[str, ...]
    until: int = EVER
    refuses: str = ""
    rank: Rank = Rank.ANSWER
    asked: list[Wish] = field(default_factory=list)

    def __call__(self, wish: Wish) -> IngestReport:
        self.asked.append(wish)
        if self.refuses:
            raise AccessError(self.refuses)
        everything = minutes_of(self.sessions)
        days = self.sessions.session_date[self.sessions.of_instants(everything.open_time)]
        low, high = day_number(wish.start), day_number(wish.end)
        kept = (days >= low) & (days <= high) & (everything.open_time + MINUTE <= self.until)
        rows = chosen(everything, kept)
        known = [symbol for symbol in wish.symbols if symbol in self.has]
        changed = sum(self._put(symbol, rows) for symbol in known) if len(rows) else 0
        lacking = tuple(symbol for symbol in wish.symbols if symbol not in self.has)
        return IngestReport(rows=changed, lacking=lacking)

    def _put(self, symbol: str, rows: Rows) -> int:
        columns = {name: getattr(rows, name) for name in ("open_time", *FIELDS)}
        columns["transactions"] = np.zeros(len(rows), dtype=np.int64)
        origin = Origin("test", rank=self.rank)
        return write_rows(self.lake.layout, KINDS["minute"], symbol, columns, origin).changed


@pytest.fixture
def table(lake: Lake) -> SessionTable:
    return lake.sessions.between(FIRST, LAST)


def want(orders: dict[str, tuple[str, ...]]) -> Want:
    return Want("minute", calendar_date(FIRST), calendar_date(LAST), orders)


def held(lake: Lake, symbol: str) -> list[int]:
    return read_columns(lake.layout, "minute", symbol, names=("open_time",))["open_time"].tolist()


def test_the_next_source_is_asked_for_the_sessions_that_are_left(
    lake: Lake, table: SessionTable
) -> None:
    old, new = table.rows(0, 15), table.rows(10, len(table))
    files, answers = Vendor(lake, old, ("A", "B")), Vendor(lake, new, ("A", "B"))
    order = ("files", "answers")

    found = supply(lake, want({"A": order, "B": order}), {"files": files, "answers": answers}, EVER)

    days = [calendar_date(int(day)) for day in table.session_date]
    assert files.asked == [
        Wish("minute", ("A", "B"), calendar_date(FIRST), calendar_date(LAST)),
    ]
    assert answers.asked == [Wish("minute", ("A", "B"), days[15], days[-1])]
    assert (found.lacking, found.failed, found.said) == (0, {}, ())
    assert held(lake, "A") == minutes_of(table).open_time.tolist()


def test_who_is_complete_is_not_asked_of_the_next(lake: Lake, table: SessionTable) -> None:
    files, answers = Vendor(lake, table, ("A",)), Vendor(lake, table, ("B",))
    order = ("files", "answers")

    found = supply(lake, want({"A": order, "B": order}), {"files": files, "answers": answers}, EVER)

    assert [wish.symbols for wish in answers.asked] == [("B",)]
    assert found.failed == {}
    assert found.said == ("files: it has no minute bars of B",)


def test_a_symbol_has_an_order_of_its_own(lake: Lake, table: SessionTable) -> None:
    files, answers = Vendor(lake, table, ("A", "B")), Vendor(lake, table, ("A", "B"))
    orders = {"A": ("files", "answers"), "B": ("answers", "files")}

    supply(lake, want(orders), {"files": files, "answers": answers}, EVER)

    assert [wish.symbols for wish in files.asked] == [("A",)]
    assert [wish.symbols for wish in answers.asked] == [("B",)]


def test_a_symbol_that_no_source_has_is_told_with_what_each_said(
    lake: Lake, table: SessionTable
) -> None:
    files = Vendor(lake, table, ())
    answers = Vendor(lake, table, (), refuses="answers refuses its key; set ANSWERS_KEY")

    found = supply(
        lake, want({"X": ("files", "answers")}), {"files": files, "answers": answers}, EVER
    )

    assert found.failed == {
        "X": {
            "files": "it has no minute bars of X",
            "answers": "answers refuses its key; set ANSWERS_KEY",
        }
    }
    assert found.lacking == len(table)


def test_sessions_to_come_are_not_missing(lake: Lake, table: SessionTable) -> None:
    now = int(table.open_time[12])
    files = Vendor(lake, table.rows(0, 12), ("A",), until=now)
    spare = Vendor(lake, table, ("A",))

    found = supply(lake, want({"A": ("files", "spare")}), {"files": files, "spare": spare}, now)

    assert (found.lacking, spare.asked) == (0, [])


@given(st.lists(st.integers(0, 460), min_size=1, max_size=8, unique=True).map(sorted))
@settings(deadline=None, max_examples=25)
def test_history_joins_today_at_any_minute(
    tmp_path_factory: pytest.TempPathFactory, looks: list[int]
) -> None:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    table = lake.sessions.between(FIRST, FIRST + 4)
    history = Vendor(lake, table.rows(0, len(table) - 1), ("A",), rank=Rank.DAY_FILE)
    asks = {"history": history, "today": Vendor(lake, table, ("A",))}
    everything = minutes_of(table).open_time

    for minute in looks:
        now = int(table.open_time[-1]) + minute * MINUTE
        asks["today"].until = now
        supply(lake, want({"A": ("history", "today")}), asks, now)

        due = everything[everything + MINUTE <= now]
        if minute >= 5:
            assert held(lake, "A") == due.tolist()
        else:
            assert held(lake, "A") == due[: len(held(lake, "A"))].tolist()


def test_a_symbol_that_cannot_be_read_is_asked_for_and_the_others_are_filled(
    lake: Lake, table: SessionTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = Vendor(lake, table.rows(0, 5), ("A", "B"))
    supply(lake, want({"A": ("both",), "B": ("both",)}), {"both": both}, EVER)
    for part in lake.layout.folder("minute", "A").glob("*.parquet"):
        part.write_bytes(b"torn")
    monkeypatch.setattr("daemon.lake.reader.broken_part", lambda *_: None)  # a read-only lake
    files, spare = Vendor(lake, table, ("B",)), Vendor(lake, table, ("B",))

    orders = {"A": ("files", "spare"), "B": ("files",)}
    found = supply(lake, want(orders), {"files": files, "spare": spare}, EVER)

    assert [wish.symbols for wish in spare.asked] == [("A",)]
    assert held(lake, "B") == minutes_of(table).open_time.tolist()
    assert any(sentence.startswith("lake: ") for sentence in found.said)
    assert list(found.failed) == ["A"]
    assert found.lacking == len(table)


def test_a_part_that_breaks_is_set_aside_and_asked_for_again(
    lake: Lake, table: SessionTable
) -> None:
    files = Vendor(lake, table, ("A",))
    spare = Vendor(lake, table, ("A",))
    supply(lake, want({"A": ("files",)}), {"files": files}, EVER)
    for part in lake.layout.folder("minute", "A").glob("*.parquet"):
        part.write_bytes(b"torn")
    files.has = ()

    found = supply(lake, want({"A": ("files", "spare")}), {"files": files, "spare": spare}, EVER)

    assert (found.lacking, found.failed) == (0, {})
    assert held(lake, "A") == minutes_of(table).open_time.tolist()
