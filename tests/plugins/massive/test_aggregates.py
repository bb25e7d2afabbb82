"""Bars by REST: raw, whole, and refused with a sentence where they are broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from daemon.errors import BadDataError
from daemon.plugin.roles import Request
from tests.fakes import FakeClock
from tests.plugins.massive.conftest import Massive
from tests.plugins.massive.samples import (
    BY_REST,
    SYMBOLS,
    filled,
    milliseconds,
    rows_of,
)
from tests.servers.faults import Fault
from tests.servers.massive_rest import MassiveRest, bar

REQUEST = Request("minute", SYMBOLS)


@pytest.fixture
def both(massive: Massive, rest: MassiveRest) -> Massive:
    """Three days as flat files, two by REST."""
    return filled(massive, rest)


def test_minutes_that_are_not_over_are_left_for_later(both: Massive, rest: MassiveRest) -> None:
    both.clock = FakeClock(datetime(2024, 1, 9, 14, 34, 30, tzinfo=UTC))  # 09:34:30 New York
    today = replace(REQUEST, symbols=("A",), start=BY_REST[1])

    assert len(rows_of(both.source(), today)[0].columns["close"]) == 3
    rest.status = "DELAYED"
    assert rows_of(both.source(), today) == []
    both.clock.move(15 * 60)
    assert len(rows_of(both.source(), today)[0].columns["close"]) == 3


def test_day_bars_by_rest_are_the_whole_market_in_one_call(both: Massive) -> None:
    every = Request("day", (), BY_REST[0], BY_REST[0])

    batches = rows_of(both.source(), every)

    assert [b.symbol for b in batches] == ["A", "B"]
    assert both.server.count("grouped") == 1
    midnight = milliseconds(BY_REST[0], "00:00") * 1_000_000
    assert [b.columns["open_time"].tolist() for b in batches] == [[midnight]] * 2


def test_prices_are_asked_for_as_they_were_traded(both: Massive) -> None:
    for kind in ("minute", "day"):
        rows_of(both.source(), replace(REQUEST, kind=kind))

    asked = [a for a in both.server.asked if "/v2/aggs/" in a.path and "cursor" not in a.query]
    assert asked
    assert {a.query["adjusted"] for a in asked} == {"false"}


def test_prices_adjusted_all_the_same_are_refused(both: Massive, rest: MassiveRest) -> None:
    source = both.source()
    part = source.parts(REQUEST)[-2]
    body = b'{"adjusted": true, "status": "OK", "results": []}'
    both.server.fail("/A/range", Fault("status", status=200, body=body))

    with pytest.raises(BadDataError, match="raw prices only"):
        list(source.rows(part, REQUEST))


def test_a_symbol_with_a_broken_answer_leaves_the_others_alone(
    both: Massive, rest: MassiveRest
) -> None:
    rest.minutes["A", BY_REST[0]] = [bar(milliseconds(BY_REST[0], "09:30"), -5)]
    source = both.source()
    part = next(p for p in source.parts(REQUEST) if p.day == BY_REST[0])
    rows = source.rows(part, REQUEST)

    assert next(rows).symbol == "B"
    with pytest.raises(BadDataError, match="massive, A"):
        next(rows)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"t": 1_704_810_600}, "milliseconds"),
        ({"t": 1_704_810_600_000_000_000}, "milliseconds"),
        ({"t": "soon"}, "milliseconds"),
        ({"t": 1_704_724_200_000 - 86_400_000}, "2024-01-08 only"),
        ({"t": 1_704_724_200_001}, "whole minute"),
        ({"o": None}, "a number as o"),
        ({"c": "1.5"}, "a number as c"),
        ({"v": True}, "a number as v"),
        ({"h": 0.5}, "low"),
        ({"n": 1.5}, "whole numbers"),
    ],
)
def test_a_broken_bar_is_told_with_what_was_expected(
    both: Massive, rest: MassiveRest, broken: dict[str, object], told: str
) -> None:
    good = bar(milliseconds(BY_REST[0], "09:30"), 13)
    rest.minutes["A", BY_REST[0]] = [{**good, **broken}]
    only = Request("minute", ("A",), BY_REST[0], BY_REST[0])

    with pytest.raises(BadDataError, match=told):
        rows_of(both.source(), only)


def test_a_day_without_trades_gives_no_rows_and_no_error(both: Massive) -> None:
    only = Request("minute", ("NOSUCH",), BY_REST[0], BY_REST[0])

    assert rows_of(both.source(), only) == []


def test_times_ascend_and_are_nanoseconds(both: Massive) -> None:
    for batch in rows_of(both.source(), REQUEST):
        assert np.all(np.diff(batch.columns["open_time"]) > 0)
        assert batch.columns["open_time"][0] > 10**18
