"""How the points of a sweep are shared out, and what is made of each where it arrives."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Generic, TypeVar

from daemon.domain.engine.positions import Positions
from daemon.errors import Reason
from daemon.sandbox.stream import Deliver
from daemon.sandbox.task import Answer

Made = TypeVar("Made")


def shares(points: int, slots: int) -> list[range]:
    """Neighbouring points together, for they share indicators; about the same number each."""
    borders = [points * k // slots for k in range(slots + 1)]
    pairs = itertools.pairwise(borders)
    return [range(first, last) for first, last in pairs if first < last]


class Mapped(Generic[Made]):
    """What a function makes of each point, or the reason why the point has no positions."""

    def __init__(self, work: Callable[[int, Positions], Made]) -> None:
        self.results: dict[int, Made | Reason] = {}
        self._work = work

    def taker(self, first: int) -> Deliver:
        """What a thread hands its points to, counted from `first`."""

        def take(number: int, answer: Answer) -> None:
            point = first + number
            if isinstance(answer, Reason):
                self.results[point] = answer
                return
            assert isinstance(answer, Positions)
            self.results[point] = self._work(point, answer)

        return take
