"""The parity of a proof: positions on WARMUP bars against those on all of them.

Where the gate worked the memory out itself a few drawn ends are enough. Where the header's WARMUP
alone says it, a genome could count bars from the first; so it is asked at its own changes, on the
bar of the change and on the bar before it: who counts says the same at every end. A WARMUP that is
too long to be asked about, or on which the genome raises, proves nothing and is refused.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from daemon.domain.engine import causality
from daemon.domain.genome.gate import Gated
from daemon.domain.market.bars import Floats
from daemon.errors import Reason
from daemon.sandbox.questions import Question, Told, looked_at
from daemon.sandbox.wire import Run

UNPROVED: Final = "warmup_unproved"
"""Code of a WARMUP that the market is too short for; a longer one may prove it."""
_ENDS: Final = 4
_ENDS_STATED: Final = 12
_FEW: Final = 3
_UNLIKE: Final = 0.25
"""Share of positions on WARMUP bars that may differ: prices in cents tie, rounding decides."""


def asked(gated: Gated, positions: Floats, generator: np.random.Generator) -> list[Question]:
    """Questions at ends drawn among the bars beyond WARMUP; positions: float64 (T, N)."""
    warmup, kind = gated.manifest.warmup, gated.manifest.kind
    beyond = len(positions) - warmup
    if unproved(gated, len(positions)) is not None or beyond < 2:
        return []
    if gated.memory:
        ends = _drawn(warmup, beyond, _ENDS, generator)
        return [_question(end, warmup, 1, looked_at(kind, positions, end, _FEW)) for end in ends]
    found = causality.change_cuts(positions[warmup - 1 :], _ENDS_STATED, generator)
    ends = [warmup - 1 + cut for cut in found]
    ends += _drawn(warmup, beyond, _ENDS_STATED - len(ends), generator)
    return [_question(end, warmup, 2, looked_at(kind, positions, end, 1)) for end in ends]


def unproved(gated: Gated, bars: int) -> Reason | None:
    """Why so many bars cannot prove a WARMUP that the header alone says; None where they can."""
    warmup = gated.manifest.warmup
    if gated.memory or 2 * warmup <= bars:
        return None
    message = (
        f"WARMUP = {warmup} bars is more than half of the {bars} bars of the market, which cannot "
        f"prove it: state at most {bars // 2}, or write it so that the gate works it out"
    )
    return Reason(UNPROVED, 0, message)


def reasons(told: Told, gated: Gated) -> list[Reason]:
    """What the answers to these questions say against the genome, nothing where none was asked."""
    warmup, stated = gated.manifest.warmup, not gated.memory
    if stated and told.silent("warmup"):
        message = f"it raises on WARMUP = {warmup} bars, on which it is run live: state enough"
        return [Reason("warmup_too_short", 0, message)]
    unlike = told.share("warmup")
    if stated:
        unlike = max(unlike, told.moved("warmup"))
    if unlike <= _UNLIKE:
        return []
    message = f"positions on WARMUP = {warmup} bars differ from those on all"
    return [Reason("warmup_too_short", 0, message)]


def _drawn(warmup: int, beyond: int, count: int, generator: np.random.Generator) -> list[int]:
    return [warmup + cut for cut in causality.drawn_cuts(beyond, count, generator)] if count else []


def _question(end: int, warmup: int, rows: int, place: tuple[int, int]) -> Question:
    """The last rows before an end, each with WARMUP bars at least."""
    bars, (column, columns) = warmup + rows - 1, place
    run = Run(0, end - bars, end, column, columns, 0, warmup - 1, bars)
    return Question("warmup", run, warmup, end - rows, column, shortened=True)
