"""The symbols that a lake's other symbols are held against: who has bars in which minutes.

Up to `WITNESSES` of them testify on a period, those with the most bars of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.market.bars import Ints
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.scan.presence import Crowd, Presence, crowd_of, presence_of
from daemon.errors import BadDataError
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, load_manifest
from daemon.lake.reader import calendar_date, read_columns

WITNESSES: Final = 12


@dataclass(frozen=True, slots=True)
class Testimony:
    """What the witnesses of a period have bars in, over the sessions of a table."""

    table: SessionTable
    crowd: Crowd
    witnesses: Mapping[str, Presence]

    def on(self, symbol: str, start: int, end: int) -> Crowd:
        """What the others say of a symbol on exchange dates start..end."""
        own = self.witnesses.get(symbol)
        crowd = self.crowd if own is None else self.crowd.without(own)
        first, stop = np.searchsorted(self.table.session_date, [start, end + 1])
        cut = self.table.rows(int(first), int(stop))
        width = int(cut.minutes.max()) if len(cut) else 0
        return crowd.part(int(first), int(stop), width)


def testimonies(
    layout: Layout,
    sessions: SessionTable,
    periods: Mapping[str, tuple[int, int]],
    broken: dict[str, str],
) -> Mapping[str, Testimony]:
    """Of each period with the first and last exchange date that is to be told of.

    broken: gets a sentence for each symbol with a part that cannot be read; it does not testify.
    """
    manifests = _manifests(layout, broken) if periods else []
    found = {}
    for period, (start, end) in periods.items():
        table = sessions.between(start, end)
        grids = {}
        for symbol in _witnesses(manifests, period):
            try:
                grids[symbol] = presence_of(_bar_times(layout, symbol, start, end), table)
            except BadDataError as error:
                broken[symbol] = str(error)
        dense = {symbol: grid for symbol, grid in grids.items() if grid.is_dense}
        found[period] = Testimony(table, crowd_of([*grids.values()]), dense)
    return found


def _manifests(layout: Layout, broken: dict[str, str]) -> list[Manifest]:
    found = []
    for symbol in layout.symbols("minute"):
        try:
            manifest = load_manifest(layout.manifest("minute", symbol))
        except BadDataError as error:
            broken[symbol] = str(error)
        else:
            found += [manifest] if manifest is not None else []
    return found


def _witnesses(manifests: Sequence[Manifest], period: str) -> list[str]:
    rows = [
        (-part.rows, one.symbol) for one in manifests for part in one.parts if part.period == period
    ]
    return [symbol for _, symbol in sorted(rows)[:WITNESSES]]


def _bar_times(layout: Layout, symbol: str, start: int, end: int) -> Ints:
    dates = (calendar_date(start), calendar_date(end))
    times: Ints = read_columns(layout, "minute", symbol, dates, ("open_time",))["open_time"]
    return times
