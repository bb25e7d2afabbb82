"""What a genome does on the probe market, and whether it may: the run-time half of the checks.

1 run it twice, on replaced futures and truncations at fixed cuts, in one child (`_fixed`)
2 run it again in a fresh child, with cuts one bar after its own position changes and on exactly
  WARMUP bars (`_targeted`)
3 judge determinism, causality, warm-up parity and range, and name the behaviour (`_judged`).

Children answer raw positions; every comparison is made here, outside. An exception on a shortened
series proves nothing and is passed over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from daemon.domain.engine import causality
from daemon.domain.engine.causality import Probe
from daemon.domain.engine.intake import checked
from daemon.domain.genome import gate
from daemon.domain.genome.contract import Manifest
from daemon.domain.market.bars import Floats, Market
from daemon.domain.market.probe import PROBE_VERSION, probe
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox.memory import Shared, shared_market
from daemon.sandbox.proof import INCONCLUSIVE
from daemon.sandbox.task import Answer, Task, dense
from daemon.sandbox.wire import Run

_SEED: Final = 7
_FUTURES: Final = 9
_TRUNCATIONS: Final = 6
_TARGETED: Final = 6
_PARITY: Final = 4
_NONDETERMINISTIC: Final = Reason(
    "nondeterministic", 0, "the same bars gave other positions when it ran again"
)
_SENTENCES: Final = {
    "truncation": (
        "lookahead_truncation",
        "the position at bar {bar} changes when the bars from {cut} on are cut off",
    ),
    "future": (
        "lookahead_future",
        "the position at bar {bar} changes when the bars from {cut} on are others",
    ),
    "parity": (
        "warmup_too_short",
        "the last position on WARMUP = {bars} bars differs from that on the full history",
    ),
}

_UNKNOWN: Final = Manifest(idea="", kind="signal", timeframe="1d", warmup=0)
"""Of a text whose header nobody could read; no WARMUP is to be proved."""

RunTask = Callable[[Task], Awaitable[tuple[Answer, ...]]]


@dataclass(frozen=True, slots=True)
class _Question:
    """One run and what it is to show."""

    kind: Literal["whole", "truncation", "future", "parity"]
    run: Run


_Replied = tuple[_Question, Answer]


@dataclass(frozen=True, slots=True)
class _Variants:
    """The probe market and its replaced futures in one piece of memory, symbols after each other.

    A variant with number k (from 1) has its future replaced from bar futures[k-1] on.
    """

    memory: Shared
    futures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Battery:
    """One time frame's probe market with its fixed variants, built once."""

    market: Market
    variants: _Variants
    truncations: tuple[int, ...]


class Probing:
    """Probes genomes; keeps the battery of each time frame it has seen.

    gated: False in tests only, where a text that the gate refuses is probed nevertheless.
    """

    def __init__(self, market_of: Callable[[str], Market] = probe, gated: bool = True) -> None:
        self._market_of = market_of
        self._gated = gated
        self._batteries: dict[str, _Battery] = {}
        self._building = asyncio.Lock()

    async def probe(self, source: str, run: RunTask) -> Probe:
        """The behaviour of a genome, or why it is refused; `run` is the pool's."""
        try:
            manifest = gate.check(source).manifest
        except GenomeRefused as refusal:
            if self._gated:
                return Probe("", refusal.reasons)
            manifest = _UNKNOWN
        battery = await self._battery(manifest.timeframe)

        async def asked(questions: Sequence[_Question], memory: Shared) -> list[_Replied]:
            runs = tuple(question.run for question in questions)
            answers = await run(Task(source, (memory,), runs, (manifest.defaults(),)))
            return list(zip(questions, answers, strict=True))

        first = await asked(_fixed(battery), battery.variants.memory)
        if isinstance(first[0][1], Reason):
            return Probe("", (first[0][1],))
        whole = dense(first[0][1])
        variants, questions = await asyncio.to_thread(_targeted, manifest, battery.market, whole)
        second = await asked(questions, variants.memory)
        return await asyncio.to_thread(_judged, manifest, whole, [*first[1:], *second])

    async def _battery(self, timeframe: str) -> _Battery:
        async with self._building:
            if timeframe not in self._batteries:
                market = self._market_of(timeframe)
                self._batteries[timeframe] = await asyncio.to_thread(_built, market)
        return self._batteries[timeframe]


