"""Asks for an iterator that never ends."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = iter(int, 1)
    return x * 0.0
