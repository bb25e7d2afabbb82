"""How a sweep is shared out, and that its children wait for whoever takes the points."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daemon.sandbox.sweep import Delivery, shares


@given(points=st.integers(0, 500), slots=st.integers(1, 8))
def test_shares_cover_every_point_once_in_order(points: int, slots: int) -> None:
    found = shares(points, slots)

    assert [n for share in found for n in share] == list(range(points))
    assert all(len(share) > 0 for share in found)
    if points >= slots:
        assert max(map(len, found)) - min(map(len, found)) <= 1


async def test_points_wait_until_there_is_room() -> None:
    delivery = Delivery(room=2)
    delivered = []

    def serve() -> None:
        take = delivery.taker(10)
        for number in range(5):
            take(number, np.zeros((1, 1)))
            delivered.append(number)

    thread = threading.Thread(target=serve)
    thread.start()
    await asyncio.sleep(0.2)
    waiting = list(delivered)
    worker = asyncio.create_task(asyncio.to_thread(thread.join))
    numbers = [number async for number, _ in delivery.items([worker])]

    assert waiting == [0, 1]
    assert numbers == [10, 11, 12, 13, 14]


async def test_a_stopped_delivery_takes_nothing_more() -> None:
    delivery = Delivery(room=1)
    take = delivery.taker(0)
    assert take(0, np.zeros((1, 1)))

    delivery.stop()

    assert not await asyncio.to_thread(take, 1, np.zeros((1, 1)))
