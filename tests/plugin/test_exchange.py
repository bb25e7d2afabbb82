"""The exchange's clock, through the change of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from daemon.plugin.amounts import positive
from daemon.plugin.exchange import instant, is_final, is_weekday, settled_until, to_the_minute

FRIDAY_BEFORE_SUMMER_TIME = date(2024, 3, 8)


@pytest.mark.parametrize(
    ("day", "final"),
    [
        (date(2024, 1, 8), datetime(2024, 1, 9, 9, tzinfo=UTC)),
        (date(2024, 3, 9), datetime(2024, 3, 10, 8, tzinfo=UTC)),
        (date(2024, 7, 1), datetime(2024, 7, 2, 8, tzinfo=UTC)),
    ],
)
def test_a_day_is_final_when_the_next_ones_pre_market_begins(day: date, final: datetime) -> None:
    assert is_final(day, final)
    assert not is_final(day, final - timedelta(seconds=1))


def test_a_minute_is_taken_a_minute_after_it_is_over_and_the_delay_later() -> None:
    now = instant(FRIDAY_BEFORE_SUMMER_TIME, time(16, 1))

    assert settled_until(now, timedelta()) == datetime(2024, 3, 8, 21, 0, tzinfo=UTC)
    assert settled_until(now, timedelta(minutes=15)).hour == 20
    assert to_the_minute(now.astimezone(UTC)) == "2024-03-08T21:01Z"


def test_the_exchange_keeps_five_days() -> None:
    days = [FRIDAY_BEFORE_SUMMER_TIME + timedelta(days=k) for k in range(4)]

    assert [is_weekday(day) for day in days] == [True, False, False, True]


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "many", None, "1/0"])
def test_an_amount_that_is_not_above_zero_is_none(text: object) -> None:
    with pytest.raises((ValueError, ZeroDivisionError)):
        positive(text)


def test_an_amount_is_what_is_written() -> None:
    assert positive(1.281) == positive("1281/1000")
