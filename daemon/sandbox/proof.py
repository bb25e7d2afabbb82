"""Proof on the real market: no position changes when later bars are gone, or are others.

The probe market is short and made up; a genome may look ahead only where it sees a longer one. So
what would enter the archive is run again, in a fresh child, on the market it was priced on:

1 cut short one bar after its own position changes (drawn over the whole length, and where a change
  gained most), at a drawn bar, and more often in the first eighth, where it costs little: a
  genome that peeks now and then shows it only at a cut that follows such a bar
2 with a replaced future, at early bars, after drawn changes and at a drawn bar; on a large market
  in a window around the cut, held against the same window as it was, so that little is copied
3 on WARMUP bars only, with other prices, volumes and session numbers, with every bar a little off,
  and once more whole; where the positions are others at other prices or numbers, what made them so
  is asked of another child.

Cuts and futures are drawn from the trial's seed. Truncations are views of memory that is shared
already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from daemon.domain.engine import causality, futures
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

_SAMPLED: Final = 2
_LUCKY: Final = 1
_EARLY: Final = 10
_EARLY_LUCKY: Final = 8
_LUCKY_SYMBOLS: Final = 40
_LOSING: Final = 5
"""Part of those cuts for a genome that earned nothing: peeks that gain nothing are no advantage."""
_EARLY_SHARE: Final = 8
_AGAIN: Final = 2
"""Symbols of a genome that earned nothing that are run once more as they were."""
_SHORT: Final = 4096
_FEW: Final = 3
_CELLS: Final = 1 << 16
_MOST_BYTES: Final = 256 << 20

RunTask = Callable[[Task, int], Awaitable[tuple[Answer, ...]]]


@dataclass(frozen=True, slots=True)
class Case:
    """A genome whose positions (T, N) are to be proved, and the market that gave them.

    thorough: with all the cuts after changes that gained, and not a fifth of them.
    """

    gated: Gated
    params: Mapping[str, float]
    shared: Shared
    positions: Floats
    seed: int
    thorough: bool = True

    def seen(self) -> Market:
        """The market as the genome sees it."""
        return packed.unpack(memory.readable(self.shared.descriptor))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked: market 0 is the real one, these follow. A group is asked of one child.

    window: where prices and session numbers are changed.
    """

    markets: tuple[Shared, ...]
    groups: tuple[tuple[Question, ...], ...]
    window: Window


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
    plan = await asyncio.to_thread(_levels, case, plan.window)
    told = await _told(case, plan, plan.groups[0], run)
    memorised, flags = await asyncio.to_thread(remembered, told, precise_numbers(case.gated.tree))
    return Causality((*memorised, *found), flags)


def planned(case: Case) -> Plan:
    """All that is asked of a case, drawn from its seed."""
    seen = case.seen()
    generator = np.random.default_rng(case.seed)
    places = truncations(case, seen, generator)
    groups: list[tuple[Question, ...]] = [(_truncation(*place),) for place in places]
    markets = []
    for cut in future_cuts(case.positions, generator):
        place = _symbols(case, cut, _FEW)
        few = futures.some_symbols(seen, *place)
        window = futures.window_around(cut, few.shape, _CELLS)
        markets.append(shared_as_seen(futures.replaced_window(few, window, generator)))
        groups.append(_in_window(seen, window, place, ("future",), len(markets)))
    window = _drawn_window(seen, generator)
    markets.append(shared_as_seen(futures.strange(seen, window)))
    whole_width, number = (0, seen.shape[1]), len(markets)
    markets.append(shared_as_seen(futures.nudged(seen, window, generator)))
    groups.append(_in_window(seen, window, whole_width, ("strange", "nudged"), number))
    groups.append(tuple(parity.asked(case.gated, case.positions, generator)))
    groups.append((_again(case, generator),))
    return Plan(tuple(markets), tuple(groups), window)


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


def truncations(
    case: Case, market: Market, generator: np.random.Generator
) -> list[tuple[int, Symbols]]:
    """Where it is cut short and what is looked at there, in order of bars; none on two bars.

    At most four cuts anywhere. Then many that cost little: in the first eighth of a long market,
    after ten drawn changes and after those that gained most on the next bar, symbol by symbol
    where each stands alone. A genome that peeks now and then gains there.
    """
    share = 1 if case.thorough else _LOSING
    bars = len(market.axis)
    if bars < 3:
        return []
    near = bars if bars <= _SHORT else bars // _EARLY_SHARE
    positions, close = case.positions[:near], market.close[:near]
    anywhere = causality.change_cuts(case.positions, _SAMPLED, generator)
    anywhere += causality.lucky_cuts(case.positions, market.close, _LUCKY)
    anywhere += causality.drawn_cuts(bars, 1, generator)
    early = causality.change_cuts(positions, _EARLY, generator)
    lucky: Sequence[tuple[int, Symbols]] = ()
    if case.gated.manifest.kind == "rotate":
        early += causality.lucky_cuts(positions, close, -(-_EARLY_LUCKY // share))
    else:
        found = causality.lucky_symbols(positions, close, _LUCKY_SYMBOLS // share)
        lucky = [(cut, (symbol, 1)) for cut, symbol in found]
    places = {*lucky, *((cut, _symbols(case, cut, 1)) for cut in early)}
    return sorted(places | {(cut, _symbols(case, cut, _FEW)) for cut in anywhere})


def future_cuts(positions: Floats, generator: np.random.Generator) -> tuple[int, ...]:
    """Early cuts, one after a drawn change, and a drawn one, in order of bars."""
    bars = len(positions)
    early = [cut for cut in causality.EARLY_CUTS if cut < bars - 1]
    changes = causality.change_cuts(positions, 1, generator)
    return tuple(sorted({*early, *changes, *causality.drawn_cuts(bars, 1, generator)}))


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


def _symbols(case: Case, cut: int, few: int) -> Symbols:
    return looked_at(case.gated.manifest.kind, case.positions, cut, few)


def _again(case: Case, generator: np.random.Generator) -> Question:
    """The market as it is; a few symbols of it where each stands alone and nothing was earned."""
    bars, symbols = case.positions.shape
    all_of_them = case.thorough or case.gated.manifest.kind == "rotate"
    columns = symbols if all_of_them else min(symbols, _AGAIN)
    column = int(generator.integers(symbols - columns + 1))
    return Question("whole", Run(0, 0, bars, column, columns, 0, 0, bars), column=column)


def _truncation(cut: int, symbols: Symbols) -> Question:
    column, columns = symbols
    run = Run(0, 0, cut, column, columns, 0, 0, cut)
    return Question("truncation", run, cut, column=column, shortened=True)


def _levels(case: Case, window: Window) -> Plan:
    """What tells whether prices or session numbers made the difference."""
    seen = case.seen()
    changes = (futures.scaled(seen, window), futures.renumbered(seen, window))
    group = _in_window(seen, window, (0, seen.shape[1]), ("scaled", "renumbered"), 1)
    return Plan(tuple(map(shared_as_seen, changes)), (group,), window)


def _in_window(
    market: Market, window: Window, place: Symbols, kinds: Sequence[Kind], number: int
) -> tuple[Question, ...]:
    """Runs on a window changed in several ways, the first of them market `number`.

    place: its symbols, see `_symbols`. Where the window is not the beginning of the market it is
    run on as it is before.
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
