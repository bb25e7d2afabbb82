"""The source: which way each day comes, what it says of itself, and what it does when refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from daemon.domain.market.kinds import Rank
from daemon.errors import AccessError, BadDataError, MissingError, UsageError
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin import Secret
from daemon.plugin.flatfiles.layout import key_of
from daemon.plugin.roles import Request
from plugins.massive.download import FETCHED, TEMPORARY
from plugins.massive.listing import NotInPlan
from tests.fakes import FakeClock
from tests.lake.flatfiles import minutes
from tests.plugins.massive.conftest import Massive
from tests.plugins.massive.samples import (
    BY_REST,
    FLAT,
    SYMBOLS,
    days_of,
    filled,
    flat_files,
    milliseconds,
    rows_of,
    text,
)
from tests.servers.faults import Fault
from tests.servers.massive_rest import MassiveRest, bar

REQUEST = Request("minute", SYMBOLS)
DENIED = b"<Error><Code>AccessDenied</Code></Error>"


@pytest.fixture
def both(massive: Massive, rest: MassiveRest) -> Massive:
    """Three days as flat files, two by REST."""
    return filled(massive, rest)


def test_listed_days_come_as_files_and_the_days_since_by_rest(both: Massive) -> None:
    parts = both.source().parts(REQUEST)

    assert days_of(list(parts)) == [
        *(("flat", str(day)) for day in FLAT),
        *(("rest", str(day)) for day in BY_REST),
    ]
    assert parts[-2].stamp == "final"
    assert parts[-1].stamp == "at 2024-01-09T20:00Z"


def test_rows_tell_the_way_they_came_and_how_much_they_are_believed(both: Massive) -> None:
    batches = rows_of(both.source(), REQUEST)

    flat = [b for b in batches if b.origin == "massive:flat/us_stocks_sip/minute_aggs_v1"]
    rest = [b for b in batches if b.origin == "massive:rest"]
    assert (len(flat), len(rest)) == (6, 4)
    assert {b.rank for b in flat} == {Rank.DAY_FILE}
    assert {b.rank for b in rest} == {Rank.ANSWER}
    assert [b.symbol for b in rest] == ["A", "B", "A", "B"]
    assert rest[0].columns["close"].tolist() == [13, 14, 15, 16, 17, 18, 19]
    assert rest[0].columns["volume"].tolist() == [100.5] * 7
    assert rest[0].columns["open_time"][0] == milliseconds(BY_REST[0], "09:30") * 1_000_000


def test_a_day_file_that_appears_takes_the_place_of_rest(both: Massive, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    ingest(lake, both.source(), REQUEST)
    both.store.put({key_of("minute", BY_REST[0]): text(_minutes_of("A", 50))})

    parts = both.source().parts(REQUEST)
    ingest(lake, both.source(), replace(REQUEST, symbols=("A",)))

    assert days_of(list(parts))[-2:] == [("flat", "2024-01-08"), ("rest", "2024-01-09")]
    answer = lake.sql("select close from minute where symbol = 'A' order by open_time")
    closes = [row[0] for row in answer.rows]
    assert 50 in closes
    assert closes.count(13) == 1, "the bar of the day that only REST has stays"


def test_only_what_changed_is_read_again(both: Massive, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    first = ingest(lake, both.source(), REQUEST)
    both.clock.move(60)
    both.store.put({key_of("minute", FLAT[1]): text([*_minutes_of("A", 99, FLAT[1])])})

    again = ingest(lake, both.source(), REQUEST)

    assert (first.parts, first.failed) == (5, ())
    assert (again.parts, again.skipped) == (2, 3)
    assert again.rows > 0


def test_minutes_that_are_not_over_are_left_for_later(both: Massive, rest: MassiveRest) -> None:
    both.clock = FakeClock(datetime(2024, 1, 9, 14, 34, 30, tzinfo=UTC))  # 09:34:30 New York
    today = replace(REQUEST, symbols=("A",), start=BY_REST[1])

    assert len(rows_of(both.source(), today)[0].columns["close"]) == 3
    rest.status = "DELAYED"
    assert rows_of(both.source(), today) == []
    both.clock.move(15 * 60)
    assert len(rows_of(both.source(), today)[0].columns["close"]) == 3


@pytest.mark.parametrize(
    ("now", "kind", "expected"),
    [
        ("2024-01-09T08:00", "minute", ["2024-01-08 at 2024-01-09T08:00Z"]),
        ("2024-01-09T09:01", "minute", ["2024-01-08 final"]),
        ("2024-01-09T09:03", "minute", ["2024-01-08 final", "2024-01-09 at 2024-01-09T09:03Z"]),
        ("2024-01-09T20:00", "day", ["2024-01-08 final"]),
        ("2024-01-09T21:45", "day", ["2024-01-08 final", "2024-01-09 at 2024-01-09T21:45Z"]),
        ("2024-01-07T20:00", "minute", []),
    ],
)
def test_a_day_is_asked_for_once_it_has_begun_and_is_final_the_next_morning(
    both: Massive, now: str, kind: str, expected: list[str]
) -> None:
    both.clock = FakeClock(datetime.fromisoformat(now).replace(tzinfo=UTC))

    parts = both.source().parts(replace(REQUEST, kind=kind))

    assert [f"{p.day} {p.stamp}" for p in parts if p.key.startswith("rest")] == expected


def test_a_hole_among_the_files_that_is_asked_for_by_name_comes_by_rest(
    both: Massive, rest: MassiveRest
) -> None:
    hole = date(2023, 11, 15)
    rest.minutes["A", hole] = [bar(milliseconds(hole, "10:00"), 5)]

    batches = rows_of(both.source(), Request("minute", ("A",), hole, hole))

    assert [b.columns["close"].tolist() for b in batches] == [[5]]


def test_who_names_no_first_day_does_not_ask_rest_for_decades(both: Massive) -> None:
    both.clock = FakeClock(datetime(2025, 6, 16, 20, 0, tzinfo=UTC))

    by_rest = [p for p in both.source().parts(REQUEST) if p.key.startswith("rest")]

    assert [str(p.day) for p in by_rest] == [
        f"2025-06-{day:02d}" for day in (9, 10, 11, 12, 13, 16)
    ]


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


def test_without_s3_keys_every_day_comes_by_rest(both: Massive) -> None:
    both.secrets = {"MASSIVE_API_KEY": both.secrets["MASSIVE_API_KEY"]}

    parts = both.source().parts(replace(REQUEST, start=FLAT[0]))

    assert {way for way, _ in days_of(list(parts))} == {"rest"}
    assert both.store.proxy.count() == 0


def test_without_a_rest_key_the_newest_days_are_left_out(both: Massive) -> None:
    del both.secrets["MASSIVE_API_KEY"]
    source = both.source()

    assert {way for way, _ in days_of(list(source.parts(REQUEST)))} == {"flat"}
    with pytest.raises(MissingError, match="MASSIVE_API_KEY"):
        source.actions(Request("splits", SYMBOLS))


def test_without_symbols_minutes_come_as_files_only(both: Massive) -> None:
    parts = both.source().parts(Request("minute"))

    assert {way for way, _ in days_of(list(parts))} == {"flat"}
    assert both.server.asked == []


def test_without_any_key_one_sentence_names_them_all(both: Massive) -> None:
    both.secrets = {}

    with pytest.raises(MissingError) as told:
        both.source().parts(REQUEST)
    for name in ("MASSIVE_AWS_ACCESS_KEY", "MASSIVE_AWS_SECRET_KEY", "MASSIVE_API_KEY"):
        assert name in str(told.value)


def test_half_a_pair_of_keys_names_the_other_half(both: Massive) -> None:
    del both.secrets["MASSIVE_AWS_SECRET_KEY"]

    with pytest.raises(MissingError, match="MASSIVE_AWS_SECRET_KEY"):
        both.source().parts(REQUEST)


def test_a_wrong_rest_key_is_told_before_anything_is_read(both: Massive) -> None:
    both.secrets["MASSIVE_API_KEY"] = Secret("wrong-key-canary")

    with pytest.raises(AccessError, match="MASSIVE_API_KEY") as told:
        both.source().parts(REQUEST)
    assert "canary" not in str(told.value)


def test_a_status_that_fails_for_another_reason_stops_nothing(both: Massive) -> None:
    both.server.fail("marketstatus", Fault("status", status=500), times=None)

    assert len(both.source().parts(REQUEST)) == 5


def test_a_history_that_begins_later_is_found_with_few_questions(both: Massive) -> None:
    both.store.proxy.fail("2024-01-0[34]", Fault("status", status=403), None, "HEAD")
    source = both.source()

    open_ended = source.parts(REQUEST)
    named = source.parts(replace(REQUEST, start=FLAT[0]))

    assert days_of(list(open_ended))[0] == ("flat", "2024-01-05")
    assert days_of(list(named))[:2] == [("refused", "2024-01-04"), ("flat", "2024-01-05")]
    with pytest.raises(NotInPlan, match="2024-01-03 to 2024-01-04"):
        list(source.rows(named[0], REQUEST))


def test_a_kind_outside_the_plan_leaves_the_others_alone(both: Massive) -> None:
    del both.secrets["MASSIVE_API_KEY"]
    for methods, body in (("HEAD", b""), ("GET", DENIED)):
        fault = Fault("status", status=403, body=body)
        both.store.proxy.fail("minute_aggs.*gz", fault, None, methods)
    source = both.source()

    refused = source.parts(REQUEST)
    days = rows_of(source, replace(REQUEST, kind="day"))

    assert [way for way, _ in days_of(list(refused))] == ["refused"]
    with pytest.raises(NotInPlan):
        list(source.rows(refused[0], REQUEST))
    assert len(days) == 6


def test_a_kind_outside_the_plan_of_files_comes_by_rest(both: Massive) -> None:
    both.store.proxy.fail("minute_aggs.*gz", Fault("status", status=403), None, "HEAD")

    assert {way for way, _ in days_of(list(both.source().parts(REQUEST)))} == {"rest"}


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


def test_a_broken_file_is_not_kept(both: Massive) -> None:
    both.store.put({key_of("minute", FLAT[0]): b"no gzip at all" * 10})
    source = both.source(keep_files=True)
    parts = source.parts(REQUEST)

    with pytest.raises(BadDataError, match="whole gzip file"):
        list(source.rows(parts[0], REQUEST))
    list(source.rows(parts[1], REQUEST))

    kept = [path.name for path in both.folder.rglob("*.csv.gz")]
    assert kept == ["2024-01-04.csv.gz"]


def test_files_are_gone_once_they_were_read(both: Massive) -> None:
    rows_of(both.source(), REQUEST)

    assert [path for path in both.folder.rglob("*") if path.is_file()] == []


def test_the_first_question_of_a_start_removes_what_a_kill_left(both: Massive) -> None:
    half, fetched = both.folder / TEMPORARY / "half", both.folder / FETCHED / "x" / "a.csv.gz"
    for path in (half, fetched):
        path.parent.mkdir(parents=True)
        path.write_text("half")
    source = both.source()

    source.parts(REQUEST)
    gone = not half.exists() and not fetched.exists()
    half.parent.mkdir()
    half.write_text("of a download that runs")
    source.parts(REQUEST)

    assert gone
    assert half.exists()


def test_splits_and_dividends_are_exact_and_in_dollars(both: Massive) -> None:
    source = both.source()

    splits = source.actions(Request("splits", SYMBOLS))
    dividends = source.actions(Request("dividends"))
    later = source.actions(Request("splits", (), start=date(2024, 1, 1)))

    assert [(s.symbol, str(s.ex_date), s.new, s.old) for s in splits] == [
        ("A", "2024-01-08", 4, 1),
        ("B", "2020-08-31", 3, 2),
    ]
    assert [(str(d.ex_date), d.cash) for d in dividends] == [
        ("2024-01-03", 0.03),
        ("2024-01-04", 0.04),
        ("2024-01-05", 0.05),
    ]
    assert [s.symbol for s in later] == ["A"]


def test_actions_have_no_parts(both: Massive) -> None:
    with pytest.raises(UsageError, match="splits"):
        both.source().parts(Request("splits"))


def test_downloads_run_ahead_and_tell_their_bytes(both: Massive) -> None:
    source, told = both.source(), list[tuple[int, int]]()
    parts = source.parts(REQUEST)

    with source.fetching(parts, REQUEST, lambda size, of: told.append((size, of))):
        batches = [b for part in parts for b in source.rows(part, REQUEST)]

    sizes = [len(body) for key, body in flat_files().items() if "minute" in key]
    assert len(batches) == 10
    assert told[-1][1] == sum(sizes)
    assert max(size for size, _ in told) == sum(sizes)
    assert [path for path in both.folder.rglob("*") if path.is_file()] == []


def test_times_ascend_and_are_nanoseconds(both: Massive) -> None:
    for batch in rows_of(both.source(), REQUEST):
        assert np.all(np.diff(batch.columns["open_time"]) > 0)
        assert batch.columns["open_time"][0] > 10**18


def _minutes_of(symbol: str, price: float, day: date = BY_REST[0]) -> list[str]:
    return minutes(symbol, day, [price])
