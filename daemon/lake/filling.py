"""Short runs of missing minutes, made from their neighbours and kept with the rank REPAIRED."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.fill import made_minutes
from daemon.domain.market.kinds import KINDS, Rank
from daemon.domain.market.scan.findings import Code
from daemon.domain.market.scan.report import PartReport
from daemon.lake.lake import Lake
from daemon.lake.lock import single_writer
from daemon.lake.manifest import load_manifest
from daemon.lake.reader import calendar_date, read_bars
from daemon.lake.writer import Origin, write_rows

MADE: Final = "repair mean of the neighbours"
"""Origin of bars that were made, as the manifest tells it."""


def fill(lake: Lake, reports: Sequence[PartReport], most: int) -> dict[str, int]:
    """How many bars were made of each symbol, of the missing minutes that the reports name.

    most: the longest run that is filled, in minutes.
    """
    lacking: defaultdict[str, set[int]] = defaultdict(set)
    for report in reports:
        found = {one.day for one in report.findings if one.code is Code.MISSING_MINUTES}
        if found and report.key.kind == "minute":
            lacking[report.key.symbol] |= found
    with single_writer(lake.layout):
        made = {symbol: _filled(lake, symbol, days, most) for symbol, days in lacking.items()}
    return {symbol: count for symbol, count in made.items() if count}


def _filled(lake: Lake, symbol: str, days: set[int], most: int) -> int:
    """How many bars were made on those days; none of a simulated symbol, which lacks nothing."""
    manifest = load_manifest(lake.layout.manifest("minute", symbol))
    if manifest is None or manifest.simulated:
        return 0
    table = _chosen(lake.sessions, days)
    dates = (calendar_date(min(days)), calendar_date(max(days)))
    rows = made_minutes(Rows(**read_bars(lake.layout, "minute", symbol, dates)), table, most)
    columns = {name: getattr(rows, name) for name in ("open_time", *FIELDS)}
    columns["transactions"] = np.zeros(len(rows), dtype=np.int64)
    origin = Origin(MADE, rank=Rank.REPAIRED)
    return write_rows(lake.layout, KINDS["minute"], symbol, columns, origin, lake.fault).changed


def _chosen(sessions: SessionTable, days: set[int]) -> SessionTable:
    number = sessions.of_dates(np.array(sorted(days), dtype=np.int64))
    number = number[number >= 0]
    return SessionTable(
        sessions.session_date[number], sessions.open_time[number], sessions.close_time[number]
    )
