"""What a zygote has ready when it forks: the markets of this job, and of no other."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from daemon.domain.market.bars import Market
from daemon.sandbox.memory import Shared, shared_market
from daemon.sandbox.zygote import Mapped


def maps_of(shared: Shared) -> int:
    """How often this process has a piece of shared memory mapped."""
    inode = str(os.fstat(shared.descriptor).st_ino)
    lines = Path("/proc/self/maps").read_text().splitlines()
    return sum("memfd:nightshift" in line and line.split()[4] == inode for line in lines)


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells what is mapped")
def test_the_markets_of_an_earlier_job_are_unmapped(market: Market) -> None:
    mapped = Mapped()
    first, second = shared_market(market), shared_market(market)

    mapped.markets([first.descriptor])
    assert (maps_of(first), maps_of(second)) == (1, 0)
    mapped.markets([second.descriptor])
    assert (maps_of(first), maps_of(second)) == (0, 1)
    mapped.markets([second.descriptor, first.descriptor])
    assert (maps_of(first), maps_of(second)) == (1, 1)
    mapped.markets([])
    assert (maps_of(first), maps_of(second)) == (0, 0)


def test_the_same_memory_under_another_descriptor_is_mapped_once(market: Market) -> None:
    mapped, shared = Mapped(), shared_market(market)
    (found,) = mapped.markets([shared.descriptor])
    other = os.dup(shared.descriptor)

    (again,) = mapped.markets([other])
    os.close(other)

    assert again is found


def test_markets_come_in_the_order_of_their_descriptors(market: Market) -> None:
    dearer = replace(market, close=np.asfortranarray(market.close * 2.0), hash="")
    plain, twice = shared_market(market), shared_market(dearer)
    mapped = Mapped()
    mapped.markets([plain.descriptor, twice.descriptor])

    left, right = mapped.markets([twice.descriptor, plain.descriptor])

    assert np.array_equal(left.close, right.close * 2.0, equal_nan=True)
