"""The parts against their manifests, and what to do with a broken one.

`verify` reads every byte: checksum, footer, schema, rows, keys in order, days. `repair` moves what
is broken into quarantine, takes it out of the manifest and out of the receipts, so that the next
ingestion reads those days again; the rest stays as it is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from daemon.domain.market.kinds import KINDS, Kind
from daemon.errors import BadDataError
from daemon.lake.files import Fault, write_whole, writing
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, PartFile, load_manifest
from daemon.lake.parquet import decode, footer_problem
from daemon.lake.receipts import load_receipts


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one file. file: a part, or manifest.json."""

    kind: str
    symbol: str
    file: str
    message: str


def verify_all(layout: Layout) -> tuple[Problem, ...]:
    """Everything that is wrong in the lake."""
    return tuple(
        problem
        for kind in KINDS.values()
        for symbol in _symbol_folders(layout, kind)
        for problem in _verify(layout, kind, symbol)
    )


def repair_all(layout: Layout, fault: Fault) -> tuple[Problem, ...]:
    """What was wrong and is now in quarantine."""
    problems = verify_all(layout)
    for kind, symbol in sorted({(one.kind, one.symbol) for one in problems}):
        own = [one for one in problems if (one.kind, one.symbol) == (kind, symbol)]
        _repair(layout, kind, symbol, {one.file for one in own}, fault)
    return problems


def _symbol_folders(layout: Layout, kind: Kind) -> list[str]:
    root = layout.root / kind.name
    return sorted(unquote(p.name) for p in root.iterdir() if p.is_dir()) if root.is_dir() else []


def _verify(layout: Layout, kind: Kind, symbol: str) -> Iterator[Problem]:
    path = layout.manifest(kind.name, symbol)
    try:
        manifest = load_manifest(path)
    except BadDataError as error:
        yield Problem(kind.name, symbol, path.name, str(error))
        return
    if manifest is None:
        return
    if (manifest.kind, manifest.symbol) != (kind.name, symbol):
        found = f"{manifest.kind} {manifest.symbol}"
        message = f"{path}: expected the manifest of {kind.name} {symbol}, found that of {found}"
        yield Problem(kind.name, symbol, path.name, message)
        return
    for part in manifest.parts:
        problem = _part_problem(kind, path.parent / part.file, part)
        if problem:
            message = f"{path.parent / part.file}: {problem}; mend with `nightshift lake repair`"
            yield Problem(kind.name, symbol, part.file, message)


def _part_problem(kind: Kind, path: Path, part: PartFile) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return "expected the part that the manifest names, found no such file"
    if len(content) != part.bytes:
        return f"expected {part.bytes} bytes, found {len(content)}"
    checksum = hashlib.sha256(content).hexdigest()
    if checksum != part.sha256:
        return f"expected the checksum {part.sha256[:12]}, found {checksum[:12]}"
    return footer_problem(kind, path, part.rows, part.first, part.last) or _rows_problem(
        kind, path, part
    )


def _rows_problem(kind: Kind, path: Path, part: PartFile) -> str:
    try:
        key = decode(kind, path, (kind.key,))[kind.key]
    except BadDataError as error:
        return str(error)
    single = len(kind.order) == 1
    if np.any(key[1:] <= key[:-1] if single else key[1:] < key[:-1]):
        return f"expected {kind.key} to ascend{' strictly' * single}, found it out of order"
    days = len(np.unique(kind.days(key)))
    return "" if days == part.days else f"expected {part.days} days, found {days}"


def _repair(layout: Layout, kind: str, symbol: str, files: set[str], fault: Fault) -> None:
    path = layout.manifest(kind, symbol)
    if path.name in files:
        lost, left = ["all"], Manifest(kind, symbol, ())
        files = {one.name for one in path.parent.iterdir() if one.is_file()}
    else:
        held = load_manifest(path) or Manifest(kind, symbol, ())
        lost = [part.period for part in held.parts if part.file in files]
        left = replace(held, parts=tuple(p for p in held.parts if p.file not in files))
    for receipts_path in layout.all_receipts(kind):
        receipts = load_receipts(receipts_path)
        receipts.forget(symbol, lost)
        write_whole(receipts_path, receipts.encoded(), layout.temporary)
    _set_aside(layout, path.parent, files)
    fault("before_manifest")
    write_whole(path, left.encoded(), layout.temporary)


def _set_aside(layout: Layout, folder: Path, files: set[str]) -> None:
    for name in sorted(files):
        target = layout.quarantine / f"{folder.parent.name}-{folder.name}-{name}"
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            if (folder / name).exists():
                os.replace(folder / name, target)
