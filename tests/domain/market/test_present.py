"""A vendor's holidays against the exchange calendar, and what is said of a closed market."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np

from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.present import (
    Holiday,
    MarketStatus,
    calendar_disagreements,
    closed_sentence,
)

MONDAY = date(2026, 11, 23)
HALF = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
DAY_S = 86_400


def day(number: int) -> date:
    return date.fromordinal(MONDAY.toordinal() + number)


def calendar() -> SessionTable:
    """Thanksgiving week and the next: Thursday closed, the Friday ends at 18:00 UTC."""
    sessions = [k for k in range(12) if day(k).weekday() < 5 and k != 3]
    days = np.array([(day(k) - date(1970, 1, 1)).days for k in sessions], dtype=np.int32)
    opens = (days.astype(np.int64) * DAY_S + 14 * 3600 + 1800) * 1_000_000_000
    hours = np.array([3.5 if k == 4 else 6.5 for k in sessions])
    return SessionTable(days, opens, opens + (hours * 3600).astype(np.int64) * 1_000_000_000)


def closed(number: int, exchange: str = "NYSE") -> Holiday:
    return Holiday(day(number), exchange, "a holiday", "closed", None)


def early(number: int, close: datetime | None, exchange: str = "NYSE") -> Holiday:
    return Holiday(day(number), exchange, "half a day", "early-close", close)


def apart(*holidays: Holiday, today: date = MONDAY) -> tuple[str, ...]:
    return calendar_disagreements("vendor", holidays, calendar(), today)


def test_a_vendor_that_agrees_is_not_told_of() -> None:
    both = [closed(3), closed(3, "NASDAQ"), early(4, HALF), early(4, HALF, "NASDAQ")]

    assert apart(*both) == ()
    assert apart(*both, closed(2, "OTC"), closed(-7)) == ()
    assert apart(closed(3), early(4, None)) == ()


def test_days_on_which_they_differ_are_a_sentence_each() -> None:
    found = apart(
        closed(1), closed(1, "NASDAQ"), early(3, None), early(4, HALF.replace(hour=19)), closed(8)
    )

    assert found == (
        "2026-11-24, NYSE and NASDAQ: vendor says closed, the exchange calendar says a whole "
        "session",
        "2026-11-26, NYSE: vendor says an early close, the exchange calendar says closed",
        "2026-11-27, NYSE: vendor says an early close at 19:00 UTC, the exchange calendar says an "
        "early close at 18:00 UTC",
        "2026-12-01, NYSE: vendor says closed, the exchange calendar says a whole session",
    )


def test_what_the_vendor_does_not_list_counts_up_to_its_last_holiday_only() -> None:
    assert apart(closed(3)) == ()
    assert apart(closed(8), today=day(3)) == (
        "2026-11-26, NYSE: vendor says a whole session, the exchange calendar says closed",
        "2026-11-27, NYSE: vendor says a whole session, the exchange calendar says an early "
        "close at 18:00 UTC",
        "2026-12-01, NYSE: vendor says closed, the exchange calendar says a whole session",
    )
    assert apart() == ()


def test_the_exchanges_may_differ_among_themselves() -> None:
    assert apart(closed(1), early(1, HALF, "NASDAQ"), closed(3), early(4, HALF))[:2] == (
        "2026-11-24, NYSE: vendor says closed, the exchange calendar says a whole session",
        "2026-11-24, NASDAQ: vendor says an early close at 18:00 UTC, the exchange calendar says "
        "a whole session",
    )


def test_a_closed_market_is_dated_and_the_same_all_day() -> None:
    morning = MarketStatus("closed", datetime(2026, 11, 24, 15, 0, tzinfo=UTC), {})
    later = MarketStatus("closed", datetime(2026, 11, 24, 19, 0, tzinfo=UTC), {})

    assert closed_sentence("vendor", morning) == closed_sentence("vendor", later)
    assert closed_sentence("vendor", morning).startswith("on 2026-11-24 vendor called the market")
