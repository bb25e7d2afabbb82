"""A small tribunal every night: the night's own pipeline where there is nothing to find.

A tenth of the night's trials are spent once more, on a world without an edge, in a process and a
folder of their own. What graduates there is told; a Sharpe ratio that cannot be means that the
engine shows the future, and ends the night.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.evolution.records import TRIBUNAL, Effects, Event, Night
from daemon.domain.worlds.null import IMPOSSIBLE_Z, NullKind
from daemon.errors import EngineLeakError
from daemon.plugin.roles import Every, ShiftReport, Turn
from daemon.store.store import SqlStore
from daemon.supervisor.measured.history import daily_history
from daemon.supervisor.measured.processes import run_all

FEWEST: Final = 20
"""Trials below which a campaign says nothing; nights of less than ten times as many have none."""


class NightlyTribunal:
    """Once for each night, after its finalists."""

    name = TRIBUNAL
    trigger = Every(86_400.0)
    deadline_s = 3600.0

    def __init__(self, loaded: Loaded, store: SqlStore) -> None:
        self._loaded = loaded
        self._store = store

    async def run(self, turn: Turn) -> ShiftReport:
        """EngineLeakError where a strategy has an impossible Sharpe ratio."""
        share = self._loaded.settings.evidence.tribunal_share
        evaluations = int(turn.night.evaluations * share)
        if evaluations < FEWEST or await asyncio.to_thread(self._was_held, turn.night):
            return ShiftReport(True, "no tribunal is due", {"campaigns": 0})
        answer = await self._campaign(turn.night, evaluations)
        event = Event(TRIBUNAL, turn.night.id, answer)
        await asyncio.to_thread(self._store.commit, Effects(events=(event,)))
        if answer["highest_z"] > IMPOSSIBLE_Z:
            raise EngineLeakError(
                f"on a {answer['kind']} world without any edge (seed {answer['seed']}) a strategy "
                f"shows a Sharpe ratio {answer['highest_z']:.1f} standard errors above zero; the "
                "engine leaks the future: believe no result, and report it with this sentence"
            )
        count = len(answer["graduates"])
        words = (
            f"{evaluations} trials on a {answer['kind']} world without an edge: {count} graduate"
        )
        return ShiftReport(False, words, {"campaigns": 1, "graduates": count})

    def _was_held(self, night: Night) -> bool:
        return any(event.kind == TRIBUNAL for _, event in self._store.journal(night.id, 1000))

    async def _campaign(self, night: Night, evaluations: int) -> dict[str, Any]:
        kinds = list(NullKind)
        history, _ = await asyncio.to_thread(daily_history, self._loaded)
        with tempfile.TemporaryDirectory(prefix="nightshift-tribunal-") as folder:
            path = Path(folder) / "history.npy"
            await asyncio.to_thread(np.save, path, history)
            job = {
                "what": "null",
                "kind": kinds[night.seed % len(kinds)].value,
                "seed": night.seed,
                "evaluations": evaluations,
                "history": str(path),
                "config": "" if self._loaded.path is None else str(self._loaded.path.resolve()),
            }
            answer = (await run_all([job], 1, lambda place, done: None))[0]
        del answer["sharpes"]
        return answer
