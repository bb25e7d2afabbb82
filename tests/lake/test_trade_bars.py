"""Bars of the trades in the lake: made once, corrected with them, and replaced by any vendor's."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.kinds import KINDS, Rank
from daemon.domain.market.supply import Want
from daemon.errors import MissingError, UsageError
from daemon.lake.ingest import IngestReport, ask_again, ingest
from daemon.lake.lake import Lake
from daemon.lake.layout import Layout
from daemon.lake.lock import single_writer
from daemon.lake.reader import read_columns
from daemon.lake.repair import Ask, Mended, mend
from daemon.lake.supply import supply
from daemon.lake.trade_bars import TRADES, Tape, TradeBars
from daemon.lake.wishes import Wish, lost_rows
from daemon.lake.writer import Origin, write_rows
from daemon.plugin.roles import Request
from tests.domain.market.scan.made import chosen, minutes_of
from tests.domain.market.sessions import MINUTE
from tests.domain.market.test_trade_bars import (
    OPEN,
    Trade,
    columns,
    reference,
    rows,
    trade,
)

MONDAY, TUESDAY = date(2014, 12, 1), date(2014, 12, 2)
FIRST = 16_405  # that Monday
DAY_S = 86_400
SIMPLE = [Trade(1, 10.0), Trade(2, 12.0), Trade(61, 11.0), Trade(130, 9.0, codes=(37,))]


def put_trades(layout: Layout, trades: Sequence[Trade], symbol: str = "A") -> None:
    """A file of whole days."""
    origin = Origin("vendor file", rank=Rank.DAY_FILE)
    write_rows(layout, KINDS["trades"], symbol, columns(list(trades)), origin)


def put_minutes(lake: Lake, bars: Rows, rank: Rank, symbol: str = "A") -> None:
    """A vendor's bars."""
    told = {name: getattr(bars, name) for name in ("open_time", *FIELDS)}
    told["transactions"] = np.zeros(len(bars), dtype=np.int64)
    write_rows(lake.layout, KINDS["minute"], symbol, told, Origin("vendor bars", rank=rank))


def make(lake: Lake, kind: str = "minute", *symbols: str) -> IngestReport:
    return ingest(lake, TradeBars(lake), Request(kind, symbols), along=())


def held(lake: Lake, kind: str = "minute", symbol: str = "A") -> list[tuple[float, ...]]:
    return rows(read_columns(lake.layout, kind, symbol))


def origins(lake: Lake, symbol: str = "A") -> dict[str, int]:
    (found,) = [one for one in lake.inventory() if (one.kind, one.symbol) == ("minute", symbol)]
    return {one.text: one.rows for one in found.origins}


