"""Where sources disagree: noticed while the rows of one are laid over those of another.

The lake keeps one telling of a bar, so this is the only moment at which both are there. What was
found stands in <lake>/.journal/differences/<kind>/<SYMBOL>.json until another comparison of the
same day takes its place; `survey` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Bools
from daemon.domain.market.kinds import BAR_KINDS, Columns, Kind, Rank
from daemon.domain.market.scan.agreement import Tolerance, disagreement
from daemon.domain.market.scan.findings import Code, Finding, Severity
from daemon.lake.files import write_whole
from daemon.lake.layout import Layout, folder_name

TOLERANCE: Final = Tolerance()


@dataclass(frozen=True, slots=True)
class Compared:
    """days: exchange dates of bars that two sources had; findings: where they disagree."""

    days: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()


def compared(
    kind: Kind, held: Columns, origins: Sequence[str], new: Columns, origin: str
) -> Compared:
    """New bars against the held ones of other origins; repaired bars are nobody's.

    held, new: sorted by time. origins: texts that the column `origin` of the held rows numbers.
    """
    if kind.name not in BAR_KINDS or origin not in origins or len(origins) < 2:
        return Compared()
    foreign = (held["origin"] != origins.index(origin)) & (held["rank"] != Rank.REPAIRED)
    foreign &= np.isin(held[kind.key], new[kind.key])
    if not foreign.any():
        return Compared()
    other = _rows(held, foreign)
    days = kind.days(other.open_time)
    texts = ", ".join(sorted({origins[k] for k in np.unique(held["origin"][foreign])}))
    found = disagreement(other, _rows(new, np.ones(len(new[kind.key]), bool)), days, TOLERANCE)
    named = (replace(one, sentence=f"{origin} and {texts}: {one.sentence}") for one in found)
    return Compared(tuple(np.unique(days).tolist()), tuple(named))


def keep_differences(layout: Layout, kind: str, symbol: str, found: Sequence[Compared]) -> None:
    """What was found, in place of earlier comparisons of the same days."""
    again = {day for one in found for day in one.days}
    if not again:
        return
    before = [one for one in differences_of(layout, kind, symbol) if one.day not in again]
    every = [*before, *(finding for one in found for finding in one.findings)]
    path = _path(layout, kind, symbol)
    if every or path.exists():
        rows = [[one.day, one.severity, one.count, one.sentence] for one in every]
        write_whole(path, (json.dumps(sorted(rows)) + "\n").encode(), layout.temporary)


def differences_of(layout: Layout, kind: str, symbol: str) -> tuple[Finding, ...]:
    """Where the sources of a symbol's bars disagreed, by day.

    None where nothing was found or the file cannot be read: it is no data, only a remark on them.
    """
    try:
        rows = json.loads(_path(layout, kind, symbol).read_bytes())
        return tuple(
            Finding(day, Code.SOURCES_DISAGREE, Severity(severity), count, sentence)
            for day, severity, count, sentence in rows
        )
    except (FileNotFoundError, ValueError, TypeError):
        return ()


def _path(layout: Layout, kind: str, symbol: str) -> Path:
    return layout.root / ".journal" / "differences" / kind / f"{folder_name(symbol)}.json"


def _rows(columns: Columns, chosen: Bools) -> Rows:
    return Rows(**{name: columns[name][chosen] for name in ("open_time", *FIELDS)})
