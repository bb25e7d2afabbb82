"""Which held rows give way to new ones of the same rank, although another source gave them.

1. Those of a source that comes after the new one's in the order of the sources. Only sources in
   the order are weighed: of any other the rows that are there hold.
2. Where it is wished, wrong bars: they are tried out with the new source's in their place, and only
   those stay replaced that are not wrong there. What is good is not touched.

A bar that was found wrong and replaced does not come back with the same values (`replaced`), so
that the two rules never work against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from daemon.domain.market.bars import Bools
from daemon.domain.market.kinds import Columns, Kind
from daemon.domain.market.supply import SourceOrder
from daemon.lake.manifest import source_of
from daemon.lake.merge import Merged, alike, merge

Wrong = Callable[[Kind, Columns], Bools]
"""Names the wrong bars among ascending stored rows."""


@dataclass(frozen=True, slots=True)
class Precedence:
    """Whose rows hold among those of one rank. wrong: names bars that give way to anybody's, None
    where none do."""

    order: SourceOrder = field(default_factory=SourceOrder)
    wrong: Wrong | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """bool (origins,): which origins of a part are of the new rows' own source, and which are of
    sources that come after it."""

    own: Bools
    later: Bools


def claim_of(precedence: Precedence, symbol: str, origin: str, texts: Sequence[str]) -> Claim:
    """What rows of an origin may do to those of others. texts: of the origins, in their order."""
    source, sources = source_of(origin), [source_of(text) for text in texts]
    after = precedence.order.after(symbol, source)
    return Claim(np.array([one == source for one in sources]), np.isin(sources, after))


def laid_over(
    kind: Kind, held: Columns, new: Columns, claim: Claim, wrong: Wrong | None
) -> tuple[Merged, Bools]:
    """The rows that hold, and bool (R,) of the held ones that gave way because they were wrong."""
    own = claim.own[held["origin"]]
    merged = merge(kind, held, new, own, claim.later[held["origin"]])
    replaced = np.zeros(len(own), dtype=bool)
    while wrong is not None:
        again = _mended(kind, merged.rows, new, claim, wrong)
        if not again.changed:
            break
        merged = Merged(again.rows, merged.changed + again.changed)
    if wrong is not None:
        doubted = wrong(kind, held) & ~own
        replaced[doubted] = _differ(kind, held, doubted, merged.rows)
    return merged, replaced


def _mended(kind: Kind, rows: Columns, new: Columns, claim: Claim, wrong: Wrong) -> Merged:
    """One try: every wrong bar of another source gives way, but for those wrong there as well."""
    own, later = claim.own[rows["origin"]], claim.later[rows["origin"]]
    doubted = wrong(kind, rows) & ~own
    while doubted.any():
        merged = merge(kind, rows, new, own, later | doubted)
        named = merged.rows[kind.key][wrong(kind, merged.rows)]
        still = doubted & np.isin(rows[kind.key], named)
        if not still.any():
            return merged
        doubted &= ~still
    return Merged(rows, 0)


def _differ(kind: Kind, held: Columns, chosen: Bools, rows: Columns) -> Bools:
    """Which of the chosen held rows are not there as they were."""
    at = np.searchsorted(rows[kind.key], held[kind.key][chosen])
    at = np.minimum(at, len(rows[kind.key]) - 1)
    same = np.ones(len(at), dtype=bool)
    for name in (*kind.names, "origin"):
        same &= alike(held[name][chosen], rows[name][at])
    return ~same
