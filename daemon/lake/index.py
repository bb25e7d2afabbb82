"""The index of parts: what all manifests say, in one mapped file, so that no one opens thousands.

Manifests stay the truth; the file can be deleted at any time, and a torn one counts as none.

1. A row for each manifest, with its stamp (time, size, inode). A writer brings the file up to date
   when it is done and leaves the digest of everything in the lake's lock file; while it writes, and
   after it was killed, the lock file is empty.
2. Up to `LOOKED_AT` manifests are looked at (not opened) at each reading, and those with another
   stamp are read again. A larger lake is taken as the index has it while the digests agree.
3. A stamp that is hardly older than the index proves nothing: its manifest is read again.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc

from daemon.domain.market.kinds import ACTION_KINDS, KINDS
from daemon.errors import BadDataError, MissingError
from daemon.lake.files import sweep, write_whole
from daemon.lake.layout import Layout
from daemon.lake.manifest import Manifest, load_manifest

LOOKED_AT: Final = 2_500
_TICK_NS: Final = 100_000_000
_FORMAT: Final = "index of parts 1"
_HEAD: Final = 64
_ORIGIN: Final = pa.struct([("text", pa.string()), ("rank", pa.int64()), ("rows", pa.int64())])
_PART: Final = pa.struct(
    [
        *((name, pa.string()) for name in ("file", "period", "sha256")),
        *((name, pa.int64()) for name in ("rows", "days", "first", "last", "bytes")),
        ("simulated", pa.bool_()),
        ("origins", pa.list_(_ORIGIN)),
    ]
)
_SCHEMA: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("kind", "symbol", "digest", "broken")),
        *((name, pa.int64()) for name in ("time", "size", "inode")),
        ("simulated", pa.bool_()),
        ("parts", pa.list_(_PART)),
    ]
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A symbol with parts of a kind. digest: SHA-256 of what they hold."""

    kind: str
    symbol: str
    digest: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Index:
    """table: a row for each manifest, by kind and symbol: its digest and parts, or, where it is
    `broken`, the sentence. digest: SHA-256 of what all the parts hold. folders: times of the
    folders of kinds. time: of the file, in ns; 0 where it is about to be written."""

    table: pa.Table
    digest: str
    folders: str
    time: int

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The symbols with parts, by kind and name."""
        chosen = self.table.filter(pc.greater(pc.list_value_length(self.table["parts"]), 0))
        names = ("kind", "symbol", "digest", "simulated")
        return tuple(map(Entry, *(chosen[name].to_pylist() for name in names)))

    @property
    def told_by_several(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The sources of each kind and symbol whose splits or dividends more than one tells."""
        several = pc.greater(pc.list_value_length(self.table["parts"]), 1)
        chosen = self.table.filter(
            pc.and_(several, pc.is_in(self.table["kind"], pa.array(ACTION_KINDS)))
        )
        return {
            (row["kind"], row["symbol"]): tuple(part["origins"][0]["text"] for part in row["parts"])
            for row in chosen.select(["kind", "symbol", "parts"]).to_pylist()
        }

    @property
    def broken(self) -> tuple[tuple[str, str, str], ...]:
        """(kind, symbol, sentence) of the manifests that cannot be read."""
        chosen = self.table.filter(pc.not_equal(self.table["broken"], ""))
        columns = [chosen[name].to_pylist() for name in ("kind", "symbol", "broken")]
        return tuple(zip(*columns, strict=True))


def load_index(layout: Layout) -> Index:
    """What the lake holds now; the file is brought up to date where that is possible."""
    kept = _open(layout.index)
    if kept is not None and kept.table.num_rows > LOOKED_AT and _at_rest(layout, kept):
        return kept
    return _looked_at(layout, kept)


def open_index(layout: Layout) -> None:
    """Marks the lake as being written to; the caller holds its lock.

    Sweeps what a killed one left of the index; a reader that is writing it now does without.
    """
    with suppress(MissingError, OSError):
        sweep(_temporary(layout), layout.index.name)
    layout.lock.write_bytes(b"")


def close_index(layout: Layout) -> None:
    """Brings the index up to date and says that the lake is at rest; the caller holds its lock.

    Where that cannot be (a full disk), readers look at every manifest.
    """
    with suppress(OSError, MissingError):
        layout.lock.write_text(_looked_at(layout, _open(layout.index)).digest)


def _at_rest(layout: Layout, kept: Index) -> bool:
    try:
        told = layout.lock.read_text()
    except (OSError, ValueError):
        return False
    return bool(told) and kept.folders == _folders(layout) and told == kept.digest


