"""What is wrong with bars as `Rows`, whatever their kind: `daemon.domain.market.rules` on them.

Sources use it to name file and line; neither mends anything.
"""

from __future__ import annotations

from daemon.domain.market import rules
from daemon.domain.market.align import Rows
from daemon.domain.market.bars import FIELDS, Bools
from daemon.domain.market.kinds import KINDS, Columns, Kind
from daemon.domain.market.rules import Fault


def first_fault(rows: Rows, minutes: bool = False) -> Fault | None:
    """The first row that breaks a rule, or nothing. minutes: stamps must be whole minutes."""
    return rules.first_fault(_kind(minutes), _columns(rows))


def value_faults(rows: Rows, minutes: bool = False) -> Bools:
    """bool (R,): rows that break a rule by themselves, whatever the rows around them.

    The rows may be of many symbols.
    """
    return rules.row_faults(_kind(minutes), _columns(rows))


def _kind(minutes: bool) -> Kind:
    return KINDS["minute" if minutes else "day"]


def _columns(rows: Rows) -> Columns:
    return {name: getattr(rows, name) for name in ("open_time", *FIELDS)}
