"""The seal: one date, at the beginning of a month, never at the cost of the search."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.evolution.seal import Seal, SealRules, seal
from daemon.domain.market.calendar import SessionTable
from daemon.lake.calendar import load_sessions

RULES = SealRules(share=0.25, most=252, least_open=160)


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def said(found: Seal | None) -> str:
    return "" if found is None else str(np.datetime64(found.first, "D"))


@pytest.fixture(scope="session")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> SessionTable:
    return load_sessions(tmp_path_factory.mktemp("calendar"))


def test_a_quarter_of_the_kind_with_the_fewest_sessions_is_sealed(sessions: SessionTable) -> None:
    daily = (day("2016-01-04"), day("2023-12-29"))
    minutes = (day("2023-01-03"), day("2023-12-29"))

    assert said(seal([daily, minutes], sessions, RULES)) == "2023-10-02"
    assert said(seal([daily], sessions, RULES)) == "2022-12-01"


def test_a_short_history_is_not_sealed(sessions: SessionTable) -> None:
    assert seal([(day("2014-12-01"), day("2015-07-02"))], sessions, RULES) is None
    assert seal([], sessions, RULES) is None
    assert seal([(day("2016-01-04"), day("2023-12-29"))], sessions, SealRules(0.0)) is None


@settings(max_examples=60, deadline=None)
@given(
    st.integers(8_000, 19_000), st.integers(30, 4_000), st.integers(0, 3_000), st.integers(1, 28)
)
def test_the_seal_keeps_its_promises_wherever_the_history_lies(
    sessions: SessionTable, start: int, length: int, earlier: int, later: int
) -> None:
    spans = [(start, start + length), (start - earlier, start + length)]
    found = seal(spans, sessions, RULES)
    dates = sessions.between(start, start + length).session_date

    if found is None:
        assert len(dates) - int(0.25 * len(dates)) < RULES.least_open + 23
        return
    before = dates[dates < found.first]
    assert found.sessions == len(dates) - len(before)
    assert len(before) >= RULES.least_open
    assert min(252, int(0.25 * len(dates))) <= found.sessions <= 252 + 23
    months = np.array([before[-1], found.first], dtype="datetime64[D]").astype("datetime64[M]")
    assert months[0] < months[1]
    moved = seal([(a, b + later) for a, b in spans], sessions, RULES)
    assert moved is not None
    assert moved.first >= found.first
