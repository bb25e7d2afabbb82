"""What `status` shows: shifts, heartbeats, jobs, pool and trials, read from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from daemon.config import Loaded
from daemon.domain.evolution.records import Night
from daemon.store.store import SqlStore
from daemon.supervisor.bootstrap import database_path, open_store
from daemon.supervisor.pulse import HEARTBEAT, Pulse, read_pulse

STALE_S = 60.0
SHIFTS = ("recruiter", "harvester", "executor", "publisher")


@dataclass(frozen=True, slots=True)
class _Found:
    """What the store says."""

    shifts: list[dict[str, Any]]
    jobs: Mapping[str, Mapping[str, int]]
    trials: int
    pool: Mapping[str, Mapping[str, int]]


def read_status(loaded: Loaded, now: datetime | None = None) -> dict[str, Any]:
    """The document of `status --json`; healthy unless a heartbeat stalled or a shift is failing."""
    if not database_path(loaded).exists():
        nothing = _Found([], {}, 0, _pool({}, {}, []))
        return _document(True, "nothing has run yet; try `nightshift night`", nothing, None)
    moment = now or datetime.now(UTC)
    pulse = read_pulse(loaded.state)
    age = None if pulse is None else (moment - pulse.at).total_seconds()
    with open_store(loaded, daemon=False) as store:
        shifts = [_shift(store, name, pulse) for name in _names(pulse)]
        jobs = store.job_counts()
        pool = _pool(store.stage_counts(), jobs, store.nights())
        found = _Found(shifts, jobs, store.trial_count(), pool)
    failing = [shift["name"] for shift in shifts if shift["faults"]]
    running = pulse is not None and not pulse.stopped
    stale = running and age is not None and age > STALE_S
    if stale:
        reason = f"the daemon's heartbeat is {age:.0f} s old; expected at most {STALE_S:.0f} s"
    elif failing:
        reason = f"failing: {', '.join(failing)}; see the log in {loaded.state / 'logs'}"
    else:
        reason = "the daemon runs" if running else "the daemon is not running; all is well"
    return _document(not stale and not failing, reason, found, age)


def _names(pulse: Pulse | None) -> list[str]:
    """The shipped shifts, then those of third parties that the daemon has on its list."""
    planned = [] if pulse is None else [n for n in pulse.next_runs if n != HEARTBEAT]
    return list(dict.fromkeys([*SHIFTS, *planned]))


def _shift(store: SqlStore, name: str, pulse: Pulse | None) -> dict[str, Any]:
    """Last turn, next turn and faults in a row of one shift, from the journal."""
    lines = [line for line in store.journal(name, 10) if line[1].kind in {"shift", "shift_failed"}]
    faults = 0
    for _, event in lines:
        if event.kind != "shift_failed":
            break
        faults += 1
    detail = lines[0][1].detail if lines else {}
    return {
        "name": name,
        "last_run": lines[0][0].isoformat() if lines else None,
        "next_run": None if pulse is None else pulse.next_runs.get(name),
        "faults": faults,
        "summary": detail.get("summary", detail.get("error", "")),
    }


def _pool(
    stages: Mapping[str, int], jobs: Mapping[str, Mapping[str, int]], nights: Sequence[Night]
) -> dict[str, Mapping[str, int]]:
    """Genomes by stage, jobs of every kind by state, and nights that ended or are open."""
    states: Counter[str] = Counter()
    for counts in jobs.values():
        states.update(counts)
    ended = sum(night.finished is not None for night in nights)
    return {
        "genomes": stages,
        "jobs": dict(sorted(states.items())),
        "nights": {"ended": ended, "open": len(nights) - ended},
    }


def _document(
    healthy: bool, reason: str, found: _Found, heartbeat_age_s: float | None
) -> dict[str, Any]:
    return {
        "healthy": healthy,
        "reason": reason,
        "heartbeat_age_s": heartbeat_age_s,
        "shifts": found.shifts,
        "jobs": found.jobs,
        "pool": found.pool,
        "trials": found.trials,
        "spend": {"today": 0, "month": 0, "cap_day": 0, "cap_month": 0, "requests": 0},
        "feed": {},
    }
