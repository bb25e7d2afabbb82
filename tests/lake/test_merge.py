"""New rows over held ones: by rank, then the newest of one source, day files for whole days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.kinds import BESIDE_KINDS, KINDS, Columns, Kind, Rank
from daemon.domain.market.order import latest, ordered
from daemon.lake.lake import Lake
from daemon.lake.manifest import Provenance, load_manifest
from daemon.lake.merge import merge
from daemon.lake.reader import read_columns
from daemon.lake.verify import verify_all
from daemon.lake.writer import Origin, write_rows

DAY = 86_400_000_000_000
MORNING = 14 * 3_600_000_000_000
MINUTE = 60_000_000_000
BARS = KINDS["minute"]
TRADES = KINDS["trades"]
ORDER = (Rank.REPAIRED, Rank.TRADES, Rank.FEED, Rank.ANSWER, Rank.DAY_FILE)
Bars = dict[tuple[int, int], tuple[float, Rank]]
"""(day, minute) -> (price, rank)."""


def stored(bars: Bars) -> Columns:
    """Bars whose prices are all the same, as the lake stores them."""
    places = sorted(bars)
    price = np.array([bars[place][0] for place in places], dtype=np.float64)
    nothing = np.zeros(len(places), dtype=np.int64)
    times = [day * DAY + MORNING + minute * MINUTE for day, minute in places]
    return {
        "open_time": np.array(times, dtype=np.int64),
        **dict.fromkeys(("open", "high", "low", "close", "volume"), price),
        "transactions": nothing,
        "rank": np.array([bars[place][1] for place in places], dtype=np.int8),
        "origin": nothing.astype(np.int8),
    }


def read(columns: Columns) -> Bars:
    """Stored bars as a dictionary."""
    since = columns["open_time"] - MORNING
    places = zip((since // DAY).tolist(), (since % DAY // MINUTE).tolist(), strict=True)
    values = zip(columns["close"].tolist(), map(Rank, columns["rank"].tolist()), strict=True)
    return dict(zip(places, values, strict=True))


def expected(old: Bars, new: Bars, own: set[tuple[int, int]]) -> Bars:
    """The rules of `merge`, row by row. own: places that the same source gave."""
    filed = {day for (day, _), (_, rank) in old.items() if rank == Rank.DAY_FILE}
    file_days = {day for (day, _), (_, rank) in new.items() if rank == Rank.DAY_FILE}
    tape_days = {day for (day, _), (_, rank) in new.items() if rank == Rank.TRADES}
    result = {
        place: (price, rank)
        for place, (price, rank) in old.items()
        if place in new
        or rank == Rank.REPAIRED
        or (rank == Rank.TRADES and place[0] not in tape_days)
        or (rank == Rank.DAY_FILE and place not in own)
        or (rank != Rank.TRADES and place[0] not in file_days)
    }
    for place, (price, rank) in new.items():
        if place[0] in filed and rank in (Rank.FEED, Rank.ANSWER):
            continue
        least = ORDER.index(result[place][1]) + (place not in own) if place in result else 0
        if ORDER.index(rank) >= least:
            result[place] = (price, rank)
    return result


places = st.tuples(st.integers(0, 2), st.integers(0, 5))
prices = st.integers(1, 3).map(float)
held = st.dictionaries(places, st.tuples(prices, st.sampled_from(Rank)), max_size=12)


@st.composite
def arriving(draw: st.DrawFn) -> Bars:
    """Bars of one origin."""
    rank = draw(st.sampled_from(Rank))
    return {k: (v, rank) for k, v in draw(st.dictionaries(places, prices, max_size=10)).items()}


@settings(max_examples=150, deadline=None)
@given(held, arriving(), st.sets(places))
def test_rows_are_merged_by_the_rules(old: Bars, new: Bars, own: set[tuple[int, int]]) -> None:
    before = stored(old)
    mine = np.array([place in own for place in sorted(old)], dtype=bool)

    merged = merge(BARS, before, stored(new), mine)

    result = expected(old, new, own)
    assert read(merged.rows) == result
    different = {k for k in {*old, *result} if old.get(k) != result.get(k)}
    assert merged.changed == len(different)
    assert (merged.rows is before) == (not different)


@settings(max_examples=100, deadline=None)
@given(held, arriving())
def test_merging_the_same_again_changes_nothing(old: Bars, new: Bars) -> None:
    once = merge(BARS, stored(old), stored(new)).rows

    again = merge(BARS, once, stored(new))

    assert (again.changed, again.rows is once) == (0, True)


@pytest.mark.parametrize("rank", [Rank.ANSWER, Rank.TRADES])
@settings(max_examples=100, deadline=None)
@given(st.dictionaries(places, prices, max_size=10), st.dictionaries(places, prices, min_size=1))
def test_a_file_and_an_answer_or_bars_of_trades_come_to_the_same_in_either_order(
    rank: Rank, answer: dict[tuple[int, int], float], file: dict[tuple[int, int], float]
) -> None:
    asked = stored({k: (v, rank) for k, v in answer.items()})
    filed = stored({k: (v, Rank.DAY_FILE) for k, v in file.items()})

    one = merge(BARS, merge(BARS, BARS.empty(), asked).rows, filed).rows
    other = merge(BARS, merge(BARS, BARS.empty(), filed).rows, asked).rows

    assert read(one) == read(other)


def ticks(rows: Iterable[tuple[int, int, float]], rank: Rank = Rank.ANSWER) -> Columns:
    """Trades at a time, with a sequence number and a price."""
    values = list(rows)
    columns = {name: np.zeros(len(values), dtype=dtype) for name, dtype in TRADES.stored}
    columns["sip_timestamp"] = np.array([MORNING + at for at, _, _ in values], dtype=np.int64)
    columns["sequence_number"] = np.array([n for _, n, _ in values], dtype=np.int64)
    columns["price"] = np.array([price for _, _, price in values], dtype=np.float64)
    columns["rank"][:] = rank
    return columns


def rows_of(kind: Kind, columns: Columns) -> list[tuple[float, ...]]:
    """Rows as tuples."""
    return list(zip(*(columns[name].tolist() for name in kind.names), strict=True))


tick = st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from([1.0, 2.0]))


@settings(max_examples=100, deadline=None)
@given(st.lists(tick, max_size=8), st.lists(tick, max_size=8))
def test_repeated_ticks_are_counted_and_not_folded(
    first: list[tuple[int, int, float]], second: list[tuple[int, int, float]]
) -> None:
    first = [(n // 2, n, 5.0) for _, n, _ in first]
    second = [(n // 2, n, 5.0) for _, n, _ in second]
    once = merge(TRADES, TRADES.empty(), ordered(TRADES, ticks(first))).rows

    both = merge(TRADES, once, ordered(TRADES, ticks(second)))
    again = merge(TRADES, both.rows, ordered(TRADES, ticks(second)))

    a = Counter(n for _, n, _ in first)
    b = Counter(n for _, n, _ in second)
    assert Counter(both.rows["sequence_number"].tolist()) == a | b
    assert again.changed == 0
    pairs = zip(
        both.rows["sip_timestamp"].tolist(), both.rows["sequence_number"].tolist(), strict=True
    )
    assert list(pairs) == sorted(
        zip(
            both.rows["sip_timestamp"].tolist(),
            both.rows["sequence_number"].tolist(),
            strict=True,
        )
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(tick, max_size=8), st.lists(tick, min_size=1, max_size=8))
def test_a_day_file_of_ticks_is_the_day(
    asked: list[tuple[int, int, float]], filed: list[tuple[int, int, float]]
) -> None:
    file = ordered(TRADES, ticks(filed, Rank.DAY_FILE))
    before = merge(TRADES, TRADES.empty(), ordered(TRADES, ticks(asked))).rows

    merged = merge(TRADES, before, file).rows

    assert sorted(rows_of(TRADES, merged)) == sorted(rows_of(TRADES, file))


def test_of_two_rows_of_a_batch_the_later_one_holds_but_ticks_stay() -> None:
    twice = stored({(0, 1): (1.0, Rank.FEED), (0, 2): (2.0, Rank.FEED)})
    twice["open_time"][1] = twice["open_time"][0]

    assert latest(BARS, twice)["close"].tolist() == [2.0]
    assert len(latest(TRADES, ticks([(1, 1, 1.0), (1, 1, 2.0)]))["price"]) == 2


def test_an_unknown_greek_is_no_change() -> None:
    chain = KINDS["option_chains"]
    row = {name: np.ones(1, dtype=dtype) for name, dtype in chain.stored}
    row["delta"] = np.array([np.nan])

    again = merge(chain, row, {**row, "delta": np.array([np.nan])})

    assert again.changed == 0


def written(lake: Lake, bars: Bars, text: str) -> None:
    """Writes bars of one rank."""
    columns = stored(bars)
    rank = next(iter(bars.values()))[1]
    write_rows(lake.layout, BARS, "A", columns, Origin(text, False, rank))


def test_the_manifest_tells_who_gave_how_many_rows(lake: Lake) -> None:
    written(lake, {(d, m): (1.0, Rank.ANSWER) for d in (0, 1) for m in range(3)}, "vendor rest")
    written(lake, {(0, m): (2.0, Rank.DAY_FILE) for m in (0, 1)}, "vendor file")
    written(lake, {(0, 2): (3.0, Rank.REPAIRED)}, "repair")

    manifest = load_manifest(lake.layout.manifest("minute", "A"))

    assert manifest is not None
    assert manifest.parts[0].origins == (
        Provenance("repair", Rank.REPAIRED, 1),
        Provenance("vendor file", Rank.DAY_FILE, 2),
        Provenance("vendor rest", Rank.ANSWER, 3),
    )
    columns = read_columns(lake.layout, "minute", "A", names=("rank", "origin", "close"))
    assert columns["origin"].tolist() == [1, 1, 0, 2, 2, 2]
    assert columns["rank"].tolist() == [3, 3, 0, 2, 2, 2]
    assert columns["close"].tolist() == [2, 2, 3, 1, 1, 1]
    assert verify_all(lake.layout) == ()


def test_an_origin_without_rows_left_is_forgotten(lake: Lake) -> None:
    written(lake, {(0, 0): (1.0, Rank.ANSWER)}, "a rest")
    written(lake, {(0, 0): (2.0, Rank.DAY_FILE)}, "b file")

    manifest = load_manifest(lake.layout.manifest("minute", "A"))

    assert manifest is not None
    assert [one.text for one in manifest.parts[0].origins] == ["b file"]
    assert read_columns(lake.layout, "minute", "A", names=("origin",))["origin"].tolist() == [0]


@pytest.mark.parametrize("name", sorted(set(KINDS) - set(BESIDE_KINDS)))
def test_every_kind_is_written_and_read_back(lake: Lake, name: str) -> None:
    kind, chance = KINDS[name], np.random.default_rng(1)
    columns = {column: chance.integers(1, 100, 50).astype(dtype) for column, dtype in kind.columns}
    scale = 1 if kind.dated else DAY
    columns[kind.key] = (np.sort(columns[kind.key].astype(np.int64)) * scale + scale // 2).astype(
        columns[kind.key].dtype
    )
    rows = latest(kind, columns)

    write_rows(lake.layout, kind, "A", rows, Origin("hand"))

    back = read_columns(lake.layout, name, "A", names=kind.names)
    assert all(np.array_equal(back[column], rows[column]) for column in kind.names)
    assert verify_all(lake.layout) == ()
    manifest = load_manifest(lake.layout.manifest(name, "A"))
    assert manifest is not None
    days = {int(day) for day in kind.days(rows[kind.key])}
    assert {part.period for part in manifest.parts} == {kind.period_of(day) for day in days}
    assert write_rows(lake.layout, kind, "A", rows, Origin("hand")).changed == 0


def priced(lake: Lake, origin: str, price: float, rank: Rank = Rank.ANSWER, count: int = 2) -> int:
    """Lays two bars, or another number of them, of one price into the lake."""
    rows = stored({(19_000, minute): (price, rank) for minute in range(count)})
    columns = {name: rows[name] for name in BARS.names}
    return write_rows(lake.layout, BARS, "A", columns, Origin(origin, rank=rank)).changed


def closes(lake: Lake) -> list[float]:
    return read_columns(lake.layout, "minute", "A", names=("close",))["close"].tolist()


@pytest.mark.parametrize("rank", [Rank.ANSWER, Rank.DAY_FILE])
def test_two_sources_of_one_rank_do_not_flap_and_add_what_is_missing(
    lake: Lake, rank: Rank
) -> None:
    priced(lake, "massive:rest", 100.0, rank)

    changed = [
        priced(lake, "alpaca sip minute", 101.0, rank, count=3),
        priced(lake, "massive:rest", 100.0, rank),
        priced(lake, "alpaca sip minute", 101.0, rank, count=3),
    ]

    assert changed == [1, 0, 0]
    assert closes(lake) == [100.0, 100.0, 101.0]


def test_the_same_source_corrects_itself_whatever_it_was_asked_by(lake: Lake) -> None:
    priced(lake, "massive:rest", 100.0)

    assert priced(lake, "massive:other", 100.5) == 2
    assert closes(lake) == [100.5, 100.5]


def test_another_source_of_a_higher_rank_takes_the_place(lake: Lake) -> None:
    priced(lake, "massive:rest", 100.0)

    assert priced(lake, "files us_stocks_sip", 101.0, Rank.DAY_FILE) == 2
    assert closes(lake) == [101.0, 101.0]
