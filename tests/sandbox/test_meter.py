"""Processor seconds are charged to whoever asked for the work, children included."""

from __future__ import annotations

import asyncio

import pytest

from daemon.domain.market.bars import Market
from daemon.sandbox.meter import metered, spend
from daemon.sandbox.pool import Pool
from tests.sandbox.genomes import CROSS, genome

BUSY = genome("return sum([ta.sma(bars.close, 50) for k in range(3000)]) * 0.0")


def test_each_asker_has_a_meter_of_its_own() -> None:
    async def work(seconds: float) -> float:
        with metered() as meter:
            await asyncio.to_thread(spend, seconds)
            await asyncio.sleep(0)
            spend(seconds)
        return meter.cpu_s

    async def both() -> list[float]:
        return await asyncio.gather(work(1.0), work(10.0))

    assert asyncio.run(both()) == [2.0, 20.0]


def test_the_outer_meter_is_not_charged_for_what_an_inner_one_was() -> None:
    with metered() as outer:
        spend(1.0)
        with metered() as inner:
            spend(2.0)
        spend(4.0)
    spend(8.0)

    assert (outer.cpu_s, inner.cpu_s) == (5.0, 2.0)


@pytest.mark.usefixtures("nothing_left")
def test_a_child_is_charged_to_whoever_asked_for_its_positions(market: Market) -> None:
    async def spent(source: str) -> float:
        async with Pool(1) as pool:
            with metered() as meter:
                await pool.positions(source, market, {})
        return meter.cpu_s

    plain, busy = asyncio.run(spent(CROSS)), asyncio.run(spent(BUSY))

    assert 0.0 < 2 * plain < busy
