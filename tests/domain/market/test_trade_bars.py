"""Bars from trades against a slow reference that reads row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.codes import packed
from daemon.domain.market.conditions import VENDOR, ConditionRules, Effect
from daemon.domain.market.kinds import KINDS, Columns
from daemon.domain.market.trade_bars import day_bars, minute_bars
from tests.domain.market.sessions import MINUTE, table

SESSIONS = table([390, 210])
OPEN = int(SESSIONS.open_time[0])
DAY = 86_400_000_000_000

VOLUME_ONLY = {2, 7, 12, 13, 20, 21, 29, 37, 52, 53}
NO_ENDS = {5, 10, 22, 32, 33}
NOTHING = {15, 16}


@dataclass
class Trade:
    """One trade, in seconds since the first session's open."""

    at: float
    price: float
    size: float = 100.0
    codes: tuple[int, ...] = ()
    correction: int = 0


def columns(trades: list[Trade]) -> Columns:
    """The trades as the lake has them."""
    made = {name: np.zeros(len(trades), dtype=dtype) for name, dtype in KINDS["trades"].columns}
    ordered = sorted(trades, key=lambda one: one.at)
    made["sip_timestamp"] = np.array([OPEN + round(t.at * 1e9) for t in ordered], dtype=np.int64)
    made["price"] = np.array([t.price for t in ordered], dtype=np.float64)
    made["size"] = np.array([t.size for t in ordered], dtype=np.float64)
    made["conditions"] = np.array([packed(t.codes) for t in ordered], dtype=np.int64)
    made["correction"] = np.array([t.correction for t in ordered], dtype=np.int16)
    return made


def reference(trades: list[Trade], sessions: SessionTable, daily: bool) -> list[tuple[float, ...]]:
    """(time, open, high, low, close, volume, count) of each bar, trade by trade."""
    bars: dict[int, dict[str, list[float]]] = {}
    for one in sorted(trades, key=lambda trade: trade.at):
        stamp = OPEN + round(one.at * 1e9)
        if one.correction not in (0, 12):
            continue
        inside = any(
            opened <= stamp < closed
            for opened, closed in zip(sessions.open_time, sessions.close_time, strict=True)
        )
        start = stamp // MINUTE * MINUTE
        if daily:
            date = (stamp - 4 * 60 * MINUTE) // DAY
            if date not in sessions.session_date:
                continue
            start = int(date * DAY + 870 * MINUTE - 570 * MINUTE)
        codes = set(one.codes) - (set() if inside or daily else {12})
        bar = bars.setdefault(start, {"ends": [], "range": [], "sizes": []})
        if codes & NOTHING:
            continue
        if not codes & VOLUME_ONLY:
            bar["range"].append(one.price)
            if not codes & NO_ENDS:
                bar["ends"].append(one.price)
        if 38 not in codes:
            bar["sizes"].append(one.size)
    return [
        (
            start,
            bar["ends"][0],
            max(bar["range"]),
            min(bar["range"]),
            bar["ends"][-1],
            sum(bar["sizes"]),
            len(bar["sizes"]),
        )
        for start, bar in sorted(bars.items())
        if bar["ends"]
    ]


def rows(bars: Columns) -> list[tuple[float, ...]]:
    """Bars as tuples, in the order of the reference."""
    names = ("open_time", "open", "high", "low", "close", "volume", "transactions")
    return list(zip(*(bars[name].tolist() for name in names), strict=True))


trade = st.builds(
    Trade,
    at=st.integers(-4 * 3600, 30 * 3600).map(float) | st.integers(0, 200).map(float),
    price=st.sampled_from([10.0, 10.5, 11.0, 9.25]),
    size=st.sampled_from([1.0, 100.0, 0.5]),
    codes=st.lists(
        st.sampled_from([2, 8, 10, 12, 14, 15, 16, 32, 37, 38, 41, 52, 777]), max_size=3
    ).map(tuple),
    correction=st.sampled_from([0, 0, 0, 12, 1, 8, 10]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(trade, max_size=30))
def test_minute_bars_are_those_of_the_reference(trades: list[Trade]) -> None:
    assert rows(minute_bars(columns(trades), SESSIONS)) == reference(trades, SESSIONS, daily=False)


@settings(max_examples=150, deadline=None)
@given(st.lists(trade, max_size=30))
def test_day_bars_are_those_of_the_reference(trades: list[Trade]) -> None:
    assert rows(day_bars(columns(trades), SESSIONS)) == reference(trades, SESSIONS, daily=True)


@pytest.mark.parametrize(
    ("codes", "bar"),
    [
        ((), (10.0, 12.0, 10.0, 12.0, 150.0, 2)),
        ((37,), (10.0, 10.0, 10.0, 10.0, 150.0, 2)),
        ((32,), (10.0, 12.0, 10.0, 10.0, 150.0, 2)),
        ((16,), (10.0, 10.0, 10.0, 10.0, 100.0, 1)),
        ((38,), (10.0, 12.0, 10.0, 12.0, 100.0, 1)),
        ((14, 37), (10.0, 10.0, 10.0, 10.0, 150.0, 2)),
        ((12,), (10.0, 10.0, 10.0, 10.0, 150.0, 2)),
    ],
)
def test_a_second_trade_changes_what_its_codes_allow(
    codes: tuple[int, ...], bar: tuple[float, ...]
) -> None:
    trades = [Trade(1, 10.0), Trade(2, 12.0, 50.0, codes)]

    (made,) = rows(minute_bars(columns(trades), SESSIONS))

    assert made == (OPEN, *bar)


def test_a_form_t_makes_minutes_before_the_open_and_no_day() -> None:
    early = columns([Trade(-600, 10.0, codes=(12,))])

    assert rows(minute_bars(early, SESSIONS)) == [(OPEN - 10 * MINUTE, 10, 10, 10, 10, 100, 1)]
    assert rows(day_bars(early, SESSIONS)) == []


def test_volume_before_the_open_belongs_to_the_day() -> None:
    trades = columns([Trade(-600, 99.0, 7.0, (12,)), Trade(5, 10.0)])

    (day,) = rows(day_bars(trades, SESSIONS))

    assert day == (OPEN - 570 * MINUTE, 10.0, 10.0, 10.0, 10.0, 107.0, 2)


def test_another_table_of_codes_may_take_the_place_of_the_vendors() -> None:
    trades = columns([Trade(1, 10.0), Trade(2, 12.0, codes=(14,))])
    rules = ConditionRules({**VENDOR.effects, 14: Effect.VOLUME})

    assert minute_bars(trades, SESSIONS)["high"].tolist() == [12.0]
    assert minute_bars(trades, SESSIONS, rules)["high"].tolist() == [10.0]
