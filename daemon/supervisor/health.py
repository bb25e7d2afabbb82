"""What `status` shows: the shifts, their heartbeats, the jobs, the trials; read from the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from daemon.config import Loaded
from daemon.supervisor.bootstrap import open_store

STALE_S = 60.0


def read_status(loaded: Loaded, now: datetime | None = None) -> dict[str, Any]:
    """The document of `status --json`; healthy unless a heartbeat stalled or a shift is failing."""
    if not (loaded.state / "nightshift.db").exists():
        return _document(True, "nothing has run yet; `nightshift night` starts one", [], {}, 0, None)
    moment = now or datetime.now(UTC)
    with open_store(loaded, daemon=False) as store:
        pulse = store.pulse()
        age = None if pulse is None else (moment - pulse.at).total_seconds()
        shifts = store.shift_states({} if pulse is None else pulse.next_runs)
        jobs, trials = store.job_counts(), store.trial_count()
    failing = [shift["name"] for shift in shifts if shift["faults"]]
    running = pulse is not None and not pulse.stopped
    stale = running and age is not None and age > STALE_S
    if stale:
        reason = f"the daemon's heartbeat is {age:.0f} s old; expected at most {STALE_S:.0f} s"
    elif failing:
        reason = f"failing: {', '.join(failing)}; see the log in {loaded.state / 'logs'}"
    else:
        reason = "the daemon runs" if running else "the daemon is not running; all is well"
    return _document(not stale and not failing, reason, shifts, jobs, trials, age)


def _document(
    healthy: bool,
    reason: str,
    shifts: list[dict[str, Any]],
    jobs: dict[str, int],
    trials: int,
    heartbeat_age_s: float | None,
) -> dict[str, Any]:
    return {
        "healthy": healthy,
        "reason": reason,
        "heartbeat_age_s": heartbeat_age_s,
        "shifts": shifts,
        "jobs": jobs,
        "trials": trials,
        "spend": {"today": 0, "month": 0, "cap_day": 0, "cap_month": 0, "requests": 0},
        "feed": {},
    }
