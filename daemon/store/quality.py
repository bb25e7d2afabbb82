"""What the scans of the lake found: replaced part by part, never added to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from sqlmodel import col

from daemon.domain.market.scan.findings import Code, Finding, Severity
from daemon.domain.market.scan.report import PartKey, PartReport
from daemon.store import data_tables
from daemon.store.database import Database


class QualityReports:
    """The newest report of each part of the lake, in the database of a state folder."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def keep(self, reports: Iterable[PartReport], gone: Iterable[PartKey] = ()) -> None:
        """Each report in place of the one before of its part; parts that are gone have none."""
        with self._database.writing() as session:
            for key in gone:
                _forget(session, key)
            for report in reports:
                _forget(session, report.key)
                _add(session, report, self._now())

    def inputs(self) -> Mapping[PartKey, str]:
        """The checksum of what was read for each part that has a report."""
        with self._database.reading() as session:
            rows = session.scalars(select(data_tables.QualityScan))
            return {PartKey(row.kind, row.symbol, row.period): row.inputs for row in rows}

    def all(self, symbols: Sequence[str] | None = None) -> tuple[PartReport, ...]:
        """By kind, symbol and period; symbols: of these only."""
        with self._database.reading() as session:
            return _reports(session, symbols)


def _reports(session: Session, symbols: Sequence[str] | None) -> tuple[PartReport, ...]:
    found: dict[PartKey, list[Finding]] = {}
    asked = select(data_tables.Quality).order_by(
        col(data_tables.Quality.day), col(data_tables.Quality.code)
    )
    for row in session.scalars(asked):
        found.setdefault(PartKey(row.kind, row.symbol, row.period), []).append(
            Finding(row.day, Code(row.code), Severity(row.severity), row.count, row.sentence)
        )
    scans = data_tables.QualityScan
    every = select(scans).order_by(col(scans.kind), col(scans.symbol), col(scans.period))
    return tuple(
        PartReport(key, row.inputs, row.first, row.last, tuple(found.get(key, ())))
        for row in session.scalars(every)
        if symbols is None or row.symbol in symbols
        for key in [PartKey(row.kind, row.symbol, row.period)]
    )


def _add(session: Session, report: PartReport, now: datetime) -> None:
    scan = {"inputs": report.inputs, "first": report.first, "last": report.last, "at": now}
    session.execute(insert(data_tables.QualityScan).values(**_names(report.key), **scan))
    rows = [_row(report.key, finding) for finding in report.findings]
    if rows:
        session.execute(insert(data_tables.Quality), rows)


def _forget(session: Session, key: PartKey) -> None:
    for table in (data_tables.Quality, data_tables.QualityScan):
        same = (col(table.kind) == key.kind) & (col(table.symbol) == key.symbol)
        session.execute(delete(table).where(same & (col(table.period) == key.period)))


def _names(key: PartKey) -> dict[str, str]:
    return {"kind": key.kind, "symbol": key.symbol, "period": key.period}


def _row(key: PartKey, finding: Finding) -> dict[str, object]:
    return {
        **_names(key),
        "day": finding.day,
        "code": finding.code.value,
        "severity": int(finding.severity),
        "count": finding.count,
        "sentence": finding.sentence,
    }
