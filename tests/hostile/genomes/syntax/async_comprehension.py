"""Waits inside of a comprehension."""

TIMEFRAME = "1d"
WARMUP = 50


async def helper(y):
    return [k async for k in y]


def signal(bars, p):
    x = bars.close
    return x * 0.0
