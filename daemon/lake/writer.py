"""Rows into parts: merged, one part a symbol and period, committed by the manifest.

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

from daemon.domain.market.kinds import Columns, Kind, Rank
from daemon.errors import BadDataError
from daemon.lake.differences import Compared, compared, keep_differences
from daemon.lake.files import Fault, no_fault, write_whole, writing
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, PartFile, Provenance, load_manifest
from daemon.lake.merge import merge
from daemon.lake.parquet import broken, decode, encode, footer_problem


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows came from, in a few words, and whether they were made up."""

    text: str
    simulated: bool = False
    rank: Rank = Rank.ANSWER


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
    """Merges rows into the lake (see `merge`); a period whose part is broken is refused alone.

    rows: sorted as their kind says. Made-up rows of another origin (another seed) take the place
    of all there are: two made-up worlds never stand side by side in one symbol.

    BadDataError where nothing was written: the manifest is broken, or made-up rows would mix with
    real ones of the same symbol.
    """
    path = layout.manifest(kind.name, symbol)
    old = load_manifest(path) or Manifest(kind.name, symbol, ())
    _refuse_mixture(old, origin)
    if _of_another_world(old, origin):
        old = Manifest(kind.name, symbol, ())
    parts = {part.period: part for part in old.parts}
    changed, refused, differences = 0, {}, []
    for period, chosen in periods(kind, rows[kind.key]):
        held = parts.get(period)
        new = {name: rows[name][chosen] for name in kind.names}
        try:
            count, content, found = _laid_over(kind, path, held, new, origin)
        except BadDataError as error:
            refused[period] = str(error)
            continue
        differences.append(found)
        if count:
            parts[period] = _put_part(layout, kind, symbol, (period, content, origin), fault)
            changed += count
    keep_differences(layout, kind.name, symbol, differences)
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
    changed = merge(kind, before, rows).changed + len(before[kind.key]) - kept
    if changed:
        parts: tuple[PartFile, ...] = ()
        if len(rows[kind.key]):
            content = _Content(rows, (Provenance(origin.text, origin.rank, len(rows[kind.key])),))
            parts = (_put_part(layout, kind, symbol, ("all", content, origin), fault),)
        _commit(layout, replace(old, parts=parts), fault)
    sweep_orphans(layout, kind.name, symbol)
    return changed


@dataclass(frozen=True, slots=True)
class _Content:
    """Rows of one part as stored, and who gave them."""

    rows: Columns
    origins: tuple[Provenance, ...]


def _laid_over(
    kind: Kind, path: Path, part: PartFile | None, new: Columns, origin: Origin
) -> tuple[int, _Content, Compared]:
    """(how many rows changed, the part's rows with the new ones over them, what differs)."""
    held = _held(kind, path, part)
    ranks = {one.text: one.rank for one in part.origins} if part else {}
    ranks[origin.text] = max(int(origin.rank), ranks.get(origin.text, 0))
    texts = sorted(ranks)
    if part:
        places = np.array([texts.index(one.text) for one in part.origins], dtype=np.int8)
        held = {**held, "origin": places[held["origin"]]}
    count = len(new[kind.key])
    new = {
        **new,
        "rank": np.full(count, origin.rank, dtype=np.int8),
        "origin": np.full(count, texts.index(origin.text), dtype=np.int8),
    }
    merged = merge(kind, held, new)
    content = _counted(merged.rows, [(text, ranks[text]) for text in texts])
    return merged.changed, content, compared(kind, held, texts, new, origin.text)


def _counted(rows: Columns, origins: list[tuple[str, int]]) -> _Content:
    """The rows with the origins that some of them have."""
    counts = np.bincount(rows["origin"], minlength=len(origins))
    places = (np.cumsum(counts > 0) - 1).astype(np.int8)
    kept = tuple(
        Provenance(text, rank, int(count))
        for (text, rank), count in zip(origins, counts, strict=True)
        if count
    )
    return _Content({**rows, "origin": places[rows["origin"]]}, kept)


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
            f"beside them, found some from {origin.text}; give them their own lake"
        )


def _of_another_world(held: Manifest, origin: Origin) -> bool:
    texts = {one.text for part in held.parts for one in part.origins}
    return held.simulated and texts != {origin.text}


def _held(kind: Kind, manifest: Path, part: PartFile | None) -> Columns:
    if part is None:
        return kind.empty()
    path = manifest.parent / part.file
    try:
        return decode(kind, path, [name for name, _ in kind.stored])
    except FileNotFoundError as error:
        raise broken(path, "no such file") from error


def periods(
    kind: Kind, key: npt.NDArray[np.integer]
) -> list[tuple[str, slice | npt.NDArray[np.bool_]]]:
    """Which rows belong to which part, by their keys: (period, where its rows are)."""
    if kind.period == "all" or len(key) == 0:
        return [("all", slice(None))]
    unit = "datetime64[Y]" if kind.period == "year" else "datetime64[D]"
    named = kind.days(key).astype("datetime64[D]").astype(unit)
    if named[0] == named[-1]:
        return [(str(named[0]), slice(None))]
    return [(str(period), named == period) for period in np.unique(named)]


def _put_part(
    layout: Layout,
    kind: Kind,
    symbol: str,
    part: tuple[str, _Content, Origin],
    fault: Fault,
) -> PartFile:
    period, rows, origin = part
    content = encode(kind, rows.rows)
    checksum = hashlib.sha256(content).hexdigest()
    key = rows.rows[kind.key]
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
        origins=rows.origins,
        simulated=origin.simulated,
    )


def _commit(layout: Layout, manifest: Manifest, fault: Fault) -> None:
    fault("before_manifest")
    path = layout.manifest(manifest.kind, manifest.symbol)
    write_whole(path, manifest.encoded(), layout.temporary)
    fault("after_manifest")
