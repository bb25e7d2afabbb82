"""Dossiers for the owner: listed, shown, and recomputed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from daemon.config import Loaded
from daemon.domain.evolution.dossier import Dossier
from daemon.errors import BadDataError, MissingError
from daemon.supervisor.bootstrap import gatherer_of, workbench
from daemon.supervisor.places import open_store, reading_store
from daemon.supervisor.proving.verifier import differences


def dossiers(loaded: Loaded) -> tuple[Dossier, ...]:
    """Every dossier, the newest first."""
    with reading_store(loaded) as store:
        return store.proofs.dossiers()[::-1]


def dossier(loaded: Loaded, begins: str) -> Dossier:
    """The newest whose evidence or genome hash begins so; UsageError where there is none."""
    with reading_store(loaded) as store:
        return store.proofs.dossier(begins)


async def recomputed(loaded: Loaded, path: Path) -> tuple[str, ...]:
    """What of a dossier's file does not come out again, one sentence each; () where all does.

    MissingError for no file, BadDataError for one that is no dossier.
    """
    told = _read(path)
    simulated = bool(told["base"]["data"]["simulated"])
    async with workbench(loaded) as bench:
        if bench.rehearsal != simulated:
            half = "a made-up market" if simulated else "real data"
            return (f"it was made on {half}, which [market] source does not choose now",)
        with open_store(loaded, simulated, daemon=False) as store:
            gatherer = gatherer_of(bench, store, store.proofs.looks)
            return await differences(told, gatherer, bench.evaluations, store)


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingError(f"no dossier at {path}: {error.strerror}; name its file") from error
    except ValueError as error:
        raise BadDataError(f"{path}: expected the JSON of a dossier, was {error}") from error
    if not isinstance(told, dict) or not isinstance(told.get("base"), dict):
        raise BadDataError(
            f"{path}: expected a dossier, was other JSON; "
            "`nightshift graduations show ID --json` writes one"
        )
    return told
