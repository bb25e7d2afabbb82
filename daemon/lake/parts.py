"""One part of a symbol on the disk: read, written, and named by the manifest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from daemon.domain.market.kinds import Columns, Kind
from daemon.lake.files import Fault, write_whole
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, PartFile, Provenance
from daemon.lake.parquet import broken, decode, encode, footer_problem


@dataclass(frozen=True, slots=True)
class Content:
    """Rows of one part as stored, and who gave them."""

    rows: Columns
    origins: tuple[Provenance, ...]


def held_rows(kind: Kind, manifest: Path, part: PartFile | None) -> Columns:
    """The rows of a part as stored, none of no part. BadDataError where it is broken or gone."""
    if part is None:
        return kind.empty()
    path = manifest.parent / part.file
    try:
        return decode(kind, path, [name for name, _ in kind.stored])
    except FileNotFoundError as error:
        raise broken(path, "no such file") from error


def put_part(
    layout: Layout,
    kind: Kind,
    symbol: str,
    part: tuple[str, Content, bool],
    fault: Fault,
) -> PartFile:
    """Writes a part that no manifest names yet. part: period, rows, whether they are made up."""
    period, rows, simulated = part
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
        simulated=simulated,
    )


def commit(layout: Layout, manifest: Manifest, fault: Fault) -> None:
    """Makes the manifest's parts the symbol's."""
    fault("before_manifest")
    path = layout.manifest(manifest.kind, manifest.symbol)
    write_whole(path, manifest.encoded(), layout.temporary)
    fault("after_manifest")
