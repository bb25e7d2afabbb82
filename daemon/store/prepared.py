"""Statements that are built once: to build and compile one costs ten times what running it does.

For what every trial asks and writes. What is asked now and then is built where it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, bindparam
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql import ClauseElement
from sqlmodel import SQLModel

_SQLITE = dialect(paramstyle="named")


class Prepared:
    """A statement as text, and what turns the values of its parameters into what SQLite keeps.

    Rows come back as SQLite keeps them: JSON and instants as text.
    """

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=_SQLITE)
        self.text = str(compiled)
        self._binders = _binders(compiled.binds)  # type: ignore[attr-defined]
        self._fixed = self._bound({k: v for k, v in compiled.params.items() if v is not None})

    def run(self, session: Session, **values: Any) -> CursorResult[Any]:
        """The answer to the statement with these values of its parameters."""
        return session.connection().exec_driver_sql(self.text, self._fixed | self._bound(values))

    def run_all(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """The statement once for each of the rows, without their answers."""
        if rows:
            bound = [self._fixed | self._bound(row) for row in rows]
            session.connection().exec_driver_sql(self.text, bound)

    def _bound(self, values: Mapping[str, Any]) -> dict[str, Any]:
        binders = self._binders
        return {k: binders[k](v) if k in binders else v for k, v in values.items()}


def parameters(table: type[SQLModel]) -> dict[str, Any]:
    """A parameter for each column of a table, but for a number that SQLite gives."""
    kept = table.__table__  # type: ignore[attr-defined]
    own = (column for column in kept.columns if column is not kept.autoincrement_column)
    return {column.name: bindparam(column.name, type_=column.type) for column in own}


def _binders(binds: Mapping[str, Any]) -> dict[str, Callable[[Any], Any]]:
    found = ((n, b.type.dialect_impl(_SQLITE).bind_processor(_SQLITE)) for n, b in binds.items())
    return {name: binder for name, binder in found if binder}
