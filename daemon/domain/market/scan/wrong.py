"""Which bars are wrong in themselves: those that bad findings on values name.

A finding on missing bars, on hours or on two tellings that disagree names no bar that is wrong.
"""

from __future__ import annotations

import numpy as np

from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Bools
from daemon.domain.market.calendar import SessionTable
from daemon.domain.market.kinds import BAR_KINDS, Columns, Kind, Rank
from daemon.domain.market.scan.values import DAYS, MINUTES, wrong_values


def wrong_bars(table: SessionTable, kind: Kind, columns: Columns) -> Bools:
    """bool (R,): impossible bars, long runs of repeated ones, spikes of half the price and more.

    columns: ascending bars as stored. Made bars are nobody's telling; bars outside the sessions of
    the table are in no market. Rows of other kinds are never wrong.
    """
    wrong = np.zeros(len(columns[kind.key]), dtype=bool)
    if kind.name not in BAR_KINDS or len(table) == 0:
        return wrong
    daily = kind.name == "day"
    number = (table.of_daily_stamps if daily else table.of_instants)(columns[kind.key])
    judged = (number >= 0) & (columns["rank"] != Rank.REPAIRED)
    rows = Rows(*(columns[name][judged] for name in ("open_time", *FIELDS)))
    days = table.session_date[number[judged]].astype(np.int64)
    wrong[judged] = wrong_values(rows, days, DAYS if daily else MINUTES)
    return wrong
