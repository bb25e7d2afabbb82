"""The exchange's sessions as the lake knows them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from daemon.domain.market.calendar import SessionTable, axis
from daemon.lake.calendar import load_sessions

NEW_YORK = ZoneInfo("America/New_York")
EPOCH = date(1970, 1, 1)


@pytest.fixture(scope="module")
def sessions(calendar_cache: Path) -> SessionTable:
    """The table under test."""
    return load_sessions(calendar_cache)


def local(instant: int) -> datetime:
    """An instant on the clocks of New York."""
    return datetime.fromtimestamp(instant // 1_000_000_000, NEW_YORK)


@pytest.mark.market
def test_every_session_from_1998_to_2028_agrees_with_the_reference(
    sessions: SessionTable, market_folder: Path
) -> None:
    reference = json.loads((market_folder / "reference" / "us_equity_calendar.json").read_text())
    closed = {date.fromisoformat(day) for day in reference["closed"]}
    first, last = date(1998, 1, 1), max(closed)
    days = (first + timedelta(days=k) for k in range((last - first).days + 1))
    expected = {day for day in days if day.weekday() < 5 and day not in closed}

    held = sessions.between((first - EPOCH).days, (last - EPOCH).days)

    assert {EPOCH + timedelta(days=int(day)) for day in held.session_date} == expected


@pytest.mark.market
def test_half_days_close_when_the_reference_says(
    sessions: SessionTable, market_folder: Path
) -> None:
    reference = json.loads((market_folder / "reference" / "us_equity_calendar.json").read_text())
    # The reference lacks the half days before 2000 and has one on a Sunday, 2017-12-24.
    early = {
        day: hour
        for day, hour in reference["early_close"].items()
        if day >= "2000" and date.fromisoformat(day).weekday() < 5
    }

    held = sessions.between((date(2000, 1, 1) - EPOCH).days, (date(2028, 12, 31) - EPOCH).days)
    found = {
        str(EPOCH + timedelta(days=int(day))): f"{local(int(close)):%H:%M}"
        for day, close in zip(held.session_date, held.close_time, strict=True)
        if f"{local(int(close)):%H:%M}" != "16:00"
    }

    assert found == early


def test_sessions_open_at_half_past_nine_in_summer_and_in_winter(sessions: SessionTable) -> None:
    days = [date(2024, 3, 8), date(2024, 3, 11), date(2024, 11, 1), date(2024, 11, 4)]

    numbers = sessions.of_dates(np.array([(day - EPOCH).days for day in days]))

    opens = [local(int(sessions.open_time[number])) for number in numbers]
    assert [f"{one:%Y-%m-%d %H:%M}" for one in opens] == [f"{day} 09:30" for day in days]
    assert np.diff(sessions.open_time[numbers] // 3_600_000_000_000 % 24).tolist() == [-1, 0, 1]


def test_a_half_day_has_210_minutes_and_a_holiday_none(sessions: SessionTable) -> None:
    days = sessions.between((date(2024, 11, 27) - EPOCH).days, (date(2024, 11, 29) - EPOCH).days)

    assert days.minutes.tolist() == [390, 210]
    assert len(axis(days, "1h")) == 7 + 4


def test_the_table_is_read_from_its_file_without_the_library(
    sessions: SessionTable, calendar_cache: Path
) -> None:
    script = (
        "import sys; from pathlib import Path; from daemon.lake.calendar import load_sessions; "
        f"table = load_sessions(Path({str(calendar_cache)!r})); "
        "assert 'pandas' not in sys.modules; print(len(table))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert int(done.stdout) == len(sessions)


def test_a_broken_file_of_the_table_is_made_again(sessions: SessionTable, tmp_path: Path) -> None:
    load_sessions(tmp_path)
    (file,) = tmp_path.glob("*.npy")
    file.write_bytes(b"no array")

    assert np.array_equal(load_sessions(tmp_path).close_time, sessions.close_time)
    assert file.read_bytes() != b"no array"
