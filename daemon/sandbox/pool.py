"""The worker pool: the asyncio front of the slots, with retries; nothing else runs genomes.

A slot is a zygote and one child at a time; its blocking work is done in one of the pool's own
threads. A child that was killed from outside is tried again, three times in all. One that was late
although it hardly computed is tried once more with every other slot idle, and counted in
`retried_timeouts`: such a night may not be repeatable.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Final, Self, TypeVar

from daemon.domain.engine import causality
from daemon.domain.engine.causality import Causality, Occasion, Probe
from daemon.domain.engine.positions import Positions
from daemon.domain.genome import gate
from daemon.domain.genome.contract import Kind
from daemon.domain.market.bars import Market
from daemon.errors import GenomeRefused, Reason, TransientError
from daemon.sandbox import proof, proving
from daemon.sandbox.answers import Outcome, perform
from daemon.sandbox.cuts import CARES
from daemon.sandbox.layers import NONE_OFF, Layer, Level, Off
from daemon.sandbox.memory import MarketShelf, Shared
from daemon.sandbox.meter import spend
from daemon.sandbox.probe import Probing
from daemon.sandbox.proving import Proof
from daemon.sandbox.slot import Slot
from daemon.sandbox.stream import RING, Deliver, Terms, stream
from daemon.sandbox.sweep import Mapped, shares
from daemon.sandbox.switches import allowed
from daemon.sandbox.task import DEFAULT_LIMITS, Answer, Limits, Task, whole

__all__ = ["Limits", "Pool"]

ATTEMPTS: Final = 3
_KILLED: Final = Reason("crashed", 0, f"its process was killed from outside {ATTEMPTS} times")
_Result = TypeVar("_Result")
_Made = TypeVar("_Made")


class Pool:
    """Runs genomes in `slots` children at a time; `close` ends every process it started.

    Zygotes start with the first work, or with `start`. required: the level below which nothing is
    run (MissingError). off: layers switched off in tests; UsageError unless NIGHTSHIFT_TEST=1.
    """

    def __init__(
        self,
        slots: int,
        limits: Limits = DEFAULT_LIMITS,
        required: Level | None = None,
        off: Off = NONE_OFF,
    ) -> None:
        self.off = allowed(off)
        self.limits = limits
        self.retried_timeouts = 0
        self._closed = False
        self._slots = [Slot(required) for _ in range(slots)]
        self._idle: asyncio.Queue[Slot] = asyncio.Queue()
        self._turn = asyncio.Lock()
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="sandbox")
        self._shelf = MarketShelf()
        self._probing = Probing(gated=Layer.GATE not in off)
        for slot in self._slots:
            self._idle.put_nowait(slot)

    @property
    def level(self) -> str:
        """How strongly genomes are confined, by the weakest proof; "unproved" before the first."""
        levels = [proving.level_of(slot.proofs) for slot in self._slots if slot.proofs]
        if not levels:
            return "unproved"
        return (Level.C if self.off else max(levels)).value

    @property
    def proofs(self) -> tuple[Proof, ...]:
        """Every proof of the newest zygotes, each attempt once, as it ended worst."""
        worst: dict[tuple[str, str], Proof] = {}
        for found in itertools.chain(*(slot.proofs for slot in self._slots)):
            if (found.name, found.layer) not in worst or not found.held:
                worst[found.name, found.layer] = found
        return tuple(worst.values())

    async def start(self) -> None:
        """Has every zygote warm; MissingError if one does not come up."""
        starts = [self._in_thread(slot, Slot.start) for slot in self._slots]
        for result in await asyncio.gather(*starts, return_exceptions=True):
            if isinstance(result, BaseException):
                await self.close()
                raise result

    async def close(self) -> None:
        """Ends children, zygotes and threads; whoever still waits gets a TransientError."""
        self._closed = True
        for slot in self._slots:
            slot.stop()
        await asyncio.to_thread(self._threads.shutdown)
        for slot in self._slots:
            slot.discard()
        self._shelf.clear()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def positions(
        self, source: str, market: Market, params: Mapping[str, float]
    ) -> Positions:
        """Checked positions (T, N); GenomeRefused where the genome is at fault."""
        task = Task(source, (market,), (whole(market),), (params,), self._kind(source))
        (answer,) = await self.run(task)
        return _positions(answer)

    async def prove(
        self,
        source: str,
        market: Market,
        params: Mapping[str, float],
        positions: Positions,
        seed: int = 0,
        occasion: Occasion = "graduation",
    ) -> Causality:
        """Why checked positions on this very market look ahead, empty where nothing shows it.

        The genome runs again, in a fresh child, on the market cut short and otherwise changed in
        places drawn from the seed; see `proof`.
        """
        gated = await asyncio.to_thread(gate.remembered, source)
        dense = await asyncio.to_thread(positions.dense)
        shared = await asyncio.to_thread(self._shelf.shared, market)
        drawn = causality.seed_of(seed, gated.hash, market.hash)
        case = proof.Case(gated, params, shared, dense, drawn, CARES[occasion])
        return await proof.proved(case, self.run)

    async def run(self, task: Task, patience: int = 1) -> tuple[Answer, ...]:
        """One answer for each run, all from one child that has `patience` times the time.

        A text that the gate refuses never reaches a child: its reason is every answer.
        """
        limits = self.limits.times(patience)
        try:
            job = task.job(limits, self.off)
        except GenomeRefused as refusal:
            return (refusal.reasons[0],) * len(task.runs)

        def work(slot: Slot) -> Outcome:
            return perform(slot, job, self._shared(task), task.kind, limits.wall_s)

        outcome = await self._tried(work)
        return outcome.answers or (_KILLED,) * len(task.runs)

    async def map_points(
        self,
        source: str,
        market: Market,
        points: Sequence[Mapping[str, float]],
        work: Callable[[int, Positions], _Made],
    ) -> list[_Made | Reason]:
        """What `work` makes of the checked positions of each point, in the order of the points.

        One child a slot serves its share of the points; `work` runs in the slot's thread while
        the positions are still in the processor's cache and the child is at the next point. A
        point at which the genome fails has its reason instead, and the others go on.
        """
        kind = self._kind(source)
        runs = tuple(whole(market, number) for number in range(len(points)))
        task = Task(source, (market,), runs, tuple(points), kind)
        made = Mapped(work)
        parts = shares(len(points), len(self._slots))
        await asyncio.gather(*(self._share(task, share, made) for share in parts))
        return [made.results[number] for number in range(len(points))]

    async def probe(self, source: str, thorough: bool = True) -> Probe:
        """See `Probing.probe`."""
        return await self._probing.probe(source, self.run, thorough)

    def _kind(self, source: str) -> Kind:
        return "signal" if Layer.GATE in self.off else gate.remembered(source).manifest.kind

    def _shared(self, task: Task) -> list[Shared]:
        return [m if isinstance(m, Shared) else self._shelf.shared(m) for m in task.markets]

    async def _tried(self, work: Callable[[Slot], Outcome]) -> Outcome:
        """The outcome of the first attempt that nobody outside ended; empty if there is none."""
        for _ in range(ATTEMPTS):
            outcome = await self._on_a_slot(work)
            spend(outcome.cpu_s)
            if outcome.starved:
                self.retried_timeouts += 1
                outcome = await self._on_a_slot(work, alone=True)
                spend(outcome.cpu_s)
            if not outcome.outside:
                return outcome
        return Outcome()

    async def _share(self, task: Task, share: range, made: Mapped[_Made]) -> None:
        """Delivers a range of a sweep's points, with a new child after each that ended early."""
        done, lost, alone = share.start, 0, False
        while done < share.stop:
            rest = replace(task, runs=task.runs[done : share.stop])
            work = partial(self._stream, task=rest, deliver=made.taker(done))
            served, outcome = await self._on_a_slot(work, alone)
            done += served
            lost = lost + 1 if outcome.outside else 0
            if outcome.starved and not alone:
                self.retried_timeouts += 1
                alone = True
            elif lost == ATTEMPTS or outcome.answers:
                made.taker(done)(0, (outcome.answers or (_KILLED,))[0])
                done, lost, alone = done + 1, 0, False

    def _stream(self, slot: Slot, task: Task, deliver: Deliver) -> tuple[int, Outcome]:
        job = task.job(self.limits, self.off, ring=RING)
        terms = Terms(task.kind, self.limits.wall_s, deliver)
        return stream(slot, job, self._shared(task), terms)

    async def _on_a_slot(self, work: Callable[[Slot], _Result], alone: bool = False) -> _Result:
        async with self._taken(len(self._slots) if alone else 1) as slots:
            return await self._in_thread(slots[0], work)

    @contextlib.asynccontextmanager
    async def _taken(self, count: int) -> AsyncIterator[list[Slot]]:
        """So many idle slots, in order of asking: who waits for all is not overtaken."""
        taken: list[Slot] = []
        try:
            async with self._turn:
                while len(taken) < count:
                    taken.append(await self._idle.get())
            yield taken
        finally:
            for slot in taken:
                self._idle.put_nowait(slot)

    async def _in_thread(self, slot: Slot, work: Callable[[Slot], _Result]) -> _Result:
        """Blocking work on a slot; when it is cancelled the child dies and the slot is free."""
        if self._closed:
            raise TransientError("the sandbox is closed; ask the next one")
        slot.wanted = True
        future = asyncio.get_running_loop().run_in_executor(self._threads, work, slot)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            slot.wanted = False
            slot.kill()
            while not future.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([future])
            raise


def _positions(answer: Answer) -> Positions:
    if isinstance(answer, Reason):
        raise GenomeRefused([answer])
    assert isinstance(answer, Positions)
    return answer
