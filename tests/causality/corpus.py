"""The corpus: one genome a file, cheats that look ahead or remember, and honest ones.

Each file's docstring says what it does. Here they run in this process, on two symbols of the
probe market, with the same questions and the same judgement as in the sandbox.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from daemon.domain.engine import futures
from daemon.domain.engine.causality import Causality, Probe
from daemon.domain.engine.intake import checked
from daemon.domain.genome import gate, program
from daemon.domain.genome.contract import Kind
from daemon.domain.market import packed
from daemon.domain.market.bars import Floats, Market, sealed
from daemon.domain.market.probe import probe
from daemon.errors import GenomeRefused, Reason
from daemon.sandbox import proof, unchecked
from daemon.sandbox.child import part
from daemon.sandbox.cuts import CARES, Care
from daemon.sandbox.layers import Layer
from daemon.sandbox.memory import Shared, readable, shared_market
from daemon.sandbox.probe import Probing
from daemon.sandbox.task import Answer, Task, dense
from daemon.sandbox.wire import Run

FOLDER = Path(__file__).resolve().parent / "genomes"
CHEATS = {path.stem: path.read_text() for path in sorted((FOLDER / "cheats").glob("*.py"))}
BENIGN = {path.stem: path.read_text() for path in sorted((FOLDER / "benign").glob("*.py"))}
OPEN = frozenset({Layer.GATE, Layer.NAMESPACE})
Columns = Callable[[Market, Mapping[str, Any]], Sequence[Floats]]


@cache
def small(timeframe: str) -> Market:
    """Two symbols of the probe market: one with a gap, one that lists late."""
    market = probe(timeframe)
    chosen = [futures.some_symbols(market, column, 1) for column in (1, 4)]
    return sealed(futures.side_by_side(chosen))


class InProcess:
    """Stands in for the pool: runs the text here. ungated: as any Python, with all of numpy."""

    def __init__(self, source: str, ungated: bool = False) -> None:
        self._columns: Columns = (
            unchecked.load(source, OPEN) if ungated else program.load(gate.check(source)).columns
        )

    async def __call__(self, task: Task, patience: int = 1) -> tuple[Answer, ...]:
        shared = [each for each in task.markets if isinstance(each, Shared)]
        markets = [packed.unpack(readable(each.descriptor)) for each in shared]
        return tuple(self._answer(markets[run.market], run, task) for run in task.runs)

    def _answer(self, market: Market, run: Run, task: Task) -> Answer:
        try:
            columns = self._columns(part(market, run), task.params[run.params])
            kept = [column[run.first : run.last] for column in columns]
            raw = np.column_stack(kept).astype(np.float64)
            return raw if task.kind is None else checked(raw, task.kind)
        except GenomeRefused as refused:
            return refused.reasons[0]
        except Exception as error:  # as the child does: whatever a genome raises
            return Reason("raised", 0, f"it raised {type(error).__name__}")


PROBING, UNGATED = Probing(small), Probing(small, gated=False)


async def probed(source: str, ungated: bool = False) -> Probe:
    """What the thorough probe says."""
    return await (UNGATED if ungated else PROBING).probe(source, InProcess(source, ungated))


async def proved(source: str, seed: int, care: Care = CARES["graduation"]) -> Causality:
    """What the proof says of a genome that the gate accepts, on the same market."""
    accepted = gate.check(source)
    market, run = small(accepted.manifest.timeframe), InProcess(source)
    shared, params = shared_market(market), accepted.manifest.defaults()
    bars, symbols = market.shape
    whole = Run(0, 0, bars, 0, symbols, 0, 0, bars)
    kind: Kind = accepted.manifest.kind
    (answer,) = await run(Task(source, (shared,), (whole,), (params,), kind))
    if isinstance(answer, Reason):
        return Causality((answer,))
    case = proof.Case(accepted, params, shared, dense(answer), seed, care)
    return await proof.proved(case, run)


def gated(source: str) -> bool:
    """True if the gate accepts the text."""
    try:
        gate.check(source)
    except GenomeRefused:
        return False
    return True
