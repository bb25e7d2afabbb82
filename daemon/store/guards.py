"""The triggers that refuse whoever would change what is written once and for all.

They hold for every program that opens the file, also where SQLite's recursive triggers are off and
INSERT OR REPLACE takes rows out unseen. Migrations have copies of their own, and one that rebuilds
a table must make its triggers again; `missing` tells if they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

TRIAL_ONCE: Sequence[str] = (
    "genome",
    "params_hash",
    "market_hash",
    "friction_hash",
    "settings_hash",
    "origin",
    "night",
    "capital",
    "engine",
    "tier",
)
"""The natural key of a trial."""

_KEYS: Mapping[str, Sequence[str]] = {
    "trial": TRIAL_ONCE,
    "series": ("hash",),
    "settings": ("hash",),
    "event": ("number",),
    "instance": ("epoch",),
    "sealed_query": ("genome",),
    "dossier": ("genome", "night"),
}


_OF_CALLS: Mapping[str, str] = {
    "call_no_delete": "CREATE TRIGGER call_no_delete BEFORE DELETE ON call "
    "BEGIN SELECT RAISE(ABORT, 'call is never taken out'); END",
    "call_no_second": "CREATE TRIGGER call_no_second BEFORE INSERT ON call "
    "WHEN EXISTS (SELECT 1 FROM call WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'call is entered once'); END",
    "call_settled_once": "CREATE TRIGGER call_settled_once BEFORE UPDATE ON call "
    "WHEN OLD.state != 'open' OR NEW.id != OLD.id OR NEW.reserved != OLD.reserved "
    "OR NEW.at != OLD.at "
    "BEGIN SELECT RAISE(ABORT, 'call is settled once'); END",
}
"""Calls do change, once: from open to how they ended."""


def expected() -> dict[str, str]:
    """Every trigger there has to be: its name and its SQL."""
    guards = {}
    for table, key in _KEYS.items():
        abort = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        same = " AND ".join(f"{name} = NEW.{name}" for name in key)
        for name, when in {
            "no_update": f"BEFORE UPDATE ON {table}",
            "no_delete": f"BEFORE DELETE ON {table}",
            "no_second": f"BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})",
        }.items():
            guards[f"{table}_{name}"] = f"CREATE TRIGGER {table}_{name} {when} {abort}"
    guards["trial_in_order"] = (
        "CREATE TRIGGER trial_in_order BEFORE INSERT ON trial "
        "WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM trial) "
        "BEGIN SELECT RAISE(ABORT, 'trial is append-only, in the order of its numbers'); END"
    )
    guards |= _OF_CALLS
    return guards


def missing(found: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each trigger that is not there as it should be; found: SQL by name."""
    for name, sql in expected().items():
        if found.get(name) != sql:
            yield f"triggers: {name}, which refuses changes, was removed or altered"
