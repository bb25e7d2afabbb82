"""Symbols that no source has: marked, with what each source said, until one of them has it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.market.supply import Failing
from daemon.store import data_tables
from daemon.store.database import Database


class FailingSymbols:
    """The marks, in the database of a state folder."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, failing: Iterable[Failing], supplied: Iterable[tuple[str, str]]) -> None:
        """New marks in place of old ones; none any more for (kind, symbol) that are supplied."""
        with self._database.writing() as session:
            for kind, symbol in supplied:
                _forget(session, kind, symbol)
            for one in failing:
                _forget(session, one.kind, one.symbol)
                session.execute(insert(data_tables.Supply).values(**_row(one)))

    def all(self) -> tuple[Failing, ...]:
        """By kind and symbol."""
        order = (col(data_tables.Supply.kind), col(data_tables.Supply.symbol))
        with self._database.reading() as session:
            rows = session.scalars(select(data_tables.Supply).order_by(*order))
            return tuple(
                Failing(row.kind, row.symbol, row.said, row.attempts, row.since, row.again)
                for row in rows
            )


def _forget(session: Session, kind: str, symbol: str) -> None:
    same = (col(data_tables.Supply.kind) == kind) & (col(data_tables.Supply.symbol) == symbol)
    session.execute(delete(data_tables.Supply).where(same))


def _row(one: Failing) -> dict[str, object]:
    return {
        "kind": one.kind,
        "symbol": one.symbol,
        "said": dict(one.said),
        "attempts": one.attempts,
        "since": one.since,
        "again": one.again,
    }
