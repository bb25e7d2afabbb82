"""Walk-forward blocks: contiguous stretches of sessions on which a strategy is judged apart.

Nothing is fitted on a block, and session returns are marked to market, so each return belongs to
one block only. The sessions purged at a border are longer than a short position is held; one that
is held longer speaks on each side for what it earned there, and for nothing it earned elsewhere.
What the search never saw has a stricter border: an account begins anew there.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BlockRules:
    """How many blocks are wanted (at least `fewest`), how long, and what is purged between them.

    sessions: no block is shorter where there are as many. shortest: below it a history is too
    short for any block. purged: sessions dropped at the start of each block but the first.
    """

    wanted: int = 6
    fewest: int = 3
    sessions: int = 40
    shortest: int = 10
    purged: int = 5

    @property
    def least(self) -> int:
        """Sessions below which there are no blocks at all."""
        return self.fewest * self.shortest + (self.fewest - 1) * self.purged


def blocks(sessions: int, rules: BlockRules) -> tuple[tuple[int, int], ...]:
    """(first, last) session of each block, both inclusive, in order; empty if too short.

    Lengths differ by at most one session; the earlier blocks are the shorter ones.
    """
    if sessions < rules.least:
        return ()
    fitting = (sessions + rules.purged) // (rules.sessions + rules.purged)
    count = min(rules.wanted, max(rules.fewest, fitting))
    kept = sessions - (count - 1) * rules.purged
    stops = [kept * (k + 1) // count + k * rules.purged for k in range(count)]
    starts = [0, *(stop + rules.purged for stop in stops[:-1])]
    return tuple((start, stop - 1) for start, stop in zip(starts, stops, strict=True))
