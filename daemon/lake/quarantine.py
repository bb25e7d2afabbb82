"""Broken parts, out of the way: set aside by whoever finds one, settled by the next writer.

1. Whoever reads a part that is not what its manifest says moves it into quarantine, which needs no
   lock. From then on readers go without it, although the manifest still names it.
2. The next writer settles it: a note of what was lost, the receipts of its days, the manifest, in
   this order; after a crash between any two of them it begins again.
3. Note and broken part stay until the lake holds as many days of that period again.

A manifest that cannot be read is only marked; the next writer moves the whole folder.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from daemon.domain.market.kinds import KINDS
from daemon.errors import BadDataError, MissingError
from daemon.lake.files import Fault, no_fault, sync_folder, write_whole, writing
from daemon.lake.layout import Layout
from daemon.lake.lost import (
    Lost,
    lost_parts,
    names,
    note,
    place,
    sentence_of,
    write_note,
)
from daemon.lake.manifest import Manifest, PartFile
from daemon.lake.receipts import forget, load_receipts
from daemon.lake.verify import Problem, dates_of, givers, own_manifest, part_problem, verify_all

_MANIFEST: Final = "manifest.json"


class SetAsideError(BadDataError):
    """A part was broken and is in quarantine now: reading again goes without it."""


def held_manifest(layout: Layout, kind: str, symbol: str) -> Manifest | None:
    """The manifest without the parts that are set aside; nothing where it is set aside itself.

    SetAsideError where it cannot be read and was marked just now.
    """
    try:
        manifest = own_manifest(layout, kind, symbol)
    except BadDataError as error:
        if place(layout, kind, symbol, _MANIFEST).exists():
            return None
        told = _tried(layout, Problem(kind, symbol, _MANIFEST, str(error)))
        raise (told or error) from error
    if manifest is None or not layout.quarantine.is_dir():
        return manifest
    kept = tuple(p for p in manifest.parts if not _is_aside(layout, manifest, p))
    return manifest if len(kept) == len(manifest.parts) else replace(manifest, parts=kept)


def broken_part(layout: Layout, manifest: Manifest, part: PartFile) -> BadDataError | None:
    """Sets a part that could not be read aside; nothing where it is whole after all, or where the
    lake may not be written."""
    path = layout.folder(manifest.kind, manifest.symbol) / part.file
    problem = part_problem(KINDS[manifest.kind], path, part)
    if not problem:
        return None
    told = Problem(manifest.kind, manifest.symbol, part.file, f"{path}: {problem}")
    return _tried(layout, told, part)


def set_aside(layout: Layout, problems: Sequence[Problem]) -> None:
    """Moves broken parts into quarantine. MissingError where the lake may not be written."""
    for problem in problems:
        _set_aside(layout, problem, _named(layout, problem))


def settle(layout: Layout, fault: Fault = no_fault) -> None:
    """Takes what is set aside out of receipts and manifests; the caller holds the lake's lock."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, symbol, file in names(layout):
        found[kind, symbol].append(file)
    for (kind, symbol), files in found.items():
        if _MANIFEST in files:
            _settle_folder(layout, kind, symbol, fault)
        _settle_parts(layout, kind, symbol, files, fault)
    wanted = {(one.kind, one.symbol, one.file) for one in lost_parts(layout)}
    for kind, symbol, file in names(layout):
        if (kind, symbol, file) not in wanted and file != _MANIFEST:
            place(layout, kind, symbol, file).unlink(missing_ok=True)
            note(layout, kind, symbol, file).unlink(missing_ok=True)


def repair_all(layout: Layout, fault: Fault) -> tuple[Problem, ...]:
    """What is wrong, or was and has not come back: in quarantine now."""
    problems = verify_all(layout)
    set_aside(layout, problems)
    settle(layout, fault)
    whole = {(one.kind, one.symbol) for one in problems if one.file == _MANIFEST}
    named = {(one.kind, one.symbol, one.file) for one in problems}
    others = [
        Problem(one.kind, one.symbol, one.file, sentence_of(one), one.origins, one.start, one.end)
        for one in lost_parts(layout)
        if (one.kind, one.symbol) not in whole and (one.kind, one.symbol, one.file) not in named
    ]
    return (*problems, *others)


