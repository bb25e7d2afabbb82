"""Proof on the real market: no position changes when later bars are gone, or are others.

The probe market is short and made up; a genome may look ahead only where it sees a longer one. So
what would enter the archive is run again, in a fresh child, on the market it was priced on:

1 cut short after its own position changes and at a drawn bar, see `cuts`
2 with a replaced future, at early bars, after drawn changes and at a drawn bar; on a large market
  in a window around the cut, held against the same window as it was, so that little is copied
3 on WARMUP bars only, with other prices, volumes and session numbers, with every bar a little off,
  and once more as it was; where the positions are others at other prices or numbers, what made
  them so is asked of another child.

Cuts and futures are drawn from the trial's seed. Truncations are views of memory that is shared
already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from daemon.domain.engine import futures
from daemon.domain.engine.causality import Causality
from daemon.domain.engine.futures import Window
from daemon.domain.engine.intake import checked
from daemon.domain.genome.budget import precise_numbers
from daemon.domain.genome.contract import Kind as Entry
from daemon.domain.genome.gate import Gated
from daemon.domain.market import packed
from daemon.domain.market.bars import Floats, Market
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox import memory, parity
from daemon.sandbox.cuts import Care, future_cuts, once_more, truncations
from daemon.sandbox.memory import Shared, shared_as_seen
from daemon.sandbox.questions import (
    MOST_ALIKE,
    Kind,
    Question,
    Symbols,
    Told,
    looked_at,
    memorised_moves,
    remembered,
    sized,
)
from daemon.sandbox.task import Answer, Task
from daemon.sandbox.wire import Run

_CELLS: Final = 1 << 16
_MOST_BYTES: Final = 128 << 20
"""Of answers in the daemon at a time; as many proofs run side by side as there are workers."""

RunTask = Callable[[Task, int], Awaitable[tuple[Answer, ...]]]


@dataclass(frozen=True, slots=True)
class Case:
    """A genome whose positions (T, N) are to be proved, and the market that gave them.

    care: how many cuts and symbols are asked about.
    """

    gated: Gated
    params: Mapping[str, float]
    shared: Shared
    positions: Floats
    seed: int
    care: Care

    def seen(self) -> Market:
        """The market as the genome sees it."""
        return packed.unpack(memory.readable(self.shared.descriptor))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked: market 0 is the real one, these follow. A group is asked of one child.

    window, place: where prices and session numbers are changed, and of which symbols.
    """

    markets: tuple[Shared, ...]
    groups: tuple[tuple[Question, ...], ...]
    window: Window
    place: Symbols


async def proved(case: Case, run: RunTask) -> Causality:
    """Why the case looks ahead or remembers; a child that shows it is the last that is asked."""
    plan = await asyncio.to_thread(planned, case)
    strange = False
    for asked in batches(plan.groups):
        told = await _told(case, plan, asked, run)
        reasons = await asyncio.to_thread(_reasons, told, case.gated)
        if reasons:
            return Causality(reasons)
        strange = strange or told.share("strange") > MOST_ALIKE
    unproved = parity.unproved(case.gated, len(case.positions))
    found = () if unproved is None else (unproved,)
    if not strange:
        return Causality(found)
    plan = await asyncio.to_thread(_levels, case, plan)
    told = await _told(case, plan, plan.groups[0], run)
    memorised, flags = await asyncio.to_thread(remembered, told, precise_numbers(case.gated.tree))
    return Causality((*memorised, *found), flags)


def planned(case: Case) -> Plan:
    """All that is asked of a case, drawn from its seed."""
    seen, kind, care = case.seen(), case.gated.manifest.kind, case.care
    generator = np.random.default_rng(case.seed)
    places = truncations(kind, case.positions, seen.close, care, generator)
    groups: list[tuple[Question, ...]] = [(_truncation(*place),) for place in places]
    markets = []
    for cut in future_cuts(case.positions, generator):
        place = looked_at(kind, case.positions, cut, care.few)
        few = futures.some_symbols(seen, *place)
        window = futures.window_around(cut, few.shape, _CELLS)
        markets.append(shared_as_seen(futures.replaced_window(few, window, generator)))
        groups.append(_in_window(seen, window, place, ("future",), len(markets)))
    place = once_more(kind, case.positions, seen.close, care, generator)
    few = futures.some_symbols(seen, *place)
    window = _drawn_window(few, generator)
    markets.append(shared_as_seen(futures.strange(few, window)))
    number = len(markets)
    markets.append(shared_as_seen(futures.nudged(few, window, generator)))
    groups.append(_in_window(seen, window, place, ("strange", "nudged"), number))
    groups.append(tuple(parity.asked(case.gated, case.positions, generator)))
    groups.append((_again(len(seen.axis), place),))
    return Plan(tuple(markets), tuple(groups), window, place)


