"""Wrong bars that gave way to another source's: what they said, and who gave and replaced them.

They stand in <lake>/.journal/replaced/<kind>/<SYMBOL>.json, written before the bars are replaced.
A source that goes on telling a bar in the way that was found wrong does not get it back, however
much it is preferred; as soon as it tells it otherwise the usual rules hold.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from daemon.domain.market.bars import Bools
from daemon.domain.market.kinds import Columns, Kind
from daemon.lake.files import write_whole
from daemon.lake.layout import Layout, folder_name
from daemon.lake.manifest import source_of


@dataclass(frozen=True, slots=True, order=True)
class Replaced:
    """open_time: ns UTC. values: the kind's other columns, in its order. origin: who gave them;
    by: who gave the bar in their place."""

    open_time: int
    values: tuple[float, ...]
    origin: str
    by: str


def replaced_in(
    kind: Kind, rows: Columns, chosen: Bools, origins: Sequence[str], by: str
) -> tuple[Replaced, ...]:
    """Stored rows that gave way. origins: texts that the column `origin` numbers."""
    if not chosen.any():
        return ()
    names = (*kind.names, "origin")
    columns = zip(*(rows[name][chosen].tolist() for name in names), strict=True)
    return tuple(Replaced(time, tuple(values), origins[k], by) for time, *values, k in columns)


def told_again(kind: Kind, new: Columns, origin: str, known: Sequence[Replaced]) -> Bools:
    """bool (R,): new rows that say what was found wrong when the same source said it before."""
    again = np.zeros(len(new[kind.key]), dtype=bool)
    for one in known:
        if source_of(one.origin) == source_of(origin):
            same = new[kind.key] == one.open_time
            for name, value in zip(kind.names[1:], one.values, strict=True):
                same &= new[name] == value
            again |= same
    return again


def keep_replaced(layout: Layout, kind: str, symbol: str, found: Sequence[Replaced]) -> None:
    """Adds what gave way to what is known."""
    every = sorted({*replaced_of(layout, kind, symbol), *found})
    if found:
        path = _path(layout, kind, symbol)
        text = json.dumps([astuple(one) for one in every])
        write_whole(path, (text + "\n").encode(), layout.temporary)


def replaced_of(layout: Layout, kind: str, symbol: str) -> tuple[Replaced, ...]:
    """The bars of a symbol that gave way, by time.

    None where none did or the file cannot be read: what the lake holds does not rest on it.
    """
    try:
        rows = json.loads(_path(layout, kind, symbol).read_bytes())
        return tuple(Replaced(time, tuple(values), *texts) for time, values, *texts in rows)
    except (FileNotFoundError, ValueError, TypeError):
        return ()


def _path(layout: Layout, kind: str, symbol: str) -> Path:
    return layout.root / ".journal" / "replaced" / kind / f"{folder_name(symbol)}.json"
