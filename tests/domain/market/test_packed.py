"""A market as one flat buffer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain.market.align import Series, align
from daemon.domain.market.bars import FIELDS, TIME_FIELDS, Market, sealed
from daemon.domain.market.packed import pack, packed_size, unpack
from tests.domain.market.sessions import FIRST_DAY, rows, splits, table


def market(
    symbols: int, lengths: list[int], spread: bool = False, simulated: bool = False
) -> Market:
    """Some symbols with a bar at each open, the first with a split."""
    sessions = table(lengths)
    opens = [int(opened) for opened in sessions.open_time]
    prices = [50.0 + k for k in range(len(opens))]
    events = splits(FIRST_DAY + 1, 2.0, 1.0)
    series = [Series(f"S{k}", rows(opens, prices)) for k in range(symbols)]
    series[0] = replace(series[0], events=events)
    held = align(series, sessions, "1m", simulated=simulated)
    width = np.full(held.shape, 0.01) if spread else None
    return sealed(replace(held, spread=width))


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 4),
    st.lists(st.sampled_from([1, 5, 30]), min_size=1, max_size=4),
    st.booleans(),
    st.booleans(),
)
def test_what_is_unpacked_is_what_was_packed(
    symbols: int, lengths: list[int], spread: bool, simulated: bool
) -> None:
    held = market(symbols, lengths, spread, simulated)

    buffer = b"".join(pack(held))
    back = unpack(buffer)

    assert len(buffer) == packed_size(held)
    assert sealed(back).hash == held.hash == back.hash
    assert (back.symbols, back.timeframe) == (held.symbols, held.timeframe)
    assert back.simulated == held.simulated
    assert np.array_equal(back.actions.bar, held.actions.bar)
    assert (back.spread is None) == (held.spread is None)


def test_arrays_are_views_of_the_buffer_with_contiguous_columns() -> None:
    buffer = bytearray(b"".join(pack(market(3, [30, 30]))))

    back = unpack(buffer)

    for name in (*FIELDS, "stale"):
        array = getattr(back, name)
        assert array.flags.f_contiguous
        assert not array.flags.writeable
        assert not array.flags.owndata
    before = bytes(buffer)
    buffer[:] = bytes(len(buffer))
    assert back.close[0, 0] == 0.0
    assert unpack(before).close[0, 0] != 0.0


def test_every_array_begins_at_a_64_byte_boundary() -> None:
    back = unpack(b"".join(pack(market(3, [7, 9]))))

    base = back.axis.open_time.ctypes.data
    for name in TIME_FIELDS:
        assert (getattr(back.axis, name).ctypes.data - base) % 64 == 0
    for name in (*FIELDS, "stale"):
        assert (getattr(back, name).ctypes.data - base) % 64 == 0


@pytest.mark.parametrize("damage", [b"NSMARKEX", b"PAR1PAR1"])
def test_a_buffer_that_is_no_market_is_refused(damage: bytes) -> None:
    buffer = damage + b"".join(pack(market(1, [5])))[8:]

    with pytest.raises(ValueError, match="expected a packed market of version 1"):
        unpack(buffer)


def test_another_version_is_refused() -> None:
    buffer = bytearray(b"".join(pack(market(1, [5]))))
    buffer[8] = 9

    with pytest.raises(ValueError, match="expected a packed market of version 1"):
        unpack(buffer)


def test_a_mapped_file_is_read_without_copying(tmp_path: Path) -> None:
    held = market(2, [30])
    path = tmp_path / "market"
    path.write_bytes(b"".join(pack(held)))

    mapped = np.memmap(path, dtype=np.uint8, mode="r")
    back = unpack(memoryview(mapped))

    assert np.shares_memory(back.close, mapped)
    assert back.hash == held.hash
