"""How the state of the daemon looks to people: health, shifts, jobs, pool, trials."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from daemon.cli.output import out, print_table


def print_status(document: Mapping[str, Any], zone: ZoneInfo) -> None:
    """The document of `status --json` in words; its times short, all of them in one zone."""
    word = "healthy" if document["healthy"] else "NOT HEALTHY"
    out.print(f"{word}: {document['reason']}", markup=False, soft_wrap=True)
    rows = [
        (
            shift["name"],
            _short(shift["last_run"], zone),
            _short(shift["next_run"], zone),
            shift["faults"],
            shift["summary"],
        )
        for shift in document["shifts"]
    ]
    title = f"times in {zone.key}" if rows else ""
    print_table(title, ("shift", "last run", "next run", "faults", "did"), rows)
    jobs = [
        (kind, ", ".join(f"{count} {state}" for state, count in counts.items()))
        for kind, counts in document["jobs"].items()
    ]
    print_table("", ("jobs", "how many"), jobs)
    print_pool(document["pool"])
    if night := document["last_night"]:
        ended = _short(night["finished"], zone)
        where = f"; briefing: {night['briefing']}" if night["briefing"] else ""
        told = f"last night: {night['id']}, ended {ended}{where}"
        out.print(told, markup=False, soft_wrap=True)
    out.print(f"trials: {document['trials']:,}")


def print_pool(pool: Mapping[str, Mapping[str, int]]) -> None:
    """One line: genomes by stage, jobs by state, nights."""
    genomes = f"{sum(pool['genomes'].values()):,} genomes{_counted(pool['genomes'])}"
    jobs = f"{sum(pool['jobs'].values()):,} jobs{_counted(pool['jobs'])}"
    nights = ", ".join(f"{count:,} {state}" for state, count in pool["nights"].items())
    out.print(f"pool: {genomes}; {jobs}; nights: {nights}", markup=False, soft_wrap=True)


def _counted(counts: Mapping[str, int]) -> str:
    named = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    return f" ({named})" if named else ""


def _short(text: str | None, zone: ZoneInfo) -> str:
    """15 Jan 08:31, from ISO 8601."""
    if text is None:
        return ""
    return f"{datetime.fromisoformat(text).astimezone(zone):%d %b %H:%M}"
