"""Rows into parts: merged by key, one part a symbol and year, committed by the manifest.

Writing the same rows again changes nothing, not even a byte. A crash at any point leaves either
the old manifest and its parts or the new ones; what neither names is swept by the next writer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from daemon.domain.market.kinds import Columns, Kind
from daemon.errors import BadDataError
from daemon.lake.files import Fault, no_fault, write_whole, writing
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, PartFile, load_manifest
from daemon.lake.parquet import broken, decode, encode, footer_problem


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows came from, in a few words each, and whether they were made up."""

    texts: tuple[str, ...]
    simulated: bool


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows were new or different, and a sentence for each period left as it was."""

    changed: int
    refused: Mapping[str, str]


def write_rows(
    layout: Layout,
    kind: Kind,
    symbol: str,
    rows: Columns,
    origin: Origin,
    fault: Fault = no_fault,
) -> Written:
    """Merges rows into the lake, later rows win; a period whose part is broken is refused alone.

    Made-up rows of another origin (another seed) take the place of all there are: two made-up
    worlds never stand side by side in one symbol.

    BadDataError where nothing was written: the manifest is broken, or made-up rows would mix with
    real ones of the same symbol.
    """
    path = layout.manifest(kind.name, symbol)
    old = load_manifest(path) or Manifest(kind.name, symbol, ())
    _refuse_mixture(old, origin)
    if _of_another_world(old, origin):
        old = Manifest(kind.name, symbol, ())
    parts = {part.period: part for part in old.parts}
    changed, refused = 0, {}
    for period, chosen in periods(kind, rows[kind.key]):
        new = {name: column[chosen] for name, column in rows.items()}
        held = parts.get(period)
        try:
            merged, count = merge(kind, _held(kind, path, held), new)
        except BadDataError as error:
            refused[period] = str(error)
            continue
        if count:
            origins = {*origin.texts, *(held.origins if held else ())}
            parts[period] = _put_part(layout, kind, symbol, (period, merged, origins), fault)
            parts[period] = replace(parts[period], simulated=origin.simulated)
            changed += count
    if changed:
        _commit(layout, replace(old, parts=tuple(parts[p] for p in sorted(parts))), fault)
    sweep_orphans(layout, kind.name, symbol)
    return Written(changed, refused)


def replace_rows(
    layout: Layout, kind: Kind, symbol: str, rows: Columns, origin: Origin, fault: Fault = no_fault
) -> int:
    """Puts exactly these rows in place of a symbol's; how many differ, 0 if nothing changed."""
    path = layout.manifest(kind.name, symbol)
    old = load_manifest(path) or Manifest(kind.name, symbol, ())
    before = _held(kind, path, old.parts[0] if old.parts else None)
    kept = int(np.isin(before[kind.key], rows[kind.key]).sum())
    _, changed = merge(kind, before, rows)
    changed += len(before[kind.key]) - kept
    if changed:
        parts: tuple[PartFile, ...] = ()
        if len(rows[kind.key]):
            part = _put_part(layout, kind, symbol, ("all", rows, {*origin.texts}), fault)
            parts = (replace(part, simulated=origin.simulated),)
        _commit(layout, replace(old, parts=parts), fault)
    sweep_orphans(layout, kind.name, symbol)
    return changed


def merge(kind: Kind, old: Columns, new: Columns) -> tuple[Columns, int]:
    """(old rows with the new ones over them, how many were new or different)."""
    key = kind.key
    at = np.searchsorted(old[key], new[key])
    known = at < len(old[key])
    known[known] = old[key][at[known]] == new[key][known]
    same = known.copy()
    for name in kind.names:
        same[known] &= old[name][at[known]] == new[name][known]
    if same.all():
        return old, 0
    kept = np.ones(len(old[key]), dtype=bool)
    kept[at[known]] = False
    joined = {name: np.concatenate([old[name][kept], new[name]]) for name in kind.names}
    order = np.argsort(joined[key], kind="stable")
    return {name: column[order] for name, column in joined.items()}, int((~same).sum())


def sweep_orphans(layout: Layout, kind: str, symbol: str) -> int:
    """Deletes the parts that the manifest does not name; how many there were."""
    manifest = load_manifest(layout.manifest(kind, symbol))
    named = {part.file for part in manifest.parts} if manifest else set()
    orphans = [p for p in layout.folder(kind, symbol).glob("*.parquet") if p.name not in named]
    for path in orphans:
        with writing(path):
            path.unlink(missing_ok=True)
    return len(orphans)


def _refuse_mixture(held: Manifest, origin: Origin) -> None:
    if held.parts and held.simulated != origin.simulated:
        stored, offered = ("simulated", "real") if held.simulated else ("real", "simulated")
        raise BadDataError(
            f"{held.symbol}: the lake holds {stored} {held.kind} rows, expected no {offered} ones "
            f"beside them, found some from {', '.join(origin.texts)}; give them their own lake"
        )


def _of_another_world(held: Manifest, origin: Origin) -> bool:
    return held.simulated and any(part.origins != origin.texts for part in held.parts)


def _held(kind: Kind, manifest: Path, part: PartFile | None) -> Columns:
    if part is None:
        return kind.empty()
    path = manifest.parent / part.file
    try:
        return decode(kind, path, kind.names)
    except FileNotFoundError as error:
        raise broken(path, "no such file") from error


def periods(
    kind: Kind, key: npt.NDArray[np.integer]
) -> list[tuple[str, slice | npt.NDArray[np.bool_]]]:
    """Which rows belong to which part, by their keys: (period, where its rows are)."""
    if not kind.yearly:
        return [("all", slice(None))]
    years = kind.days(key).astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
    return [(f"{year:04d}", years == year) for year in np.unique(years)]


def _put_part(
    layout: Layout,
    kind: Kind,
    symbol: str,
    part: tuple[str, Columns, set[str]],
    fault: Fault,
) -> PartFile:
    period, rows, origins = part
    content = encode(kind, rows)
    checksum = hashlib.sha256(content).hexdigest()
    key = rows[kind.key]
    count, first, last = len(key), int(key[0]), int(key[-1])

    def check(path: Path) -> None:
        problem = footer_problem(kind, path, count, first, last)
        if problem or path.stat().st_size != len(content):
            raise broken(path, problem or f"{path.stat().st_size} bytes of {len(content)}")

    name = f"{period}-{checksum[:12]}.parquet"
    folder = layout.folder(kind.name, symbol)
    write_whole(folder / name, content, layout.temporary, check, fault)
    return PartFile(
        file=name,
        period=period,
        rows=count,
        days=len(np.unique(kind.days(key))),
        first=first,
        last=last,
        bytes=len(content),
        sha256=checksum,
        origins=tuple(sorted(origins)),
        simulated=False,
    )


def _commit(layout: Layout, manifest: Manifest, fault: Fault) -> None:
    fault("before_manifest")
    path = layout.manifest(manifest.kind, manifest.symbol)
    write_whole(path, manifest.encoded(), layout.temporary)
    fault("after_manifest")