def _built(market: Market) -> _Battery:
    cuts = causality.EARLY_CUTS + causality.fixed_cuts(len(market.axis), _FUTURES)
    truncations = causality.fixed_cuts(len(market.axis), _TRUNCATIONS)
    return _Battery(market, _variants(market, cuts), truncations)


def _variants(market: Market, cuts: tuple[int, ...]) -> _Variants:
    generator = np.random.default_rng(_SEED)
    futures = [causality.replaced_future(market, cut, generator) for cut in cuts]
    return _Variants(shared_market(causality.side_by_side([market, *futures])), cuts)


def _fixed(battery: _Battery) -> list[_Question]:
    questions = _whole(battery.market, 2)
    questions += _futures(battery.market, battery.variants)
    return questions + _truncations(battery.market, battery.truncations)


def _targeted(
    manifest: Manifest, market: Market, positions: Floats
) -> tuple[_Variants, list[_Question]]:
    """What the fresh child is asked, about the changes that the genome showed in the first."""
    cuts = causality.change_cuts(positions, _TARGETED)
    variants = _variants(market, cuts)
    questions = _whole(market, 1) + _futures(market, variants) + _truncations(market, cuts)
    if manifest.warmup:
        questions += _parity(market, manifest.warmup)
    return variants, questions


def _whole(market: Market, times: int) -> list[_Question]:
    bars, symbols = market.shape
    return [_Question("whole", Run(0, 0, bars, 0, symbols, 0, 0, bars))] * times


def _futures(market: Market, variants: _Variants) -> list[_Question]:
    bars, symbols = market.shape
    return [
        _Question("future", Run(0, 0, bars, number * symbols, symbols, 0, 0, cut))
        for number, cut in enumerate(variants.futures, start=1)
    ]


def _truncations(market: Market, cuts: Sequence[int]) -> list[_Question]:
    symbols = market.shape[1]
    return [_Question("truncation", Run(0, 0, cut, 0, symbols, 0, 0, cut)) for cut in cuts]


def _parity(market: Market, warmup: int) -> list[_Question]:
    symbols = market.shape[1]
    ends = causality.parity_ends(market, warmup, _PARITY)
    return [
        _Question("parity", Run(0, end - warmup, end, 0, symbols, 0, warmup - 1, warmup))
        for end in ends
    ]


def _judged(manifest: Manifest, whole: Floats, replies: Sequence[_Replied]) -> Probe:
    reasons = [reason for reply in replies if (reason := _reason(whole, *reply)) is not None]
    if reasons:
        first_of_each = {reason.code: reason for reason in reversed(reasons)}
        ahead = tuple(r for code, r in first_of_each.items() if code.startswith("lookahead"))
        return Probe("", ahead or tuple(first_of_each.values()), bool(ahead))
    try:
        positions = checked(whole, manifest.kind).dense()
    except GenomeRefused as refusal:
        return Probe("", refusal.reasons)
    return Probe(causality.behaviour(positions, manifest, PROBE_VERSION), ())


def _reason(whole: Floats, question: _Question, answer: Answer) -> Reason | None:
    """Why one answer speaks against the genome, or None."""
    run = question.run
    if isinstance(answer, Reason):
        shortened = question.kind in ("truncation", "parity")
        return None if shortened and answer.code in INCONCLUSIVE else answer
    if question.kind == "whole":
        return None if causality.same_bits(whole, dense(answer)) else _NONDETERMINISTIC
    known = whole[run.start + run.first : run.start + run.last]
    bar = causality.first_difference(known, dense(answer))
    if bar < 0:
        return None
    code, sentence = _SENTENCES[question.kind]
    return Reason(code, 0, sentence.format(bar=bar, cut=run.last, bars=run.last))
