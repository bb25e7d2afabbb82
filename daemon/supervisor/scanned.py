"""The gap scanner's reports of a lake, brought up to date and kept in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.domain.market.kinds import BAR_KINDS
from daemon.domain.market.scan.report import PartReport
from daemon.lake.lake import Lake
from daemon.lake.lost import Lost, lost_parts, sentence_of
from daemon.lake.survey import Survey
from daemon.store.quality import QualityReports
from daemon.store.store import SqlStore
from daemon.supervisor.clock import SystemClock


def refresh(
    lake: Lake, store: SqlStore, symbols: Sequence[str] | None = None
) -> tuple[tuple[PartReport, ...], Survey]:
    """Scans what changed and keeps it; gives the reports of these symbols (or all).

    Symbols with a part in quarantine that has not come back count as broken: what is left of them
    would look like a shorter history.
    """
    kept = QualityReports(store.database, SystemClock().now)
    found = lake.survey(kept.inputs(), symbols)
    lost = {one.symbol: sentence_of(one) for one in lost_parts(lake.layout) if _asked(one, symbols)}
    found = replace(found, broken={**found.broken, **lost})
    if found.reports or found.gone:
        kept.keep(found.reports, found.gone)
    return kept.all(symbols), found


def _asked(one: Lost, symbols: Sequence[str] | None) -> bool:
    return one.kind in BAR_KINDS and (symbols is None or one.symbol in symbols)
