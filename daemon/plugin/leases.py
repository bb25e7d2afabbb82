"""Keeps jobs held for as long as their work lasts, however long that is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress

from daemon.domain.evolution.records import Claim
from daemon.errors import FencedError, TransientError
from daemon.plugin.host import Store
from daemon.plugin.threads import in_thread

BEATS_A_LEASE = 3


@asynccontextmanager
async def leases_kept(store: Store, held: Callable[[], Iterable[Claim]]) -> AsyncIterator[None]:
    """While the block runs, the claims that `held` names are extended three times a lease.

    A claim that was lost is passed over, its commit will be fenced; where the store is busy, the
    next beat comes in time.
    """
    beating = asyncio.create_task(_beat(store, held))
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating


async def _beat(store: Store, held: Callable[[], Iterable[Claim]]) -> None:
    while True:
        await asyncio.sleep(store.lease_s / BEATS_A_LEASE)
        for claim in list(held()):
            with suppress(FencedError, TransientError):
                await in_thread(store.extend, claim)
