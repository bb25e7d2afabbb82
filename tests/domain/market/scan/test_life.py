"""Listing and delisting: which sessions are expected, and who has stopped."""

from __future__ import annotations

import numpy as np
import pytest

from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.scan.findings import Code, Severity
from daemon.domain.market.scan.life import Last, Life, missing_before, stopped_sentences


def life(*spans: tuple[int, int]) -> Life:
    rows = np.array(spans, dtype=np.int32).reshape(-1, 2)
    return Life.of(rows[:, 0], rows[:, 1])


def table(first: int, last: int) -> SessionTable:
    """A session every day."""
    days = np.arange(first, last + 1)
    return SessionTable(days.astype(np.int32), days * 100, days * 100 + 50)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (life(), "11111"),
        (life((102, 0)), "11111"),  # a vendor's listing after the first bar is not believed
        (life((90, 101)), "11000"),
        (life((0, 101)), "11000"),
        (life((90, 100), (103, 0)), "10011"),
        (life((90, 100), (103, 103)), "10010"),
        (life((-20_000, 0)), "11111"),
    ],
)
def test_nothing_is_expected_between_a_delisting_and_the_next_listing(
    known: Life, expected: str
) -> None:
    found = known.holds(np.arange(100, 105))

    assert "".join("01"[bool(one)] for one in found) == expected


def test_sessions_before_the_first_bar_are_one_warning_on_the_first_of_them() -> None:
    (found,) = missing_before(life((50, 0)), 110, 100, table(0, 200))

    assert (found.day, found.code, found.severity) == (100, Code.MISSING_DAY, Severity.WARN)
    assert found.count == 10
    assert found.sentence.startswith("10 sessions before the first bar have none")
    assert "listed since 1970-02-20" in found.sentence
    (later,) = missing_before(life((109, 0)), 110, 100, table(0, 200))
    assert (later.day, later.sentence[:35]) == (109, "1 session before the first bar has ")


@pytest.mark.parametrize(
    "known",
    [life(), life((110, 0)), life((120, 0)), life((0, 130)), life((50, 90))],
    ids=["unknown", "that day", "later", "no listing", "of another company"],
)
def test_without_an_earlier_listing_nothing_is_missing_before_the_first_bar(known: Life) -> None:
    assert missing_before(known, 110, 100, table(0, 200)) == []


def test_who_has_no_bar_any_more_is_told_unless_it_is_delisted() -> None:
    lasts = {
        Last("minute", "GONE", 97): life((1, 97)),
        Last("minute", "Z", 97): life((1, 0)),
        Last("minute", "A", 97): life(),
        Last("minute", "LATE", 98): life(),
        Last("day", "A", 90): life(),
    }

    assert stopped_sentences(lasts, table(0, 100), 3) == (
        "A: no daily bar since 1970-04-01, and no delisting is known; the sources are behind, "
        "or the ticker has changed",
        "A, Z: no minute bar since 1970-04-08, and no delisting is known; the sources are behind, "
        "or the ticker has changed",
    )
