"""The way of a sweep's points from the threads that serve children to the one who asked."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import AsyncGenerator, Sequence
from typing import Final

from daemon.sandbox.stream import Deliver
from daemon.sandbox.task import Answer

_LOOK_S: Final = 0.05


def shares(points: int, slots: int) -> list[range]:
    """Neighbouring points together, for they share indicators; about the same number each."""
    borders = [points * k // slots for k in range(slots + 1)]
    pairs = itertools.pairwise(borders)
    return [range(first, last) for first, last in pairs if first < last]


class Delivery:
    """Holds at most `room` points that nobody has taken yet; their children wait."""

    def __init__(self, room: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._points: asyncio.Queue[tuple[int, Answer] | None] = asyncio.Queue()
        self._room = threading.Semaphore(room)
        self._stopped = False

    def taker(self, first: int) -> Deliver:
        """What a thread hands its points to, counted from `first`."""

        def take(number: int, answer: Answer) -> bool:
            while not self._room.acquire(timeout=_LOOK_S):
                if self._stopped:
                    return False
            self._loop.call_soon_threadsafe(self._points.put_nowait, (first + number, answer))
            return not self._stopped

        return take

    async def put(self, number: int, answer: Answer) -> None:
        """Adds a point, room or not."""
        self._points.put_nowait((number, answer))

    def stop(self) -> None:
        """Nobody takes points any more."""
        self._stopped = True

    async def items(
        self, workers: Sequence[asyncio.Task[None]]
    ) -> AsyncGenerator[tuple[int, Answer]]:
        """Points until every worker has ended; the error of one that failed."""
        for worker in workers:
            worker.add_done_callback(lambda _: self._points.put_nowait(None))
        ended = 0
        while ended < len(workers):
            point = await self._points.get()
            if point is not None:
                yield point
                self._room.release()
                continue
            ended += 1
            for worker in workers:
                if worker.done():
                    worker.result()
