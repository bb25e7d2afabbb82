"""Rows into parts: merged, one part a symbol and period, committed by the manifest.

Writing the same rows again changes nothing, not even a byte. A crash at any point leaves either
the old manifest and its parts or the new ones; what neither names is swept by the next writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from daemon.domain.market.kinds import Columns, Kind, Rank
from daemon.errors import BadDataError
from daemon.lake.differences import Compared, compared, keep_differences
from daemon.lake.files import Fault, no_fault, writing
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, PartFile, Provenance, load_manifest
from daemon.lake.merge import merge
from daemon.lake.parts import Content, commit, held_rows, put_part
from daemon.lake.precedence import Precedence, claim_of, laid_over
from daemon.lake.replaced import Replaced, keep_replaced, replaced_in, replaced_of, told_again


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows came from, in a few words, and whether they were made up. precedence: what gives
    way to them."""

    text: str
    simulated: bool = False
    rank: Rank = Rank.ANSWER
    precedence: Precedence = field(default_factory=Precedence)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A part with new rows over it. apart: where sources differ; replaced: wrong bars that gave
    way."""

    changed: int
    content: Content
    apart: Compared
    replaced: tuple[Replaced, ...]


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
    """Merges rows into the lake (see `merge`, `precedence`); a broken part is refused alone.

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
    known = replaced_of(layout, kind.name, symbol)
    laid, refused = [], {}
    for period, chosen in periods(kind, rows[kind.key]):
        held = parts.get(period)
        new = {name: rows[name][chosen] for name in kind.names}
        try:
            one = _laid_over(kind, old, (path, held), new, origin, known)
        except BadDataError as error:
            refused[period] = str(error)
            continue
        laid.append(one)
        if one.changed:
            part = (period, one.content, origin.simulated)
            parts[period] = put_part(layout, kind, symbol, part, fault)
    changed = sum(one.changed for one in laid)
    keep_differences(layout, kind.name, symbol, [one.apart for one in laid])
    keep_replaced(layout, kind.name, symbol, [bar for one in laid for bar in one.replaced])
    if changed:
        commit(layout, replace(old, parts=tuple(parts[p] for p in sorted(parts))), fault)
    sweep_orphans(layout, kind.name, symbol)
    return Written(changed, refused)


def replace_rows(
    layout: Layout, kind: Kind, symbol: str, rows: Columns, origin: Origin, fault: Fault = no_fault
) -> int:
    """Puts these rows in place of those that the same origin gave; how many differ.

    Rows of other origins stay: every origin has a part, and who reads chooses among them.

    BadDataError where nothing was written, see `write_rows`.
    """
    path = layout.manifest(kind.name, symbol)
    old = load_manifest(path) or Manifest(kind.name, symbol, ())
    _refuse_mixture(old, origin)
    foreign = {one: part for one, part in _by_origin(old).items() if one != origin.text}
    before = rows_of_origin(layout, kind, symbol, origin)
    kept = int(np.isin(before[kind.key], rows[kind.key]).sum())
    changed = merge(kind, before, rows).changed + len(before[kind.key]) - kept
    if changed:
        parts = foreign
        if len(rows[kind.key]):
            content = Content(rows, (Provenance(origin.text, origin.rank, len(rows[kind.key])),))
            part = put_part(layout, kind, symbol, ("all", content, origin.simulated), fault)
            parts = {**foreign, origin.text: part}
        commit(layout, replace(old, parts=tuple(parts[one] for one in sorted(parts))), fault)
    sweep_orphans(layout, kind.name, symbol)
    return changed


def rows_of_origin(layout: Layout, kind: Kind, symbol: str, origin: Origin) -> Columns:
    """The rows that `replace_rows` would replace. BadDataError where they cannot be read."""
    path = layout.manifest(kind.name, symbol)
    held = load_manifest(path)
    return held_rows(kind, path, _by_origin(held).get(origin.text) if held else None)


def _by_origin(manifest: Manifest) -> dict[str, PartFile]:
    return {part.origins[0].text: part for part in manifest.parts}


def _laid_over(
    kind: Kind,
    manifest: Manifest,
    part: tuple[Path, PartFile | None],
    new: Columns,
    origin: Origin,
    known: Sequence[Replaced],
) -> _Laid:
    """part: the manifest's path and the part. known: what gave way before."""
    held, origins = held_rows(kind, *part), part[1].origins if part[1] else ()
    ranks = {one.text: one.rank for one in origins}
    ranks[origin.text] = max(int(origin.rank), ranks.get(origin.text, 0))
    texts, count = sorted(ranks), len(new[kind.key])
    places = np.array([texts.index(one.text) for one in origins], dtype=np.int8)
    held = {**held, "origin": places[held["origin"]]}
    new = {
        **new,
        "rank": np.full(count, origin.rank, dtype=np.int8),
        "origin": np.full(count, texts.index(origin.text), dtype=np.int8),
    }
    claim = claim_of(origin.precedence, manifest.symbol, origin.text, texts)
    if known:
        foreign = ~claim.own[held["origin"]] & (held["rank"] == origin.rank)
        again = told_again(kind, new, origin.text, known)
        again &= np.isin(new[kind.key], held[kind.key][foreign])
        new = {name: column[~again] for name, column in new.items()}
    merged, wrong = laid_over(kind, held, new, claim, origin.precedence.wrong)
    left = {name: column[~wrong] for name, column in held.items()} if wrong.any() else held
    return _Laid(
        merged.changed,
        _counted(merged.rows, [(text, ranks[text]) for text in texts]),
        compared(kind, left, texts, new, origin.text),
        replaced_in(kind, held, wrong, texts, origin.text),
    )


def _counted(rows: Columns, origins: list[tuple[str, int]]) -> Content:
    """The rows with the origins that some of them have."""
    counts = np.bincount(rows["origin"], minlength=len(origins))
    places = (np.cumsum(counts > 0) - 1).astype(np.int8)
    kept = tuple(
        Provenance(text, rank, int(count))
        for (text, rank), count in zip(origins, counts, strict=True)
        if count
    )
    return Content({**rows, "origin": places[rows["origin"]]}, kept)


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
