"""Parts as Parquet: the same rows give the same bytes, and a flipped bit is noticed on reading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from daemon.domain.market.kinds import Columns, Kind
from daemon.errors import BadDataError

_DELTAS: Final = frozenset({"<i8", "<i4"})
_FEW: Final = frozenset({"conditions", "indicators"})
_BROKEN: Final = frozenset({"trf_timestamp"})  # mostly 0: deltas would be as large as stamps


def schema_of(kind: Kind) -> pa.Schema:
    """The Arrow schema of a kind; no column is nullable."""
    return pa.schema(
        [
            pa.field(name, pa.from_numpy_dtype(np.dtype(dtype)), nullable=False)
            for name, dtype in kind.stored
        ]
    )


def encode(kind: Kind, columns: Columns) -> bytes:
    """The bytes of a part: zstd, one row group, page checksums, times and counts as deltas."""
    table = pa.table([columns[name] for name, _ in kind.stored], schema=schema_of(kind))
    numbers = [name for name, dtype in kind.stored if dtype in _DELTAS and name not in _FEW]
    others = [name for name in table.column_names if name not in numbers]
    encodings = {n: "PLAIN" if n in _BROKEN else "DELTA_BINARY_PACKED" for n in numbers}
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        row_group_size=max(len(table), 1),
        compression="zstd",
        use_dictionary=others,
        column_encoding=encodings,
        write_page_checksum=True,
    )
    return bytes(sink.getvalue())


def decode(kind: Kind, path: Path, names: Sequence[str]) -> Columns:
    """Columns of a part. FileNotFoundError if it is gone, BadDataError if it is broken."""
    try:
        with pq.ParquetFile(path, memory_map=True, page_checksum_verification=True) as file:
            found = file.schema_arrow
            table = file.read(columns=list(names))
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise broken(path, str(error).split("\n", maxsplit=1)[0]) from error
    if table.column_names != list(names) or not found.equals(schema_of(kind)):
        raise broken(path, f"columns {', '.join(found.names)}, or other types of them")
    dtypes = dict(kind.stored)
    return {
        name: column.to_numpy().astype(dtypes[name], copy=False)
        for name, column in zip(names, table.columns, strict=True)
    }


def broken(path: Path, found: str) -> BadDataError:
    """The error of a part that cannot be read."""
    return BadDataError(
        f"{path}: expected a whole Parquet part, found {found}; "
        "mend the lake with `nightshift lake repair` and ingest again"
    )


def footer_problem(kind: Kind, path: Path, rows: int, first: int, last: int) -> str:
    """What a part's footer says against the expected rows and keys, or ""."""
    try:
        metadata = pq.read_metadata(path)
    except (OSError, pa.ArrowException) as error:
        return f"expected a Parquet footer, found {str(error).splitlines()[0]}"
    if metadata.num_rows != rows:
        return f"expected {rows} rows, found {metadata.num_rows}"
    if not metadata.schema.to_arrow_schema().equals(schema_of(kind)):
        return f"expected columns {', '.join(kind.names)} of their types, found another schema"
    statistics = metadata.row_group(0).column(0).statistics
    if statistics is None or (statistics.min, statistics.max) != (first, last):
        return f"expected keys {first} to {last}, found other statistics"
    return ""
