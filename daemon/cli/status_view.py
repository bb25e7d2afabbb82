"""How the state of the daemon looks to people: its health, the shifts, the jobs, the trials."""

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
    out.print(f"trials: {document['trials']:,}")


def _short(text: str | None, zone: ZoneInfo) -> str:
    """15 Jan 08:31, from ISO 8601."""
    if text is None:
        return ""
    return f"{datetime.fromisoformat(text).astimezone(zone):%d %b %H:%M}"
