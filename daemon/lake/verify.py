"""The parts against their manifests: every byte is read.

Checksum, footer, schema, rows, keys in order, days. `daemon.lake.quarantine` takes what is broken
out of the way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import numpy as np

from daemon.domain.market.kinds import KINDS, Kind, belief
from daemon.errors import BadDataError
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, PartFile, load_manifest
from daemon.lake.parquet import decode, footer_problem

_EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one file: a part, or manifest.json. As far as it is known, origins: who
    gave its rows, the most believed first; start, end: exchange dates of the first and the last."""

    kind: str
    symbol: str
    file: str
    message: str
    origins: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None


def verify_all(layout: Layout) -> tuple[Problem, ...]:
    """Everything that is wrong in the lake."""
    return tuple(
        problem
        for kind in KINDS.values()
        for symbol in _symbol_folders(layout, kind)
        for problem in _verify(layout, kind, symbol)
    )


def own_manifest(layout: Layout, kind: str, symbol: str) -> Manifest | None:
    """The manifest of a symbol. BadDataError where it is none, or that of another one."""
    path = layout.manifest(kind, symbol)
    manifest = load_manifest(path)
    if manifest is not None and (manifest.kind, manifest.symbol) != (kind, symbol):
        found = f"{manifest.kind} {manifest.symbol}"
        raise BadDataError(
            f"{path}: expected the manifest of {kind} {symbol}, found that of {found}; "
            "mend the lake with `nightshift lake repair`"
        )
    return manifest


def _symbol_folders(layout: Layout, kind: Kind) -> list[str]:
    root = layout.root / kind.name
    return sorted(unquote(p.name) for p in root.iterdir() if p.is_dir()) if root.is_dir() else []


def _verify(layout: Layout, kind: Kind, symbol: str) -> Iterator[Problem]:
    path = layout.manifest(kind.name, symbol)
    try:
        manifest = own_manifest(layout, kind.name, symbol)
    except BadDataError as error:
        yield Problem(kind.name, symbol, path.name, str(error))
        return
    if manifest is None:
        return
    for part in manifest.parts:
        problem = part_problem(kind, path.parent / part.file, part)
        if problem:
            message = f"{path.parent / part.file}: {problem}; mend with `nightshift lake repair`"
            yield Problem(
                kind.name, symbol, part.file, message, givers(part), *dates_of(kind, part)
            )


def dates_of(kind: Kind, part: PartFile) -> tuple[date, date]:
    """Exchange dates of the first and the last row of a part."""
    first, last = kind.days(np.array([part.first, part.last])).tolist()
    return date.fromordinal(first + _EPOCH), date.fromordinal(last + _EPOCH)


def givers(part: PartFile) -> tuple[str, ...]:
    """Who gave the rows of a part, the most believed first."""
    return tuple(one.text for one in sorted(part.origins, key=lambda one: -int(belief(one.rank))))


def part_problem(kind: Kind, path: Path, part: PartFile) -> str:
    """What is wrong with a part, or "": its bytes, checksum, footer, keys and days."""
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
