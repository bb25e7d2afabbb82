"""Small genomes, evaluations and rounds of the shifts that breed, for their tests."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from daemon.domain.evolution.evaluation import Evaluation
from daemon.domain.evolution.records import Effects, Genome, Mutation, NewJob
from daemon.domain.genome import gate
from daemon.plugin.roles import EvaluationTask, Shift, ShiftReport
from tests.fakes import NIGHT, FakeStore, Killed, turn
from tests.store.samples import evaluation


def trend(window: int = 50, universe: str = "") -> str:
    """A genome that is long above its average."""
    header = f'UNIVERSE = "{universe}"\n' if universe else ""
    return f'''"""Buy above the average of {window} bars."""

{header}PARAMS = {{"window": {window}}}


def signal(bars, p):
    return np.where(bars.close > ta.sma(bars.close, p["window"]), 1.0, 0.0)
'''


def stored(source: str, **changes: Any) -> Genome:
    """The genome of a text, as the harvester would store it."""
    gated = gate.check(source)
    manifest = gated.manifest
    return replace(
        Genome(
            hash=gated.hash,
            source=source,
            name=f"trend-{gated.hash[:4]}",
            idea=manifest.idea,
            timeframe=manifest.timeframe,
            universe=manifest.universe,
            operator="seed",
            parents=(),
            behaviour=gated.hash[::-1],
            nodes=gated.nodes,
            night=NIGHT.id,
        ),
        **changes,
    )


def request(ticket: int, source: str, **changes: Any) -> Mutation:
    """A request that a fake swarm answers with its source."""
    key = hashlib.sha256(f"request {ticket}".encode()).hexdigest()
    made = Mutation(key, NIGHT.id, 0, ticket, "fake", "turn", ticket, (), (source,), "trend")
    return replace(made, **changes)


def asked(store: FakeStore, mutations: Sequence[Mutation]) -> FakeStore:
    """The store with these requests waiting."""
    jobs = tuple(NewJob("mutate", mutation.id, night=NIGHT.id) for mutation in mutations)
    store.commit(Effects(mutations=tuple(mutations), jobs=jobs))
    store.commits = 0
    return store


def gated(store: FakeStore, genomes: Sequence[Genome]) -> FakeStore:
    """The store with these genomes waiting for their backtest."""
    jobs = tuple(NewJob("evaluate", genome.hash, night=NIGHT.id) for genome in genomes)
    store.commit(Effects(genomes=tuple(genomes), jobs=jobs))
    store.commits = 0
    return store


def found(selection: float | None = 0.7, **changes: Any) -> Callable[[EvaluationTask], Evaluation]:
    """An executor's answer: the same selection for every genome, positions by its text."""

    def answer(task: EvaluationTask) -> Evaluation:
        positions = hashlib.sha256(task.source.encode()).hexdigest()
        values = {"selection": selection, "flags": (), "positions_hash": positions}
        return evaluation(**values | changes)

    return answer


def run(shift: Shift, trials_left: int = 500) -> ShiftReport:
    """One turn of a shift."""
    return asyncio.run(shift.run(turn(trials_left)))


def killed(shift: Shift, store: FakeStore, before: int = 0, after: int = 0) -> bool:
    """One turn that dies before or after a commit; false if it never came to that commit."""
    store.commits, store.die_before, store.die_after = 0, before, after
    try:
        run(shift)
    except Killed:
        return True
    return False
