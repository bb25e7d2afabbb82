"""What a genome does on the probe market, and whether it may: the run-time half of the checks.

A night asks of every genome that it harvests for the behaviour only, which is one run; what would
enter the archive is proved on the real market: `proof`.

Thorough, for whoever asks about one genome (`genomes check`, `backtest`):
1 run it twice, on replaced futures and truncations at fixed cuts (`_fixed`)
2 run it again in a fresh child, with cuts one bar after its own position changes and drawn ones, on
  WARMUP bars, at other prices and volumes, and with other session numbers (`_targeted`)

Then judge determinism, causality, warm-up parity and range, and name the behaviour (`_judged`).
Children answer raw positions; every comparison is made here, outside.
"""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from daemon.domain.engine import causality
from daemon.domain.engine.causality import Probe
from daemon.domain.engine.intake import checked
from daemon.domain.genome import gate
from daemon.domain.genome.budget import precise_numbers
from daemon.domain.genome.contract import Manifest
from daemon.domain.market.bars import Floats, Market
from daemon.domain.market.probe import PROBE_VERSION, probe
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox import battery
from daemon.sandbox.battery import Battery, Variants
from daemon.sandbox.memory import Shared
from daemon.sandbox.questions import Question, Told, remembered
from daemon.sandbox.task import Answer, Task, dense

_TARGETED: Final = 6
_DRAWN: Final = 2
_PARITY: Final = 4
_UNKNOWN: Final = Manifest(idea="", kind="signal", timeframe="1d", warmup=0)
"""Of a text whose header nobody could read; no WARMUP is to be proved."""

RunTask = Callable[[Task], Awaitable[tuple[Answer, ...]]]


@dataclass(frozen=True, slots=True)
class _Subject:
    """A genome under the probe.

    seed: of its drawn cuts. tree: None where the gate refuses it. stated: WARMUP where the gate
    cannot work the memory out, else 0.
    """

    source: str
    manifest: Manifest
    seed: int
    tree: ast.Module | None = None
    stated: int = 0


class Probing:
    """Probes genomes; keeps the battery of each time frame it has seen.

    gated: False in tests only, where a text that the gate refuses is probed nevertheless.
    """

    def __init__(self, market_of: Callable[[str], Market] = probe, gated: bool = True) -> None:
        self._market_of = market_of
        self._gated = gated
        self._batteries: dict[str, Battery] = {}
        self._building = asyncio.Lock()

    async def probe(self, source: str, run: RunTask, thorough: bool = True) -> Probe:
        """The behaviour of a genome, or why it is refused; `run` is the pool's.

        thorough: False for the behaviour only; no reason against looking ahead is sought then.
        """
        try:
            subject = _subject(source)
        except GenomeRefused as refusal:
            if self._gated:
                return Probe("", refusal.reasons)
            subject = _Subject(source, _UNKNOWN, causality.seed_of(source))
        found = await self._battery(subject.manifest.timeframe)

        async def asked(questions: Sequence[Question], *memory: Shared) -> Sequence[Answer]:
            runs = tuple(question.run for question in questions)
            return await run(Task(source, memory, runs, (subject.manifest.defaults(),)))

        questions = _fixed(found) if thorough else battery.whole(found.market, 1)
        answers = await asked(questions, found.variants.memory)
        if isinstance(answers[0], Reason):
            return Probe("", (answers[0],))
        told = [Told(questions, answers, dense(answers[0]))]
        if thorough:
            prepared = await asyncio.to_thread(_targeted, subject, found, told[0].whole)
            variants, questions = prepared
            answers = await asked(questions, variants.memory, *found.changed.values())
            told.append(Told(questions, answers, told[0].whole))
        return await asyncio.to_thread(_judged, subject, told)

    async def _battery(self, timeframe: str) -> Battery:
        async with self._building:
            if timeframe not in self._batteries:
                market = self._market_of(timeframe)
                self._batteries[timeframe] = await asyncio.to_thread(battery.built, market)
        return self._batteries[timeframe]


def _subject(source: str) -> _Subject:
    gated = gate.remembered(source)
    stated = 0 if gated.memory else gated.manifest.warmup
    return _Subject(source, gated.manifest, causality.seed_of(gated.hash), gated.tree, stated)


def _fixed(found: Battery) -> list[Question]:
    questions = battery.whole(found.market, 2)
    questions += found.futures
    return questions + battery.truncations(found.market, found.truncations)


def _targeted(
    subject: _Subject, found: Battery, positions: Floats
) -> tuple[Variants, list[Question]]:
    """What the fresh child is asked, about the changes that the genome showed in the first."""
    market, generator = found.market, np.random.default_rng(subject.seed)
    changes = causality.change_cuts(positions, _TARGETED, generator)
    drawn = causality.drawn_cuts(len(market.axis), _DRAWN, generator)
    cuts = tuple(sorted({*changes, *drawn}))
    variants = battery.variants_of(market, cuts, generator)
    questions = (
        battery.whole(market, 1)
        + battery.future_questions(market, variants)
        + battery.truncations(market, cuts)
    )
    questions += battery.parity(market, subject.manifest.warmup, _PARITY)
    for number, kind in enumerate(found.changed, start=1):
        run = battery.whole(market, 1)[0].run._replace(market=number)
        questions.append(Question(kind, run))
    return variants, questions


def _judged(subject: _Subject, told: Sequence[Told]) -> Probe:
    reasons = {reason.code: reason for each in reversed(told) for reason in each.reasons()}
    precise = precise_numbers(subject.tree) if subject.tree and len(told) > 1 else 0
    memorised, flags = remembered(told[-1], precise)
    found = [*reasons.values(), *memorised]
    if found:
        ahead = tuple(reason for reason in found if reason.code.startswith("lookahead"))
        return Probe("", ahead or tuple(found), bool(ahead), flags)
    try:
        positions = checked(told[0].whole, subject.manifest.kind).dense()
    except GenomeRefused as refusal:
        return Probe("", refusal.reasons)
    behaviour = causality.behaviour(positions, subject.manifest, PROBE_VERSION, subject.stated)
    return Probe(behaviour, (), flags=flags)