def _folders(layout: Layout) -> str:
    """The times of the folders of kinds: a symbol that came or went by hand changes one."""
    times = []
    for kind in KINDS:
        with suppress(OSError):
            times.append((kind, os.stat(layout.root / kind).st_mtime_ns))
    return json.dumps(times)


def _looked_at(layout: Layout, kept: Index | None) -> Index:
    folders = _folders(layout)
    stamps = list(_stamps(layout))
    known = {} if kept is None else _known(kept)
    places = [known.get(stamp, -1) for stamp in stamps]
    if kept is not None and places == list(range(kept.table.num_rows)):
        return kept
    read = [_row(layout, stamp) for stamp, place in zip(stamps, places, strict=True) if place < 0]
    fresh = pa.Table.from_pylist(read, schema=_SCHEMA)
    before = 0 if kept is None else kept.table.num_rows
    joined = (
        fresh if kept is None else pa.concat_tables([kept.table.replace_schema_metadata(), fresh])
    )
    news = iter(range(before, before + len(read)))
    order = [next(news) if place < 0 else place for place in places]
    table = joined.take(pa.array(order, pa.int64())).combine_chunks()
    digest = hashlib.sha256(json.dumps(table["digest"].to_pylist()).encode()).hexdigest()
    index = Index(table, digest, folders, 0)
    _keep(layout, index)
    return index


Stamp = tuple[str, str, int, int, int]
"""Kind, symbol, time, size and inode of a manifest."""


def _stamps(layout: Layout) -> Iterator[Stamp]:
    """Of each manifest, by kind and symbol."""
    for kind in KINDS:
        folder = layout.root / kind
        names = os.listdir(folder) if folder.is_dir() else []
        for symbol, name in sorted((unquote(name), name) for name in names):
            with suppress(FileNotFoundError, NotADirectoryError):
                found = os.stat(f"{folder}/{name}/manifest.json")
                yield kind, symbol, found.st_mtime_ns, found.st_size, found.st_ino


def _known(kept: Index) -> dict[Stamp, int]:
    """Row of each manifest that can be told from a changed one by its stamp."""
    columns = [kept.table[n].to_pylist() for n in ("kind", "symbol", "time", "size", "inode")]
    stamps: Sequence[Stamp] = list(zip(*columns, strict=True))
    newest = kept.time - _TICK_NS
    return {stamp: row for row, stamp in enumerate(stamps) if stamp[2] < newest}


def _row(layout: Layout, stamp: Stamp) -> dict[str, Any]:
    kind, symbol, time, size, inode = stamp
    row = {"kind": kind, "symbol": symbol, "time": time, "size": size, "inode": inode}
    try:
        found = load_manifest(layout.manifest(kind, symbol))
    except BadDataError as error:
        return {**row, "digest": "", "broken": str(error), "simulated": False, "parts": []}
    manifest = found or Manifest(kind, symbol, ())
    told = {"digest": manifest.digest, "broken": "", "simulated": manifest.simulated}
    return {**row, **told, "parts": [asdict(part) for part in manifest.parts]}


def _open(path: Path) -> Index | None:
    """The index at a path; nothing where there is none, a damaged one or one of another version."""
    try:
        content = memoryview(path.read_bytes())
        time = os.stat(path).st_mtime_ns
    except OSError:
        return None
    head, body = bytes(content[:_HEAD]), content[_HEAD:]
    if head != _checksum(body):
        return None
    table = ipc.open_file(pa.py_buffer(body)).read_all()
    told = {key.decode(): value.decode() for key, value in table.schema.metadata.items()}
    return Index(table, told["digest"], told["folders"], time)


def _temporary(layout: Layout) -> Path:
    return layout.index.parent / ".temporary"


def _keep(layout: Layout, index: Index) -> None:
    """Without it the next one has to read the manifests again, no more."""
    if not index.table.num_rows:
        return
    sink = pa.BufferOutputStream()
    told = {"digest": index.digest, "folders": index.folders}
    table = index.table.replace_schema_metadata(told)
    with ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    body = sink.getvalue().to_pybytes()
    with suppress(OSError, MissingError):
        write_whole(layout.index, _checksum(body) + body, _temporary(layout))


def _checksum(body: bytes | memoryview) -> bytes:
    """64 bytes, which also keep what follows aligned; of another format none agrees."""
    return f"{_FORMAT} {zlib.crc32(body):08x}".ljust(_HEAD).encode()
