"""Types of columns that SQLite does not know."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

Json = dict[str, Any]


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: kept without zone as SQLite does, given back in UTC; naive ones are refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From any zone to the naive UTC that is kept."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected an instant with a time zone, was {value.isoformat()}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From what is kept to an aware instant."""
        return None if value is None else value.replace(tzinfo=UTC)
