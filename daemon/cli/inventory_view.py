"""How the lake's inventory looks: symbols or parts, what cannot be read, and the room left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from daemon.cli.output import out, print_json, print_table
from daemon.lake.lake import Lake
from daemon.lake.manifest import Provenance

_DATASETS = ("kind", "symbol", "start", "end", "rows", "bytes", "gaps")
_PARTS = ("kind", "symbol", "period", "start", "end", "rows", "bytes")


def print_inventory(lake: Lake, parts: bool, as_json: bool) -> None:
    """One document, or a table and then a sentence for each thing that is not well."""
    held: Sequence[Any] = lake.parts() if parts else lake.inventory()
    unread, room = lake.unreadable(), lake.room.taken()
    if as_json:
        print_json({"parts" if parts else "datasets": held, "unreadable": unread, "disk": room})
        return
    columns = _PARTS if parts else _DATASETS
    rows = [[getattr(one, column) for column in columns] for one in held]
    if parts:
        rows = [[*row, _told(one.origins)] for row, one in zip(rows, held, strict=True)]
    empty = not rows and not unread
    print_table(
        "The lake is empty." if empty else "", (*columns, *(["origins"] if parts else [])), rows
    )
    for sentence in (*unread, *([room.warning] if room.warning else [])):
        out.print(sentence, markup=False, soft_wrap=True)


def _told(origins: Sequence[Provenance]) -> str:
    return ", ".join(f"{one.text} ({one.rows:,})" for one in origins)
