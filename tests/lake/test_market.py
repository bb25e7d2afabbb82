"""Markets out of the lake."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.bars import FIELDS
from daemon.domain.market.kinds import KINDS
from daemon.domain.market.resample import resample
from daemon.errors import MissingError, UsageError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.lake.market import Query
from daemon.lake.writer import Origin, write_rows
from daemon.plugin.roles import ActionRow, Request
from tests.lake.flatfiles import MINUTE, FakeSource, batch, opening

FRIDAY, MONDAY, TUESDAY = date(2024, 1, 5), date(2024, 1, 8), date(2024, 1, 9)
MINUTES, DAYS = Request("minute"), Request("day")


def minutes() -> FakeSource:
    """A on three sessions, B on the last two, an hour of each."""
    days: dict[date, list] = {}
    for number, day in enumerate((FRIDAY, MONDAY, TUESDAY)):
        stamps = [opening(day) + k * MINUTE for k in range(60)]
        prices = [100.0 + number + k / 100 for k in range(60)]
        days[day] = [batch("A", stamps, prices)]
        if number:
            days[day].append(batch("B", stamps[10:], prices[10:]))
    return FakeSource(days, [ActionRow("A", TUESDAY, new=2.0), ActionRow("A", MONDAY, cash=0.3)])


def days() -> FakeSource:
    """Daily rows of A."""
    return FakeSource(
        {
            day: [batch("A", [opening(day) - 570 * MINUTE], [float(200 + k)])]
            for k, day in enumerate((FRIDAY, MONDAY, TUESDAY))
        }
    )


@pytest.fixture
def filled(lake: Lake) -> Lake:
    """A lake with minutes of A and B."""
    ingest(lake, minutes(), MINUTES)
    return lake


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory, calendar_cache: Path) -> Lake:
    """The same lake for many examples."""
    lake = Lake(tmp_path_factory.mktemp("steady"), cache=calendar_cache)
    ingest(lake, minutes(), MINUTES)
    return lake


def test_a_market_has_every_regular_minute_of_its_sessions(filled: Lake) -> None:
    market, skipped = filled.market(("A", "B"), "1m")

    assert market.symbols == ("A", "B")
    assert skipped == ()
    assert market.shape == (3 * 390, 2)
    assert market.sessions == 3
    assert market.close[:3, 0].tolist() == [100.0, 100.01, 100.02]
    assert market.stale.sum(axis=0).tolist() == [3 * 330, 390 + 2 * 340]
    assert not market.simulated


@pytest.mark.parametrize("timeframe", ["5m", "15m", "30m", "1h", "1d"])
def test_coarser_frames_are_the_minutes_resampled(filled: Lake, timeframe: str) -> None:
    direct, _ = filled.market(("A", "B"), timeframe)

    assert direct.hash == resample(filled.market(("A", "B"), "1m")[0], timeframe).hash


def test_symbols_without_data_are_skipped_and_named(filled: Lake) -> None:
    market, skipped = filled.market(("ZZZ", "B", "YYY"), "1m")

    assert market.symbols == ("B",)
    assert skipped == ("ZZZ", "YYY")


@pytest.mark.parametrize(
    ("symbols", "start"), [(("ZZZ",), None), (("A",), date(2025, 1, 1)), ((), None)]
)
def test_no_data_at_all_is_an_error_that_says_what_to_do(
    filled: Lake, symbols: tuple[str, ...], start: date | None
) -> None:
    with pytest.raises(MissingError, match="nightshift lake ingest"):
        filled.market(symbols, "1m", start)


def test_daily_rows_are_taken_for_1d_and_minutes_where_there_are_none(filled: Lake) -> None:
    ingest(filled, days(), DAYS)
    query = Query(("A", "B"), "1d")

    market, _ = filled.market(("A", "B"), "1d")

    assert filled.derived(query) == ("B",)
    assert market.close[:, 0].tolist() == [200.0, 201.0, 202.0]
    assert market.close[-1, 1] == 102.59
    assert filled.derived(Query(("A", "B"), "1h")) == ("A", "B")


def test_dates_cut_the_market_on_both_sides(filled: Lake) -> None:
    market, _ = filled.market(("A",), "1m", MONDAY, MONDAY)

    assert market.sessions == 1
    assert market.open[0, 0] == 101.0
    assert market.axis.session[0] == 0


def test_corporate_actions_are_at_their_sessions_first_bar(filled: Lake) -> None:
    actions = filled.market(("B", "A"), "1h")[0].actions

    assert actions.bar.tolist() == [7, 14]
    assert actions.symbol.tolist() == [1, 1]
    assert actions.cash.tolist() == [0.3, 0.0]
    assert actions.new.tolist() == [1.0, 2.0]


def test_a_range_the_wrong_way_round_is_refused(filled: Lake) -> None:
    with pytest.raises(UsageError, match="exchange the two dates"):
        filled.market(("A",), "1m", TUESDAY, FRIDAY)


def test_an_unknown_time_frame_is_refused(filled: Lake) -> None:
    with pytest.raises(UsageError, match="unknown time frame '1hour'"):
        filled.market(("A",), "1hour")


@settings(max_examples=40, deadline=None)
@given(st.integers(-30, 4 * 24 * 60), st.sampled_from(["1m", "5m", "1h", "1d"]), st.integers(0, 59))
def test_nothing_later_than_the_as_of_instant_can_be_asked_for(
    steady: Lake, minute: int, timeframe: str, second: int
) -> None:
    opened = datetime(2024, 1, 5, 14, 30, tzinfo=UTC)
    as_of = opened + timedelta(minutes=minute, seconds=second)
    whole, _ = steady.market(("A",), timeframe)
    limit = int(as_of.timestamp()) * 1_000_000_000
    known = int(np.searchsorted(whole.axis.close_time, limit, side="right"))
    if known == 0:
        with pytest.raises(MissingError, match="bars of A"):
            steady.market(("A",), timeframe, as_of=as_of)
        return

    market, _ = steady.market(("A",), timeframe, as_of=as_of)

    assert int(market.axis.close_time[-1]) <= limit
    assert market.hash == whole.part(0, len(market.axis)).hash


def test_later_data_never_changes_an_earlier_market(lake: Lake) -> None:
    source = minutes()
    later = {TUESDAY: source.days.pop(TUESDAY)}
    as_of = datetime(2024, 1, 8, 21, 0, tzinfo=UTC)
    ingest(lake, source, MINUTES)
    before, _ = lake.market(("A", "B"), "5m", as_of=as_of)

    ingest(lake, FakeSource(later), MINUTES)

    assert lake.market(("A", "B"), "5m", as_of=as_of)[0].hash == before.hash


def test_made_up_prices_are_marked(lake: Lake) -> None:
    source = minutes()
    source.days = {FRIDAY: [batch("A", [opening(FRIDAY)], [5.0], "simulated seed 7")]}
    ingest(lake, source, MINUTES)

    assert lake.market(("A",), "1m")[0].simulated


def test_the_hot_copy_is_the_same_market_mapped_read_only(filled: Lake) -> None:
    built, _ = filled.market(("A", "B"), "1m")
    path = filled.hot_path(Query(("A", "B"), "1m"))
    written = path.stat().st_ino

    again, _ = filled.market(("A", "B"), "1m")

    assert path.stat().st_ino == written
    assert again.hash == built.hash
    for name in FIELDS:
        array = getattr(again, name)
        assert np.array_equal(array, getattr(built, name))
        assert array.flags.f_contiguous
        assert not array.flags.writeable


@pytest.mark.parametrize("kept", [0, 7, 40, 5000])
def test_a_damaged_hot_copy_is_made_again(filled: Lake, kept: int) -> None:
    built, _ = filled.market(("A",), "1m")
    path = filled.hot_path(Query(("A",), "1m"))
    content = path.read_bytes()
    path.unlink()  # the market above still maps the old file
    path.write_bytes(content[:kept])

    assert filled.market(("A",), "1m")[0].hash == built.hash
    assert path.read_bytes() == content


def test_a_finished_past_is_the_same_market_whenever_it_is_asked_for(filled: Lake) -> None:
    closed = datetime(2024, 1, 9, 21, 0, tzinfo=UTC)
    paths = {
        filled.hot_path(Query(("A",), "1m", as_of=as_of))
        for as_of in (None, closed, closed + timedelta(days=99, seconds=7))
    }

    assert len(paths) == 1
    assert filled.hot_path(Query(("A",), "1m", as_of=closed - timedelta(minutes=1))) not in paths


def test_new_rows_of_a_symbol_make_a_new_hot_copy(filled: Lake) -> None:
    query = Query(("A",), "1m")
    old = filled.hot_path(query)
    wednesday = date(2024, 1, 10)
    ingest(filled, FakeSource({wednesday: [batch("A", [opening(wednesday)], [5.0])]}), MINUTES)

    assert filled.hot_path(query) != old
    assert filled.market(("A",), "1m")[0].sessions == 4


def test_old_hot_copies_go_when_there_is_no_room_for_them(
    filled: Lake, tmp_path: Path, calendar_cache: Path
) -> None:
    folder = tmp_path / "few"
    few = Lake(filled.layout.root, hot=folder, cache=calendar_cache, hot_limit_bytes=100_000)

    for timeframe in ("1h", "1m", "5m"):
        few.market(("A",), timeframe)

    left = {path.name for path in folder.glob("*.market")}
    assert few.hot_path(Query(("A",), "5m")).name in left
    assert few.hot_path(Query(("A",), "1m")).name not in left


def test_the_digest_follows_the_content(filled: Lake) -> None:
    before = filled.digest()

    ingest(filled, minutes(), MINUTES, force=True)
    assert filled.digest() == before

    ingest(filled, days(), DAYS)
    assert filled.digest() != before


def test_ticks_change_no_fingerprint_of_markets(filled: Lake) -> None:
    before = filled.digest()
    kind = KINDS["trades"]
    columns = {name: np.ones(1, dtype=dtype) for name, dtype in kind.columns}
    write_rows(filled.layout, kind, "A", columns, Origin("test"))
    assert filled.digest() == before

    bars = {name: np.ones(1, dtype=dtype) for name, dtype in KINDS["minute"].columns}
    write_rows(filled.layout, KINDS["minute"], "Z", bars, Origin("test"))
    assert filled.digest() != before
