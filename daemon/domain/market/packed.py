"""A market as one flat buffer: the form in which it is mapped by workers and kept as a hot copy.

A fixed prefix (magic, version, length of the header), a JSON header (symbols, time frame, shape,
hash), then every array at a 64-byte boundary, raw little-endian, a symbol's column contiguous.
`unpack` makes views, never copies. The writer is trusted (the daemon); a reader checks magic and
lengths only.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from daemon.domain.market.bars import FIELDS, TIME_FIELDS, Actions, Market, TimeAxis

MAGIC: Final = b"NSMARKET"
VERSION: Final = 1
_PREFIX: Final = struct.Struct("<8sII")
_ALIGN: Final = 64
_ACTION_FIELDS: Final = ("bar", "symbol", "cash", "new", "old")


def packed_size(market: Market) -> int:
    """Bytes that `pack` writes."""
    header, columns = _header(market), _columns(market)
    size = _aligned(_PREFIX.size + len(header))
    for array in columns:
        size += _aligned(array.nbytes)
    return size


def pack(market: Market) -> Iterator[memoryview | bytes]:
    """The pieces of the buffer in order, to be written one after the other."""
    header = _header(market)
    yield _padded(_PREFIX.pack(MAGIC, VERSION, len(header)) + header)
    for array in _columns(market):
        yield array.data.cast("B") if array.size else b""
        yield b"\0" * (_aligned(array.nbytes) - array.nbytes)


def unpack(buffer: memoryview | bytes) -> Market:
    """The market in a buffer, as read-only views. ValueError if it is not one."""
    view = memoryview(buffer).cast("B").toreadonly()
    magic, version, length = _PREFIX.unpack_from(view)
    if magic != MAGIC or version != VERSION:
        raise ValueError(f"expected a packed market of version {VERSION}, found {magic!r}")
    header = json.loads(bytes(view[_PREFIX.size : _PREFIX.size + length]))
    bars, symbols, actions = header["bars"], len(header["symbols"]), header["actions"]
    offset = _aligned(_PREFIX.size + length)

    def column(dtype: str, *shape: int) -> npt.NDArray[Any]:
        nonlocal offset
        kind = np.dtype(dtype)
        count = int(np.prod(shape))
        array = np.frombuffer(view, kind, count, offset)
        offset += _aligned(count * kind.itemsize)
        return array.reshape(shape[::-1]).T

    times = {name: column("<i4" if name == "session_date" else "<i8", bars) for name in TIME_FIELDS}
    fields = {name: column("<f8", bars, symbols) for name in FIELDS}
    stale = column("|b1", bars, symbols)
    events = [column("<i8" if k < 2 else "<f8", actions) for k in range(len(_ACTION_FIELDS))]
    spread = column("<f8", bars, symbols) if header["spread"] else None
    return Market(
        symbols=tuple(header["symbols"]),
        timeframe=header["timeframe"],
        axis=TimeAxis(**times),
        stale=stale,
        actions=Actions(*events),
        spread=spread,
        simulated=header["simulated"],
        hash=header["hash"],
        **fields,
    )


def _header(market: Market) -> bytes:
    return json.dumps(
        {
            "symbols": market.symbols,
            "timeframe": market.timeframe,
            "bars": market.shape[0],
            "actions": len(market.actions.bar),
            "spread": market.spread is not None,
            "simulated": market.simulated,
            "hash": market.hash,
        }
    ).encode()


def _columns(market: Market) -> list[npt.NDArray[Any]]:
    arrays = [getattr(market.axis, name) for name in TIME_FIELDS]
    arrays += [getattr(market, name) for name in (*FIELDS, "stale")]
    arrays += [getattr(market.actions, name) for name in _ACTION_FIELDS]
    if market.spread is not None:
        arrays.append(market.spread)
    return [np.ascontiguousarray(array.T) for array in arrays]


def _aligned(size: int) -> int:
    return -(-size // _ALIGN) * _ALIGN


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (_aligned(len(data)) - len(data))
