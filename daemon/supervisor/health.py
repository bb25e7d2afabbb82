"""What `status` shows: shifts, heartbeats, jobs, pool and trials, read from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from daemon.config import Loaded
from daemon.domain.evolution.records import Night
from daemon.store.journal import subjects
from daemon.store.store import SqlStore
from daemon.supervisor.lock import holder
from daemon.supervisor.places import database_path, open_store
from daemon.supervisor.pulse import HEARTBEAT, Pulse, read_pulse

STALE_S = 60.0
SHIFTS = ("recruiter", "harvester", "executor", "publisher")
TURNS = ("shift", "shift_failed")
"""Kinds of the journal's lines on turns of shifts."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What the store says."""

    shifts: list[dict[str, Any]]
    jobs: Mapping[str, Mapping[str, int]]
    trials: int
    pool: Mapping[str, Mapping[str, int]]
    last_night: Mapping[str, str | None] | None = None


def read_status(loaded: Loaded, now: datetime | None = None) -> dict[str, Any]:
    """The document of `status --json`; healthy unless a heartbeat stalled or a shift is failing."""
    if not database_path(loaded).exists():
        nothing = _Found([], {}, 0, _pool({}, {}, []))
        reason = _held(loaded) or "nothing has run yet; try `nightshift night`"
        return _document(True, reason, nothing, None)
    moment = now or datetime.now(UTC)
    pulse = read_pulse(loaded.state)
    age = None if pulse is None else (moment - pulse.at).total_seconds()
    with open_store(loaded, daemon=False) as store:
        shifts = [_shift(store, name, pulse) for name in _names(store, pulse)]
        jobs = store.job_counts()
        nights = store.nights()
        pool = _pool(store.stage_counts(), jobs, nights)
        found = _Found(shifts, jobs, store.trial_count(), pool, _last_night(store, nights))
    failing = [shift["name"] for shift in shifts if shift["faults"]]
    running = pulse is not None and not pulse.stopped
    stale = running and age is not None and age > STALE_S
    if stale:
        reason = f"the daemon's heartbeat is {age:.0f} s old; expected at most {STALE_S:.0f} s"
    elif failing:
        reason = f"failing: {', '.join(failing)}; see the log in {loaded.state / 'logs'}"
    else:
        resting = _held(loaded) or "the daemon is not running; all is well"
        reason = "the daemon runs" if running else resting
    return _document(not stale and not failing, reason, found, age)


def _held(loaded: Loaded) -> str:
    """What else is going on in the state folder, "" where nothing is."""
    doing = holder(loaded.state)
    return f"{doing} is at work; the daemon itself is not running" if doing else ""


def _names(store: SqlStore, pulse: Pulse | None) -> list[str]:
    """The shifts of every night, then those that the daemon has on its list or had a turn."""
    planned = [] if pulse is None else [n for n in pulse.next_runs if n != HEARTBEAT]
    with store.database.reading() as session:
        turned = subjects(session, TURNS)
    return list(dict.fromkeys([*SHIFTS, *planned, *turned]))


def _last_night(store: SqlStore, nights: Sequence[Night]) -> dict[str, str | None] | None:
    """The night that ended last, and where its briefing is."""
    ended = [(night.finished, night) for night in nights if night.finished is not None]
    if not ended:
        return None
    finished, night = max(ended, key=lambda pair: pair[0])
    files = store.briefing(night.id)
    return {
        "id": night.id,
        "finished": finished.isoformat(),
        "briefing": files.html_path if files is not None else None,
    }


def _shift(store: SqlStore, name: str, pulse: Pulse | None) -> dict[str, Any]:
    """Last turn, next turn and faults in a row of one shift, from the journal."""
    lines = [line for line in store.journal(name, 10) if line[1].kind in TURNS]
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
        "last_night": found.last_night,
        "spend": {"today": 0, "month": 0, "cap_day": 0, "cap_month": 0, "requests": 0},
        "feed": {},
    }
