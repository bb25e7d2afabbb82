"""Shared memory: sealed where it must be, wiped where it is used again."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import numpy as np
import pytest

from daemon.domain.market import packed
from daemon.domain.market.bars import FIELDS, Actions, Market, sealed
from daemon.domain.market.probe import LATE_SYMBOL, LISTING_BAR
from daemon.sandbox import memory
from daemon.sandbox.memory import MarketShelf, Output, shared_market

linux = pytest.mark.skipif(sys.platform != "linux", reason="seals are Linux's")


@linux
def test_nobody_can_change_a_market_that_was_handed_out(market: Market) -> None:
    shared = shared_market(market)

    with pytest.raises(PermissionError):
        os.pwrite(shared.descriptor, b"x", 100)
    with pytest.raises(PermissionError):
        os.ftruncate(shared.descriptor, 0)
    with pytest.raises(PermissionError):
        memory.writable(shared.descriptor, shared.size)


@linux
def test_nobody_can_shrink_or_grow_an_output() -> None:
    output = Output(8192)

    for size in (100, 100_000):
        with pytest.raises(PermissionError):
            os.ftruncate(output.shared.descriptor, size)


def test_a_copy_of_an_answer_is_private() -> None:
    output = Output(8192)
    with memory.writable(output.shared.descriptor, 8192) as target:
        np.frombuffer(target, np.float64, 6, 4096)[:] = np.arange(6)
        copy = np.empty((2, 3))
        output.copy_to(copy, 4096)
        target[4096:4104] = b"\xff" * 8

    np.testing.assert_array_equal(copy, [[0, 1, 2], [3, 4, 5]])


def test_an_answer_that_is_too_short_is_an_error() -> None:
    with pytest.raises(OSError, match="whole answer"):
        Output(4096).copy_to(np.empty((10, 10)), 4000)


def test_a_wiped_output_holds_zeros() -> None:
    size = (1 << 20) + 5000
    output = Output(size)
    os.pwrite(output.shared.descriptor, b"\x07" * size, 0)

    output.wipe(size)

    assert output.head(size) == bytes(size)


def test_a_market_is_shown_adjusted_and_without_what_a_genome_may_not_know(market: Market) -> None:
    two = np.array([2.0])
    split = Actions(np.array([700]), np.array([0]), np.array([0.5]), two, two / 2)
    rich = sealed(replace(market, actions=split, spread=np.full(market.shape, 0.01)))

    shared = shared_market(rich)
    seen = packed.unpack(memory.readable(shared.descriptor))

    np.testing.assert_array_equal(seen.close, rich.adjusted().close)
    assert len(seen.actions.bar) == 0
    assert seen.spread is None


def test_a_market_is_shown_without_the_price_of_a_later_listing(market: Market) -> None:
    shared = shared_market(market)
    seen = packed.unpack(memory.readable(shared.descriptor))

    before, after = slice(0, LISTING_BAR), slice(LISTING_BAR, None)
    for name in FIELDS:
        assert np.isnan(getattr(seen, name)[before, LATE_SYMBOL]).all()
        assert np.isfinite(getattr(seen, name)[after, LATE_SYMBOL]).all()
    assert np.isfinite(market.close).all()


def test_the_shelf_writes_a_market_once_and_forgets_the_least_used(market: Market) -> None:
    shelf = MarketShelf(capacity=2)
    other, third = market.part(0, 100), market.part(0, 200)

    first = shelf.shared(market)
    shelf.shared(other)
    assert shelf.shared(market) is first
    shelf.shared(third)

    assert shelf.shared(market) is first
    again = shelf.shared(other)
    assert again is not first


def test_memory_closes_its_descriptor_when_nobody_holds_it(market: Market) -> None:
    shared = shared_market(market.part(0, 50))
    descriptor = shared.descriptor
    os.fstat(descriptor)

    del shared

    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


@pytest.mark.parametrize("most", [1000, 65_536])
def test_a_market_is_whole_though_the_system_writes_a_little_at_a_time(
    market: Market, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shared_market(market)

    def a_little(descriptor: int, pieces: list[memoryview], offset: int) -> int:
        return os.pwrite(descriptor, b"".join(pieces)[:most], offset)

    monkeypatch.setattr(os, "pwritev", a_little)
    shared = shared_market(market)

    assert memory.readable(shared.descriptor) == memory.readable(whole.descriptor)
