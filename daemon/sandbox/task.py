"""What the pool is asked to do, and how much it may cost."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from daemon.domain.engine.positions import Positions
from daemon.domain.genome import code, gate
from daemon.domain.genome.code import Code
from daemon.domain.genome.contract import Kind
from daemon.domain.market.bars import Floats, Market
from daemon.errors import Reason
from daemon.sandbox.layers import NONE_OFF, Layer, Off
from daemon.sandbox.memory import Shared
from daemon.sandbox.wire import Job, Run

Answer = Floats | Positions | Reason
"""What one run answered: raw floats (rows kept, columns), checked positions, or why neither."""


def dense(answer: Floats | Positions) -> Floats:
    """An answer as one number for each bar and symbol."""
    return answer.dense() if isinstance(answer, Positions) else answer


@dataclass(frozen=True, slots=True)
class Limits:
    """Per child: CPU seconds, wall seconds until it is killed, bytes on top of what is mapped.

    A sweep has them per point. cpu_s counts in whole seconds, rounded up. With glibc about 8 MB of
    the heap are mapped and free beforehand (`heap`): room that a child has beyond memory_bytes.
    """

    cpu_s: float = 10.0
    wall_s: float = 20.0
    memory_bytes: int = 1 << 30

    def times(self, runs: int) -> Limits:
        """The limits of a child that does so many whole runs."""
        return replace(self, cpu_s=self.cpu_s * runs, wall_s=self.wall_s * runs)


DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Task:
    """Several runs of one genome in one child.

    markets: what runs point to. params: bound parameters that runs point to. kind: answers are
    checked as positions of this kind; None leaves them raw, whatever floats came out.
    """

    source: str
    markets: tuple[Market | Shared, ...]
    runs: tuple[Run, ...]
    params: tuple[Mapping[str, float], ...]
    kind: Kind | None = None

    def job(self, limits: Limits, off: Off = NONE_OFF, ring: int = 0) -> Job:
        """The task as its child reads it; GenomeRefused where the gate refuses the text."""
        genome: Code | str = self.source
        if Layer.GATE not in off:
            checked = _code(self.source)
            genome = genome if Layer.NAMESPACE in off else checked
        cpu_s = math.ceil(limits.cpu_s) * (len(self.runs) if ring else 1)
        memory = limits.memory_bytes
        compact = self.kind is not None
        return Job(genome, self.runs, self.params, ring, cpu_s, memory, compact, off)


def whole(market: Market, params: int = 0) -> Run:
    """The run over all bars and symbols of the task's only market."""
    bars, symbols = market.shape
    return Run(0, 0, bars, 0, symbols, params, 0, bars)


@functools.lru_cache(maxsize=128)
def _code(source: str) -> Code:
    """The code of a text, checked and compiled on first sight; GenomeRefused as `gate.check`."""
    return code.compiled(gate.remembered(source))
