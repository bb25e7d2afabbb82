"""New rows of a symbol laid over the held ones, by who is believed more.

1. A day file stands for its days: held rows of them that it lacks go, but for bars made here and
   those of another source's file. Bars made of a day's trades stand for those made of them before.
2. On a day that a file gave, rows by feed or by asking are refused; bars made here may fill in.
3. Of two rows of the same identity, the one that is believed more holds; of the same rank the newer
   one if the same source gave both or the held one yields (see `precedence`), else the one that is
   there: two sources never flap.

Made here are those of the ranks REPAIRED and TRADES.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import Bools, Ints
from daemon.domain.market.kinds import Columns, Kind, Rank, belief
from daemon.domain.market.order import equal_neighbours, ordered


@dataclass(frozen=True, slots=True)
class Merged:
    """The rows that hold now, and how many of them are new, different or gone."""

    rows: Columns
    changed: int


def merge(
    kind: Kind,
    old: Columns,
    new: Columns,
    own: Bools | None = None,
    yielding: Bools | None = None,
) -> Merged:
    """Stored columns, sorted; the result is `old` itself where nothing changes.

    own: which held rows the source of the new ones gave; all of them if None. yielding: which give
    way to new ones of the same rank although another source gave them; none if None.
    """
    own = np.ones(len(old[kind.key]), dtype=bool) if own is None else own
    yielding = own if yielding is None else own | yielding
    ranked = "rank" in old
    if ranked and len(old["rank"]):
        new = _taken(new, _admitted(kind, old, new))
    if len(new[kind.key]) == 0:
        return Merged(old, 0)
    if len(old[kind.key]) == 0:
        return Merged(ordered(kind, new), len(new[kind.key]))
    old_id, new_id = _identities(kind, old, new)
    at, known = _matches(old_id, new_id)
    same = known.copy()
    same[known] = _equal(kind, old, new, at[known], known)
    better = ~same
    if ranked:
        least = belief(old["rank"][at[known]]) + ~yielding[at[known]]
        better[known] &= belief(new["rank"][known]) >= least
    kept = np.ones(len(old_id), dtype=bool)
    kept[at[known & better]] = False
    gone = np.zeros(len(old_id), dtype=bool)
    if ranked:
        gone = _gone(kind, old, new, at[known]) & (own | (old["rank"] != Rank.DAY_FILE))
    changed = int(better.sum()) + int(gone.sum())
    if not changed:
        return Merged(old, 0)
    kept &= ~gone
    joined = {name: np.concatenate([old[name][kept], new[name][better]]) for name in old}
    return Merged(ordered(kind, joined), changed)


def _taken(columns: Columns, chosen: Bools) -> Columns:
    return {name: column[chosen] for name, column in columns.items()}


def _admitted(kind: Kind, old: Columns, new: Columns) -> Bools:
    """Which new rows may come beside the held ones (rule 2)."""
    filed = np.unique(kind.days(old[kind.key][old["rank"] == Rank.DAY_FILE]))
    given = np.isin(new["rank"], (Rank.FEED, Rank.ANSWER))
    refused: Bools = given & np.isin(kind.days(new[kind.key]), filed)
    return ~refused


def _gone(kind: Kind, old: Columns, new: Columns, matched: Ints) -> Bools:
    """Which held rows lack a row in the new ones that stand for their day (rule 1)."""
    made_here = np.isin(old["rank"], (Rank.REPAIRED, Rank.TRADES))
    again = old["rank"] == Rank.TRADES
    gone = _on_days(kind, old, new, Rank.DAY_FILE) & ~made_here
    gone |= _on_days(kind, old, new, Rank.TRADES) & again
    gone[matched] = False
    return gone


def _on_days(kind: Kind, old: Columns, new: Columns, rank: Rank) -> Bools:
    """Which held rows lie on days of new rows of that rank."""
    days = np.unique(kind.days(new[kind.key][new["rank"] == rank]))
    found: Bools = np.isin(kind.days(old[kind.key]), days)
    return found


def _identities(kind: Kind, old: Columns, new: Columns) -> tuple[Ints, Ints]:
    """One number for each row, the same for rows that are the same one."""
    names = kind.identity or kind.order
    if len(names) == 1:
        return old[names[0]].astype(np.int64), new[names[0]].astype(np.int64)
    both = [np.concatenate([old[name], new[name]]) for name in reversed(names)]
    side = np.arange(len(both[0])) >= len(old[names[0]])
    order = np.lexsort([side, *both])
    number = np.empty(len(order), dtype=np.int64)
    fresh = np.append(True, ~equal_neighbours([column[order] for column in both]))
    group = np.cumsum(fresh) - 1
    if kind.repeats:
        group = _numbered(group, side[order])
    number[order] = group
    return number[: len(old[names[0]])], number[len(old[names[0]]) :]


def _numbered(group: Ints, side: Bools) -> Ints:
    """Tells the k-th held row of a group from the others; it matches the k-th new one."""
    starts = np.flatnonzero(np.append(True, (np.diff(group) != 0) | (side[1:] != side[:-1])))
    runs = np.diff(np.append(starts, len(group)))
    place = np.arange(len(group)) - np.repeat(starts, runs)
    return group * (int(place.max()) + 1) + place


def _matches(old: Ints, new: Ints) -> tuple[Ints, Bools]:
    """(place of each new row among the old ones, whether it is there at all)."""
    order = np.argsort(old, kind="stable") if np.any(old[1:] < old[:-1]) else None
    sorted_old = old if order is None else old[order]
    at = np.searchsorted(sorted_old, new)
    known = at < len(old)
    known[known] = sorted_old[at[known]] == new[known]
    if order is not None:
        at[known] = order[at[known]]
    return at, known


def _equal(kind: Kind, old: Columns, new: Columns, at: Ints, known: Bools) -> Bools:
    """Which known rows say nothing new: the same values, and not believed more than before."""
    same = np.ones(len(at), dtype=bool)
    for name in kind.names:
        left, right = old[name][at], new[name][known]
        same &= alike(left, right)
    if "rank" in old:
        same &= belief(new["rank"][known]) <= belief(old["rank"][at])
    return same


def alike(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> Bools:
    """Equal values; an unknown greek is like another unknown one."""
    equal: Bools = left == right
    if left.dtype.kind == "f":
        equal |= np.isnan(left) & np.isnan(right)
    return equal
