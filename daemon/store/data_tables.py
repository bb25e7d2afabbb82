"""The tables about the lake's data: what the gap scanner found, and who has no source."""

# No `from __future__ import annotations` here: SQLModel reads annotations when a class is made.
from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from daemon.store.columns import Json, UTCDateTime


class QualityScan(SQLModel, table=True):
    """One part of the lake that was scanned. inputs: checksum of all that was read for it.

    first, last: exchange dates of the sessions it should cover, days since 1970-01-01.
    """

    __tablename__ = "quality_scan"

    kind: str = Field(primary_key=True)
    symbol: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    inputs: str
    first: int
    last: int
    at: datetime = Field(sa_type=UTCDateTime)


class Quality(SQLModel, table=True):
    """One thing wrong with a symbol's bars on a day, as the newest scan of its part found it.

    day: exchange date, days since 1970-01-01. severity: 1 info, 2 warn, 3 bad.
    """

    kind: str = Field(primary_key=True)
    symbol: str = Field(primary_key=True)
    day: int = Field(primary_key=True)
    code: str = Field(primary_key=True)
    period: str
    severity: int
    count: int
    sentence: str


class Supply(SQLModel, table=True):
    """A symbol that no source has. said: what each answered; again: when they are asked next."""

    kind: str = Field(primary_key=True)
    symbol: str = Field(primary_key=True)
    said: Json = Field(sa_type=JSON)
    attempts: int
    since: datetime = Field(sa_type=UTCDateTime)
    again: datetime = Field(sa_type=UTCDateTime)
