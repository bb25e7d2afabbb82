"""A zygote that somebody kills before it is warm."""

from __future__ import annotations

import asyncio
import threading
import time

import psutil

from daemon.sandbox.pool import Pool

GENOME = '''"""Hold above a price."""

TIMEFRAME = "1d"


def signal(bars, p):
    return np.where(bars.close > 100.0, 1.0, 0.0)
'''


def test_a_zygote_killed_while_it_starts_is_started_again() -> None:
    before = set(psutil.Process().children())

    def kill_the_first() -> None:
        while not (new := set(psutil.Process().children()) - before):
            time.sleep(0.001)
        new.pop().kill()

    killer = threading.Thread(target=kill_the_first)
    killer.start()

    async def probed() -> bool:
        pool = Pool(slots=1)
        try:
            return bool((await pool.probe(GENOME)).behaviour)
        finally:
            await pool.close()

    behaved = asyncio.run(probed())
    killer.join()

    assert behaved