def _named(layout: Layout, problem: Problem) -> PartFile | None:
    try:
        manifest = own_manifest(layout, problem.kind, problem.symbol)
    except BadDataError:
        return None
    parts = manifest.parts if manifest else ()
    return next((part for part in parts if part.file == problem.file), None)


def _tried(layout: Layout, problem: Problem, part: PartFile | None = None) -> SetAsideError | None:
    try:
        return _set_aside(layout, problem, part)
    except MissingError:
        return None


def _set_aside(
    layout: Layout, problem: Problem, part: PartFile | None = None
) -> SetAsideError | None:
    """A part is moved; of one that is gone, and of a manifest, an empty file tells.

    part: what it should be. A writer may have made it whole since it was looked at, without a lock
    to tell: then it goes back, and nothing is told.
    """
    target = place(layout, problem.kind, problem.symbol, problem.file)
    path = layout.folder(problem.kind, problem.symbol) / problem.file
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            if problem.file == _MANIFEST:
                target.touch()
            else:
                os.replace(path, target)
                if part and not part_problem(KINDS[problem.kind], target, part):
                    os.replace(target, path)
                    return None
        except FileNotFoundError:
            target.touch()
        sync_folder(target.parent)
    return SetAsideError(f"{problem.message}; it is set aside, the rest is read without it")


def _settle_parts(
    layout: Layout, kind: str, symbol: str, files: Sequence[str], fault: Fault
) -> None:
    try:
        manifest = own_manifest(layout, kind, symbol)
    except BadDataError:
        return
    if manifest is None:
        return
    lost = [p for p in manifest.parts if p.file in files and _is_aside(layout, manifest, p)]
    if not lost:
        return
    for part in lost:
        told = (part.file, part.period, part.days, givers(part))
        write_note(layout, Lost(kind, symbol, *told, *dates_of(KINDS[kind], part)))
    fault("before_receipts")
    forget(layout, kind, {symbol: [part.period for part in lost]})
    fault("before_manifest")
    left = tuple(part for part in manifest.parts if part not in lost)
    path = layout.manifest(kind, symbol)
    write_whole(path, replace(manifest, parts=left).encoded(), layout.temporary)
    fault("after_manifest")


def _settle_folder(layout: Layout, kind: str, symbol: str, fault: Fault) -> None:
    """Moves all files of a folder whose manifest cannot be read; unmarks it where it can."""
    path = layout.manifest(kind, symbol)
    with suppress(BadDataError):
        own_manifest(layout, kind, symbol)
        place(layout, kind, symbol, _MANIFEST).unlink(missing_ok=True)
        return
    sources = _sources(layout, kind, symbol)
    parts = sorted(path.parent.glob("*.parquet"))
    for part in parts:
        period = part.name.rpartition("-")[0]
        write_note(layout, Lost(kind, symbol, part.name, period, 1, sources))
    fault("before_receipts")
    forget(layout, kind, {symbol: ["all"]})
    for part in parts:
        _set_aside(layout, Problem(kind, symbol, part.name, ""))
    fault("before_manifest")
    write_whole(path, Manifest(kind, symbol, ()).encoded(), layout.temporary)
    place(layout, kind, symbol, _MANIFEST).unlink(missing_ok=True)
    fault("after_manifest")


def _sources(layout: Layout, kind: str, symbol: str) -> tuple[str, ...]:
    """The sources with receipts of a symbol, then the others of its kind."""
    receipts = layout.all_receipts(kind)
    receipts.sort(key=lambda path: not load_receipts(path).names(symbol))
    return tuple(unquote(path.name.removesuffix(f"-{kind}.json")) for path in receipts)


def _is_aside(layout: Layout, manifest: Manifest, part: PartFile) -> bool:
    """In quarantine, and not where it should be: the same part may have come again."""
    if not place(layout, manifest.kind, manifest.symbol, part.file).exists():
        return False
    return not (layout.folder(manifest.kind, manifest.symbol) / part.file).exists()