async def _told(case: Case, plan: Plan, asked: Sequence[Question], run: RunTask) -> Told:
    gated = case.gated
    runs = tuple(question.run for question in asked)
    markets = (case.shared, *plan.markets)
    task = Task(gated.source, markets, runs, (case.params,))
    answers = await run(task, len(runs))
    kind = gated.manifest.kind
    taken = await asyncio.to_thread(
        lambda: [_taken_in(*each, kind) for each in zip(asked, answers, strict=True)]
    )
    return Told(asked, taken, case.positions)


def _taken_in(question: Question, answer: Answer, kind: Entry) -> Answer:
    """A raw answer with zeros for a warm-up's NaNs, refused where it is beyond its bounds.

    Bounds are not asked after where it must be what it was on the whole market anyway.
    """
    if not isinstance(answer, np.ndarray):
        return answer
    if question.kind in {"truncation", "future"}:
        warming_up = np.logical_and.accumulate(np.isnan(answer), axis=0)
        return np.where(warming_up, 0.0, answer)
    try:
        return checked(answer, kind)
    except GenomeRefused as refusal:
        return refusal.reasons[0]


def batches(groups: Sequence[tuple[Question, ...]]) -> Iterator[tuple[Question, ...]]:
    """What each child is asked: everything, but where the answers would need much memory."""
    batch: list[Question] = []
    held = 0
    for group in groups:
        needed = sized(group)
        if batch and held + needed > _MOST_BYTES:
            yield tuple(batch)
            batch, held = [], 0
        batch += group
        held += needed
    if batch:
        yield tuple(batch)


def _reasons(told: Told, gated: Gated) -> tuple[Reason, ...]:
    found = [*told.reasons(), *parity.reasons(told, gated), *memorised_moves(told)]
    ahead = [reason for reason in found if reason.code.startswith("lookahead")]
    return tuple(ahead or found)


def _again(bars: int, place: Symbols) -> Question:
    """The market as it is; a few symbols of it where each stands alone and the care is small."""
    column, columns = place
    return Question("whole", Run(0, 0, bars, column, columns, 0, 0, bars), column=column)


def _truncation(cut: int, symbols: Symbols) -> Question:
    column, columns = symbols
    run = Run(0, 0, cut, column, columns, 0, 0, cut)
    return Question("truncation", run, cut, column=column, shortened=True)


def _levels(case: Case, asked: Plan) -> Plan:
    """What tells whether prices or session numbers made the difference."""
    seen, window, place = case.seen(), asked.window, asked.place
    few = futures.some_symbols(seen, *place)
    changes = (futures.scaled(few, window), futures.renumbered(few, window))
    group = _in_window(seen, window, place, ("scaled", "renumbered"), 1)
    return replace(asked, markets=tuple(map(shared_as_seen, changes)), groups=(group,))


def _in_window(
    market: Market, window: Window, place: Symbols, kinds: Sequence[Kind], number: int
) -> tuple[Question, ...]:
    """Runs on a window changed in several ways, the first of them market `number`.

    place: its symbols, of which alone the changed markets are made. Where the window is not the
    beginning of the market it is run on as it is before.
    """
    column, columns = place
    kept = window.cut - window.start
    run = Run(number, 0, window.stop - window.start, 0, columns, 0, 0, kept)
    plain = run._replace(market=0, start=window.start, stop=window.stop, column=column)
    base = Question(
        "plain", plain, window.cut, window.start, column, 0, run.stop < len(market.axis)
    )
    before = (base,) if window.start else ()
    changed = [
        replace(base, kind=kind, run=run._replace(market=number + k), back=len(before) and k + 1)
        for k, kind in enumerate(kinds)
    ]
    return (*before, *changed)


def _drawn_window(market: Market, generator: np.random.Generator) -> Window:
    bars, symbols = market.shape
    rows = min(bars, max(futures.LEAST_AHEAD, _CELLS // symbols))
    start = int(generator.integers(0, bars - rows + 1))
    return Window(start, start + rows, start + rows)
