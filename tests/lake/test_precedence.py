"""Whose bar holds among sources of one rank: the preferred one's, and nobody's that is wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.kinds import KINDS, Rank
from daemon.domain.market.scan.findings import Severity
from daemon.domain.market.scan.wrong import wrong_bars
from daemon.domain.market.supply import SourceOrder
from daemon.lake.lake import Lake
from daemon.lake.precedence import Precedence
from daemon.lake.reader import read_columns
from daemon.lake.replaced import replaced_of
from daemon.lake.writer import Origin, write_rows
from tests.domain.market.scan.made import chosen, days_of, minutes_of, scaled, with_bar

FIRST, LAST = 16_405, 16_409  # 2014-12-01 to 2014-12-05
ORDER = SourceOrder(("one", "two"), {"B": ("two", "one")})
BARS = 5 * 390
PLACES = st.sets(st.integers(2, BARS - 3), min_size=1, max_size=4)


@pytest.fixture
def rows(lake: Lake) -> Rows:
    """Five whole sessions."""
    return minutes_of(lake.sessions.between(FIRST, LAST))


def put(
    lake: Lake,
    rows: Rows,
    origin: str,
    *,
    mend: bool = False,
    symbol: str = "A",
    rank: Rank = Rank.ANSWER,
    kind: str = "minute",
) -> int:
    """Lays bars into the lake. mend: as a repair does."""
    columns = {name: getattr(rows, name) for name in ("open_time", *FIELDS)}
    columns["transactions"] = np.zeros(len(rows), dtype=np.int64)
    wrong = partial(wrong_bars, lake.sessions) if mend else None
    told = Origin(origin, rank=rank, precedence=Precedence(ORDER, wrong))
    return write_rows(lake.layout, KINDS[kind], symbol, columns, told, lake.fault).changed


def closes(lake: Lake, symbol: str = "A", kind: str = "minute") -> np.ndarray:
    return read_columns(lake.layout, kind, symbol, names=("close",))["close"]


def dearer(rows: Rows) -> Rows:
    """The same bars a little higher, as another source tells them."""
    return scaled(rows, 0, 1.00002)


def spiked(rows: Rows, *places: int) -> Rows:
    """Bars of twice their price."""
    columns = {name: getattr(rows, name).copy() for name in ("open", "high", "low", "close")}
    for column in columns.values():
        column[list(places)] *= 2.0
    return replace(rows, **columns)


def repeated(rows: Rows, start: int, count: int) -> Rows:
    """Bars that repeat the one before `start`."""
    columns = {name: getattr(rows, name).copy() for name in FIELDS}
    for column in columns.values():
        column[start : start + count] = column[start - 1]
    return replace(rows, **columns)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["one", "two", "two:rest"]), max_size=6))
def test_the_preferred_source_holds_whoever_came_first_and_nothing_flaps(
    tmp_path_factory: pytest.TempPathFactory, calls: list[str]
) -> None:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    rows = minutes_of(lake.sessions.between(FIRST, FIRST))
    has = {"one": chosen(rows, np.arange(390) < 300), "two": dearer(rows)}
    has["two:rest"] = has["two"]

    for name in [*calls, "two", "one"]:
        put(lake, has[name], name)
    again = [put(lake, has[name], name) for name in [*calls, "two", "one"]]

    assert np.array_equal(closes(lake), np.append(rows.close[:300], dearer(rows).close[300:]))
    assert not any(again)


def test_a_symbol_may_have_another_order(lake: Lake, rows: Rows) -> None:
    for symbol in ("A", "B"):
        put(lake, dearer(rows), "two", symbol=symbol)
        put(lake, rows, "one", symbol=symbol)

    assert np.array_equal(closes(lake, "A"), rows.close)
    assert np.array_equal(closes(lake, "B"), dearer(rows).close)


@pytest.mark.parametrize(("first", "second"), [("one", "strange"), ("strange", "one")])
def test_beside_a_source_that_is_in_no_order_the_first_one_holds(
    lake: Lake, rows: Rows, first: str, second: str
) -> None:
    put(lake, rows, first)

    assert put(lake, dearer(rows), second) == 0


def test_a_preferred_source_does_not_overrule_a_higher_rank(lake: Lake, rows: Rows) -> None:
    put(lake, rows, "two", rank=Rank.DAY_FILE)

    assert put(lake, dearer(rows), "one") == 0


def test_a_preferred_day_file_overrules_and_leaves_what_it_lacks(lake: Lake, rows: Rows) -> None:
    put(lake, dearer(rows), "two", rank=Rank.DAY_FILE)
    put(lake, chosen(rows, np.arange(BARS) < 10), "one", rank=Rank.DAY_FILE)

    assert np.array_equal(closes(lake), np.append(rows.close[:10], dearer(rows).close[10:]))


@settings(max_examples=25, deadline=None)
@given(PLACES, st.sets(st.integers(0, BARS - 1), max_size=4))
def test_wrong_bars_give_way_and_good_ones_are_not_touched(
    tmp_path_factory: pytest.TempPathFactory, wrong: set[int], lacking: set[int]
) -> None:
    lake = Lake(tmp_path_factory.mktemp("lake"))
    rows = minutes_of(lake.sessions.between(FIRST, LAST))
    broken = spiked(rows, *wrong)
    other = chosen(dearer(rows), ~np.isin(np.arange(BARS), list(lacking)))
    put(lake, broken, "one")
    named = wrong_of(lake)

    changed = put(lake, other, "two", mend=True)

    after = closes(lake)
    mended = np.flatnonzero(after != broken.close)
    assert changed == len(mended)
    assert set(mended.tolist()) <= wrong - lacking
    assert named - lacking <= set(mended.tolist())
    assert np.array_equal(after[mended], dearer(rows).close[mended])
    assert wrong_of(lake) <= lacking
    kept = {one.open_time: (one.values[3], one.origin, one.by) for one in told(lake)}
    assert kept == {
        int(rows.open_time[k]): (broken.close[k], "one", "two") for k in mended.tolist()
    }
    assert put(lake, other, "two", mend=True) == 0
    assert put(lake, broken, "one", mend=True) == 0


def wrong_of(lake: Lake) -> set[int]:
    """Places of the wrong bars among those held."""
    columns = read_columns(lake.layout, "minute", "A", names=(*KINDS["minute"].names, "rank"))
    return set(np.flatnonzero(wrong_bars(lake.sessions, KINDS["minute"], columns)).tolist())


def told(lake: Lake) -> tuple:
    return replaced_of(lake.layout, "minute", "A")


def test_without_a_repair_a_wrong_bar_stays(lake: Lake, rows: Rows) -> None:
    put(lake, spiked(rows, 500), "one")

    assert put(lake, dearer(rows), "two") == 0


def test_a_spike_that_both_sources_tell_is_left_alone(lake: Lake, rows: Rows) -> None:
    put(lake, spiked(rows, 500), "one")

    assert put(lake, dearer(spiked(rows, 500)), "two", mend=True) == 0
    assert told(lake) == ()


def test_a_wrong_bar_that_hid_behind_another_is_mended_in_the_same_go(
    lake: Lake, rows: Rows
) -> None:
    broken = spiked(with_bar(rows, 500, high=400.0, close=390.0, open=390.0, low=380.0), 501)
    put(lake, broken, "one")

    put(lake, dearer(rows), "two", mend=True)

    assert np.array_equal(closes(lake)[[500, 501]], dearer(rows).close[[500, 501]])
    assert put(lake, dearer(rows), "two", mend=True) == 0


def test_a_wrong_bar_of_a_day_file_does_not_give_way_to_an_answer(lake: Lake, rows: Rows) -> None:
    put(lake, spiked(rows, 500), "one", rank=Rank.DAY_FILE)

    assert put(lake, dearer(rows), "two", mend=True) == 0


def test_a_long_run_of_repeated_bars_gives_way_and_is_no_disagreement(
    lake: Lake, rows: Rows
) -> None:
    put(lake, repeated(rows, 400, 120), "one")
    before = {one.severity for report in lake.survey({}).reports for one in report.findings}

    changed = put(lake, dearer(rows), "two", mend=True)
    put(lake, repeated(rows, 400, 120), "one", mend=True)

    assert before == {Severity.BAD}
    assert changed == 120
    assert [report.findings for report in lake.survey({}).reports] == [()]


def test_a_wrong_daily_bar_gives_way(lake: Lake) -> None:
    daily = days_of(lake.sessions.between(FIRST, FIRST + 60))
    put(lake, spiked(daily, 30), "one", kind="day")

    assert put(lake, dearer(daily), "two", mend=True, kind="day") == 1
    assert closes(lake, kind="day")[30] == dearer(daily).close[30]


def test_what_was_found_wrong_does_not_come_back_until_it_is_told_otherwise(
    lake: Lake, rows: Rows
) -> None:
    put(lake, spiked(rows, 500), "one")
    put(lake, dearer(rows), "two", mend=True)

    again = put(lake, spiked(rows, 500), "one")
    corrected = put(lake, rows, "one:rest")

    assert (again, corrected) == (0, 1)
    assert np.array_equal(closes(lake), rows.close)


@pytest.mark.parametrize("point", ["before_write", "before_rename", "before_manifest"])
def test_a_kill_while_bars_give_way_loses_nothing(lake: Lake, rows: Rows, point: str) -> None:
    put(lake, spiked(rows, 500, 900), "one")

    def killed(name: str) -> None:
        if name == point:
            raise KeyboardInterrupt

    lake.fault = killed
    with pytest.raises(KeyboardInterrupt):
        put(lake, dearer(rows), "two", mend=True)
    lake.fault = lambda _: None
    between = closes(lake)

    assert np.array_equal(between, spiked(rows, 500, 900).close)
    assert put(lake, spiked(rows, 500, 900), "one") == 0
    assert put(lake, dearer(rows), "two", mend=True) == 2
    assert [one.values[3] for one in told(lake)] == spiked(rows, 500, 900).close[
        [500, 900]
    ].tolist()


def test_a_torn_list_of_what_gave_way_is_as_none(lake: Lake, rows: Rows) -> None:
    put(lake, spiked(rows, 500), "one")
    put(lake, dearer(rows), "two", mend=True)
    (path,) = (lake.layout.root / ".journal" / "replaced" / "minute").iterdir()
    path.write_bytes(b'[[1, "x"')

    assert told(lake) == ()