@pytest.mark.parametrize("kind", ["minute", "day"])
@settings(max_examples=12, deadline=None)
@given(st.lists(trade, min_size=1, max_size=30))
def test_the_bars_in_the_lake_are_those_of_the_slow_reference(
    calendar_cache: Path, kind: str, trades: list[Trade]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake", cache=calendar_cache)
        sessions = lake.sessions.between(FIRST - 1, FIRST + 2)
        expected = reference(trades, sessions, daily=kind == "day")
        put_trades(lake.layout, trades)

        if expected:
            assert make(lake, kind).rows == len(expected)
        else:
            with pytest.raises(MissingError):
                make(lake, kind)

        assert held(lake, kind) == expected


def test_a_second_run_writes_nothing(
    lake: Lake, fingerprint: Callable[[Path], dict[str, str]]
) -> None:
    put_trades(lake.layout, SIMPLE)
    first = make(lake)
    before = fingerprint(lake.layout.root)

    again = make(lake)
    forced = ingest(lake, TradeBars(lake), Request("minute"), force=True, along=())

    assert (first.parts, first.rows, first.skipped) == (1, 2, 0)
    assert (again.parts, again.rows, again.skipped) == (0, 0, 1)
    assert (forced.parts, forced.rows) == (1, 0)
    assert fingerprint(lake.layout.root) == before


def test_bars_tell_that_they_are_made_of_trades_and_are_not_synthetic(lake: Lake) -> None:
    put_trades(lake.layout, SIMPLE)
    make(lake)

    assert origins(lake) == {"trades": 2}
    assert lake.sql("SELECT DISTINCT synthetic FROM minute").rows == ((False,),)
    assert len(lake.read_symbol("minute", "A")["open_time"]) == 2


def test_trades_that_come_later_and_corrections_are_followed(lake: Lake) -> None:
    tuesday = [Trade(DAY_S + 1, 20.0), Trade(DAY_S + 65, 21.0)]
    put_trades(lake.layout, SIMPLE)
    make(lake)

    corrected = [Trade(1, 10.0), Trade(2, 12.0, correction=1), Trade(61, 11.0, correction=8)]
    put_trades(lake.layout, [*corrected, *tuesday])
    report = make(lake)

    assert (report.parts, report.skipped) == (2, 0)
    assert [(bar[0], bar[4]) for bar in held(lake)] == [
        (OPEN, 10.0),
        (OPEN + DAY_S * 10**9, 20.0),
        (OPEN + DAY_S * 10**9 + MINUTE, 21.0),
    ]


def test_only_the_days_and_symbols_asked_for_are_made(lake: Lake) -> None:
    put_trades(lake.layout, [*SIMPLE, Trade(DAY_S + 1, 20.0)])
    put_trades(lake.layout, SIMPLE, "B")

    ingest(lake, TradeBars(lake), Request("minute", ("A",), TUESDAY, TUESDAY), along=())

    assert [bar[4] for bar in held(lake)] == [20.0]
    assert held(lake, symbol="B") == []


@pytest.mark.parametrize("rank", [Rank.FEED, Rank.ANSWER, Rank.DAY_FILE])
@pytest.mark.parametrize("later", [True, False])
def test_a_vendors_bar_takes_the_place_and_what_the_vendor_lacks_is_made(
    lake: Lake, rank: Rank, later: bool
) -> None:
    vendor = Rows(np.array([OPEN]), *(np.array([99.0]) for _ in FIELDS))
    put_trades(lake.layout, SIMPLE)
    steps = [lambda: make(lake), lambda: put_minutes(lake, vendor, rank)]

    for step in steps if later else reversed(steps):
        step()

    assert [(bar[0], bar[4]) for bar in held(lake)] == [(OPEN, 99.0), (OPEN + MINUTE, 11.0)]
    assert origins(lake) == {"trades": 1, "vendor bars": 1}


def test_a_symbol_without_trades_is_one_sentence_and_nothing_is_made(lake: Lake) -> None:
    with pytest.raises(MissingError, match="no trades of any symbol between the beginning and"):
        make(lake)
    put_trades(lake.layout, SIMPLE)

    with pytest.raises(MissingError, match=r"no trades of XYZ between.*lake ingest --kind trades"):
        make(lake, "minute", "A", "XYZ")
    with pytest.raises(UsageError, match="no kind 'trades', expected one of minute, day"):
        make(lake, "trades")

    assert lake.symbols() == ()


def test_broken_trades_cost_their_day_and_are_made_when_they_are_back(lake: Lake) -> None:
    put_trades(lake.layout, [*SIMPLE, Trade(DAY_S + 1, 20.0)])
    (monday,) = lake.layout.folder("trades", "A").glob("2014-12-01-*.parquet")
    monday.write_bytes(b"torn")

    report = make(lake)
    with single_writer(lake.layout):
        put_trades(lake.layout, SIMPLE)
    again = make(lake)

    assert [part for part, _ in report.failed] == ["A 2014-12-01"]
    assert (report.rows, again.rows, again.failed) == (1, 2, ())


def test_trades_that_were_set_aside_meanwhile_get_no_receipt(lake: Lake) -> None:
    source = TradeBars(lake)

    with pytest.raises(MissingError, match=r"A 2014-12-01: .* set aside"):
        list(source.rows(Tape("A", MONDAY, "1 abc"), Request("minute")))


def test_ranks_keep_the_numbers_that_stand_in_stored_parts() -> None:
    assert {one.name: int(one) for one in Rank} == {
        "REPAIRED": 0,
        "FEED": 1,
        "ANSWER": 2,
        "DAY_FILE": 3,
        "TRADES": 4,
    }


def repaired(lake: Lake, fill: int, lost: Sequence[Wish] = (), vendor: Ask | None = None) -> Mended:
    """A repair with a vendor of trades, if there is one, and the bars made of them."""
    source = TradeBars(lake)

    def again(wish: Wish) -> IngestReport:
        return ask_again(lake, source, Request(wish.kind, wish.symbols, wish.start, wish.end))

    asks: list[tuple[str, Ask]] = [("vendor", vendor)] if vendor else []
    kinds = {"vendor": ("trades",), TRADES: source.kinds}
    return mend(lake, lake.survey({}).reports, [*asks, (TRADES, again)], fill, lost, kinds)


def with_holes(lake: Lake, minutes: int, *sessions: int) -> np.ndarray:
    """Twenty sessions of day files that lack some minutes of these; their times."""
    table = lake.sessions.between(FIRST, FIRST + 25)
    bars = minutes_of(table)
    first = table.open_time[list(sessions)] + 100 * MINUTE
    holes: np.ndarray = (first[:, None] + np.arange(minutes) * MINUTE).ravel()
    put_minutes(lake, chosen(bars, ~np.isin(bars.open_time, holes)), Rank.DAY_FILE)
    return holes


def test_missing_minutes_come_of_trades_before_they_are_filled(lake: Lake) -> None:
    hole = with_holes(lake, 5, 0, 3)
    traded = [Trade(float((at - OPEN) / 1e9) + 1, 50.0) for at in hole[:3].tolist()]
    put_trades(lake.layout, traded)

    mended = repaired(lake, 5)

    ((source, wish, count),) = [(one.source, one.wish, one.rows) for one in mended.asked]
    assert (source, wish, count) == (TRADES, Wish("minute", ("A",), MONDAY, MONDAY), 3)
    assert mended.made == {"A": 5}
    bars = lake.read_symbol("minute", "A")
    assert bars["close"][np.isin(bars["open_time"], hole)].tolist() == [50.0] * 3
    assert repaired(lake, 5).asked == ()


def test_days_without_trades_are_not_asked_for(lake: Lake) -> None:
    with_holes(lake, 60, 3)
    put_trades(lake.layout, SIMPLE)

    mended = repaired(lake, 0, [Wish("minute", ("B",), None, None)])

    assert mended.asked == ()
    assert list(mended.left) == [("minute", "A")]


def test_lost_bars_are_made_again_after_their_trades_have_come(lake: Lake) -> None:
    put_trades(lake.layout, SIMPLE)
    make(lake)
    before = held(lake)
    for kind in ("minute", "trades"):
        (part,) = lake.layout.folder(kind, "A").glob("*.parquet")
        part.write_bytes(b"torn")

    def vendor(wish: Wish) -> IngestReport:
        put_trades(lake.layout, SIMPLE)
        return IngestReport(rows=len(SIMPLE))

    mended = repaired(lake, 0, lost_rows(lake.repair()), vendor)

    assert [(one.source, one.rows) for one in mended.asked] == [("vendor", 4), (TRADES, 2)]
    assert held(lake) == before
    assert lake.unreadable() == ()


@pytest.mark.parametrize("wished", [True, False])
def test_the_ingestion_makes_bars_of_trades_where_it_is_wished(lake: Lake, wished: bool) -> None:
    asked: list[Wish] = []

    def nobody(wish: Wish) -> IngestReport:
        asked.append(wish)
        return IngestReport(lacking=wish.symbols)

    def trades(wish: Wish) -> IngestReport:
        return ingest(lake, TradeBars(lake), Request(wish.kind, wish.symbols, wish.start, wish.end))

    put_trades(lake.layout, SIMPLE)
    orders = {"A": ("nobody",), "B": ("nobody",)}
    want = Want("minute", MONDAY, MONDAY, orders, trade_bars=wished)
    found = supply(lake, want, {"nobody": nobody, TRADES: trades}, OPEN + 10 * MINUTE)

    assert len(asked) == 1
    assert found.rows == (2 if wished else 0)
    assert set(found.failed) == ({"B"} if wished else {"A", "B"})
