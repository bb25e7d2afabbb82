"""Retention: parts whose days are all older than their kind is kept for are removed.

1. Receipts first, so that nothing removed is believed to be there; then the manifest, which is the
   commit; then the files. After a crash the next run does what is left.
2. Days are counted back from the newest day that the lake holds of the kind, or from today if that
   is earlier: a lake that nobody feeds does not waste away.
3. Whole parts only: of minute bars a calendar year. Made-up rows are never removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from daemon.domain.market.kinds import KINDS
from daemon.lake.files import write_whole
from daemon.lake.index import load_index
from daemon.lake.inventory import PartEntry, parts_of
from daemon.lake.lake import Lake
from daemon.lake.lock import single_writer
from daemon.lake.manifest import load_manifest
from daemon.lake.receipts import forget
from daemon.lake.writer import sweep_orphans

RETAINED = tuple(name for name, kind in KINDS.items() if kind.period != "all")
"""Kinds whose parts end with their period, so that old ones can go."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What went of one kind. before: first exchange date that is kept for sure."""

    kind: str
    before: date
    symbols: int
    parts: int
    rows: int
    bytes: int


def apply_retention(lake: Lake, days: Mapping[str, int], today: date) -> tuple[Removed, ...]:
    """Removes what is older. days: by kind; 0 or no entry keeps everything.

    LockedError beside another writer, MissingError where the lake may not be written.
    """
    with single_writer(lake.layout):
        held = [one for one in parts_of(load_index(lake.layout)) if not one.simulated]
        found = [
            _applied(lake, [one for one in held if one.kind == kind], days[kind], today)
            for kind in RETAINED
            if days.get(kind)
        ]
    return tuple(one for one in found if one is not None)


def sentence_of(removed: Removed) -> str:
    """What went, in words."""
    words = KINDS[removed.kind].words
    return (
        f"{removed.rows:,} {words} of {removed.symbols} symbols from before {removed.before} "
        f"removed, {removed.bytes / 1e6:,.1f} MB"
    )


def _applied(lake: Lake, held: Sequence[PartEntry], keep: int, today: date) -> Removed | None:
    if not held:
        return None
    before = min(today, max(one.end for one in held)) - timedelta(days=keep)
    old = [one for one in held if one.end < before]
    by_symbol: defaultdict[str, set[str]] = defaultdict(set)
    for one in old:
        by_symbol[one.symbol].add(one.period)
    if old:
        lake.fault("before_receipts")
        forget(lake.layout, held[0].kind, by_symbol)
        lake.fault("after_receipts")
    for symbol, periods in by_symbol.items():
        _remove(lake, held[0].kind, symbol, periods)
    for symbol in {one.symbol for one in held}:
        sweep_orphans(lake.layout, held[0].kind, symbol)
    if not old:
        return None
    totals = (len(old), sum(one.rows for one in old), sum(one.bytes for one in old))
    return Removed(held[0].kind, before, len(by_symbol), *totals)


def _remove(lake: Lake, kind: str, symbol: str, periods: Iterable[str]) -> None:
    path = lake.layout.manifest(kind, symbol)
    manifest = load_manifest(path)
    if manifest is None:
        return
    left = tuple(part for part in manifest.parts if part.period not in set(periods))
    lake.fault("before_manifest")
    write_whole(path, replace(manifest, parts=left).encoded(), lake.layout.temporary)
    lake.fault("after_manifest")
