"""Has an entry that is a coroutine and never runs."""

TIMEFRAME = "1d"


async def signal(bars, p):
    return bars.close
