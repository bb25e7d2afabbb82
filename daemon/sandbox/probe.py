"""What a genome does on the probe market, and whether it may: the run-time half of the checks.

Quick, for every genome that a night harvests, in one child:
1 run it, then on a few symbols again, on replaced futures and truncations at early cuts and two
  that are drawn, and on exactly WARMUP bars (`_quick`)

Thorough, for whoever asks about one genome (`genomes check`, `backtest`):
1 run it twice, on replaced futures and truncations at fixed cuts (`_fixed`)
2 run it again in a fresh child, with cuts one bar after its own position changes and drawn ones, on
  WARMUP bars, at other prices and volumes, and with other session numbers (`_targeted`)

Then judge determinism, causality, warm-up parity and range, and name the behaviour (`_judged`).
Children answer raw positions; every comparison is made here, outside. What would enter the archive
is proved on the real market besides: `proof`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.engine import causality, futures
from daemon.domain.engine.causality import Probe
from daemon.domain.engine.futures import Window
from daemon.domain.engine.intake import checked
from daemon.domain.genome import gate
from daemon.domain.genome.budget import precise_numbers
from daemon.domain.genome.contract import Manifest
from daemon.domain.market.bars import Floats, Market
from daemon.domain.market.probe import PROBE_VERSION, probe
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox.memory import Shared, shared_market
from daemon.sandbox.questions import Kind, Question, Told, remembered
from daemon.sandbox.task import Answer, Task, dense
from daemon.sandbox.wire import Run

_FUTURES: Final = 9
_TRUNCATIONS: Final = 6
_TARGETED: Final = 6
_QUICK: Final = 2
_PARITY: Final = 4
_FEW: Final = 3
"""Symbols that a quick probe runs again, where each stands alone."""
_EARLY_BARS: Final = 512

_UNKNOWN: Final = Manifest(idea="", kind="signal", timeframe="1d", warmup=0)
"""Of a text whose header nobody could read; no WARMUP is to be proved."""

RunTask = Callable[[Task], Awaitable[tuple[Answer, ...]]]


@dataclass(frozen=True, slots=True)
class _Subject:
    """A genome under the probe. precise: see `genome.budget`. seed: of its drawn cuts."""

    source: str
    manifest: Manifest
    precise: int
    seed: int


@dataclass(frozen=True, slots=True)
class _Variants:
    """The probe market and its replaced futures in one piece of memory, symbols after each other.

    A variant with number k (from 1) has its future replaced from bar cuts[k-1] on.
    """

    memory: Shared
    cuts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Battery:
    """One time frame's probe market with its fixed variants, built once.

    changed: the market at other prices, and with other session numbers.
    """

    market: Market
    variants: _Variants
    truncations: tuple[int, ...]
    changed: dict[Kind, Shared]


class Probing:
    """Probes genomes; keeps the battery of each time frame it has seen.

    gated: False in tests only, where a text that the gate refuses is probed nevertheless.
    """

    def __init__(self, market_of: Callable[[str], Market] = probe, gated: bool = True) -> None:
        self._market_of = market_of
        self._gated = gated
        self._batteries: dict[str, _Battery] = {}
        self._building = asyncio.Lock()

    async def probe(self, source: str, run: RunTask, thorough: bool = True) -> Probe:
        """The behaviour of a genome, or why it is refused; `run` is the pool's."""
        try:
            subject = _subject(source)
        except GenomeRefused as refusal:
            if self._gated:
                return Probe("", refusal.reasons)
            subject = _Subject(source, _UNKNOWN, 0, causality.seed_of(source))
        battery = await self._battery(subject.manifest.timeframe)

        async def asked(questions: Sequence[Question], *memory: Shared) -> Sequence[Answer]:
            runs = tuple(question.run for question in questions)
            return await run(Task(source, memory, runs, (subject.manifest.defaults(),)))

        questions = _fixed(battery) if thorough else _quick(battery, subject)
        answers = await asked(questions, battery.variants.memory)
        if isinstance(answers[0], Reason):
            return Probe("", (answers[0],))
        told = [Told(questions, answers, dense(answers[0]))]
        if thorough:
            prepared = await asyncio.to_thread(_targeted, subject, battery, told[0].whole)
            variants, questions = prepared
            answers = await asked(questions, variants.memory, *battery.changed.values())
            told.append(Told(questions, answers, told[0].whole))
        return await asyncio.to_thread(_judged, subject, told)

    async def _battery(self, timeframe: str) -> _Battery:
        async with self._building:
            if timeframe not in self._batteries:
                market = self._market_of(timeframe)
                self._batteries[timeframe] = await asyncio.to_thread(_built, market)
        return self._batteries[timeframe]


def _subject(source: str) -> _Subject:
    gated = gate.remembered(source)
    seed = causality.seed_of(gated.hash)
    return _Subject(source, gated.manifest, precise_numbers(gated.tree), seed)


