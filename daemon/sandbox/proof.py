"""Proof on the real market: no position changes when the bars after it are cut off.

The probe market is short and made up; a genome may look ahead only where it sees a longer one. So
what leads is run again on the market it was priced on, cut short in several places: one bar after
its own position changes, sampled over the whole length and where a change gained most, and at
fixed bars. More cuts lie in the first eighth, where they cost little: a genome that peeks now and
then shows it only at a cut that follows such a bar. The cuts are views of memory that is shared
already. Replaced futures are left to the probe: they would have to be copied. An exception on a
shortened series proves nothing here either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from daemon.domain.engine import causality
from daemon.domain.market.bars import Floats, Market
from daemon.errors import Reason
from daemon.sandbox.task import Answer, dense
from daemon.sandbox.wire import Run

_SAMPLED: Final = 4
_LUCKY: Final = 2
_EARLY: Final = 12
_EARLY_SHARE: Final = 8
_FIXED: Final = 2
_MOST_BYTES: Final = 256 << 20
INCONCLUSIVE: Final = ("raised", "contract")


def cuts_of(market: Market, positions: Floats) -> tuple[int, ...]:
    """At most eight cuts and twelve early ones, in order of bars; none where it is too short."""
    bars = len(market.axis)
    if bars < 3:
        return ()
    sampled = causality.change_cuts(positions, _SAMPLED)
    lucky = causality.lucky_cuts(positions, market.close, _LUCKY)
    early = causality.change_cuts(positions[: bars // _EARLY_SHARE], _EARLY)
    fixed = causality.fixed_cuts(bars, _FIXED + 1)[1:]
    return tuple(sorted({*sampled, *lucky, *early, *fixed}))


def batches(market: Market, cuts: Sequence[int]) -> Iterator[tuple[Run, ...]]:
    """The runs of each child: all in one, but where their answers would need much memory."""
    symbols = market.shape[1]
    batch: list[Run] = []
    rows = 0
    for cut in cuts:
        if batch and (rows + cut) * symbols * 8 > _MOST_BYTES:
            yield tuple(batch)
            batch, rows = [], 0
        batch.append(Run(0, 0, cut, 0, symbols, 0, 0, cut))
        rows += cut
    if batch:
        yield tuple(batch)


def first_reason(
    positions: Floats, runs: Sequence[Run], answers: Sequence[Answer]
) -> Reason | None:
    """The first reason of a child's answers in the order of its runs, or None."""
    pairs = zip(runs, answers, strict=True)
    reasons = (_reason(positions, run, answer) for run, answer in pairs)
    return next((reason for reason in reasons if reason is not None), None)


def _reason(positions: Floats, run: Run, answer: Answer) -> Reason | None:
    """Why one answer on a shortened market speaks against the genome, or None."""
    if isinstance(answer, Reason):
        return None if answer.code in INCONCLUSIVE else answer
    known, answer = positions[: run.stop], dense(answer)
    bar = -1 if np.array_equal(known, answer) else causality.first_difference(known, answer)
    if bar < 0:
        return None
    message = (
        f"look-ahead on the real market: the position at bar {bar} changes when the bars "
        f"from {run.stop} on are cut off"
    )
    return Reason("lookahead_truncation", 0, message)
