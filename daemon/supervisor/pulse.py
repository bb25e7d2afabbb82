"""The daemon's pulse: one small file, replaced every few seconds while it runs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

HEARTBEAT = "heartbeat"
"""Name of the beat itself among the things that run next."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """at: instant of the beat. next_runs: ISO instants by shift. stopped: the daemon went home."""

    at: datetime
    next_runs: Mapping[str, str]
    stopped: bool = False


def write_pulse(state: Path, pulse: Pulse) -> None:
    """Replaces the file at once; a reader never sees half of it."""
    target = state / "pulse.json"
    fresh = target.with_suffix(".new")
    fresh.write_text(json.dumps({**asdict(pulse), "at": pulse.at.isoformat()}))
    os.replace(fresh, target)


def read_pulse(state: Path) -> Pulse | None:
    """The last beat, or none if the daemon never ran here."""
    path = state / "pulse.json"
    if not path.is_file():
        return None
    document = json.loads(path.read_text())
    return Pulse(datetime.fromisoformat(document["at"]), document["next_runs"], document["stopped"])