def _built(market: Market) -> _Battery:
    bars = len(market.axis)
    cuts = causality.EARLY_CUTS + causality.fixed_cuts(bars, _FUTURES)
    whole = Window(0, bars, bars)
    return _Battery(
        market,
        _variants(market, cuts, np.random.default_rng(bars)),
        causality.fixed_cuts(bars, _TRUNCATIONS),
        {
            "scaled": shared_market(futures.scaled(market, whole)),
            "renumbered": shared_market(futures.renumbered(market, whole)),
        },
    )


def _variants(market: Market, cuts: tuple[int, ...], generator: np.random.Generator) -> _Variants:
    others = [futures.replaced_future(market, cut, generator) for cut in cuts]
    return _Variants(shared_market(futures.side_by_side([market, *others])), cuts)


def _quick(battery: _Battery, subject: _Subject) -> list[Question]:
    generator = np.random.default_rng(subject.seed)
    later = _futures(battery.market, battery.variants)
    early = later[: len(causality.EARLY_CUTS)]
    drawn = generator.choice(len(later) - len(early), _QUICK, replace=False) + len(early)
    truncations = generator.choice(battery.truncations, _QUICK, replace=False)
    whole, again = _whole(battery.market, 2)
    rest = [
        again,
        *early,
        *(later[number] for number in sorted(drawn)),
        *_truncations(battery.market, sorted(map(int, truncations))),
        *_parity(battery.market, subject.manifest.warmup),
    ]
    if subject.manifest.kind == "signal":
        symbols = battery.market.shape[1]
        columns = min(_FEW, symbols)
        column = int(generator.integers(0, symbols - columns + 1))
        rest = [question.narrowed(column, columns) for question in rest]
    return [whole, *rest]


def _fixed(battery: _Battery) -> list[Question]:
    questions = _whole(battery.market, 2)
    questions += _futures(battery.market, battery.variants)
    return questions + _truncations(battery.market, battery.truncations)


def _targeted(
    subject: _Subject, battery: _Battery, positions: Floats
) -> tuple[_Variants, list[Question]]:
    """What the fresh child is asked, about the changes that the genome showed in the first."""
    market, generator = battery.market, np.random.default_rng(subject.seed)
    changes = causality.change_cuts(positions, _TARGETED, generator)
    drawn = causality.drawn_cuts(len(market.axis), _QUICK, generator)
    cuts = tuple(sorted({*changes, *drawn}))
    variants = _variants(market, cuts, generator)
    questions = _whole(market, 1) + _futures(market, variants) + _truncations(market, cuts)
    questions += _parity(market, subject.manifest.warmup)
    for number, kind in enumerate(battery.changed, start=1):
        run = _whole(market, 1)[0].run._replace(market=number)
        questions.append(Question(kind, run))
    return variants, questions


def _whole(market: Market, times: int) -> list[Question]:
    bars, symbols = market.shape
    return [Question("whole", Run(0, 0, bars, 0, symbols, 0, 0, bars))] * times


def _futures(market: Market, variants: _Variants) -> list[Question]:
    """Early ones on the first 512 bars only: a later bar has no part in them."""
    bars, symbols = market.shape
    asked = []
    for number, cut in enumerate(variants.cuts, start=1):
        stop = min(bars, _EARLY_BARS) if cut in causality.EARLY_CUTS else bars
        run = Run(0, 0, stop, number * symbols, symbols, 0, 0, cut)
        asked.append(Question("future", run, cut, shortened=stop < bars))
    return asked


def _truncations(market: Market, cuts: Sequence[int]) -> list[Question]:
    symbols = market.shape[1]
    return [
        Question("truncation", Run(0, 0, cut, 0, symbols, 0, 0, cut), cut, shortened=True)
        for cut in cuts
    ]


def _parity(market: Market, warmup: int) -> list[Question]:
    symbols = market.shape[1]
    ends = causality.parity_ends(market, warmup, _PARITY) if warmup else ()
    return [
        Question(
            "parity",
            Run(0, end - warmup, end, 0, symbols, 0, warmup - 1, warmup),
            warmup,
            end - 1,
            shortened=True,
        )
        for end in ends
    ]


def _judged(subject: _Subject, told: Sequence[Told]) -> Probe:
    reasons = {reason.code: reason for each in reversed(told) for reason in each.reasons()}
    memorised, flags = remembered(told[-1], subject.precise)
    found = [*reasons.values(), *memorised]
    if found:
        ahead = tuple(reason for reason in found if reason.code.startswith("lookahead"))
        return Probe("", ahead or tuple(found), bool(ahead), flags)
    try:
        positions = checked(told[0].whole, subject.manifest.kind).dense()
    except GenomeRefused as refusal:
        return Probe("", refusal.reasons)
    behaviour = causality.behaviour(positions, subject.manifest, PROBE_VERSION)
    return Probe(behaviour, (), flags=flags)
