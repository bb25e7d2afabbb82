"""The books of paid calls: no cap is ever passed, and what is settled stays."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.evolution.calls import Call, CallState, Cap, Settlement
from daemon.store.store import SqlStore

DAWN = datetime(2026, 3, 2, tzinfo=UTC)
COMMON = {"c0ffee": "the contract"}


class Hours:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = DAWN + timedelta(hours=6)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def opened(tmp_path: Path, hours: Hours) -> SqlStore:
    return SqlStore.open(tmp_path / "books.db", now=hours)


def call(number: int, reserved: int = 100, **changes: object) -> Call:
    made = Call(
        id=f"call-{number}",
        mutation=f"mutation-{number}",
        night="n1",
        swarm="anthropic",
        model="claude-sonnet-5-5",
        prompt="v1",
        common="c0ffee",
        request='{"number": 1}',
        reserved=reserved,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_calls_are_entered_in_their_order_as_far_as_the_cap_allows(opened: SqlStore) -> None:
    cap = (Cap(DAWN, 250),)

    entered = opened.books.enter([call(n) for n in range(4)], cap, COMMON)

    assert entered == ("call-0", "call-1")
    assert opened.books.spent(DAWN) == 200
    assert opened.settings("c0ffee") == "the contract"


def test_the_tightest_of_the_caps_holds(opened: SqlStore, hours: Hours) -> None:
    opened.books.enter([call(0)], (), COMMON)
    hours.at += timedelta(days=1)
    tomorrow = DAWN + timedelta(days=1)

    assert opened.books.enter([call(1)], (Cap(tomorrow, 100), Cap(DAWN, 150)), COMMON) == ()
    assert opened.books.enter([call(1)], (Cap(tomorrow, 100), Cap(DAWN, 200)), COMMON) != ()
    assert (opened.books.spent(tomorrow), opened.books.spent(DAWN)) == (100, 200)


def test_what_was_entered_before_costs_nothing_more_even_where_nothing_is_left(
    opened: SqlStore,
) -> None:
    opened.books.enter([call(0)], (), COMMON)

    assert opened.books.enter([call(0), call(1)], (Cap(DAWN, 100),), COMMON) == ("call-0",)
    assert opened.books.spent(DAWN) == 100


def test_an_answer_costs_its_price_a_free_one_nothing_and_a_lost_one_all_that_was_reserved(
    opened: SqlStore,
) -> None:
    opened.books.enter([call(n) for n in range(4)], (), COMMON)

    opened.books.settle(
        [
            Settlement("call-0", CallState.ANSWERED, '{"text": "é"}', {"input": 7}, 33),
            Settlement("call-1", CallState.FREE, "{}"),
            Settlement("call-2", CallState.LOST),
            Settlement("stranger", CallState.ANSWERED, "", {}, 10**9),
        ]
    )

    found = opened.books.entries([f"mutation-{n}" for n in range(4)])
    told = [(e.state, e.spent) for each in found.values() for e in each]
    assert told == [
        (CallState.ANSWERED, 33),
        (CallState.FREE, 0),
        (CallState.LOST, 100),
        (CallState.OPEN, 0),
    ]
    (first,) = found["mutation-0"]
    assert (first.answer, first.tokens, first.call) == ('{"text": "é"}', {"input": 7}, call(0))
    assert opened.books.spent(DAWN) == 33 + 100 + 100


def test_what_is_settled_never_changes(opened: SqlStore) -> None:
    opened.books.enter([call(0)], (), COMMON)
    opened.books.settle([Settlement("call-0", CallState.ANSWERED, "one", {}, 33)])

    opened.books.settle([Settlement("call-0", CallState.FREE, "other")])
    opened.books.hand(["call-0"], "msgbatch_late")

    (entry,) = opened.books.entries(["mutation-0"])["mutation-0"]
    assert (entry.answer, entry.spent, entry.handle) == ("one", 33, "")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE call SET spent = 0",
        "DELETE FROM call",
        "INSERT OR REPLACE INTO call SELECT * FROM call",
        "UPDATE call SET reserved = 0 WHERE state = 'open'",
        "UPDATE call SET at = '2020-01-01' WHERE state = 'open'",
    ],
)
def test_the_database_refuses_whoever_would_take_out_of_the_books(
    opened: SqlStore, tmp_path: Path, statement: str
) -> None:
    opened.books.enter([call(0), call(1)], (), COMMON)
    opened.books.settle([Settlement("call-0", CallState.ANSWERED, "one", {}, 33)])

    with (
        sqlite3.connect(tmp_path / "books.db") as connection,
        pytest.raises(sqlite3.IntegrityError, match="call is"),
    ):
        connection.execute(statement)

    assert opened.verify() == ()


def test_handles_are_those_of_what_was_entered_since(opened: SqlStore, hours: Hours) -> None:
    opened.books.enter([call(0), call(1)], (), COMMON)
    opened.books.hand(["call-0"], "msgbatch_1")
    hours.at += timedelta(days=2)

    assert opened.books.handles(DAWN) == {"msgbatch_1"}
    assert opened.books.handles(DAWN + timedelta(days=1)) == frozenset()


def test_attempts_of_a_request_come_in_their_order(opened: SqlStore) -> None:
    second = call(1, mutation="mutation-0", attempt=2)
    opened.books.enter([second, call(0)], (), COMMON)

    entries = opened.books.entries(["mutation-0", "unknown"])
    assert [e.call.attempt for e in entries["mutation-0"]] == [1, 2]
    assert list(entries) == ["mutation-0"]


Step = st.tuples(st.sampled_from(["enter", "answer", "free", "lost"]), st.integers(0, 11))


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(Step, max_size=30), cap=st.integers(0, 600))
def test_no_order_of_entries_and_settlements_passes_the_cap(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], cap: int
) -> None:
    store = SqlStore.open(tmp_path_factory.mktemp("books") / "books.db", now=Hours())
    states = {"answer": CallState.ANSWERED, "free": CallState.FREE, "lost": CallState.LOST}
    try:
        for word, number in steps:
            made = call(number, reserved=37 + 11 * number)
            if word == "enter":
                store.books.enter([made], (Cap(DAWN, cap),), COMMON)
            else:
                found = Settlement(made.id, states[word], "", {}, made.reserved - 5)
                store.books.settle([found])
            assert store.books.spent(DAWN) <= cap
    finally:
        store.close()
