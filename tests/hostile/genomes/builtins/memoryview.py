"""Looks at the memory of an array."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return memoryview(x)[0] * x
