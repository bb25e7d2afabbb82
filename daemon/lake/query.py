"""SQL over the lake: an in-memory DuckDB that sees the manifests' parts and nothing else.

The parts come in as Arrow data sets, so DuckDB itself needs no file at all: outside access is off
and the configuration locked before the query runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import fs

from daemon.domain.market.kinds import BAR_KINDS, BESIDE_KINDS, KINDS, Kind, Rank
from daemon.errors import UsageError
from daemon.lake.layout import Layout
from daemon.lake.manifest import PartFile
from daemon.lake.parquet import broken, schema_of
from daemon.lake.quarantine import SetAsideError, broken_part, held_manifest, set_aside
from daemon.lake.verify import verify_all

_OF_DATA: Final = (duckdb.InvalidInputException, duckdb.IOException, duckdb.InternalException)
"""What comes out of a scan of a broken part; other errors are of the query's text."""

_LOCKS: Final = (
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Names of the columns and the rows of a query; times are UTC."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def run_query(layout: Layout, text: str, memory: str = "1GB") -> Answer:
    """The rows of one query. Each kind of `daemon.domain.market.kinds` is a view of its name:
    symbol, the kind's columns, its key as UTC time or date; of minute and day also `synthetic`, of
    splits, dividends and listings `source`: there is a row for each that tells one.

    UsageError where DuckDB refuses it, SetAsideError where parts were broken (and are set aside).
    """
    settings: dict[str, str | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": memory,
        "temp_directory": "",
        "python_enable_replacements": False,
    }
    with duckdb.connect(":memory:", config=settings) as connection:
        for kind in KINDS.values():
            connection.register(f"{kind.name}_parts", _parts(layout, kind))
            connection.execute(_view(kind))
        for statement in _LOCKS:
            connection.execute(statement)
        try:
            cursor = connection.execute(text)
            rows = tuple(cursor.fetchall())
        except _OF_DATA as error:
            problems = verify_all(layout)
            set_aside(layout, problems)
            if problems:
                raise SetAsideError(*(one.message for one in problems)) from error
            raise UsageError(f"the query failed: {str(error).splitlines()[0]}") from error
        except duckdb.Error as error:
            raise UsageError(f"the query failed: {str(error).splitlines()[0]}") from error
        return Answer(tuple(column[0] for column in cursor.description or ()), rows)


def _parts(layout: Layout, kind: Kind) -> ds.FileSystemDataset:
    options = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
    local, form = fs.LocalFileSystem(), ds.ParquetFileFormat(default_fragment_scan_options=options)
    fragments = [
        form.make_fragment(path, local, partition_expression=told)
        for symbol in layout.symbols(kind.name)
        for path, told in _paths(layout, kind, symbol)
    ]
    schema = schema_of(kind).append(pa.field("symbol", pa.string()))
    if kind.name in BESIDE_KINDS:
        schema = schema.append(pa.field("source", pa.string()))
    return ds.FileSystemDataset(fragments, schema, form, local)


def _paths(layout: Layout, kind: Kind, symbol: str) -> list[tuple[str, ds.Expression]]:
    """The parts of a symbol, each with what is the same in all its rows.

    One of another size is none: Arrow would take it for empty columns.
    """
    manifest = held_manifest(layout, kind.name, symbol)
    if manifest is None:
        return []
    folder = layout.folder(kind.name, symbol)
    for part in manifest.parts:
        path = folder / part.file
        if not path.exists() or path.stat().st_size != part.bytes:
            raise broken_part(layout, manifest, part) or broken(path, "another size")
    return [(str(folder / part.file), _told(kind, symbol, part)) for part in manifest.parts]


def _told(kind: Kind, symbol: str, part: PartFile) -> ds.Expression:
    told = ds.field("symbol") == symbol
    if kind.name not in BESIDE_KINDS:
        return told
    return told & (ds.field("source") == part.origins[0].text)


def _view(kind: Kind) -> str:
    key = f"make_timestamp_ns({kind.key}) AS {kind.key}"
    if kind.dated:
        key = f"DATE '1970-01-01' + {kind.key} AS {kind.key}"
    others = ", ".join(f'"{name}"' for name in kind.names[1:])
    if kind.name in BAR_KINDS:
        others += f", rank = {int(Rank.REPAIRED)} AS synthetic"
    if kind.name in BESIDE_KINDS:
        others += ", source"
    return f"CREATE VIEW {kind.name} AS SELECT symbol, {key}, {others} FROM {kind.name}_parts"
