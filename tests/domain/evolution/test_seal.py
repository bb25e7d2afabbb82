"""The seal: one date, at the beginning of a month, never at the cost of the search."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.evolution.seal import SealRules, sealed_from
from daemon.domain.market.calendar import SessionTable
from daemon.lake.calendar import load_sessions

RULES = SealRules(share=0.25, most=252, least_open=160)


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def said(found: int | None) -> str:
    return "" if found is None else str(np.datetime64(found, "D"))


@pytest.fixture(scope="session")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> SessionTable:
    return load_sessions(tmp_path_factory.mktemp("calendar"))


def test_a_quarter_of_the_kind_with_the_fewest_sessions_is_sealed(sessions: SessionTable) -> None:
    daily = (day("2016-01-04"), day("2023-12-29"))
    minutes = (day("2023-01-03"), day("2023-12-29"))

    assert said(sealed_from([daily, minutes], sessions, RULES)) == "2023-10-02"
    assert said(sealed_from([daily], sessions, RULES)) == "2022-12-01"


def test_a_short_history_is_not_sealed(sessions: SessionTable) -> None:
    assert sealed_from([(day("2014-12-01"), day("2015-07-02"))], sessions, RULES) is None
    assert sealed_from([], sessions, RULES) is None
    assert sealed_from([(day("2016-01-04"), day("2023-12-29"))], sessions, SealRules(0.0)) is None


@settings(max_examples=60, deadline=None)
@given(
    st.integers(8_000, 19_000), st.integers(30, 4_000), st.integers(0, 3_000), st.integers(1, 28)
)
def test_the_seal_keeps_its_promises_wherever_the_history_lies(
    sessions: SessionTable, start: int, length: int, earlier: int, later: int
) -> None:
    spans = [(start, start + length), (start - earlier, start + length)]
    found = sealed_from(spans, sessions, RULES)
    dates = sessions.between(start, start + length).session_date

    if found is None:
        assert len(dates) - int(0.25 * len(dates)) < RULES.least_open + 23
        return
    assert np.sum(dates < found) >= RULES.least_open
    assert min(252, int(0.25 * len(dates))) <= np.sum(dates >= found) <= 252 + 23
    assert np.datetime64(found, "D").astype("datetime64[M]") != np.datetime64(
        int(dates[dates < found][-1]), "D"
    ).astype("datetime64[M]")
    moved = sealed_from([(a, b + later) for a, b in spans], sessions, RULES)
    assert moved is not None
    assert moved >= found
