"""A whole tribunal: its campaigns, and what they add up to."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from daemon.config import Loaded
from daemon.domain.worlds.null import IMPOSSIBLE_Z, NullKind
from daemon.supervisor.measured.history import daily_history
from daemon.supervisor.measured.oracles import ORACLES
from daemon.supervisor.measured.processes import Done, Job, run_all
from daemon.supervisor.measured.tribunal import upper_bound

LEAST_PASSED: Final = 0.8


@dataclass(frozen=True, slots=True)
class Charge:
    """What a tribunal is to try. oracles: worlds with an edge."""

    campaigns: int
    evaluations: int
    seed: int
    oracles: int


async def tribunal(loaded: Loaded, charge: Charge, done: Done) -> dict[str, Any]:
    """The verdict of `nightshift tribunal`."""
    began = time.monotonic()
    history, source = daily_history(loaded)
    with tempfile.TemporaryDirectory(prefix="nightshift-tribunal-") as folder:
        path = Path(folder) / "history.npy"
        np.save(path, history)
        jobs = [*_null_jobs(loaded, charge, path), *_oracle_jobs(loaded, charge)]
        answers = await run_all(jobs, _cores(), done)
    silent, heard = answers[: charge.campaigns], answers[charge.campaigns :]
    graduates = sum(len(each["graduates"]) for each in silent)
    guilty = sum(bool(each["graduates"]) for each in silent)
    passed = [each["passed"] for each in heard]
    leaks = [each for each in silent if each["highest_z"] > IMPOSSIBLE_Z]
    share = sum(passed) / len(passed) if passed else None
    return {
        "ok": not graduates and not leaks and (share is None or share >= LEAST_PASSED),
        "campaigns": len(silent),
        "evaluations": sum(each["evaluations"] for each in silent),
        "graduates": graduates,
        "upper_95": upper_bound(guilty, len(silent)) if silent else None,
        "highest_z": max((each["highest_z"] for each in silent), default=None),
        "leaks": [{"kind": each["kind"], "seed": each["seed"]} for each in leaks],
        "oracles": len(heard),
        "oracles_passed": share,
        "seed": charge.seed,
        "history": source,
        "worlds": [_short(each) for each in silent],
        "heard": heard,
        "seconds": time.monotonic() - began,
    }


def _null_jobs(loaded: Loaded, charge: Charge, history: Path) -> list[Job]:
    kinds = list(NullKind)
    return [
        {
            "what": "null",
            "kind": kinds[place % len(kinds)].value,
            "seed": charge.seed * 1000 + place,
            "evaluations": charge.evaluations,
            "history": str(history),
            "config": _config(loaded),
        }
        for place in range(charge.campaigns)
    ]


def _oracle_jobs(loaded: Loaded, charge: Charge) -> list[Job]:
    """Each oracle is judged against the ledger of one of the silent campaigns listed before."""
    kinds = list(ORACLES)
    return [
        {
            "what": "oracle",
            "kind": kinds[place % len(kinds)].value,
            "seed": charge.seed * 1000 + place,
            "after": place % charge.campaigns,
            "config": _config(loaded),
        }
        for place in range(charge.oracles if charge.campaigns else 0)
    ]


def _short(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "sharpes"}


def _config(loaded: Loaded) -> str:
    return "" if loaded.path is None else str(loaded.path.resolve())


def _cores() -> int:
    return os.cpu_count() or 1
